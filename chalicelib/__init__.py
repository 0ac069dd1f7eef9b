"""The house of Relance. Imports go down only:

app → entrypoints → wiring → house → the rooms that do I/O → pipeline → messages → domain

The siblings never see each other; only `house` knows which real thing stands behind a port.
"""
