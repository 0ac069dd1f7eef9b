"""The procedure, played and judged: `python -m local.demo`."""
