"""What was measured, as a page and as a picture."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from statistics import median
from typing import Any

from benchmarks.cold_start import BARE, clients_of
from benchmarks.figures import OURS

Results = Mapping[str, Any]

PAGE = """# What it costs, beside others

Written by `make bench` on {date}, of commit {commit}. Never edit it: run it again.

CPU time, user and system, of the measured process alone, for one unit of work, in milliseconds:
the median of {rounds} rounds, and in brackets the least and the most. In each round everybody has
a turn, one after the other; a ratio is the product's time divided by the peer's in the same round.
Each runs in a process of its own, which stays alive, and so warm, from turn to turn; the first
round is not counted. On a machine that does other things besides only the ratios say anything.

{warning}{table}

{cold}
## What was measured

- Machine: {cpu}, {cores} cores. Load (1, 5, 15 minutes): {before} before, {after} after.
- The product: the package that Lambda gets, for {machine}, on Python {python}; {ours}. Its handlers
  are called with events of SQS, SNS, API Gateway and EventBridge, one after the other. A booking is
  the first event of a new dossier; its e-mail asks, in French, to confirm the appointment.
- Peers, on the same Python: {peers}. They render and send the product's own letter, with two
  variables in it, over SMTP, out of SQLite. django-post-office renders a mail when it is queued,
  which is its default, and keeps a connection for a batch. Its view, over WSGI without
  middleware, checks the same signature and queues a mail. huey's task renders and sends by
  Django, one connection a mail.
- *The SDK's calls* are the fewest that the same work can do with, by the same SDK, with bodies of
  the product's size: to read, claim, send and record an e-mail; to read, write and wake for a
  webhook; to read and write for a receipt. A webhook that brings an address and a number takes the
  product two calls more: each counts its dossiers, which no peer does. *Typst, the same page* is
  the same call of the same library, with what the product gave it: without making its words and
  its QR code.
- AWS and the mail server are a program in another process of this machine, which keeps items and
  honours conditions (`benchmarks/outside.py`). What it takes is in no figure.
- A night repeats over the same dossiers: none of them changes, ends or is forgotten in it.

**Not measured**: real AWS. There is no TLS, no network and no Lambda here, and waiting is no CPU
time. No peer keeps what the product keeps: who claimed a message, what became of it, and who is to
be told.

## To run it again

```sh
make bench                                 # everything, and this page
make bench ROUNDS=3 ONLY="sender night"    # a part of it: only out/bench is written
.venv/bin/python -m benchmarks --profile sender   # where the CPU of one e-mail goes, in two ways
```

`out/bench/results.json` has each round, `out/bench/results.svg` is a picture of it.
"""

#: Of a run that says too little: with fewer rounds, or on a machine whose cores were taken.
ENOUGH_ROUNDS = 9
TRIAL = """**A trial, not a measurement**: {why}.
Only the order of the figures means anything.

"""

COLD = """## How soon a function is ready

CPU time of a whole process that imports what a function needs and makes the clients that its policy
tells of, beside a bare client of DynamoDB, and beside the same clients and nothing else, from the
same package. *import app* is what makes the package and the tests: with every route.

| what | ms CPU | ÷ the bare client | ÷ the same clients |
| --- | --- | --- | --- |
{rows}
"""


def page(results: Results) -> str:
    """Markdown: docs/performance.md."""
    rows, why = "\n".join(_cold(results["cold"])), "; ".join(_doubts(results))
    return PAGE.format(
        **results["about"],
        warning=TRIAL.format(why=why) if why else "",
        rounds=results["rounds"],
        table="\n".join(table(results["figures"])),
        cold=COLD.format(rows=rows) if rows else "",
    )


def _doubts(results: Results) -> Iterator[str]:
    about = results["about"]
    if results["rounds"] < ENOUGH_ROUNDS:
        yield f"fewer than {ENOUGH_ROUNDS} rounds"
    if float(about["before"].partition(",")[0]) > about["cores"] / 2:
        yield "the machine was busy before it began"


def table(figures: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A row for each figure and each peer."""
    yield _row("what", "whose", "ms CPU", "a second and core", "product ÷ it", "its calls")
    yield _row(*["---"] * 6)
    for figure in figures:
        taken, what = figure["cpu_ms"], f"**{figure['title']}**, per {figure['unit']}"
        calls = ", ".join(f"{name} {_short(n)}" for name, n in figure["calls"].items())
        yield _row(what, OURS, spread(taken[OURS]), _rate(taken[OURS]), "", calls)
        for name in list(taken)[1:]:
            rate, ratio = _rate(taken[name]), spread(ratios(taken, name))
            yield _row("", name, spread(taken[name]), rate, ratio, "")


