"""What a desk's file may get wrong although every value has the right type."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import combinations, pairwise
from typing import Any

from chalicelib.desk_data.complaints import unknown_key
from chalicelib.desk_data.marks import MAY_WAIT, UNKNOWN, mark_of, values
from chalicelib.domain.contact import Language, fault_of
from chalicelib.domain.desk_calendar import (
    Closure,
    ConformityAudit,
    Counter,
    Delays,
    Opening,
    Retention,
    Terms,
)

LANGUAGES = frozenset(language.value for language in Language)
WEEKDAYS, MONTHS = frozenset(range(7)), frozenset(range(1, 13))
PAPERS = ("deposit", "collect", "collect_sms")
ALL_PAPERS = (*PAPERS, "deposit_sms")
_SHORTEST_MONTH = 28
ARTICLES = ("le ", "la ", "l’", "les ")
HTTPS = "https://"
LINKS = ("booking_url", "stamps_url")

#: The name that an SMS comes from: what phones show, and what the operators of France let through
#: (charter of the AF2M, 2025), which block or overwrite common words.
SMS_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{3,11}")
COMMON_WORDS = frozenset({"ALERT", "RDV"})


def untranslated(document: Mapping[str, Any]) -> Iterator[str]:
    """Languages that cannot be, and texts that are not in each of the desk's."""
    yield from _wrong_languages(document["languages"])
    yield from _untranslated(document, frozenset(document["languages"]))


def contradictions(
    document: Mapping[str, Any],
    terms: Sequence[Terms],
    closures: Sequence[Closure],
    audit: ConformityAudit | None,
) -> Iterator[str]:
    """Texts, dates, hours, delays and links that cannot be."""
    yield from (f"`{key}`: {wrong}" for key, wrong in _wrong_texts(document))
    yield from _wrong_sender(document["sms_sender"])
    yield from _wrong_days(terms, closures)
    yield from _wrong_work(document.get("work", {}))
    if audit and not 0 <= audit.rate <= 100:
        yield "`$.legal.audit.rate`: must be of 0 to 100, per cent"
    if audit and audit.rate < 100 and not audit.failures:
        yield "`$.legal.audit.failures`: missing: below 100 per cent something is not accessible"
    for index, block in enumerate(terms):
        more = (key for key in block.papers if key not in ALL_PAPERS)
        yield from (unknown_key(key, ALL_PAPERS, f"$.terms[{index}].papers") for key in more)
        yield from (f"`$.terms[{index}].{wrong}" for wrong in _wrongs(block))


def _wrong_days(terms: Sequence[Terms], closures: Sequence[Closure]) -> Iterator[str]:
    if not terms:
        yield "`$.terms`: a desk needs at least one block"
    for index, (earlier, later) in enumerate(pairwise(terms), start=1):
        if later.valid_from <= earlier.valid_from:
            yield f"`$.terms[{index}].valid_from`: not after those before: the oldest come first"
    for index, closure in enumerate(closures):
        if closure.last < closure.first:
            yield f"`$.closures[{index}].last`: before its `first`"


def _wrong_work(work: Mapping[str, Any]) -> Iterator[str]:
    if work and work["escalate_after_open_hours"] < 1:
        yield "`$.work.escalate_after_open_hours`: must be at least 1"
    for feed, hours in work.get("silent_after_open_hours", {}).items():
        if hours < 1:
            yield f"`$.work.silent_after_open_hours.{feed}`: must be at least 1"
    if work and work["second_person"] and fault_of(work["second_person"]):
        yield "`$.work.second_person`: no e-mail address"


def _wrong_languages(languages: Sequence[str]) -> Iterator[str]:
    if len(set(languages)) < len(languages):
        yield "`$.languages`: one of them twice"
    if Language.FR not in languages:
        yield "`$.languages`: without `fr`, and agents read the desk’s name in French"


def _untranslated(given: Any, offered: frozenset[str], path: str = "$") -> Iterator[str]:
    """Texts that are not in each of the desk's languages, or in another one."""
    if isinstance(given, list):
        for index, inner in enumerate(given):
            yield from _untranslated(inner, offered, f"{path}[{index}]")
    elif isinstance(given, dict):
        if LANGUAGES & given.keys():
            yield from (f"missing key `{path}.{key}`" for key in sorted(offered - given.keys()))
            more = sorted((LANGUAGES & given.keys()) - offered)
            yield from (f"`{path}.{key}`: not one of the desk’s `languages`" for key in more)
        for key, inner in given.items():
            yield from _untranslated(inner, offered, f"{path}.{key}")


