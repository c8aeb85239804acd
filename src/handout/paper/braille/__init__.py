"""A page for a screen becomes pages of braille: what it says line by line, and where each line stands."""
