"""One box to find a dossier by: its reference or the end of it, the number of its récépissé, an
e-mail address, a telephone number, or a name.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from chalicelib.decoding.contacts import number_of
from chalicelib.decoding.visible import visible, visible_address
from chalicelib.domain.contact import mailbox
from chalicelib.domain.errors import Unreadable
from chalicelib.domain.facts import Facts
from chalicelib.domain.names import PARTICLES, compact, folded
from chalicelib.messages.console.views import Found, FoundRow
from chalicelib.pipeline.back_off import Trouble, alone
from chalicelib.pipeline.ports import Loaded, Searchable

#: So many dossiers are shown; whoever wants another says more of the name.
SHOWN_AT_MOST = 25
#: A name, or a part of a reference, has as many letters at least.
LETTERS = 2
#: Where a name is not found as it stands, each of so many words of it is looked up by itself.
WORDS_AT_MOST, OF_A_WORD_AT_MOST = 4, 200
#: Nobody is called or reached by anything longer.
ASKED_AT_MOST = 400

#: What people write before a number: it is no part of one.
_BEFORE_A_NUMBER = re.compile(r"(?:n\s*[°º]|no?\.?\s|num[ée]ro\s)\s*:?\s*(?=.*\d)", re.IGNORECASE)

_DOSSIER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, kw_only=True)
class Search:
    """Finds dossiers by what people know of them."""

    dossiers: Searchable
    fingerprint: Callable[[str], str]

    def find(self, asked: str) -> Found:
        """The dossiers that somebody may have meant; what was forgotten is none.

        The reads are bounded, however many dossiers there are. Raises StorageUnavailable.
        """
        wanted = visible(asked[:ASKED_AT_MOST]).strip()
        if said := _BEFORE_A_NUMBER.match(wanted):
            wanted = wanted[said.end() :]
        ids = list(dict.fromkeys(self._ids(wanted)))
        known = [one for one in self.dossiers.many(ids[: SHOWN_AT_MOST + 2]) if is_there(one)]
        rows = tuple(map(found_row, known[:SHOWN_AT_MOST]))
        return Found(asked=wanted, rows=rows, more=len(known) > SHOWN_AT_MOST)

    def traced(self, asked: str) -> str:
        """What the audit says of a search: the same for the same, and nothing that was asked.

        It is no fingerprint of an address as dossiers have it: by that one they would be found.
        """
        wanted = " ".join(visible(asked[:ASKED_AT_MOST]).split())
        return f"search={self.fingerprint(f'search {wanted}')}"

    def _ids(self, wanted: str) -> Iterable[str]:
        """A dossier's own reference comes first, whatever else it may look like."""
        if _DOSSIER_ID.fullmatch(wanted):
            yield wanted
        if "@" in wanted:
            fingerprint = self.fingerprint(mailbox(visible_address(wanted)))
            yield from self.dossiers.by_email(fingerprint, SHOWN_AT_MOST + 1)
            return
        reference = compact(wanted)
        has_digit = any(map(str.isdigit, reference))
        if has_digit:
            yield from self._by_reference(reference)
        if number := number_of(wanted):
            yield from self.dossiers.by_phone(self.fingerprint(number), SHOWN_AT_MOST + 1)
            return
        named = self._by_name(folded(wanted))
        yield from named
        # Names outnumber the references that are words: these are looked for where there is none.
        if not named and not has_digit:
            yield from self._by_reference(reference)

    def _by_reference(self, asked: str) -> Iterable[str]:
        """Whose récépissé has this number, and whose reference ends so."""
        if len(asked) < LETTERS:
            return
        yield from self.dossiers.by_recepisse(self.fingerprint(asked), SHOWN_AT_MOST + 1)
        yield from self.dossiers.by_reference(asked, SHOWN_AT_MOST + 1)

    def _by_name(self, name: str) -> Sequence[str]:
        """Whose whole name begins so, in one of its orders; if nobody's does, those to whom each
        word of it belongs, but for particles.
        """
        if len(name) < LETTERS:
            return ()
        found = self.dossiers.by_name(name, SHOWN_AT_MOST + 1)
        said = [word for word in name.split() if len(word) >= LETTERS]
        words = ([word for word in said if word not in PARTICLES] or said)[:WORDS_AT_MOST]
        if found or not words or words == [name]:
            return found
        first, *others = (self.dossiers.by_name(word, OF_A_WORD_AT_MOST) for word in words)
        return [dossier_id for dossier_id in first if all(dossier_id in other for other in others)]


def is_there(one: Loaded | Unreadable) -> bool:
    """Whether there is more of it than the marker of what was forgotten."""
    return isinstance(one, Unreadable) or bool(one.dossier.events)


def found_row(one: Loaded | Unreadable) -> FoundRow:
    """One dossier as a list shows it, whether it can be read or not."""
    facts = facts_if_readable(one)
    if facts is None or isinstance(one, Unreadable):
        return FoundRow(dossier_id=one.dossier_id, state=None, contact=None, appointment_at=None)
    return FoundRow(
        dossier_id=one.dossier_id,
        state=one.state,
        contact=facts.contact,
        appointment_at=one.findable.appointment_at,
        refused=one.refused,
    )


def facts_if_readable(one: Loaded | Unreadable) -> Facts | None:
    """What a list shows of a dossier; None if it cannot be read, or our own program fails at it.

    The others are shown all the same. That a person hears of this one is the night's business.
    """
    if isinstance(one, Unreadable):
        return None
    found = alone(one.dossier_id, lambda: one.dossier.facts)
    return None if isinstance(found, Trouble) else found
