"""Urgent work that nobody at the desk answers is told to a second person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.desk_calendar import Desk, WorkRules, paris_day
from chalicelib.domain.errors import LostRace, NotSent
from chalicelib.domain.escalation import LEASE, Escalation, Told
from chalicelib.messages.digest import compose_unanswered
from chalicelib.pipeline.ports import DIGEST_TAG, Dossiers, Mailer, WorkItem
from chalicelib.pipeline.ports.desk import EscalationStore
from chalicelib.pipeline.waiting import READ_AT_MOST, in_order, is_urgent, with_all_urgent

#: So many dossiers are named, the nearest appointments first: more is no list for one person, and
#: what was told stays one small item.
NAMED_AT_MOST = 500


@dataclass(frozen=True, kw_only=True)
class Escalator:
    """Mails a second person the dossiers whose urgent work nobody has answered for so many hours of
    the counter, as soon as it is so, and again each open day while it is.

    Nobody is told where the desk has no digest (`digest_to`): such a stage has no agents.
    """

    dossiers: Dossiers
    escalation: EscalationStore
    desk: Desk
    mailer: Mailer
    digest_to: str
    now: Callable[[], datetime]

    def run(self, rows: Sequence[WorkItem]) -> int:
        """Tell what of these rows of the work list is to be told now; of how many dossiers.

        Claimed before it is sent. One that did not leave, or whose sender died, is tried again.
        Raises NotSent, StorageUnavailable and TextFailed: whoever started it has to see that.
        """
        if not self.desk.work or not self.desk.work.second_person or not self.digest_to:
            return 0
        now, before = self.now(), self.escalation.last()
        if before.claimed_until and now < before.claimed_until:
            return 0
        waiting = self._unanswered(rows, self.desk.work, now)
        told = {
            name: before.told[name] for name, since in waiting.items() if _said(before, name, since)
        }
        news = {
            name: Told(since=since, at=now)
            for name, since in waiting.items()
            if name not in told or paris_day(told[name].at) != paris_day(now)
        }
        try:
            if news and self.desk.has_opened(now):
                return self._send(before, told, news, self.desk.work, now)
            self._keep(
                before, Escalation(told=told, failing_since=before.failing_since if news else None)
            )
        except LostRace:  # another sweep is at it
            pass
        return 0

    def _unanswered(
        self, rows: Sequence[WorkItem], rules: WorkRules, now: datetime
    ) -> Mapping[str, datetime]:
        """Since when each of them waits that has waited too long, the nearest appointment first."""
        if len(rows) >= READ_AT_MOST:
            rows = with_all_urgent(rows, self.dossiers, now)
        patience = timedelta(hours=rules.escalate_after_open_hours)
        late = [
            (row.name, row.unanswered_since)
            for row in in_order(rows, now)
            if row.unanswered_since
            and is_urgent(row.appointment_at, now)
            and self.desk.open_between(row.unanswered_since, now) >= patience
        ]
        return dict(late[:NAMED_AT_MOST])

    def _send(
        self,
        before: Escalation,
        told: Mapping[str, Told],
        news: Mapping[str, Told],
        rules: WorkRules,
        now: datetime,
    ) -> int:
        email = compose_unanswered([*news], rules, self.desk)
        claimed = Escalation(
            told=told, claimed_until=now + LEASE, failing_since=before.failing_since
        )
        self.escalation.write(before, claimed)
        tags = {DIGEST_TAG: f"unanswered-{paris_day(now).isoformat()}"}
        try:
            self.mailer.send(email, to=rules.second_person, tags=tags)
        except NotSent:
            failing_since = before.failing_since or now
            self.escalation.write(
                claimed, replace(claimed, claimed_until=None, failing_since=failing_since)
            )
            raise
        self.escalation.write(claimed, Escalation(told={**told, **news}))
        return len(news)

    def _keep(self, before: Escalation, after: Escalation) -> None:
        """What is answered, or no longer urgent, is not remembered."""
        if after != before:
            self.escalation.write(before, after)


def _said(before: Escalation, name: str, since: datetime) -> bool:
    """Whether it was told already that it waits since then."""
    return name in before.told and before.told[name].since == since
