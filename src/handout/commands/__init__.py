"""What a person types, and what is said back: one module a command."""
