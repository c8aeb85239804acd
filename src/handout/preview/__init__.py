"""Show the sheets of a project on the screen while an editor writes: what `handout serve` answers with."""
