"""The columns of the table of rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.facts import State
from chalicelib.domain.rules.case import Anchor, Case
from chalicelib.domain.rules.ends import never
from chalicelib.domain.rules.goes_by import by_each
from chalicelib.domain.rules.unless import no_exception


class Series(StrEnum):
    """Notices that replace one another: of several due at once only the latest is sent."""

    ASK = "ask"
    MEET = "meet"
    WAIT = "wait"
    COLLECT = "collect"
    RENEW = "renew"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One row: this notice is owed in these states, because of `anchor`, from `due` to `end`.

    Rows about an appointment hold for one with each of these `purposes`: `states` are then, of one
    to collect, where that appointment stands.

    When and where. `goes_by` says on which of its channels a notice is owed. Of the kinds it
    `silences` whatever was due by the end of its day and had not begun to leave is dropped.
    `reminder` rows count against the daily cap and stop after a complaint; `at_once` rows are for
    the desk to decide when they are learnt too late, unless `ever` says they still matter.
    `fresh_address` rows are sent anew to a changed address, and with new links, whatever became of
    them before: the latest of a series speaks for all of it. `steady` rows say the hour of an
    appointment, or that it is gone: a change of what was announced waits until the next one is
    unlikely to follow.

    Of a message: `refusable` ones nobody asked for today, so one click ends them (RFC 8058);
    `with_invite` ones carry the entry for a calendar, and of `with_convocation` ones the document
    is kept ready. An SMS is tried `sms_attempts` times where it may arrive another time. An `echo`
    tells of another message's loss: its own is no news.

    Of a line for the desk: `by_phone` lines are about people whom only a telephone or a letter
    reaches; `by_hour` ones are listed in the order of their appointments. `tells_expired` lines
    name what never arrived in time, and what a line `holds_back` can still leave on its word.
    `while_erased` lines stand where nothing else does: their dossier is about to be erased.
    """

    kind: Kind
    channels: Sequence[Channel]
    states: Sequence[State]
    anchor: Callable[[Case], Anchor | None]
    due: Callable[[Case, Anchor, int], datetime]
    end: Callable[[Case, Anchor, Channel], datetime | None] = never
    series: Series | None = None
    purposes: Sequence[SlotPurpose] = (SlotPurpose.DEPOSIT,)
    numbers: Sequence[int] = (1,)
    unless: Callable[[Case, Anchor], bool] = no_exception
    goes_by: Callable[[Case, Anchor, Channel], bool] = by_each
    silences: Sequence[Kind] = ()
    reminder: bool = False
    at_once: bool = False
    ever: bool = False
    fresh_address: bool = False
    steady: bool = False

    refusable: bool = False
    with_invite: bool = False
    with_convocation: bool = False
    sms_attempts: int = 1
    echo: bool = False

    by_phone: bool = False
    by_hour: bool = False
    tells_expired: bool = False
    holds_back: bool = False
    while_erased: bool = False

    @property
    def is_for_the_desk(self) -> bool:
        """Whether it is a line of the work list, and no message to the student."""
        return Channel.DESK in self.channels
