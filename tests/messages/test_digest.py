"""The desk's morning in words: French, in text and in the theme, with ids and nothing else."""

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Channel
from chalicelib.domain.daily_figures import Count, DailyFigures, Row
from chalicelib.domain.desk_calendar import Feed, WorkRules
from chalicelib.domain.feeds import Silence
from chalicelib.domain.holds import Pause, hold
from chalicelib.messages.digest import Digest, OpenWork, compose_digest, compose_unanswered
from chalicelib.messages.work import title_of
from tests.builders import DESK, paris

MONDAY, FRIDAY, SUNDAY = date(2019, 5, 13), date(2019, 5, 10), date(2019, 5, 12)


def rows(*numbers: tuple[date, Count, Channel, int]) -> tuple[Row, ...]:
    return tuple(Row(day=d, count=c, channel=ch, number=n) for d, c, ch, n in numbers)


TALLY = DailyFigures(
    counted_at=paris("2019-05-13 04:00"),
    rows=rows(
        (date(2019, 5, 9), Count.LEFT, Channel.EMAIL, 500),
        (FRIDAY, Count.LEFT, Channel.EMAIL, 30),
        (SUNDAY, Count.LEFT, Channel.EMAIL, 4),
        (FRIDAY, Count.ARRIVED, Channel.EMAIL, 33),
        (FRIDAY, Count.FAILED, Channel.SMS, 2),
        (FRIDAY, Count.OPENED, Channel.DESK, 5),
        (MONDAY, Count.LEFT, Channel.EMAIL, 700),
    ),
)
QUIET = Digest(
    day=MONDAY,
    since=FRIDAY,
    work=(),
    dossiers=0,
    unread=0,
    quarantined=0,
    holds=(),
    figures=TALLY,
)
BUSY = replace(
    QUIET,
    work=(
        OpenWork(since=date(2019, 5, 2), dossier_id="G-2019-0455", kind=Kind.UNREACHABLE),
        OpenWork(since=date(2019, 4, 29), dossier_id="G-2019-0412", kind=Kind.OUTCOME_UNKNOWN),
        OpenWork(since=date(2019, 5, 10), dossier_id="G-2019-0500", kind=Kind.UNREACHABLE),
    ),
    dossiers=12,
    unread=9,
    quarantined=2,
    holds=(hold(Channel.SMS, "ServiceQuotaExceededException", paris("2019-05-10 15:30")),),
)


