"""The embedded world: everything around the product, on one laptop, and never in the package."""
