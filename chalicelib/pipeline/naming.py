"""Who is named in what came in and has no place in a dossier."""

from collections.abc import Callable, Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from chalicelib.decoding.naming import Body, Known, Named, marks_of
from chalicelib.domain.contact import Contact, mailbox
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import Unreadable
from chalicelib.domain.facts import ErasureRequest
from chalicelib.pipeline.ports import Loaded, Quarantined, Searchable


@dataclass(frozen=True, kw_only=True)
class Naming:
    """Tells whom a body names from whom it may name as well as another."""

    dossiers: Searchable
    fingerprint: Callable[[str], str]

    def known(self, dossier: Dossier, theirs: AbstractSet[str] = frozenset()) -> Known:
        """By what somebody is recognised; of a person with other dossiers, `theirs` are all."""
        contacts = tuple(dict.fromkeys(contacts_of(dossier)))
        theirs |= {dossier.dossier_id}
        return Known(
            dossier_id=dossier.dossier_id,
            contacts=contacts,
            message_ids=sorted({a.message_id for a in dossier.ledger if a.message_id}),
            shared=frozenset(mark for c in contacts for mark in self._shared(c, theirs)),
            theirs=frozenset(one.casefold() for one in theirs),
        )

    def found_by(self, contact: Contact, limit: int) -> Iterator[tuple[str, Collection[str]]]:
        """The dossiers that each mark of a contact is found by: address, number and whole name."""
        address, number, name = marks_of(contact)
        if address:
            yield address, self.dossiers.by_email(self.fingerprint(mailbox(address)), limit)
        if number:
            yield number, self.dossiers.by_phone(self.fingerprint(number), limit)
        if len(name) > 1:
            yield name, self.dossiers.by_name(name, limit)

    def _shared(self, contact: Contact, theirs: AbstractSet[str]) -> Iterator[str]:
        """What of a contact somebody else has as well."""
        for mark, ids in self.found_by(contact, len(theirs) + 1):
            if set(ids) - theirs:
                yield mark

    def in_quarantine(self, item: Quarantined, known: Known) -> Named:
        """What is said of a dossier by the item itself is sure; a webhook says it by its words."""
        if item.dossier_id:
            return Named.SURELY if item.dossier_id == known.dossier_id else Named.NOT
        return self.in_body(item.body, known)

    def in_body(self, content: bytes, known: Known) -> Named:
        """What is about another dossier that goes on is never surely about this one."""
        body = Body(content)
        named = body.names(known)
        if named is not Named.SURELY or _are(body.about, {known.dossier_id.casefold()}):
            return named
        others = [one for one in body.dossiers if one.casefold() not in known.theirs]
        return Named.PERHAPS if any(map(_goes_on, self.dossiers.many(others))) else named


def contacts_of(dossier: Dossier) -> Iterator[Contact]:
    """Every contact it was ever told, as it was spelt."""
    return (event.contact for event in dossier.events if event.contact)


def request_of(dossier: Dossier) -> ErasureRequest | None:
    """What somebody asked for, as long as it is neither done nor taken back."""
    return dossier.facts.erasure if dossier.events else None


def _are(ids: Iterable[str], wanted: AbstractSet[str]) -> bool:
    return {one.casefold() for one in ids} == wanted


def _goes_on(one: Loaded | Unreadable) -> bool:
    """Of one that cannot be read nobody knows that it does not."""
    return isinstance(one, Unreadable) or bool(one.dossier.events and not request_of(one.dossier))
