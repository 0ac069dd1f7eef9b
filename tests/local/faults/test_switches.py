"""What goes wrong on purpose."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local.faults.calls import UNHARMED, Call
from local.faults.harms import BUDGET_SPENT, DIES_AFTER, DIES_BEFORE, NOT_CONNECTED, PAUSED
from local.faults.post import USUAL
from local.faults.switches import SWITCHES, Faults, NotAFault
from local.studio.outbox import Message, Outcome
from tests.guarantee.on_aws.judge import judged
from tests.guarantee.on_aws.story import Telling, a_world
from tests.local.messages import NOON, email, sms

ALL_OFF = Faults().as_json()
GUIDE = Path(__file__).parents[3] / "docs" / "try-it.md"


def switched(name: str, setting: object) -> Faults:
    faults = Faults()
    faults.switch({name: setting})
    return faults


def statuses(faults: Faults, *messages: Message) -> list[Outcome]:
    return [faults.way_of(message)[-1].status for message in messages]


def sending(service: str, notice: str = "card_ready-1", to: str = "x", nth: int = 1) -> Call:
    tags = [{"Name": "notice", "Value": notice}]
    requests: Mapping[str, dict[str, Any]] = {
        "sesv2": {"EmailTags": tags, "Destination": {"ToAddresses": [to]}},
        "pinpoint-sms-voice-v2": {"Context": {"notice": notice}, "DestinationPhoneNumber": to},
    }
    return Call(
        number=1,
        at=NOON,
        function="serve_dossier",
        nth=nth,
        service=service,
        operation="Send",
        request=requests.get(service, {}),
    )


MAIL, TEXT, TABLE = (sending(s) for s in ("sesv2", "pinpoint-sms-voice-v2", "dynamodb"))


def test_only_what_sends_meets_a_refusal_of_a_message() -> None:
    asked = replace(MAIL, operation="DeleteSuppressedDestination", request={"EmailAddress": "x"})
    faults = switched("account_paused", 1)
    assert [faults.harm(asked), faults.harm(MAIL)] == [UNHARMED, PAUSED["sesv2"]]


def test_nothing_goes_wrong_unless_asked() -> None:
    faults = Faults()
    assert [faults.way_of(m) for m in (email(), sms())] == [USUAL["email"], USUAL["sms"]]
    assert [faults.harm(call) for call in (MAIL, TEXT, TABLE)] == [UNHARMED] * 3


def test_a_count_takes_the_next_so_many() -> None:
    faults = switched("lost_sms", 2)
    assert statuses(faults, sms(), sms(), sms()) == [Outcome.LOST, Outcome.LOST, Outcome.DELIVERED]


@pytest.mark.parametrize(
    ("only", "other"),
    [
        ({"notice": "card_ready"}, sms(notice="no_news-1")),
        ({"to": "+33612345678"}, sms(to="+33699999999")),
        ({"channel": "sms"}, email()),
    ],
)
def test_a_fault_may_be_for_one_notice_one_address_or_one_channel(
    only: dict[str, str], other: Message
) -> None:
    faults = switched("hard_bounce", {"count": 1, **only})
    assert statuses(faults, other, sms(), sms()) == [
        Outcome.DELIVERED,
        Outcome.BOUNCED,
        Outcome.DELIVERED,
    ]


@pytest.mark.parametrize(
    ("name", "of_mail", "of_sms"),
    [
        ("hard_bounce", [Outcome.ACCEPTED, Outcome.BOUNCED], [Outcome.ACCEPTED, Outcome.BOUNCED]),
        ("soft_bounce", [Outcome.ACCEPTED, Outcome.BOUNCED], [Outcome.ACCEPTED, Outcome.BOUNCED]),
        (
            "complaint",
            [Outcome.ACCEPTED, Outcome.DELIVERED, Outcome.COMPLAINED],
            [Outcome.ACCEPTED, Outcome.DELIVERED],
        ),
        (
            "out_of_office",
            [Outcome.ACCEPTED, Outcome.DELIVERED, Outcome.DELIVERED],
            [Outcome.ACCEPTED, Outcome.DELIVERED],
        ),
        (
            "receipt_twice",
            [Outcome.ACCEPTED, Outcome.DELIVERED] * 2,
            [Outcome.ACCEPTED, Outcome.DELIVERED] * 2,
        ),
        (
            "receipt_lost",
            [Outcome.ACCEPTED, Outcome.DELIVERED],
            [Outcome.ACCEPTED, Outcome.DELIVERED],
        ),
        ("lost_sms", [Outcome.ACCEPTED, Outcome.DELIVERED], [Outcome.LOST]),
    ],
)
def test_each_way_of_a_message_ends_as_it_says(
    name: str, of_mail: list[Outcome], of_sms: list[Outcome]
) -> None:
    faults = switched(name, 2)
    assert [step.status for step in faults.way_of(email())] == of_mail
    assert [step.status for step in faults.way_of(sms())] == of_sms


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("hard_bounce", ["Bounce", "TEXT_INVALID"]),
        ("soft_bounce", ["Bounce", "TEXT_UNREACHABLE"]),
        ("complaint", ["Complaint", "TEXT_DELIVERED"]),
        ("out_of_office", ["Bounce", "TEXT_DELIVERED"]),
    ],
)
def test_the_provider_says_what_became_of_it(name: str, told: list[str]) -> None:
    faults = switched(name, 2)
    last = [(m, faults.way_of(m)[-1].tells) for m in (email(), sms())]
    assert [tells(m, NOON)["eventType"] for m, tells in last if tells] == told


def test_of_a_lost_receipt_nothing_is_told() -> None:
    assert [step.tells for step in switched("receipt_lost", 1).way_of(sms())] == [None, None]


def test_a_late_receipt_is_late_by_its_span() -> None:
    way = switched("receipt_late", {"count": 1, "by": "P3DT2H"}).way_of(email())
    usual = [step.after for step in USUAL["email"]]
    assert [step.after - timedelta(days=3, hours=2) for step in way] == usual


def test_a_refusal_is_the_next_answer_of_a_provider_and_of_nobody_else() -> None:
    faults = switched("not_connected", 1)
    assert [faults.harm(call) for call in (TABLE, MAIL, MAIL)] == [
        UNHARMED,
        NOT_CONNECTED,
        UNHARMED,
    ]


def test_a_refusal_may_be_for_one_notice_or_one_address() -> None:
    faults = switched("not_connected", {"count": 1, "notice": "card_ready", "to": "y"})
    calls = sending("sesv2"), sending("sesv2", "no_news-1", "y"), sending("sesv2", to="y")
    assert [faults.harm(call) for call in calls] == [UNHARMED, UNHARMED, NOT_CONNECTED]


def test_each_provider_refuses_an_account_in_its_own_words() -> None:
    faults = switched("account_paused", 2)
    assert [faults.harm(MAIL), faults.harm(TEXT)] == list(PAUSED.values())


def test_the_budget_is_one_of_sms() -> None:
    faults = switched("budget_spent", 1)
    assert [faults.harm(MAIL), faults.harm(TEXT)] == [UNHARMED, BUDGET_SPENT]


@pytest.mark.parametrize(("when", "death"), [("before", DIES_BEFORE), ("after", DIES_AFTER)])
def test_a_worker_dies_at_the_call_that_was_named(when: str, death: object) -> None:
    setting = {"count": 1, "call": 3, "when": when, "function": "serve_dossier"}
    faults = switched("worker_dies", setting)
    harmed = [faults.harm(sending("dynamodb", nth=n)) for n in (1, 2, 3, 3)]
    assert harmed == [UNHARMED, UNHARMED, death, UNHARMED]


def test_a_worker_of_another_function_lives() -> None:
    faults = switched("worker_dies", {"count": 1, "function": "sweep_due"})
    assert faults.harm(TABLE) == UNHARMED


def test_how_the_switches_stand_can_be_read() -> None:
    stands = switched("lost_sms", {"count": 1, "notice": "card_ready"}).as_json()
    only = {"count": 1, "notice": "card_ready", "to": None, "channel": None}
    assert stands == {**ALL_OFF, "lost_sms": only}
    assert list(stands) == [switch.name for switch in SWITCHES]


@pytest.mark.parametrize(
    "wanted",
    [
        {"lost_mail": 1},
        {"lost_sms": -1},
        {"lost_sms": "1"},
        {"lost_sms": True},
        {"lost_sms": {"count": 1, "whose": "x"}},
        {"lost_sms": {"count": 1, "by": "P1D"}},
        {"lost_sms": {"count": 1, "channel": "pigeon"}},
        {"lost_sms": {}},
        {"lost_sms": None},
        {"receipt_late": {"count": 1, "by": "soon"}},
        {"receipt_late": {"count": 1, "by": "P1M"}},
        {"worker_dies": {"count": 1, "when": "never"}},
        {"worker_dies": {"count": 1, "call": 0}},
        {"complaint": 1, "lost_mail": 1},
    ],
)
def test_what_is_no_fault_is_refused(wanted: dict[str, Any]) -> None:
    faults = Faults()
    with pytest.raises(NotAFault):
        faults.switch(wanted)
    assert faults.as_json() == ALL_OFF


def test_the_guide_has_a_line_for_each_switch() -> None:
    lines = [f"| `{switch.name}` | {switch.says} |" for switch in SWITCHES]
    assert "\n".join(lines) in GUIDE.read_text("utf-8")


# The journey: whatever is switched on, nobody is lost in silence

#: Of hourly tries on two channels: by then the desk has to know.
LONGER_THAN_A_DAY = 60
A_DEATH = {"function": "serve_dossier", "call": 4, "when": "after"}


#: One of each kind: a worker, a provider that refuses, a message, a receipt, a channel.
QUICK = frozenset({"account_paused", "hard_bounce", "lost_sms", "receipt_lost", "worker_dies"})


@pytest.mark.parametrize(
    ("name", "count"),
    [
        *(
            pytest.param(switch.name, 1, marks=() if switch.name in QUICK else pytest.mark.long)
            for switch in SWITCHES
        ),
        *(
            pytest.param(name, LONGER_THAN_A_DAY, marks=pytest.mark.long)
            for name in ("account_paused", "hard_bounce", "receipt_lost")
        ),
    ],
)
def test_whatever_goes_wrong_the_card_is_heard_of_or_a_person_knows(name: str, count: int) -> None:
    setting = {"count": min(count, 9), **A_DEATH} if name == "worker_dies" else {"count": count}
    with a_world() as world:
        world.faults.switch({name: setting})
        telling = Telling([])
        telling.say(world, "f1", "card.ready", occurred_on="2019-04-08")
        world.travel(datetime(2019, 4, 24, 10, 0, tzinfo=UTC))
        assert world.faults.as_json()[name]["count"] < setting["count"]
        assert judged(world, telling, ()).words == ()
