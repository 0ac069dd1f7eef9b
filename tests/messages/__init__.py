"""Words: every notice, both languages, every channel."""
