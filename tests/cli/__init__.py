"""The desk types its commands."""
