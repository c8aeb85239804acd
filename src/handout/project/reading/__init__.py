"""Bytes from outside become values of the model, or findings."""
