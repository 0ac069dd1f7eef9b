"""The embedded world: everything around the product that runs on one laptop, and never in the package."""
