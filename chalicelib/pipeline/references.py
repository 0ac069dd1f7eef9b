"""Which dossier a list means by a reference, however either of them is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from chalicelib.decoding.card_lists import spellings
from chalicelib.domain.errors import Unreadable
from chalicelib.domain.names import compact
from chalicelib.pipeline.ports import Loaded, Searchable

#: No index is asked for fewer letters and digits; and two dossiers are as good as any more.
_LETTERS, _ENOUGH = 2, 2


@dataclass(frozen=True, kw_only=True)
class Meant:
    """`ids` has, by a reference as it is written, the dossier that is meant, or several where
    nobody can tell which. `known` are those that are stored, by their ids. `longer` has, of a
    reference that nobody has, those that end in its letters and digits, or the first of them.
    """

    ids: Mapping[str, tuple[str, ...]]
    known: Mapping[str, Loaded | Unreadable]
    longer: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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
        if ending and not kept and alike not in told:
            longer[one] = tuple(ending)
    more = (i for those in ids.values() for i in those if i not in known)
    return Meant(ids=ids, known={**known, **_stored(dossiers, more)}, longer=longer)


def _spellings(reference: str) -> tuple[str, ...]:
    """How it may be kept; in small letters too, for a list may have begun it so. These are read
    consistently, where an index may be a moment behind.
    """
    return (*spellings(reference), reference.lower())


def _stored(dossiers: Searchable, ids: Iterable[str]) -> Mapping[str, Loaded | Unreadable]:
    return {one.dossier_id: one for one in dossiers.many(list(dict.fromkeys(ids)))}


def _ending(dossiers: Searchable, alike: str) -> Sequence[str]:
    """Those with just these letters and digits stand before those that end in them."""
    return dossiers.by_reference(alike, _ENOUGH) if len(alike) >= _LETTERS else ()