def _wrong_texts(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is empty, and would leave a hole in a sentence; what is no line of text."""
    for key, value in values(document):
        texts = value if isinstance(value, list) else [value]
        if key in MAY_WAIT and (mark_of(key, document) == UNKNOWN) != (not value):
            yield key, f"empty where it is marked {UNKNOWN}, and only there"
        elif not value and isinstance(value, str | list | dict) and not _may_be_empty(key):
            yield key, "empty; leave the key out where there is none"
        elif any(isinstance(text, str) and not text.strip() for text in texts if value):
            yield key, "blank"
        elif any(unicodedata.category(c) == "Cc" for c in "".join(map(str, texts))):
            yield key, "a line break or another control character is in it"


def _may_be_empty(key: str) -> bool:
    """No closure, no published hours: of these an empty list says that there are none."""
    return key in {"$.closures", "$.terms", *MAY_WAIT} or key.endswith(".openings")


def _wrong_sender(sender: str) -> Iterator[str]:
    if not SMS_SENDER.fullmatch(sender):
        yield "`$.sms_sender`: must be 3 to 11 letters (no accents) or digits, not digits alone"
    if sender.upper() in COMMON_WORDS:
        yield "`$.sms_sender`: a common word, which operators block"


def _wrongs(terms: Terms) -> Iterator[str]:
    yield from (f"papers.{key}`: missing" for key in PAPERS if key not in terms.papers)
    if len(set(terms.appointments)) < len(terms.appointments):
        yield "appointments`: one of them twice"
    yield from _wrong_links(terms)
    yield from _wrong_places(terms)
    if terms.appointment_minutes < 1:
        yield "appointment_minutes`: must be at least 1"
    yield from (f"delays.{wrong}" for wrong in _wrong_delays(terms.delays))
    yield from (f"retention.{wrong}" for wrong in _wrong_retention(terms))


def _wrong_links(terms: Terms) -> Iterator[str]:
    for key in LINKS:
        if not (getattr(terms, key) or HTTPS).startswith(HTTPS):
            yield f"{key}`: must begin with {HTTPS}"


def _wrong_counter(counter: Counter) -> Iterator[str]:
    for key in ("in_full", "in_brief", "short"):
        if not getattr(counter, key)[Language.FR].startswith(ARTICLES):
            yield f"counter.{key}.fr`: must begin with its article: le, la, l’ or les"
    if not counter.openings:
        yield "counter.openings`: nobody can be sent to a desk that never opens"


def _wrong_places(terms: Terms) -> Iterator[str]:
    yield from _wrong_counter(terms.counter)
    if not terms.to_ask.is_reachable:
        yield "counter.email`: missing, and nobody can be asked; a `phone` would do"
    places = {"counter": terms.counter, "helper": terms.helper}
    for name, place in ((name, place) for name, place in places.items() if place):
        if place.email and fault_of(place.email):
            yield f"{name}.email`: no e-mail address"
        yield from (f"{name}.{wrong}" for wrong in _wrong_openings(place.openings))


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


def _wrong_openings(openings: Sequence[Opening]) -> Iterator[str]:
    for index, opening in enumerate(openings):
        yield from (f"openings[{index}].{wrong}" for wrong in _wrong_hours(opening))
    for (first, one), (second, other) in combinations(enumerate(openings), 2):
        if _overlap(one, other):
            yield f"openings[{second}]`: overlaps openings[{first}]"


def _wrong_hours(opening: Opening) -> Iterator[str]:
    if opening.closes <= opening.opens:
        yield "closes`: not after it opens"
    if not opening.weekdays <= WEEKDAYS:
        yield "weekdays`: must be of 0 to 6"
    if not opening.months <= MONTHS:
        yield "months`: must be of 1 to 12"


def _overlap(one: Opening, other: Opening) -> bool:
    is_same_day = one.weekdays & other.weekdays and one.months & other.months
    return bool(is_same_day) and one.opens < other.closes and other.opens < one.closes
