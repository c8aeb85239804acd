"""A folder becomes a project, and a selection of it a plan."""
