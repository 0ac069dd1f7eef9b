"""Relance, as it runs on Lambda. Imports go down only:

app → entrypoints → bootstrap → the rooms that do I/O → pipeline → decoding → messages → domain

The siblings never see each other; only `bootstrap` knows which real thing stands behind a port.
"""
