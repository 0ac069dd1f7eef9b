"""The house of Relance. Imports go down only:

app → entrypoints → wiring → pipeline | storage | channels | documents | desk_data → messages → domain

The siblings never see each other; only `wiring` knows which real thing stands behind a port.
"""
