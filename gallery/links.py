"""Whether a link in a text leads anywhere: to one of our pages, and opens it, or to the desk."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import chalicelib.entrypoints
from chalicelib.domain.desk_calendar import Desk
from chalicelib.domain.facts import Facts
from chalicelib.domain.links import Purpose
from chalicelib.messages.sentences import dialled
from chalicelib.security.student_links import StudentLinks

#: Where the gallery's product would be. The key signs nothing that is ever sent.
HOME = "https://relance.example"
LINKS = StudentLinks(("the gallery’s own key",), HOME)

_CONTRACT = Path(chalicelib.entrypoints.__file__).with_name("openapi.json")
_ROUTES = frozenset(json.loads(_CONTRACT.read_text(encoding="utf-8"))["paths"])
#: Who hears complaints.
_AUTHORITIES = ("https://www.cnil.fr/plaintes", "https://www.defenseurdesdroits.fr")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_TOKEN = re.compile(rf"({re.escape(HOME)}/\w+/)[\w.-]+")


def addresses_in(text: str) -> list[str]:
    """Every web address in a text."""
    return _ADDRESS.findall(text)


def without_tokens(text: str) -> str:
    """The text with `…` in the place of every token: they are long, and the same for nobody."""
    return _TOKEN.sub(r"\1…", text)


def dead_links(
    addresses: Iterable[str], targets: Iterable[str], desk: Desk, dossier_id: str, facts: Facts
) -> Iterator[str]:
    """What is wrong with these addresses, one sentence for each that leads nowhere."""
    switch = {f"?lang={language}" for language in desk.languages}
    elsewhere = set(_elsewhere(desk)) | switch | {f"#{target}" for target in targets}
    for address in addresses:
        if address.startswith(HOME):
            yield from _wrong_way(address, dossier_id, facts)
        elif address not in elsewhere:
            yield f"leads to a place that the desk’s data do not name: {address}"


def _elsewhere(desk: Desk) -> Iterator[str]:
    yield from (f"tel:{dialled(desk.legal.phone)}", f"mailto:{desk.legal.data_protection}")
    yield from _AUTHORITIES
    for terms in desk.terms:
        yield from (terms.booking_url, terms.stamps_url)
        for place in (terms.counter, terms.to_ask):
            yield from (f"mailto:{place.email}", f"tel:{dialled(place.phone)}")


def _wrong_way(address: str, dossier_id: str, facts: Facts) -> Iterator[str]:
    path = urlsplit(address).path
    if path in _ROUTES:
        return
    purpose, _, after = path.removeprefix("/").partition("/")
    token, *rest = after.split("/")
    route = "/".join(["", purpose, "{token}", *rest])
    if route not in _ROUTES:
        yield f"leads to {route}, which nobody answers"
        return
    bound = LINKS.read(Purpose(purpose), token)
    revisions = {event for slot in facts.appointments for event in slot.revision_events}
    if bound is None or bound.dossier_id != dossier_id:
        yield f"opens nothing at {route}"
    elif bound.revision is not None and bound.revision not in revisions:
        yield f"opens an appointment at {route} that is not the current one"
    elif bound.generation is not None and bound.generation not in facts.links.names:
        yield f"opens nothing at {route}, since it is of older links"
