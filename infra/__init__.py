"""What Chalice does not create, how the package is made, and how a deployed stage is tried."""
