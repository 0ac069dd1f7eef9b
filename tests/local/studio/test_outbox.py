"""Everything that left the house."""

from local.studio.outbox import Outbox, Outcome, in_full, summary
from tests.local.messages import email, sms


def test_a_message_is_accepted_until_something_becomes_of_it() -> None:
    outbox, message = Outbox(), email()
    outbox.add(message)
    assert list(outbox) == [(message, Outcome.ACCEPTED)]
    outbox.mark(message, Outcome.DELIVERED)
    assert list(outbox) == [(message, Outcome.DELIVERED)]


def test_kind_and_number_are_read_from_the_tags() -> None:
    message = email(notice="no_news-2")
    assert (message.notice, message.number, message.attempt) == ("no_news", 2, 1)


def test_links_are_found_once_in_text_and_html_without_the_full_stop() -> None:
    assert email().links == (
        "https://relance.example/dossier/abc",
        "https://relance.example/x?a=1&b=2",
    )


def test_a_summary_says_the_subject_of_a_mail_and_the_text_of_an_sms() -> None:
    assert summary(email(), Outcome.DELIVERED) == {
        "at": "2019-06-27T14:00:00+02:00",
        "dossier": "D-1",
        "notice": "card_ready",
        "number": 1,
        "attempt": 1,
        "channel": "email",
        "to": "lea@example.org",
        "subject": "Votre titre de séjour est prêt",
        "fate": "delivered",
    }
    assert summary(sms(), Outcome.LOST)["text"] == "Votre titre est pret."
    assert "subject" not in summary(sms(), Outcome.LOST)


def test_in_full_there_is_everything_the_receiver_gets() -> None:
    full = in_full(email(), Outcome.ACCEPTED)
    assert full["headers"] == {"Content-Language": "fr"}
    assert full["links"] == list(email().links)
    assert full["html"].startswith("<a href")
