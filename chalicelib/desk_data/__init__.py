"""What the desk decides: its dated data in TOML, and France's public holidays."""

from chalicelib.desk_data.desks import load

__all__ = ["load"]
