"""The three parts of resolving an edition: fill, number, label. All pure."""
