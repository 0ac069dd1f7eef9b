"""What is true. Standard library only; now, chance and the environment are arguments."""
