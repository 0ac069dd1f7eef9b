"""The smoke test of a stage, tried against the local world."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from standardwebhooks import Webhook

from chalicelib.domain.delivery import Attempt
from infra import smoke
from infra.smoke import SUCCESS_EMAIL, SUCCESS_PHONE, NotASimulator, Recipient, SmokeFailed, signed
from local.transport import in_process
from local.world import WEBHOOKS, World
from tests.builders import paris


@dataclass(frozen=True)
class LocalStage:
    """The local world, as a stage is seen from outside."""

    world: World

    def now(self) -> datetime:
        return self.world.now()

    def knock(self, event_id: str, body: str) -> int:
        webhook = Webhook(self.world.settings()["webhook_secret"])
        headers = signed(webhook, event_id, self.now(), body)
        return self.world.request("POST", WEBHOOKS, headers, body.encode()).status

    def ledger(self, dossier_id: str) -> Sequence[Attempt]:
        sheet = self.world.sheet(dossier_id)
        return sheet.dossier.ledger if sheet else ()

    def rest(self) -> None:
        self.world.travel(self.now() + timedelta(seconds=smoke.REST))


@pytest.fixture
def stage() -> Iterator[LocalStage]:
    start = paris("2019-05-14 10:00")
    with World(start=start, ticks=False, transport=in_process, log=io.StringIO()) as world:
        yield LocalStage(world)


def test_every_message_is_followed_to_its_receipt_and_then_nothing_is_owed(
    stage: LocalStage,
) -> None:
    dossier_id = smoke.smoke(stage, Recipient())
    sent = [(message.channel, message.to) for message, _ in stage.world.sent]
    assert sorted(sent) == [("email", SUCCESS_EMAIL)] * 2 + [("sms", SUCCESS_PHONE)]
    sheet = stage.world.sheet(dossier_id)
    assert sheet
    assert (sheet.plan.due, sheet.plan.later, sheet.dossier.open_work) == ((), (), ())
    assert stage.world.failures == []


def test_what_is_not_seen_to_arrive_is_named(
    stage: LocalStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smoke, "LOOKS", 3)
    stage.world.faults.switch({"lost_sms": {"count": 1, "notice": "card_ready"}})
    with pytest.raises(SmokeFailed, match=r"not seen to arrive: card_ready by sms$"):
        smoke.smoke(stage, Recipient())


def test_a_stage_that_does_not_answer_as_it_should_is_told(
    stage: LocalStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LocalStage, "knock", lambda *_: 401)
    with pytest.raises(SmokeFailed, match=r"appointment\.selected: answered 401, not 202"):
        smoke.smoke(stage, Recipient())


@pytest.mark.parametrize(
    "email",
    [
        "lea@example.org",
        "bounce@simulator.amazonses.com",
        "success@simulator.amazonses.com.example.org",
        "success@simulator.amazonses.com\n",
        "",
    ],
)
def test_an_address_that_may_be_somebodys_is_refused_and_not_repeated(email: str) -> None:
    with pytest.raises(NotASimulator) as refused:
        Recipient(email=email)
    assert email == "" or email not in str(refused.value)


@pytest.mark.parametrize("phone", ["+33612345678", "+33755512502", "0755512501", ""])
def test_a_number_that_may_be_somebodys_is_refused(phone: str) -> None:
    with pytest.raises(NotASimulator):
        Recipient(phone=phone)


def test_the_simulator_takes_a_label() -> None:
    assert Recipient(email="success+campus-1@simulator.amazonses.com")


def test_nothing_is_asked_of_aws_before_the_recipient_is_known_to_be_a_simulator(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert smoke.main(["--stack", "relance-dev", "--email", "lea@example.org"]) == 1
    assert "simulator" in capsys.readouterr().err
