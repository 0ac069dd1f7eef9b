"""Words: every notice, every language, every channel."""
