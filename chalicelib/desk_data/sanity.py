"""What a desk's file may get wrong although every value has the right type."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Closure, Delays, Place, Retention, Terms

LANGUAGES = frozenset(language.value for language in Language)
WEEKDAYS, MONTHS = frozenset(range(7)), frozenset(range(1, 13))
PAPERS = ("deposit", "collect", "collect_sms")
_SHORTEST_MONTH = 28
ARTICLES = ("le ", "la ", "l’", "les ")
HTTPS = "https://"
LINKS = ("booking_url", "stamps_url")


def misfits(given: Any, kept: Any, path: str = "$") -> Iterator[str]:
    """Keys that nothing reads, and texts that lack a language."""
    if isinstance(given, dict):
        yield from (f"unknown key `{path}.{key}`" for key in given if key not in kept)
        if LANGUAGES & given.keys():
            yield from (f"missing key `{path}.{key}`" for key in sorted(LANGUAGES - given.keys()))
        for key in given.keys() & kept.keys():
            yield from misfits(given[key], kept[key], f"{path}.{key}")
    elif isinstance(given, list):
        for index, (value, read) in enumerate(zip(given, kept, strict=False)):
            yield from misfits(value, read, f"{path}[{index}]")


def contradictions(terms: Sequence[Terms], closures: Sequence[Closure]) -> Iterator[str]:
    """Dates, hours, delays and links that cannot be."""
    if not terms:
        yield "`$.terms`: a desk needs at least one block"
    if any(later.valid_from <= earlier.valid_from for earlier, later in pairwise(terms)):
        yield "`$.terms`: oldest `valid_from` first, no two on the same day"
    for index, closure in enumerate(closures):
        if closure.last < closure.first:
            yield f"`$.closures[{index}].last`: before its `first`"
    for index, block in enumerate(terms):
        yield from (f"`$.terms[{index}].{wrong}" for wrong in _wrongs(block))


def _wrongs(terms: Terms) -> Iterator[str]:
    yield from (f"papers.{key}`: missing" for key in PAPERS if key not in terms.papers)
    if not terms.appointments:
        yield "appointments`: for nothing"
    yield from _wrong_links(terms)
    yield from _wrong_places(terms)
    if terms.appointment_minutes < 1:
        yield "appointment_minutes`: must be at least 1"
    yield from (f"delays.{wrong}" for wrong in _wrong_delays(terms.delays))
    yield from (f"retention.{wrong}" for wrong in _wrong_retention(terms))


def _wrong_links(terms: Terms) -> Iterator[str]:
    if not terms.booking_url:
        yield "booking_url`: missing"
    for key in LINKS:
        if not (getattr(terms, key) or HTTPS).startswith(HTTPS):
            yield f"{key}`: must begin with {HTTPS}"


def _wrong_places(terms: Terms) -> Iterator[str]:
    counter = terms.counter
    for key in ("in_full", "in_brief", "short"):
        if not getattr(counter, key)[Language.FR].startswith(ARTICLES):
            yield f"counter.{key}.fr`: must begin with its article: le, la, l’ or les"
    if not counter.openings:
        yield "counter.openings`: nobody can be sent to a desk that never opens"
    for name, place in {"counter": counter, "helper": terms.helper}.items():
        if place is terms.to_ask and not place.email:
            yield f"{name}.email`: missing, and nobody else can be asked"
        yield from (f"{name}.{wrong}" for wrong in _wrong_openings(place))


def _wrong_delays(delays: Delays) -> Iterator[str]:
    yield from _too_small(delays)
    if delays.sms_to <= delays.sms_from:
        yield "sms_to`: not after `sms_from`"


def _wrong_retention(terms: Terms) -> Iterator[str]:
    kept, delays = terms.retention, terms.delays
    yield from _too_small(kept)
    # Three follow-ups and a last wait, before anybody is asked what became of a dossier.
    if (
        kept.unfinished_months * _SHORTEST_MONTH
        < 4 * delays.follow_up_days + delays.look_again_days
    ):
        yield "unfinished_months`: shorter than the waits that lead to its last desk notice"
    if kept.quarantine_months < kept.quarantine_seen_months:
        yield "quarantine_months`: shorter than `quarantine_seen_months`"


def _too_small(counted: Delays | Retention) -> Iterator[str]:
    for key, count in asdict(counted).items():
        if isinstance(count, int) and count < 1:
            yield f"{key}`: must be at least 1"


def _wrong_openings(place: Place | None) -> Iterator[str]:
    for index, opening in enumerate(place.openings if place else ()):
        if opening.closes <= opening.opens:
            yield f"openings[{index}].closes`: not after it opens"
        if not (opening.weekdays <= WEEKDAYS and opening.months <= MONTHS):
            yield f"openings[{index}]`: weekdays are 0 to 6, months 1 to 12"
