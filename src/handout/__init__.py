"""Turn Markdown procedures into printed leaflets, posters and cards."""

__version__ = "0.1.0"
