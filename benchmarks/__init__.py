"""What the product costs and bears, counted. Not part of the package."""
