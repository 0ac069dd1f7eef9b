"""The plan of a dossier, and what its next write says about it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.attempts import Attempt, Kind, Status
from chalicelib.domain.channels import address_on
from chalicelib.domain.contact import Channel, Contact, mailbox
from chalicelib.domain.desk_calendar import Desk
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.facts import Facts, State
from chalicelib.domain.forgetting import is_remnant
from chalicelib.domain.holds import NO_HOLDS, Holds
from chalicelib.domain.names import compact, in_another_order, in_both_orders
from chalicelib.domain.plan import Owed, Plan, owed
from chalicelib.domain.work import put_off, unanswered_since
from chalicelib.pipeline.ports import Findable, JournalLine, Write


@dataclass(frozen=True, kw_only=True)
class Planner:
    """Knows the desk, and the fingerprints of addresses, so that no ledger holds an address."""

    desk: Desk
    fingerprint: Callable[[str], str]

    def addresses(self, contact: Contact | None) -> Mapping[Channel, str]:
        """The fingerprint of the address on each channel the student can be reached on."""
        if contact is None:
            return {}
        given = ((c, address_on(c, contact)) for c in Channel)
        return {channel: self.fingerprint(address) for channel, address in given if address}

    def plan(self, dossier: Dossier, now: datetime, holds: Holds = NO_HOLDS) -> Plan:
        """What is owed at `now`, while these channels are held."""
        addresses = self.addresses(dossier.facts.contact)
        return owed(dossier, self.desk, addresses, now, holds)

    def plan_as_it_goes(self, dossier: Dossier, now: datetime, holds: Holds = NO_HOLDS) -> Plan:
        """The same, if each message that is due now is taken in its turn: what has left can fill
        the day, or speak in the place of the next.
        """
        plan = ahead = self.plan(dossier, now, holds)
        left: list[Owed] = []
        while len(messages := [o for o in ahead.due if o.notice.channel is not Channel.DESK]) > 1:
            left.append(messages[0])
            taken = self._taken(messages[0], dossier, now)
            dossier = dossier.with_attempt(taken)
            ahead = self.plan(dossier, now, holds)
        work = (o for o in plan.due if o.notice.channel is Channel.DESK)
        return replace(plan, due=(*left, *messages, *work), later=ahead.later)

    def once_arrived(self, dossier: Dossier, messages: Iterable[Owed], now: datetime) -> Dossier:
        """The dossier once these messages have reached their student."""
        for message in messages:
            taken = self._taken(message, dossier, now)
            dossier = dossier.with_attempt(replace(taken, status=Status.DELIVERED))
        return dossier

    def _taken(self, owed: Owed, dossier: Dossier, now: datetime) -> Attempt:
        facts, channel = dossier.facts, owed.notice.channel
        return replace(
            owed.next_try.ended(owed.notice, Status.ACCEPTED, now),
            address=self.addresses(facts.contact).get(channel, ""),
            vouched=facts.vouched.count(channel),
        )

    def write(self, dossier: Dossier, now: datetime, journal: Sequence[JournalLine] = ()) -> Write:
        """The one conditional write that stores the dossier with its place in the indexes."""
        return self.write_of(dossier, self.plan(dossier, now), now, journal)

    def write_of(
        self, dossier: Dossier, plan: Plan, now: datetime, journal: Sequence[JournalLine] = ()
    ) -> Write:
        """The same, where the plan is known already."""
        due_now = bool(plan.due or plan.ended)
        return self._write(dossier, now if due_now else plan.next_change_at, journal)

    def claim(self, dossier: Dossier, now: datetime, journal: Sequence[JournalLine]) -> Write:
        """The write of a claim. It is not planned, for the answer follows at once: if its worker
        dies before that, the next sweep wakes the dossier, and whoever serves it plans.
        """
        return self._write(dossier, now, journal)

    def _write(
        self, dossier: Dossier, next_due_at: datetime | None, journal: Sequence[JournalLine]
    ) -> Write:
        opened = (a.claimed_at for a in dossier.open_work)
        return Write(
            dossier=dossier,
            state=dossier.state,
            next_due_at=next_due_at,
            work_since=min(opened, default=None),
            findable=self.findable(dossier),
            journal=tuple(journal),
        )

    def findable(self, dossier: Dossier) -> Findable:
        """What people find it by: nothing of a person who was forgotten."""
        facts = dossier.facts
        known = Findable(
            work=kinds_of(dossier),
            appointment_at=_expected_at(facts, dossier.state),
            deposit_at=_booked_at(facts.to_deposit.appointment),
            collect_at=_booked_at(facts.to_collect.appointment),
            again_on=min((w.until for w in put_off(dossier).values() if w.until), default=None),
            unanswered_since=unanswered_since(dossier),
        )
        if not dossier.events or is_remnant(dossier):
            return known
        number = facts.deposited.recepisse_number if facts.deposited else None
        known = replace(
            known,
            reference=compact(dossier.dossier_id) or None,
            recepisse=self.fingerprint(compact(number)) if number else None,
        )
        return self._named(known, facts.contact) if facts.contact else known

    def _named(self, known: Findable, contact: Contact) -> Findable:
        family_first, given_first = in_both_orders(contact.family_name, contact.given_name)
        return replace(
            known,
            family_first=family_first or None,
            given_first=given_first or None,
            other_first=in_another_order(contact.family_name, contact.given_name),
            email=self.fingerprint(mailbox(contact.email)) if contact.email else None,
            phone=self.fingerprint(contact.number) if contact.number else None,
        )


def kinds_of(dossier: Dossier) -> tuple[Kind, ...]:
    """The kinds of its open desk notices, each once."""
    return tuple(sorted({a.notice.kind for a in dossier.open_work}))


def _booked_at(slot: Appointment | None) -> datetime | None:
    """Its hour, also once that has passed: people look back for who did not come."""
    return slot.starts_at if slot and not slot.is_called_off and not slot.closed else None


def _expected_at(facts: Facts, state: State) -> datetime | None:
    """The hour of the next appointment, as far as anybody knows: once the file is deposited, of the
    one to collect the card, if there is one.
    """
    live = [slot.starts_at for slot in facts.appointments if slot.is_live]
    is_to_deposit = state in {State.BOOKED, State.CONFIRMED}
    return (min(live) if is_to_deposit else live[-1]) if live else None
