"""What it costs, on the machine at hand: ratios, never promises."""
