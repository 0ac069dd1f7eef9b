"""Which limit is met first: `python -m benchmarks.limits` writes the tables of docs/scale.md.

What is ours is read from where it stands, code and template; what is AWS' is from its manual, and
says where it is not. Needs are those of an ordinary way on a day five times as full as others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import Any

from chalicelib.entrypoints.schedules import SPARE_MILLIS
from chalicelib.pipeline.sweep import QUEUE_IS_FULL
from chalicelib.pipeline.waiting import READ_AT_MOST
from infra.packaging.template import merged

#: Of one dossier: tests/benchmarks/test_ordinary_way.py holds the first two.
EMAILS, SMS = 9, 3
#: In so many steps a dossier falls due at 9:00, and in so many of them by SMS, too.
DUE, DUE_BY_SMS = 5, 2
WORKING_DAYS, FULL_DAY, MONTHS_KEPT = 250, 5, 15
#: Assumed: seconds of a serve with its provider's answer, of a dossier of the night; what waits for
#: a person, of a year's; dollars of a part.
SERVE, NIGHTLY, WAITING, PART = 0.5, 0.004, 0.01, 0.07
#: Writes in `due` for a message.
DUE_WRITES = 5


@dataclass(frozen=True, kw_only=True)
class Load:
    """A stack, by how many dossiers its table holds at once."""

    dossiers: int

    @property
    def a_year(self) -> float:
        """So many come in."""
        return self.dossiers * 12 / MONTHS_KEPT

    @property
    def full_day(self) -> float:
        """So many reach each step on a full day."""
        return self.a_year / WORKING_DAYS * FULL_DAY


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What ends somewhere, where, and how much of it each load takes."""

    what: str
    source: str
    ends: float
    takes: Mapping[int, float]

    def share(self, dossiers: int) -> float:
        """How many times it is taken; more than once is too much."""
        return self.takes[dossiers] / self.ends


LOADS = (Load(dossiers=25_000), Load(dossiers=115_000))


@cache
def template() -> Mapping[str, Any]:
    """What is deployed."""
    return merged()


def default(name: str) -> float:
    """What a parameter of the template is, unless a stage's file says otherwise."""
    return float(template()["Parameters"][name]["Default"])


def at_once() -> float:
    """How many dossiers are served at a time."""
    [mapping] = template()["Resources"]["ServeDossier"]["Properties"]["Events"].values()
    most = mapping["Properties"]["ScalingConfig"]["MaximumConcurrency"]
    return default(most["Ref"]) if isinstance(most, dict) else most


def night_seconds() -> float:
    """For so long one delivery of a night goes on before it hands on."""
    timeout: int = template()["Resources"]["Reconcile"]["Properties"]["Timeout"]
    return timeout - SPARE_MILLIS / 1_000


def limits() -> list[Limit]:
    """Of a stack: what a larger one meets first stands first."""
    rate = at_once() / SERVE
    found = [
        _limit("e-mails a day, sandbox", "AWS' manual", 200, lambda o: o.full_day * EMAILS),
        _limit("dollars of SMS a month, new account", "AWS' manual", 1, _sms_dollars),
        _limit(
            "dollars of SMS a month, alarm",
            "`SmsBudget`, its default",
            default("SmsBudget"),
            _sms_dollars,
        ),
        _limit(
            "lines of the work list, alarm",
            "`WorkAtMost`, its default",
            default("WorkAtMost"),
            lambda o: o.a_year * WAITING,
        ),
        _limit(
            "e-mails a day, first grant", "users' reports", 50_000, lambda o: o.full_day * EMAILS
        ),
        _limit(
            "dossiers of 9:00 that wait in the queue",
            "`QUEUE_IS_FULL`; others wait a minute",
            QUEUE_IS_FULL,
            lambda o: o.full_day * DUE,
        ),
        _limit(
            "dossiers of 9:00 served within the hour",
            "`ServeAtOnce`, its default; 0.5 s assumed",
            rate * 3_600,
            lambda o: o.full_day * DUE,
        ),
        _limit(
            "SMS of 9:00 within the hour",
            "AWS' manual: 10 parts a second",
            36_000,
            lambda o: o.full_day * DUE_BY_SMS,
        ),
        _limit(
            "lines of the work list that are read",
            "`READ_AT_MOST`",
            READ_AT_MOST,
            lambda o: o.a_year * WAITING,
        ),
        _limit(
            "dossiers of one delivery of the night",
            "`Timeout` less `SPARE_MILLIS`; hands on then",
            night_seconds() / NIGHTLY,
            lambda o: o.dossiers,
        ),
        _limit(
            "writes a second under one key of `due`",
            "AWS' manual",
            1_000,
            lambda _: rate * DUE_WRITES,
        ),
    ]
    largest = LOADS[-1].dossiers
    return sorted(found, key=lambda one: -one.share(largest))


