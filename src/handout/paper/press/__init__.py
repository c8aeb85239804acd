"""A file for a print shop as its press takes it: PDF/X-4 (ISO 15930-7), in the inks of the press."""