class Words(HTMLParser):
    """The words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def words_of(text: str) -> str:
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " ").split())


def in_text(digest: Digest) -> str:
    return words_of(compose_digest(digest, DESK).text)


def in_html(digest: Digest) -> str:
    reader = Words()
    reader.feed(compose_digest(digest, DESK).html)
    return words_of(" ".join(reader.found))


BOTH = pytest.mark.parametrize("told", [in_text, in_html])


@pytest.mark.parametrize(
    ("dossiers", "subject"),
    [
        (0, "Aucun dossier à traiter : lundi 13 mai 2019"),
        (1, "1 dossier à traiter : lundi 13 mai 2019"),
        (12, "12 dossiers à traiter : lundi 13 mai 2019"),
    ],
)
def test_the_subject_says_how_much(dossiers: int, subject: str) -> None:
    assert words_of(compose_digest(replace(QUIET, dossiers=dossiers), DESK).subject) == subject


@BOTH
def test_the_oldest_kind_comes_first_with_its_number_and_each_dossier_since_when(told) -> None:  # type: ignore[no-untyped-def]  # one of two functions
    words = told(BUSY)
    order = [
        "Rendez-vous passé, suite inconnue : 1",
        "G-2019-0412, depuis le lundi 29 avril 2019",
        "Personne injoignable : 2",
        "G-2019-0455, depuis le jeudi 2 mai 2019",
        "G-2019-0500, depuis le vendredi 10 mai 2019",
        "Moins urgents ou plus récents, et non détaillés ici : 9 dossiers.",
    ]
    found = [words.find(part) for part in order]
    assert -1 not in found
    assert found == sorted(found)


@BOTH
def test_an_appointment_that_is_near_comes_before_what_is_older_and_is_said(told) -> None:  # type: ignore[no-untyped-def]  # one of two functions
    *others, last = BUSY.work
    words = told(replace(BUSY, work=(*others, replace(last, urgent_at=paris("2019-05-14 10:30")))))
    said = f"{last.dossier_id}, depuis le vendredi 10 mai 2019 ; urgent : rendez-vous le mardi 14"
    assert 0 < words.find(said) < words.find(others[0].dossier_id)


@BOTH
def test_numbers_that_are_not_whole_are_said_so(told) -> None:  # type: ignore[no-untyped-def]  # one of two functions
    assert "que jusqu’à 10 000 : il y en a" in told(replace(BUSY, cut_at=10_000))
    assert "que jusqu’à" not in told(BUSY)


RULES = WorkRules(escalate_after_open_hours=4, second_person="chef@prefecture.example")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "1 tâche urgente sans réponse depuis le jeudi 9 mai 2019 à 9 h, signalée à chef@"),
        (
            2,
            "2 tâches urgentes sans réponse, la première depuis le jeudi 9 mai 2019 à 9 h, sig",
        ),
    ],
)
def test_what_a_second_person_was_told_of_is_said(number: int, said: str) -> None:
    digest = replace(QUIET, unanswered=number, unanswered_since=paris("2019-05-09 09:00"))
    email = compose_digest(digest, replace(DESK, work=RULES))
    assert said in words_of(email.text)
    assert said in words_of(email.html)
    assert "sans réponse, la" not in compose_digest(QUIET, replace(DESK, work=RULES)).text


def test_a_desk_that_has_no_second_person_any_more_says_nothing_of_one() -> None:
    digest = replace(QUIET, unanswered=1, unanswered_since=paris("2019-05-09 09:00"))
    assert "signalée" not in compose_digest(digest, replace(DESK, work=None)).text


@pytest.mark.parametrize(
    ("names", "subject"),
    [
        (["G-1"], "1 dossier urgent sans réponse"),
        (["G-1", "G-2"], "2 dossiers urgents sans réponse"),
    ],
)
def test_a_second_person_reads_references(names: list[str], subject: str) -> None:
    email = compose_unanswered(names, RULES, DESK)
    assert words_of(email.subject) == subject
    for text in (words_of(email.text), words_of(email.html)):
        assert all(name in text for name in names)
        assert "pendant 4 heures d’ouverture" in text


@BOTH
def test_what_stops_everybody_is_told(told) -> None:  # type: ignore[no-untyped-def]  # one of two functions
    words = told(BUSY)
    assert "SMS, depuis le vendredi 10 mai 2019 à 15 h 30 (ServiceQuotaExceededException)" in words
    assert "n’a pas pu utiliser : 2" in words
    quiet = told(QUIET)
    assert "bloqué" not in quiet
    assert "quarantaine" not in quiet
    assert "Aucun dossier à traiter." in quiet


@BOTH
def test_a_feed_that_is_silent_is_told_with_when_it_last_brought_anything(told) -> None:  # type: ignore[no-untyped-def]  # one of two functions
    since, known_at = paris("2019-05-09 15:04"), paris("2019-05-13 04:00")
    silences = tuple(
        Silence(feed=feed, since=since, known_at=known_at, open_hours=hours)
        for hours, feed in enumerate(Feed, start=1)
    )
    words = told(replace(QUIET, silences=silences))
    since_then = "depuis le jeudi 9 mai 2019 à 15 h 04"
    known = "d’après le calcul du lundi 13 mai 2019 à 4 h."
    for said in (
        f"Relance n’a rien enregistré du système de réservation {since_then} : "
        f"1 heure d’ouverture, {known}",
        f"Aucune liste de rendez-vous n’a apporté de changement {since_then} : "
        f"2 heures d’ouverture, {known}",
        f"Aucune liste de titres prêts n’a été enregistrée {since_then} : "
        f"3 heures d’ouverture, {known}",
    ):
        assert said in words
    assert "Sans nouvelles" not in told(QUIET)


@BOTH
def test_the_days_since_the_desk_was_open_are_added_up(told) -> None:  # type: ignore[no-untyped-def]  # one of two functions
    words = told(QUIET)
    assert "Chiffres du vendredi 10 mai 2019 au dimanche 12 mai 2019" in words
    assert "E-mails partis : 34 ; arrivés : 33 ; en échec : 0 ; peut-être partis : 0" in words
    assert "SMS partis : 0 ; arrivés : 0 ; en échec : 2 ; peut-être partis : 0" in words
    assert "Nouvelles tâches pour le guichet : 5" in words
    assert "Chiffres du dimanche 12 mai 2019." in told(replace(QUIET, since=SUNDAY))


@BOTH
@pytest.mark.parametrize("figures", [None, replace(TALLY, counted_at=paris("2019-05-12 04:00"))])
def test_figures_that_nobody_counted_are_missed(told, figures: DailyFigures | None) -> None:  # type: ignore[no-untyped-def]  # one of two functions
    words = told(replace(QUIET, figures=figures))
    assert "Les chiffres manquent" in words
    assert "partis" not in words


@BOTH
def test_figures_of_a_night_that_is_not_over_say_of_how_many_dossiers_they_are(told) -> None:  # type: ignore[no-untyped-def]  # one of two functions
    so_far = replace(TALLY, dossiers=1_200, is_whole=False)
    words = told(replace(QUIET, figures=so_far))
    assert "E-mails partis : 34" in words
    assert "Ils ne sont pas complets : le calcul de la nuit n’est pas terminé." in words
    assert "Dossiers comptés : 1200." in words
    assert "pas complets" not in told(replace(QUIET, figures=replace(so_far, is_whole=True)))


def test_it_answers_to_nobody_and_says_its_language() -> None:
    assert dict(compose_digest(BUSY, DESK).headers) == {
        "Auto-Submitted": "auto-generated",
        "Content-Language": "fr",
    }


@pytest.mark.parametrize("kind", Kind)
def test_every_notice_has_a_title(kind: Kind) -> None:
    assert 5 < len(title_of(kind)) < 60
    assert not title_of(kind).endswith(".")


@BOTH
def test_a_channel_that_a_person_has_stopped_is_told_as_such(told) -> None:  # type: ignore[no-untyped-def]  # one of two functions
    at = paris("2019-05-10 15:30")
    stopped = Pause(channel=Channel.SMS, by="c.martin", at=at, why="texte")
    words = told(replace(QUIET, pauses=(stopped,)))
    assert "SMS, par c.martin, depuis le vendredi 10 mai 2019 à 15 h 30 (texte)" in words
    assert "Canaux suspendus" in words
    assert "refuse notre compte" not in words


@pytest.mark.parametrize(
    ("unreadable", "quarantined", "said"),
    [(3, 0, "en quarantaine"), (3, 2, "en quarantaine"), (0, 2, "en quarantaine"), (0, 0, "")],
)
def test_dossiers_that_cannot_be_read_are_counted_apart_from_webhooks(
    unreadable: int, quarantined: int, said: str
) -> None:
    told = replace(QUIET, unreadable=unreadable, quarantined=quarantined)
    mail = compose_digest(told, DESK)
    for text in (mail.text, mail.html):
        words = text.casefold().replace("\N{NO-BREAK SPACE}", " ")
        assert said in words
        assert ("pour qui plus rien ne part" in words) is bool(unreadable)
        assert ("n’a pas pu utiliser" in words) is bool(quarantined)


def test_work_about_an_appointment_to_collect_says_so() -> None:
    about_it, other = replace(BUSY.work[0], to_collect=True), BUSY.work[2]
    text = compose_digest(replace(BUSY, work=(about_it, other)), DESK).text
    said = text.replace("\N{NO-BREAK SPACE}", " ")
    assert "- G-2019-0455, depuis le jeudi 2 mai 2019 : remise du titre\n" in said
    assert "- G-2019-0500, depuis le vendredi 10 mai 2019\n" in said
