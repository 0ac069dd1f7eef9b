"""What Lambda gets: one zip for all functions, the template that deploys it, and what is in it."""
