"""Which dossier a list means by a reference, however either of them is written."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from chalicelib.decoding.card_lists import spellings
from chalicelib.domain.bulk import CardList, CardRow, SetAside
from chalicelib.domain.errors import Unreadable
from chalicelib.domain.names import compact, is_zeros_apart
from chalicelib.pipeline.ports import Loaded, Searchable

#: No index is asked for fewer letters and digits. So many dossiers are enough: those with zeros in
#: front of them come first.
_LETTERS, _ENOUGH = 2, 10


@dataclass(frozen=True, kw_only=True)
class Meant:
    """`ids` has, by a reference as it is written, the dossier that is meant, or several where
    nobody can tell which. `known` are those that are stored, by their ids. `longer` has, of a
    reference that nobody has, those that end in its letters and digits, or the first of them, and
    those that are it but for zeros in front, which spreadsheets take away: stored, `to_come`, or
    looked up with it.
    """

    ids: Mapping[str, tuple[str, ...]]
    known: Mapping[str, Loaded | Unreadable]
    longer: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def is_a_word(self, reference: str) -> bool:
        """Whether it is none: it has no digit, and no dossier is called so."""
        has_digit = any(map(str.isdigit, reference))
        return not has_digit and not any(one in self.known for one in self.ids[reference])


def meant_by(dossiers: Searchable, references: Iterable[str], to_come: Iterable[str] = ()) -> Meant:
    """The dossiers of these references. One that is kept as it is written is that one; otherwise
    its letters and digits alone count, among what is stored, then among the dossiers `to_come`. Of
    one that nobody has it is the reference itself, as it is written first.

    A read for each hundred of their spellings, and one for each that is not kept as it is written.
    Raises StorageUnavailable.
    """
    wanted = list(dict.fromkeys(references))
    known = _stored(dossiers, chain.from_iterable(map(_spellings, wanted)))
    first = {compact(one): one for one in reversed(wanted)}
    told = {compact(one): (one,) for one in reversed(list(to_come))}
    alike_but_for_zeros = defaultdict[str, list[str]](list)
    for one in (*first, *told):
        alike_but_for_zeros[one.lstrip("0")].append(one)
    ids: dict[str, tuple[str, ...]] = {}
    longer: dict[str, tuple[str, ...]] = {}
    for one in wanted:
        if one in known:
            ids[one] = (one,)
            continue
        alike = compact(one)
        ending = _ending(dossiers, alike)
        spelt = (i for i in _spellings(one) if i in known)
        kept = [*spelt, *(i for i in ending if compact(i) == alike)]
        ids[one] = tuple(dict.fromkeys(kept)) or told.get(alike, (first[alike],))
        ends = [i for i in ending if is_zeros_apart(one, i) or compact(i).endswith(alike)]
        others = (i for i in alike_but_for_zeros[alike.lstrip("0")] if i != alike)
        near = (*ends, *others)
        if near and not kept and alike not in told:
            longer[one] = near
    more = (i for those in ids.values() for i in those if i not in known)
    return Meant(ids=ids, known={**known, **_stored(dossiers, more)}, longer=longer)


def without_words(cards: CardList, meant: Meant) -> CardList:
    """The list, where rows with a word that is no reference name no dossier."""
    rows, aside = list[CardRow](), list(cards.aside)
    for row in cards.rows:
        if meant.is_a_word(row.reference):
            aside.append(SetAside(number=row.number, text=row.text, why="no_reference"))
        else:
            rows.append(row)
    aside.sort(key=lambda row: row.number)
    return replace(cards, rows=tuple(rows), aside=tuple(aside))


def _spellings(reference: str) -> tuple[str, ...]:
    """How it may be kept; in small letters too, for a list may have begun it so. These are read
    consistently, where an index may be a moment behind.
    """
    return (*spellings(reference), reference.lower())


def _stored(dossiers: Searchable, ids: Iterable[str]) -> Mapping[str, Loaded | Unreadable]:
    return {one.dossier_id: one for one in dossiers.many(list(dict.fromkeys(ids)))}


def _ending(dossiers: Searchable, alike: str) -> Sequence[str]:
    """Those that have no more but zeros in front stand before others that end in them."""
    return dossiers.by_reference(alike.lstrip("0").rjust(_LETTERS, "0"), _ENOUGH)
