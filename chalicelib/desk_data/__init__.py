"""What the desk decides: its dated data in TOML, and which public holidays it keeps."""

from chalicelib.desk_data.desks import load

__all__ = ["load"]