def _limit(what: str, source: str, ends: float, takes: Any) -> Limit:
    needs = {load.dossiers: takes(load) for load in LOADS}
    return Limit(what=what, source=source, ends=ends, takes=needs)


def _sms_dollars(load: Load) -> float:
    return load.a_year / 12 * SMS * PART


#: What an account has of a kind unless it asks for more; from memory, but for the first.
OF_AN_ACCOUNT: Mapping[str, tuple[int, str]] = {
    "AWS::WAFv2::WebACL": (100, "firewalls (`LimitsBySource`)"),
    "schedules": (300, "rules of EventBridge"),
    "AWS::ApiGateway::DomainName": (120, "names of APIs"),
    "AWS::IAM::Role": (1_000, "roles"),
    "AWS::CloudWatch::Alarm": (5_000, "alarms"),
    "AWS::Serverless::Api": (600, "APIs"),
    "AWS::Cognito::UserPool": (1_000, "pools of operators"),
    "AWS::DynamoDB::Table": (2_500, "tables"),
}


def of_a_stack() -> Mapping[str, int]:
    """How many of these one stack has, with every option but the copies elsewhere."""
    resources = [r for r in template()["Resources"].values() if r.get("Condition") != "HasBackups"]
    found = {kind: sum(r.get("Type") == kind for r in resources) for kind in OF_AN_ACCOUNT}
    events = [e for r in resources for e in r.get("Properties", {}).get("Events", {}).values()]
    return {**found, "schedules": sum(e.get("Type") == "Schedule" for e in events)}


def stack_table() -> Iterator[str]:
    """Markdown: a stack's limits, for each load."""
    heads = [f"{load.dossiers:,} dossiers" for load in LOADS]
    yield f"| limit | where it stands | ends at | {' | '.join(heads)} |"
    yield "| --- | --- | --- | --- | --- |"
    for one in limits():
        shares = [
            f"{one.takes[o.dossiers]:,.0f} ({_short(one.share(o.dossiers))} ×)" for o in LOADS
        ]
        yield f"| {one.what} | {one.source} | {one.ends:,.0f} | {' | '.join(shares)} |"


def _short(times: float) -> str:
    return f"{times:.0f}" if times >= 100 else f"{times:.2g}"


def account_table(stacks: int = 100) -> Iterator[str]:
    """Markdown: what so many stacks take of one account."""
    each = of_a_stack()
    rows = sorted(OF_AN_ACCOUNT.items(), key=lambda row: row[1][0] / max(each[row[0]], 1))
    yield f"| what an account has | at most | of a stack | {stacks} stacks | stacks that fit |"
    yield "| --- | --- | --- | --- | --- |"
    for kind, (most, what) in rows:
        n = each[kind]
        yield f"| {what} | {most:,} | {n} | {n * stacks:,} | {most // n} |"


def minutes_of_nine(load: Load) -> int:
    """Until whatever falls due at 9:00 on a full day was served."""
    return ceil(load.full_day * DUE / (at_once() / SERVE) / 60)


def main() -> None:
    """Print both."""
    print("\n".join([*stack_table(), "", *account_table()]))
    for load in LOADS:
        print(f"9:00 on a full day, {load.dossiers:,} dossiers: {minutes_of_nine(load)} minutes")


if __name__ == "__main__":
    main()
