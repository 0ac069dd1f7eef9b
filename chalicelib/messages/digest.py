"""What the desk hears by e-mail, in French: each morning what waits for a person, and what
became of what was sent; and a second person, what nobody answers.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from chalicelib.domain.attempts import Kind
from chalicelib.domain.channels import TO_STUDENTS
from chalicelib.domain.contact import Channel, Language
from chalicelib.domain.daily_figures import Count, DailyFigures
from chalicelib.domain.desk_calendar import Desk, WorkRules, paris_day
from chalicelib.domain.feeds import Silence
from chalicelib.domain.holds import Hold, Pause
from chalicelib.messages.console.words import silence_words, to_collect, word
from chalicelib.messages.dates_in_words import day_and_hour, day_in_words
from chalicelib.messages.letter import Email
from chalicelib.messages.rendering import render, tidy
from chalicelib.messages.typography import typeset, typeset_html
from chalicelib.messages.work import describe_work, title_of

FR = Language.FR

_NOT_NEAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, order=True)
class OpenWork:
    """One open desk notice: since when, of which dossier, what; whether it is about an appointment
    `to_collect` the card; and its appointment, if that is near.
    """

    since: date
    dossier_id: str
    kind: Kind
    to_collect: bool = False
    urgent_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What a morning's digest tells. Of dossiers it knows ids, and nothing else.

    `work` is what the first dossiers of the work list ask for; `dossiers` is how many are on it in
    all, `unread` how many of them `work` says nothing about. `quarantined` are webhooks,
    `unreadable` the dossiers that this program cannot read. Of any of these there may be more than
    `cut_at`, where one list was so long that the rest of it was not counted. `since` is the last
    day on which the desk was open: from then to yesterday goes what `figures` says, which is None
    when nobody has counted last night. So many dossiers are `unanswered`, the first of them since
    `unanswered_since`, and were told to the desk's second person. `silences` are the feeds that
    were silent when the `figures` were counted.
    """

    day: date
    since: date
    work: tuple[OpenWork, ...]
    dossiers: int
    unread: int
    quarantined: int
    holds: tuple[Hold, ...]
    figures: DailyFigures | None
    pauses: tuple[Pause, ...] = ()
    unreadable: int = 0
    cut_at: int | None = None
    unanswered: int = 0
    unanswered_since: datetime | None = None
    silences: tuple[Silence, ...] = ()

    @property
    def until(self) -> date:
        """The last whole day."""
        return self.day - timedelta(days=1)


def compose_digest(digest: Digest, desk: Desk) -> Email:
    """The digest as an e-mail; raises TextFailed."""
    return _email("_digest", _variables(digest, desk), desk)


def compose_unanswered(names: Sequence[str], rules: WorkRules, desk: Desk) -> Email:
    """What a second person is told: which dossiers, and nothing else of them. Raises TextFailed."""
    return _email("_unanswered", {"names": names, "hours": rules.escalate_after_open_hours}, desk)


def _email(folder: str, variables: Mapping[str, object], desk: Desk) -> Email:
    known = {
        "language": FR.value,
        "salutation": "Bonjour,",
        "desk_name": desk.name[FR],
        **variables,
    }
    known["subject"] = subject = render(f"{folder}/subject.txt", known).strip()
    known["preheader"] = render(f"{folder}/preheader.txt", known).strip()
    return Email(
        language=FR,
        sender=desk.name[FR],
        subject=subject,
        text=typeset(tidy(render(f"{folder}/body.txt", known)), FR),
        html=typeset_html(tidy(render(f"{folder}/body.html", known)), FR),
        headers=(("Auto-Submitted", "auto-generated"), ("Content-Language", FR.value)),
    )


def _variables(digest: Digest, desk: Desk) -> Mapping[str, object]:
    return {
        "day": day_in_words(digest.day, FR),
        "dossiers": digest.dossiers,
        "unread": digest.unread,
        "cut_at": f"{digest.cut_at:,}".replace(",", " ") if digest.cut_at else "",
        "quarantined": digest.quarantined,
        "unreadable": digest.unreadable,
        "groups": _groups(digest.work),
        "unanswered": _unanswered(digest, desk),
        "holds": [_held(hold) for hold in digest.holds],
        "pauses": [_paused(pause) for pause in digest.pauses],
        "silences": [silence_words(one) for one in digest.silences],
        "period": _period(digest),
        "figures": _figures(digest),
        "counted_so_far": digest.figures and digest.figures.counted_so_far,
        "opened": _number(digest, Count.OPENED, Channel.DESK),
    }


def _unanswered(digest: Digest, desk: Desk) -> str:
    if not digest.unanswered or not digest.unanswered_since or not desk.work:
        return ""
    number = digest.unanswered
    called = f"{number} tâches urgentes" if number > 1 else "1 tâche urgente"
    since, plural = day_and_hour(digest.unanswered_since, FR), "s" if number > 1 else ""
    first = ", la première " if number > 1 else " "
    return (
        f"{called} sans réponse{first}depuis le {since}, "
        f"signalée{plural} à {desk.work.second_person}."
    )


def _groups(work: Iterable[OpenWork]) -> list[dict[str, object]]:
    """The work by kind: what is urgent first, then the oldest; so the kinds, and within each."""
    by_kind: defaultdict[Kind, list[OpenWork]] = defaultdict(list)
    for one in sorted(work, key=lambda one: (one.urgent_at or _NOT_NEAR, one)):
        by_kind[one.kind].append(one)
    return [
        {"title": title_of(kind), "advice": describe_work(kind), "items": _items(ones)}
        for kind, ones in by_kind.items()
    ]


def _items(ones: Sequence[OpenWork]) -> list[str]:
    return [f"{_since(one)}{_urgent(one)}" for one in ones]


def _since(one: OpenWork) -> str:
    said = f"{one.dossier_id}, depuis le {day_in_words(one.since, FR)}"
    return to_collect(said) if one.to_collect else said


def _urgent(one: OpenWork) -> str:
    return f" ; urgent : rendez-vous le {day_and_hour(one.urgent_at, FR)}" if one.urgent_at else ""


def _held(hold: Hold) -> str:
    channel = word("channels", hold.channel)
    return f"{channel}, depuis le {day_and_hour(hold.since, FR)} ({hold.reason})"


def _paused(pause: Pause) -> str:
    channel = word("channels", pause.channel)
    return f"{channel}, par {pause.by}, depuis le {day_and_hour(pause.at, FR)} ({pause.why})"


def _period(digest: Digest) -> str:
    first, last = day_in_words(digest.since, FR), day_in_words(digest.until, FR)
    return f"du {first}" if digest.since == digest.until else f"du {first} au {last}"


def _figures(digest: Digest) -> list[str]:
    """A line a channel; none when nobody has counted."""
    if digest.figures is None or paris_day(digest.figures.counted_at) != digest.day:
        return []
    return [_line(digest, channel) for channel in TO_STUDENTS]


def _line(digest: Digest, channel: Channel) -> str:
    left, arrived, failed, unknown = (
        _number(digest, count, channel)
        for count in (Count.LEFT, Count.ARRIVED, Count.FAILED, Count.UNKNOWN)
    )
    ends = f"arrivés : {arrived} ; en échec : {failed} ; peut-être partis : {unknown}"
    return f"{word('messages', channel)} partis : {left} ; {ends}"


def _number(digest: Digest, count: Count, channel: Channel) -> int:
    return digest.figures.total(count, channel, digest.since, digest.until) if digest.figures else 0
