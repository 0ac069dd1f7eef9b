"""What the product costs and bears: counted, or measured as ratios. Not part of the package."""
