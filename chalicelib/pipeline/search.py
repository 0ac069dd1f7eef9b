"""One box to find a dossier by: its reference or the end of it, the number of its récépissé, an
e-mail address, a telephone number, or a name.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chalicelib.decoding.contacts import address_in, number_of
from chalicelib.decoding.visible import visible, visible_address
from chalicelib.domain.contact import mailbox
from chalicelib.domain.errors import Unreadable
from chalicelib.domain.facts import Facts
from chalicelib.domain.names import (
    PARTICLES,
    compact,
    folded,
    is_a_whole_word,
    words_of_it,
    written_apart,
)
from chalicelib.messages.console.views import Found, FoundRow
from chalicelib.pipeline.back_off import Trouble, alone
from chalicelib.pipeline.ports import Loaded, Searchable

#: So many dossiers are shown; whoever wants another says more of the name.
SHOWN_AT_MOST = 25
#: A name, or a part of a reference, has as many letters at least.
LETTERS = 2
#: Of several words each of so many is looked up by itself, and so many names are compared with all.
WORDS_AT_MOST, OF_A_WORD_AT_MOST = 4, 200
#: Nobody's name is told by more words.
COMPARED_AT_MOST = 8
#: Nobody is called or reached by anything longer.
ASKED_AT_MOST = 400

#: What people write before a number: it is no part of one. Where a dash follows it may be one.
_BEFORE_A_NUMBER = re.compile(
    r"(?:(?:n\s*[°º]|\#|(?:no?|num[ée]ro|dossier|r[ée]f(?:[ée]rence)?|r[ée]c[ée]piss[ée])(?=[\s.:]))"
    r"[\s.:]*(?:d[eu]\s+)?)+(?=.*\d)",
    re.IGNORECASE,
)

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
        ids, nearest = self._ids(wanted)
        known = self._there(ids)
        is_nearest = not known and bool(nearest)
        known = known or self._there(nearest)
        rows = tuple(map(found_row, known[:SHOWN_AT_MOST]))
        more = len(known) > SHOWN_AT_MOST
        return Found(asked=wanted, rows=rows, more=more, is_nearest=is_nearest)

    def _there(self, ids: Sequence[str]) -> Sequence[Loaded | Unreadable]:
        """Those of them that are shown, and one more if there is one."""
        first = list(dict.fromkeys(ids))[: SHOWN_AT_MOST + 2]
        return [one for one in self.dossiers.many(first) if is_there(one)] if first else ()

    def traced(self, asked: str) -> str:
        """What the audit says of a search: the same for the same, and nothing that was asked.

        It is no fingerprint of an address as dossiers have it: by that one they would be found.
        """
        wanted = " ".join(visible(asked[:ASKED_AT_MOST]).split())
        return f"search={self.fingerprint(f'search {wanted}')}"

    def _ids(self, wanted: str) -> tuple[Sequence[str], Sequence[str]]:
        """Those that have all of it, and those that have most of its words, if nobody has all.

        A dossier's own reference comes first, whatever else it may look like.
        """
        if "@" in wanted:
            return self._by_address(wanted)
        own = [wanted] if _DOSSIER_ID.fullmatch(wanted) else []
        reference = compact(wanted)
        has_digit = any(map(str.isdigit, reference))
        numbered = self._by_reference(reference) if has_digit else ()
        if number := number_of(wanted):
            called = self.dossiers.by_phone(self.fingerprint(number), SHOWN_AT_MOST + 1)
            return [*own, *numbered, *called], ()
        if numbered:
            return [*own, *numbered], ()
        named, nearest = self._by_name(folded(wanted))
        # Names outnumber the references that are words: these are looked for where there is none.
        others = () if named or has_digit else self._by_reference(reference)
        return [*own, *named, *others], nearest

    def _by_address(self, wanted: str) -> tuple[Sequence[str], Sequence[str]]:
        """Whose address stands in it; if it is nobody's, whose name stands beside it."""
        address, beside = address_in(wanted)
        # As somebody may have written it into a booking form, and as telephones write it.
        for one in dict.fromkeys((visible_address(wanted), address, address.replace("’", "'"))):
            fingerprint = self.fingerprint(mailbox(one))
            if found := self.dossiers.by_email(fingerprint, SHOWN_AT_MOST + 1):
                return found, ()
        return self._by_name(folded(beside))

    def _by_reference(self, asked: str) -> Sequence[str]:
        """Whose récépissé has this number, and whose reference ends so."""
        if len(asked) < LETTERS:
            return ()
        limit = SHOWN_AT_MOST + 1
        numbered = self.dossiers.by_recepisse(self.fingerprint(asked), limit)
        return [*numbered, *self.dossiers.by_reference(asked, limit)]

    def _by_name(self, name: str) -> tuple[Sequence[str], Sequence[str]]:
        """Who has each word of it, in whatever order; if nobody has, those who have most of them.

        They are read by the words that a name is found by, and the others are compared with the
        whole names that were read. Whoever has more of the words comes first, then whose name
        begins as it was typed.
        """
        words = name.split()[:COMPARED_AT_MOST]
        if not words:
            return (), ()
        wanted = frozenset(map(words.index, _telling(words)))
        read = self._read(name, words)
        had = {
            one: frozenset[int]().union(*(words_of_it(words, known) for known in orders))
            for one, orders in read.items()
        }
        most = max((len(wanted & has) for has in had.values()), default=0)
        found = [one for one, has in had.items() if most and len(wanted & has) == most]
        found.sort(key=lambda one: (-len(had[one]), *_as_typed(name, read[one])))
        return (found, ()) if most == len(wanted) else ((), found)

    def _read(self, name: str, words: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Who may be meant, with those orders of their names that begin as something typed does."""
        if len(words) > 1:
            of_words = dict.fromkeys(_beginnings(words), OF_A_WORD_AT_MOST)
            return self._beginning({name: SHOWN_AT_MOST + 1} | of_words)
        # One letter is found where it stands alone: a name may be no more.
        typed = [name] if len(name) >= LETTERS else [name, f"{name} "]
        for beginnings in (typed, written_apart(name)):
            if read := self._beginning(dict.fromkeys(beginnings, SHOWN_AT_MOST + 1)):
                return read
        return {}

    def _beginning(self, limits: Mapping[str, int]) -> Mapping[str, Sequence[str]]:
        read: dict[str, list[str]] = {}
        for beginning, limit in limits.items():
            for one, known in self.dossiers.by_name(beginning, limit).items():
                read.setdefault(one, []).append(known)
        return read


def _telling(words: Sequence[str]) -> Sequence[str]:
    """Those that somebody is told by: not a single letter, nor a particle, where there are more."""
    said = [word for word in words if len(word) >= LETTERS]
    return [word for word in said if word not in PARTICLES] or said or words


def _beginnings(words: Sequence[str]) -> Sequence[str]:
    """What is read where somebody typed several words: each that tells, and what tells nothing by
    itself with the word behind it, as in O Connor for O’Connor.
    """
    telling = [word for word in _telling(words) if len(word) >= LETTERS]
    joined = [one + other for one, other in pairwise(words) if one not in telling]
    return [*telling, *joined][:WORDS_AT_MOST]


def _as_typed(name: str, orders: Sequence[str]) -> tuple[bool, str]:
    """By what those who have as many words are put in order."""
    first = min(orders, key=lambda known: (not known.startswith(name), known))
    return not first.startswith(name), first


def says_enough(asked: str) -> bool:
    """Whether something can be looked for: fewer letters find too many people, but for one that is
    a whole word in its script.
    """
    wanted = asked.strip()
    return len(wanted) >= LETTERS or any(map(is_a_whole_word, wanted))


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
