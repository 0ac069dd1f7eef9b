"""The desk's dated data: what is shipped, and what is refused."""
