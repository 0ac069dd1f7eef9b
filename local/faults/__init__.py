"""What goes wrong on purpose, and what providers report."""