def _cold(taken: Mapping[str, Sequence[float]]) -> Iterator[str]:
    """Each function's start, to that of a bare client and to that of its own clients alone."""
    for name, seconds in taken.items():
        to = [_by(seconds, taken[peer]) for peer in (BARE, clients_of(name)) if peer in taken]
        yield _row(name, spread([one * 1_000 for one in seconds]), *to, *[""] * (2 - len(to)))


def _by(ours: Sequence[float], theirs: Sequence[float]) -> str:
    return spread([one / other for one, other in zip(ours, theirs, strict=True)])


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def ratios(taken: Mapping[str, Sequence[float]], name: str) -> Sequence[float]:
    """The product's time by the peer's, round by round."""
    return [ours / theirs for ours, theirs in zip(taken[OURS], taken[name], strict=True)]


def spread(values: Sequence[float]) -> str:
    """The median, with the least and the most."""
    return f"{_short(median(values))} ({_short(min(values))}–{_short(max(values))})"


def _rate(milliseconds: Sequence[float]) -> str:
    return _short(1_000 / median(milliseconds))


def _short(value: float) -> str:
    """Three digits that mean something."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


# The picture

WIDTH, LABEL, NUMBERS, BAR, GAP = 900, 250, 190, 16, 8
OUR_COLOUR, THEIR_COLOUR = "#1f4e79", "#a9bfd3"

SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"
 font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="white"/>
{drawn}
</svg>
"""
TITLE = '<text x="10" y="{y}" font-weight="bold">{text}</text>'
ONE = """<text x="{label}" y="{foot}" text-anchor="end">{name}</text>
<rect x="{begin}" y="{y}" width="{long:.1f}" height="{bar}" fill="{colour}"/>
<line x1="{least:.1f}" x2="{most:.1f}" y1="{middle}" y2="{middle}" stroke="black"/>
<text x="{after:.1f}" y="{foot}">{numbers}</text>"""


def picture(figures: Iterable[Mapping[str, Any]]) -> str:
    """SVG: a bar for each median, a line from the least to the most, a scale for each figure."""
    drawn, y = [], 30
    for figure in figures:
        title = f"{figure['title']}: ms CPU per {figure['unit']}"
        drawn.append(TITLE.format(y=y, text=escape(title)))
        most = max(max(values) for values in figure["cpu_ms"].values())
        for name, values in figure["cpu_ms"].items():
            y += GAP
            drawn.append(_bar(name, values, y, (WIDTH - LABEL - NUMBERS) / most))
            y += BAR
        y += 36
    return SVG.format(width=WIDTH, height=y, drawn="\n".join(drawn))


def _bar(name: str, values: Sequence[float], y: int, scale: float) -> str:
    most = LABEL + max(values) * scale
    return ONE.format(
        name=escape(name),
        numbers=spread(values),
        colour=OUR_COLOUR if name == OURS else THEIR_COLOUR,
        label=LABEL - GAP,
        begin=LABEL,
        long=median(values) * scale,
        least=LABEL + min(values) * scale,
        most=most,
        after=most + GAP,
        y=y,
        middle=y + BAR / 2,
        foot=y + BAR - 3,
        bar=BAR,
    )
