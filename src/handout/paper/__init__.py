"""A document becomes paper."""
