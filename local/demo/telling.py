"""Tells the story as it happens: who did what, and who got what on which channel."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from chalicelib.domain.desk_calendar import PARIS
from chalicelib.domain.rules import kinds_where
from local.studio.outbox import Message, Outcome

#: One colour for each way a line can come in.
STYLES = {"email": "cyan", "sms": "green", "deed": "bold", "lost": "bold red"}
NUMBERED = kinds_where(lambda rule: len(rule.numbers) > 1)
MARKS = {"email": "e-mail", "sms": "SMS"}


class Teller:
    """Prints a timeline: on a terminal with a bar that shows how far it is, else plain lines."""

    def __init__(self, console: Console, begins: datetime, ends: datetime) -> None:
        self._console = console
        self._begins = begins
        self._month: date | None = None
        self._bar = Progress(
            TextColumn("[dim]{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=(ends - begins).total_seconds())

    @contextmanager
    def telling(self) -> Iterator[None]:
        """While the story is told."""
        with self._bar:
            yield

    def passes(self, now: datetime) -> None:
        """Time goes by."""
        day = now.astimezone(PARIS)
        done = (now - self._begins).total_seconds()
        self._bar.update(self._task, completed=done, description=f"{day:%a %d %b %Y}")

    def deed(self, at: datetime, who: str, says: str, outcome: str) -> None:
        """Somebody does something."""
        self._line(at, Text(f"{who} {says}", STYLES["deed"]), Text(f"  → {outcome}", "dim"))

    def message(self, message: Message, status: Outcome) -> None:
        """A student gets something, or would."""
        style = STYLES["lost" if status is Outcome.LOST else message.channel]
        number = f" {message.number}" if message.notice in NUMBERED else ""
        again = f", try {message.attempt}" if message.attempt > 1 else ""
        lost = ", LOST on its way" if status is Outcome.LOST else ""
        what = f"  {MARKS[message.channel]:<7}{message.notice}{number}{again}{lost}  "
        content = message.subject or message.text.replace("\n", " ")
        self._line(message.at, Text(what, style), Text(f"{message.to}  {content}", "dim"))

    def says(self, text: str, style: str = "") -> None:
        """Something beside the timeline."""
        self._console.print(Text(text, style))

    def table(self, title: str, rows: list[tuple[str, str]]) -> None:
        """What it comes to in the end."""
        table = Table(title=title, show_header=False, title_justify="left")
        for name, value in rows:
            table.add_row(name, value)
        self._console.print(table)

    def _turn_the_page_to(self, month: date) -> None:
        if month == self._month:
            return
        quiet = _months_between(self._month, month) if self._month else 0
        if quiet > 0:
            months = "a month" if quiet == 1 else f"{quiet} months"
            self._console.print(Text(f"\n… {months} in which nothing is owed", "dim"))
        self._month = month
        self._console.print(Text(f"\n{month:%B %Y}", "bold underline"))

    def _line(self, at: datetime, *parts: Text) -> None:
        local = at.astimezone(PARIS)
        self._turn_the_page_to(local.date().replace(day=1))
        stamp = Text(f"{local:%a %d  %H:%M}  ", "dim")
        line = Text.assemble(stamp, *parts)
        if self._console.is_terminal:
            self._console.print(line, no_wrap=True, overflow="ellipsis")
        else:
            self._console.print(line, soft_wrap=True)


def _months_between(earlier: date, later: date) -> int:
    """Whole months of the calendar in between."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month - 1
