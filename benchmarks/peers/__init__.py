"""Who the product is measured beside: each as its own users run it, and each in its own process."""
