"""The log of a stage's functions, a line each: what happened, in ids and codes."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import TYPE_CHECKING, Annotated, Any

import boto3
import typer

from chalicelib.bootstrap import services
from chalicelib.decoding.desk_fields import ID
from chalicelib.observability import KEYS
from cli.acting import audited
from cli.endings import CommandRefused
from cli.tables import plain, say
from infra.stages import stack_of

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

#: Seconds between two looks.
GLANCE = 3
#: A line may come this much later than the one after it.
LATE = timedelta(seconds=30)

_SPAN = re.compile(r"(?P<many>[1-9][0-9]{0,3})(?P<unit>[mhd])", re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_NOTICE = re.compile(r"[a-z_]{1,40}(\.[0-9]{1,3})?", re.ASCII)
_FIRST = ("outcome", "dossier_id", "notice", "channel")


@dataclass(frozen=True, kw_only=True)
class Said:
    """One line of one function."""

    line_id: str
    at: datetime
    content: dict[str, Any]

    def __str__(self) -> str:
        level = str(self.content.get("level", ""))
        names = [*_FIRST, *sorted(KEYS - set(_FIRST))]
        said = [f"{n}={self.content[n]}" for n in names if self.content.get(n) is not None]
        error = [self.content["exception_name"]] if self.content.get("exception_name") else []
        where = str(self.content.get("function_name", "")).rpartition("-")[2]
        return " ".join([f"{plain(self.at)}:{self.at:%S}", level, where, *said, *error])


def add_to(app: typer.Typer) -> None:
    """The commands of this file."""
    app.command("logs", help="Le journal des fonctions d’un déploiement.")(logs)


def logs(
    dossier: Annotated[str, typer.Option(help="Ce dossier seulement.")] = "",
    notice: Annotated[str, typer.Option(help="Ce message seulement : card_ready.1")] = "",
    since: Annotated[str, typer.Option(help="Depuis quand : 30m, 1h, 2d.")] = "1h",
    *,
    follow: Annotated[bool, typer.Option("--follow", help="Attendre la suite (Ctrl-C).")] = False,
) -> None:
    """What the functions said, oldest first."""
    with audited("read_logs", dossier):
        start, pattern = services().now() - span_of(since), pattern_of(dossier, notice)
        reader = Reader(pattern, _groups(services().settings.stage))
        found = reader.since(start)
    _print(found)
    if follow:
        _print(followed(reader, start, lambda: sleep(GLANCE), services().now))


def span_of(text: str) -> timedelta:
    """Such as `30m`, `1h`, `2d`. Raises CommandRefused."""
    found = _SPAN.fullmatch(text)
    if not found:
        raise CommandRefused("Cette durée ne se lit pas : écrivez 30m, 1h ou 2d.")
    return int(found["many"]) * _UNITS[found["unit"]]


def pattern_of(dossier_id: str, notice: str) -> str:
    """A filter of CloudWatch, with nothing in it but ids. Raises CommandRefused.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    """
    if dossier_id and not ID.fullmatch(dossier_id):
        raise CommandRefused("Cette référence de dossier n’est pas valable.")
    if notice and not _NOTICE.fullmatch(notice):
        raise CommandRefused(
            "Ce nom de message n’est pas valable : écrivez card_ready ou card_ready.1"
        )
    number = "" if "." in notice else ".*"
    asked = [f'($.dossier_id = "{dossier_id}")'] if dossier_id else []
    asked += [f'($.notice = "{notice}{number}")'] if notice else []
    return f"{{ {' && '.join(asked or ['$.outcome = *'])} }}"


class Reader:
    """Reads the log groups, and gives no line twice."""

    def __init__(self, pattern: str, groups: Sequence[str]) -> None:
        self._pattern, self._groups = pattern, groups
        self._client: CloudWatchLogsClient = boto3.client("logs")
        self._seen: set[str] = set()

    def since(self, start: datetime) -> Sequence[Said]:
        """What has not been given yet, oldest first."""
        found = [said for group in self._groups for said in self._of(group, start)]
        fresh = {said.line_id: said for said in found if said.line_id not in self._seen}
        self._seen |= fresh.keys()
        return sorted(fresh.values(), key=lambda said: said.at)

    def _of(self, group: str, start: datetime) -> Iterator[Said]:
        pages = self._client.get_paginator("filter_log_events").paginate(
            logGroupName=group,
            startTime=int(start.timestamp() * 1000),
            filterPattern=self._pattern,
        )
        for page in pages:
            for event in page["events"]:
                at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
                yield Said(line_id=event["eventId"], at=at, content=_object(event["message"]))


def followed(
    reader: Reader, start: datetime, wait: Callable[[], None], now: Callable[[], datetime]
) -> Iterator[Said]:
    """Whatever is said from now on, until its reader has seen enough (Ctrl-C)."""
    try:
        while True:
            wait()
            yield from reader.since(max(start, now() - LATE))
    except KeyboardInterrupt:
        return


def _object(text: str) -> dict[str, Any]:
    """A line of ours; Lambda's own ones are no JSON."""
    try:
        content = json.loads(text)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _groups(stage: str) -> Sequence[str]:
    if stage == "local":
        raise CommandRefused("Un monde local n’a pas CloudWatch : son journal est là où il tourne.")
    client = boto3.client("cloudformation")
    pages = client.get_paginator("list_stack_resources").paginate(StackName=stack_of(stage))
    resources = [row for page in pages for row in page["StackResourceSummaries"]]
    return [
        row["PhysicalResourceId"]
        for row in resources
        if row["ResourceType"] == "AWS::Logs::LogGroup"
    ]


def _print(lines: Sequence[Said] | Iterator[Said]) -> None:
    for said in lines:
        say(str(said))
