"""The desk knocks: every blueprint of the console."""

from chalicelib.entrypoints.desk_cards import desk_cards
from chalicelib.entrypoints.desk_dossier import desk_dossier
from chalicelib.entrypoints.desk_home import desk_home
from chalicelib.entrypoints.desk_machine import desk_machine

BLUEPRINTS = (desk_home, desk_dossier, desk_cards, desk_machine)
