"""One edition, and its copies for many schools."""
