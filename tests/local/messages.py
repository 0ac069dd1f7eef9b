"""Messages as the providers accept them, for the tests of the embedded world."""

from datetime import UTC, datetime

from local.studio.outbox import Message

NOON = datetime(2019, 6, 27, 12, 0, tzinfo=UTC)


def email(message_id: str = "m-1", *, notice: str = "card_ready-1") -> Message:
    """An e-mail."""
    return Message(
        message_id=message_id,
        at=NOON,
        channel="email",
        sender="Préfecture <rendez-vous@relance.example>",
        to="lea@example.org",
        subject="Votre titre de séjour est prêt",
        text="Suivre votre dossier : https://relance.example/dossier/abc.\n",
        html='<a href="https://relance.example/dossier/abc">suivre</a>'
        '<a href="https://relance.example/x?a=1&amp;b=2">autre</a>',
        headers=(("Content-Language", "fr"),),
        tags=tags(notice, "email"),
    )


def sms(
    message_id: str = "s-1", *, notice: str = "card_ready-1", to: str = "+33612345678"
) -> Message:
    """An SMS."""
    return Message(
        message_id=message_id,
        at=NOON,
        channel="sms",
        sender="PREFISERE",
        to=to,
        text="Votre titre est pret.",
        tags=tags(notice, "sms"),
    )


def tags(notice: str, channel: str) -> dict[str, str]:
    """The five tags that every message carries."""
    return {
        "dossier": "D-1",
        "notice": notice,
        "occasion": "2019-06-27",
        "channel": channel,
        "attempt": "1",
    }
