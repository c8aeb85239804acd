"""All editions of a plan become files."""
