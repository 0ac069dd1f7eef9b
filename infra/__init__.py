"""What Chalice does not create, and how a deployed stage is tried. Not part of the package."""
