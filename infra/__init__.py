"""What is deployed, and how it is made ready."""
