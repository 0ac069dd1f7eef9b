"""What we say: a notice and the facts become words. Pure."""
