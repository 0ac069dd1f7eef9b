"""A letter for each channel, and whom it goes to."""

from chalicelib.domain.contact import Language
from chalicelib.messages.letter import Attachment, Email, Sms

ADDRESS = "lea.benali@example.org"
NUMBER = "+33612345678"

TAGS = {
    "dossier": "G-2019-0412",
    "notice": "card_ready-1",
    "occasion": "2019-07-01",
    "channel": "email",
    "attempt": "1",
}

EMAIL = Email(
    language=Language.FR,
    sender="Préfecture, antenne",
    subject="Votre titre de séjour est prêt",
    text="Venez à l’antenne.",
    html="<p>Venez à l’antenne.</p>",
)
WITH_INVITE = Email(
    language=Language.FR,
    sender="Préfecture, antenne",
    subject="Votre convocation",
    text="Mardi 14 mai 2019.",
    html="<p>Mardi 14 mai 2019.</p>",
    headers=(("List-Unsubscribe", "<https://desk.example/unsubscribe/T>"), ("X-Two", "2")),
    attachments=(
        Attachment(filename="a.ics", media_type="text/calendar", content=b"BEGIN\xff\x00"),
        Attachment(filename="b.pdf", media_type="application/pdf", content=b"%PDF"),
    ),
)
SMS = Sms(language=Language.FR, text="Votre titre est pret.")
