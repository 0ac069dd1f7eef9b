"""The way in, and what the browser holds for us afterwards."""
