"""The guarantee on ports in memory: milliseconds a run, so that thousands of them are few."""
