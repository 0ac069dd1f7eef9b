"""What an act is said to lead to is what it leads to, before it is pressed and after."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.attempts import FailureClass, Kind, Status
from chalicelib.domain.consequences import Consequence, Effect, Forecast
from chalicelib.domain.contact import Channel
from chalicelib.domain.errors import WithoutEffect
from chalicelib.domain.events import Closing, Event, EventType, Source
from chalicelib.domain.facts import State
from chalicelib.domain.holds import Pause, hold
from chalicelib.domain.recording import Recorded
from chalicelib.domain.work import UNREACHABLE
from chalicelib.messages.console.consequences import consequence_words
from chalicelib.messages.console.words import word
from chalicelib.pipeline.desk_actions import Acted, foresee
from tests.builders import (
    CONTACT,
    DOSSIER,
    a_notice,
    a_step,
    an_event,
    confirmed,
    paris,
    selected,
)
from tests.domain.lives import Moment, moments
from tests.pipeline.worlds import DeskInMemory


def forecast(desk: DeskInMemory, event: Event) -> Forecast:
    said = replace(event, at=desk.at, received_at=desk.at)
    dossier = desk.dossiers.load(DOSSIER).dossier
    return foresee(dossier, desk.planner, desk.channels.holds(), said, desk.at)


def leaving_now(consequence: Consequence) -> set[tuple[Kind, Channel]]:
    return {
        (one.kind, channel)
        for one in consequence.following
        for channel in one.channels
        if one.effect is Effect.LEAVES and one.at is None
    }


def lived(moment: Moment) -> DeskInMemory:
    desk = DeskInMemory(at=moment.now)
    stored = desk.planner.write(moment.dossier, moment.now)
    desk.dossiers.write(desk.dossiers.load(DOSSIER), stored)
    desk.serve()
    return desk


def acts(moment: Moment) -> st.SearchStrategy[Event]:
    asked = [str(a.notice) for a in moment.dossier.ledger if a.notice.channel is not Channel.DESK]
    tasks = [str(a.notice) for a in moment.dossier.open_work]
    now, day = moment.now, moment.now.date()

    def act(kind: EventType, **more: object) -> Event:
        return an_event(kind, now, "act", **more)

    moved = replace(CONTACT, email="autre@example.org")
    return st.sampled_from(
        [
            act(EventType.CHECKED),
            act(EventType.CLOSED, day=day, reason=Closing.REFUSED),
            *(
                act(kind, day=day)
                for kind in (EventType.DEPOSITED, EventType.CARD_READY, EventType.COLLECTED)
            ),
            act(EventType.CONTACT_UPDATED, contact=moved),
            act(EventType.NOTED, why="…"),
            act(EventType.ERASURE_REQUESTED),
            *(act(EventType.ASKED_AGAIN, subject=subject, why="…") for subject in asked),
            *(act(EventType.WORK_CLOSED, subject=subject, why="…") for subject in tasks),
            *(
                act(EventType.WITHDRAWN, subject=step.value, why="…")
                for step in moment.dossier.facts.steps
            ),
        ]
    )


@given(st.data())
def test_what_was_said_to_leave_now_leaves_and_nothing_else_does(data: st.DataObject) -> None:
    moment = data.draw(moments())
    desk, act = lived(moment), data.draw(acts(moment))
    said = forecast(desk, act)
    if said.refusal:
        with pytest.raises(WithoutEffect, match=said.refusal):
            desk.acted(act)
        return
    acted = desk.acted(act)
    assert said == Forecast(consequence=acted.consequence)
    before = desk.ledger
    desk.serve()
    left = {
        (a.notice.kind, a.notice.channel)
        for a in desk.ledger
        if a not in before and a.status is Status.ACCEPTED
    }
    assert left == leaving_now(acted.consequence)


# In words, before the button and after it


def booked(**contact: object) -> DeskInMemory:
    """Whose request to confirm has arrived, if it could leave."""
    desk = DeskInMemory()
    desk.take(selected(event_id="s", contact=replace(CONTACT, **contact)))  # type: ignore[arg-type]  # by name
    return _settled(desk)


def deposited(**contact: object) -> DeskInMemory:
    """Whose file was deposited weeks ago; it is the afternoon of the first of July."""
    desk = DeskInMemory()
    given = replace(CONTACT, **contact)  # type: ignore[arg-type]  # by name
    desk.take(a_step(EventType.DEPOSITED, "2019-05-14 10:50", event_id="d", contact=given))
    _settled(desk).travel("2019-07-01 15:00")
    return desk


def _settled(desk: DeskInMemory) -> DeskInMemory:
    desk.serve()
    desk.everything_arrives()
    desk.serve()
    return desk


def paused(desk: DeskInMemory, channel: Channel) -> DeskInMemory:
    desk.channels.pause(Pause(channel=channel, by="a.durand", at=desk.at, why="panne"))
    return desk


def held(desk: DeskInMemory) -> DeskInMemory:
    desk.channels.hold(hold(Channel.EMAIL, "SendingPausedException", desk.at))
    return desk


def bounced(desk: DeskInMemory) -> DeskInMemory:
    for attempt in desk.ledger:
        if attempt.notice.channel is Channel.EMAIL:
            desk.report(attempt, Status.BOUNCED, FailureClass.ADDRESS)
    desk.serve()
    return desk


def at(desk: DeskInMemory, when: str) -> DeskInMemory:
    desk.at = paris(when)
    return desk


def an_act(kind: EventType, **more: object) -> Event:
    return an_event(kind, "2019-04-08 10:00", "act", source=Source.DESK, by="c.martin", **more)


REQUEST = a_notice(Kind.CONFIRMATION_REQUEST, "s")
DEPOSIT = an_act(EventType.DEPOSITED, day=date(2019, 4, 8))
CARD = an_act(EventType.CARD_READY, day=date(2019, 7, 1))
CLOSE = an_act(EventType.CLOSED, day=date(2019, 4, 8), reason=Closing.OTHER)
MOVED = an_act(EventType.CONTACT_UPDATED, contact=replace(CONTACT, email="autre@example.org"))
MOVED_WITHOUT_MOBILE = an_act(
    EventType.CONTACT_UPDATED, contact=replace(CONTACT, email="autre@example.org", mobile=None)
)
COMES = an_act(EventType.CONFIRMED, appointment_id="A1", revision="s")
NOTE = an_act(EventType.NOTED, why="Rappeler.")
AGAIN = an_act(EventType.ASKED_AGAIN, subject=str(REQUEST), why="Rien reçu.")
DONE = an_act(EventType.WORK_CLOSED, subject=str(UNREACHABLE), why="Appelée.")
LATER = replace(DONE, until=date(2019, 4, 24))

Make = Callable[[], DeskInMemory]


@pytest.mark.parametrize(
    ("make", "act", "said"),
    [
        (booked, AGAIN, "Demande de confirmation (e-mail) : part maintenant."),
        (booked, NOTE, "Aucun message ne part."),
        (booked, COMES, "Convocation (e-mail) : part maintenant."),
        (booked, COMES, "Rappel de confirmation (e-mail) : ne partira plus."),
        (booked, COMES, "Le dossier passe à : Rendez-vous confirmé."),
        (booked, an_act(EventType.CHECKED), "Aucun message ne part."),
        (booked, MOVED, "Demande de confirmation (e-mail) : part maintenant."),
        (booked, DEPOSIT, "Suite du dépôt (e-mail) : part maintenant."),
        (booked, DEPOSIT, "Rappel de confirmation (e-mail) : ne partira plus."),
        (booked, DEPOSIT, "Le dossier passe à : Dossier déposé."),
        (booked, CLOSE, "Aucun message ne part."),
        (
            lambda: paused(booked(), Channel.EMAIL),
            AGAIN,
            "Demande de confirmation (e-mail) : attend que le canal soit rétabli. Canal e-mail "
            "suspendu par a.durand depuis le lundi 8 avril 2019 à 10 h. Motif : panne.",
        ),
        (
            lambda: held(booked()),
            AGAIN,
            "Demande de confirmation (e-mail) : attend ; le service d’envoi est bloqué. Prochain "
            "essai au plus tôt le lundi 8 avril 2019 à 10 h 06.",
        ),
        (
            lambda: bounced(booked(mobile=None)),
            DEPOSIT,
            "Suite du dépôt (e-mail) : ne peut pas partir. L’adresse ou le numéro ne fonctionne "
            "plus. Demandez-en un autre à la personne et enregistrez-le.",
        ),
        (
            lambda: booked(email=None, mobile=None),
            DEPOSIT,
            "Suite du dépôt (e-mail) : ne peut pas partir. Pas d’adresse e-mail, et ce message ne "
            "peut pas partir par SMS. ",
        ),
        (
            lambda: booked(email="lea.@example.org", mobile=None),
            DEPOSIT,
            "Suite du dépôt (e-mail) : ne peut pas partir. Un point est mal placé",
        ),
        (deposited, CARD, "Titre prêt (SMS, e-mail) : part maintenant."),
        (
            lambda: at(deposited(), "2019-07-01 20:30"),
            CARD,
            "Titre prêt (SMS) : partira le mardi 2 juillet 2019 à 9 h.",
        ),
        (deposited, CARD, "Relance des six semaines (e-mail, SMS) : ne partira plus."),
        (lambda: bounced(booked(mobile=None)), DONE, "Tâche achevée : Personne injoignable."),
        (
            lambda: bounced(booked(mobile=None)),
            LATER,
            "La tâche reviendra le mercredi 24 avril 2019 à 9 h : Personne injoignable.",
        ),
        (
            lambda: bounced(booked(mobile=None)),
            MOVED_WITHOUT_MOBILE,
            "Tâche achevée dès qu’un de ces messages est arrivé : Personne injoignable.",
        ),
        (
            lambda: booked(email=None, mobile=None),
            an_act(EventType.ERASURE_REQUESTED),
            "Nouvelle tâche : Effacement demandé.",
        ),
    ],
)
def test_what_follows_is_said_the_same_before_and_after(make: Make, act: Event, said: str) -> None:
    desk = make()
    holds = desk.channels.holds()
    before = consequence_words(forecast(desk, act).consequence, holds)
    assert any(plain(one).startswith(said) for one in before), before
    assert consequence_words(desk.acted(act).consequence, holds) == before


def card_sent(desk: DeskInMemory) -> DeskInMemory:
    """Who was told that their card is ready, by whatever channel they have."""
    desk.act(replace(CARD, event_id="c"))
    desk.at += timedelta(minutes=20)
    return _settled(desk)


SMS_AGAIN = an_act(EventType.ASKED_AGAIN, subject="card_ready.1.2019-07-01.sms", why="Rien reçu.")
WITHOUT_MOBILE = an_act(EventType.CONTACT_UPDATED, contact=replace(CONTACT, mobile=None))


@pytest.mark.parametrize(
    ("make", "act", "said"),
    [
        (lambda: deposited(email=None), CARD, ["Titre prêt (SMS) : part maintenant."]),
        (lambda: deposited(mobile=None), CARD, ["Titre prêt (e-mail) : part maintenant."]),
        (
            lambda: card_sent(deposited(email=None)),
            SMS_AGAIN,
            ["Titre prêt (SMS) : part maintenant."],
        ),
        (lambda: card_sent(deposited()), WITHOUT_MOBILE, []),
        (
            lambda: card_sent(paused(deposited(), Channel.EMAIL)),
            an_act(EventType.CONTACT_UPDATED, contact=replace(CONTACT, email=None)),
            ["Titre prêt (e-mail) : ne partira plus."],
        ),
    ],
)
def test_of_a_channel_without_an_address_nothing_is_said_where_another_carries_the_message(
    make: Make, act: Event, said: list[str]
) -> None:
    desk = make()
    told = [plain(one) for one in consequence_words(forecast(desk, act).consequence, {})]
    assert [one for one in told if one.startswith("Titre prêt")] == said
    assert not any("ne peut pas partir" in one for one in told), told


def plain(words: str) -> str:
    return words.replace("\N{NO-BREAK SPACE}", " ")


def unsubscribed() -> DeskInMemory:
    """Somebody whose card is collected, who has heard of the renewal once, and wants no more."""
    desk = DeskInMemory(at=paris("2019-07-01 10:00"))
    given = {"contact": CONTACT, "event_id": "c", "card_expires_on": date(2019, 12, 1)}
    desk.take(a_step(EventType.COLLECTED, "2019-07-01 10:00", **given))
    desk.travel("2019-11-01 10:00")
    desk.take(an_event(EventType.UNSUBSCRIBED, "2019-11-01 10:00", "u", source=Source.STUDENT))
    return desk


def closed() -> DeskInMemory:
    desk = booked()
    desk.act(replace(CLOSE, event_id="closed"))
    return desk


def confirmed_since() -> DeskInMemory:
    desk = booked()
    desk.take(confirmed("2019-04-08 11:00", "s"))
    return _settled(desk)


@pytest.mark.parametrize(
    ("make", "act", "why"),
    [
        (lambda: booked(email=None, mobile=None), AGAIN, "no_address"),
        (closed, AGAIN, "closed"),
        (unsubscribed, None, "unsubscribed"),
        (confirmed_since, AGAIN, "over"),
        (lambda: at(booked(), "2019-05-14 10:30"), AGAIN, "too_late"),
        (lambda: paused(at(booked(), "2019-05-14 10:15"), Channel.EMAIL), AGAIN, "paused_too_long"),
        (lambda: held(at(booked(), "2019-05-14 10:28")), AGAIN, "held_too_long"),
        (booked, DONE, "not_open"),
        (deposited, an_act(EventType.CHECKED), "checked_late"),
        (booked, an_act(EventType.WITHDRAWN, subject="card.ready", why="…"), "no_step"),
    ],
)
def test_where_nothing_can_follow_there_is_a_reason_and_nothing_is_recorded(
    make: Make, act: Event | None, why: str
) -> None:
    desk = make()
    renewal = [str(a.notice) for a in desk.ledger if a.notice.kind is Kind.RENEWAL_OPENS]
    event = act or an_act(EventType.ASKED_AGAIN, subject=renewal[0], why="…")
    before = desk.dossiers.load(DOSSIER)
    assert forecast(desk, event) == Forecast(refusal=why)
    assert word("refusals", why).endswith(".")
    with pytest.raises(WithoutEffect, match=why):
        desk.act(event)
    assert desk.dossiers.load(DOSSIER) == before


def test_pressed_twice_nothing_follows_the_second_time() -> None:
    desk = booked()
    desk.act(AGAIN)
    assert desk.acted(AGAIN) == Acted(outcome=Recorded.DUPLICATE)


def test_what_waits_ten_minutes_is_foreseen_for_then() -> None:
    desk = deposited()
    then = desk.at + timedelta(minutes=10)
    follows = forecast(desk, CARD).consequence.said_before(then)
    assert {one.at for one in follows.following if one.kind is Kind.CARD_READY} == {then}


def test_where_nothing_is_known_all_of_it_is_new() -> None:
    follows = forecast(DeskInMemory(), replace(DEPOSIT, contact=CONTACT)).consequence
    assert follows.state is State.DEPOSITED
    assert (Kind.DEPOSIT_RECEIPT, Channel.EMAIL) in leaving_now(follows)
