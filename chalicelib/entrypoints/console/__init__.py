"""The desk's console: all of its blueprints."""

from chalicelib.entrypoints.console.bulks import desk_bulks
from chalicelib.entrypoints.console.cards import desk_cards
from chalicelib.entrypoints.console.dossier import desk_dossier
from chalicelib.entrypoints.console.home import desk_home
from chalicelib.entrypoints.console.lists import desk_lists
from chalicelib.entrypoints.console.machine import desk_machine
from chalicelib.entrypoints.console.sign_in import desk_sign_in

BLUEPRINTS = (
    desk_sign_in,
    desk_home,
    desk_dossier,
    desk_lists,
    desk_cards,
    desk_bulks,
    desk_machine,
)
