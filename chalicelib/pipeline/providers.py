"""One try at a provider, and what its answer makes of the attempt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.attempts import Attempt, DeliveryReport, FailureClass, Status, settled
from chalicelib.domain.contact import Channel
from chalicelib.domain.errors import (
    Ambiguous,
    BadRecipient,
    BadRequest,
    NotNow,
    NotSent,
    OurAccount,
)
from chalicelib.messages.letter import Letter
from chalicelib.pipeline.ports import Mailer, Speaker

#: "Not now": the first wait and the longest. A refused account is probed less eagerly.
FIRST_WAIT = {
    NotNow: timedelta(minutes=1),
    OurAccount: timedelta(minutes=5),
    BadRequest: timedelta(minutes=5),
}
LONGEST_WAIT = timedelta(hours=1)
#: Doubling the first wait this often is longer than the longest.
DOUBLINGS = 6

#: What an answer makes of the attempt that the ledger holds by then.
Answer = Callable[[Attempt], Attempt]


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A claimed attempt with its words and the address they go to.

    `is_suppressed` tells that the address may be on the list of those to which the provider
    delivers nothing any more, and that a person has said since that it is good.
    """

    dossier_id: str
    attempt: Attempt
    letter: Letter
    to: str
    is_suppressed: bool = False

    @property
    def tags(self) -> dict[str, str]:
        """What travels with the message and comes back in every receipt. No personal data."""
        notice = self.attempt.notice
        return {
            "dossier": self.dossier_id,
            "notice": f"{notice.kind}-{notice.number}",
            "occasion": notice.occasion,
            "channel": notice.channel,
            "attempt": str(self.attempt.attempt),
        }


@dataclass(frozen=True, kw_only=True)
class ProviderReply:
    """What a provider's answer makes of the attempt, and what it says of the channel.

    `refuses_us` is a short code if it is we who are refused, `refuses_this` if it is this message;
    `takes_messages` tells that the channel works, even where this recipient does not, and
    `has_taken` that it took this one.
    """

    answer: Answer
    refuses_us: str = ""
    refuses_this: str = ""
    takes_messages: bool = False
    has_taken: bool = False


@dataclass(frozen=True, kw_only=True)
class Providers:
    """Send messages: `on` each channel its own. `chance` is a number in [0, 1) that spreads the
    retries of many dossiers.

    The `mailer` takes an address off its provider's list; `on_still_suppressed` hears of a refusal
    to do so.
    """

    speakers: Mapping[Channel, Speaker]
    mailer: Mailer
    chance: Callable[[], float]
    on_still_suppressed: Callable[[NotSent], None]
    now: Callable[[], datetime]

    def send(
        self,
        outgoing: Outgoing,
        is_about_us: Callable[[str], bool],
    ) -> ProviderReply:
        """Send once. Whatever the provider says becomes a reply. `is_about_us` says of the code of
        a refused request whether it is we who are refused, whoever the message is for.
        """
        try:
            self._unsuppress(outgoing)
            message_id = self._message_id(outgoing)
        except NotNow as refusal:
            return ProviderReply(answer=_postponed(refusal, self.chance(), self.now()))
        except (OurAccount, BadRequest) as refusal:
            return self._refused(refusal, is_about_us)
        except BadRecipient as error:
            return ProviderReply(answer=_ended(error, self.now()), takes_messages=True)
        except NotSent as error:
            return ProviderReply(answer=_ended(error, self.now()))
        answer = _accepted(outgoing, message_id, self.now())
        return ProviderReply(answer=answer, takes_messages=True, has_taken=True)

    def _refused(
        self,
        refusal: OurAccount | BadRequest,
        is_about_us: Callable[[str], bool],
    ) -> ProviderReply:
        """What is about us costs nobody an attempt; what is about this message ends it."""
        if isinstance(refusal, BadRequest) and not is_about_us(refusal.reason):
            return ProviderReply(answer=_ended(refusal, self.now()), refuses_this=refusal.reason)
        answer = _postponed(refusal, self.chance(), self.now())
        return ProviderReply(answer=answer, refuses_us=refusal.reason)

    def _unsuppress(self, outgoing: Outgoing) -> None:
        """Take the address off the provider's list, where a person has said that it is good. Raises
        NotNow: then nothing has left.

        If that is refused the message leaves all the same. The address may not be on the list at
        all; if it is, the provider will say so, and a person hears of it.
        """
        if not outgoing.is_suppressed:
            return
        try:
            self.mailer.unsuppress(outgoing.to)
        except (OurAccount, BadRequest) as refusal:
            self.on_still_suppressed(refusal)

    def _message_id(self, outgoing: Outgoing) -> str:
        speaker = self.speakers[outgoing.attempt.notice.channel]
        return speaker.send(outgoing.letter, to=outgoing.to, tags=outgoing.tags)


def _accepted(outgoing: Outgoing, message_id: str, now: datetime) -> Answer:
    report = DeliveryReport(
        dossier_id=outgoing.dossier_id,
        notice=outgoing.attempt.notice,
        attempt=outgoing.attempt.attempt,
        status=Status.ACCEPTED,
        at=now,
        receipt_id="",
        message_id=message_id,
    )
    return lambda attempt: replace(settled(attempt, report, now), message_id=message_id)


def _ended(error: NotSent, now: datetime) -> Answer:
    """Refused for good, or lost on the way."""
    status, failure_class = _END_OF[type(error)]
    return _unless_known(
        lambda a: replace(
            a,
            status=status,
            status_at=now,
            until=None,
            failure_class=failure_class,
            reason=error.reason,
        )
    )


_END_OF: dict[type[NotSent], tuple[Status, FailureClass | None]] = {
    Ambiguous: (Status.UNKNOWN, None),
    BadRecipient: (Status.FAILED, FailureClass.ADDRESS),
    BadRequest: (Status.FAILED, FailureClass.MESSAGE),
}


def _postponed(refusal: NotSent, chance: float, now: datetime) -> Answer:
    def later(attempt: Attempt) -> Attempt:
        wait = min(FIRST_WAIT[type(refusal)] * 2 ** min(attempt.tries, DOUBLINGS), LONGEST_WAIT)
        until = now + wait * (1 + chance / 2)
        return replace(
            attempt,
            status=Status.POSTPONED,
            status_at=now,
            until=until,
            reason=refusal.reason,
            tries=attempt.tries + 1,
        )

    return _unless_known(later)


def _unless_known(change: Answer) -> Answer:
    """A receipt that came before the answer knows better than the answer."""
    return lambda attempt: change(attempt) if attempt.status is Status.CLAIMED else attempt
