"""Writes what was sent as files that other programs open: .eml, .txt, .pdf, .ics, .json."""

from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, parseaddr
from pathlib import Path

from local.studio.outbox import Message

#: Long enough that a link in a header stays in one piece. Bodies keep to the ordinary length.
ONE_LINE = SMTP.clone(max_line_length=998)
#: What SES sends a text in.
ENCODING = "quoted-printable"


def mime(message: Message) -> bytes:
    """An e-mail as its receiver's server would get it."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _in_plain_words(message.sender)
    mail["To"] = message.to
    mail["Subject"] = message.subject
    mail["Date"] = message.at
    mail["Message-ID"] = f"<{message.message_id}@email.amazonses.com>"
    mail.set_content(message.text, cte=ENCODING)
    if message.html:
        mail.add_alternative(message.html, subtype="html", cte=ENCODING)
    for attached in message.attachments:
        _attach(mail, attached.filename, attached.media_type, attached.content)
    for name, value in message.headers:
        mail[name] = value
    return mail.as_bytes(policy=ONE_LINE)


def _in_plain_words(mailbox: str) -> str:
    """A name of several encoded words as one: `EmailMessage` reads a space between them (RFC 2047,
    6.2, has none), and encodes it anew.
    """
    name, address = parseaddr(mailbox)
    return (
        formataddr((str(make_header(decode_header(name))), address)) if name.isascii() else mailbox
    )


def _attach(mail: EmailMessage, filename: str, media_type: str, content: bytes) -> None:
    kind, *parameters = (part.strip() for part in media_type.split(";"))
    maintype, _, subtype = kind.partition("/")
    mail.add_attachment(content, maintype=maintype, subtype=subtype, filename=filename)
    part = list(mail.iter_attachments())[-1]
    for name, _, value in (parameter.partition("=") for parameter in parameters):
        part.set_param(name, value.strip('"'))


def keep(message: Message, folder: Path, name: str) -> Path:
    """Write one message, and its attachments beside it; returns the message's file."""
    folder.mkdir(parents=True, exist_ok=True)
    if message.channel == "sms":
        path = folder / f"{name}.txt"
        path.write_text(f"{message.sender} > {message.to}\n{message.text}\n", encoding="utf-8")
        return path
    path = folder / f"{name}.eml"
    path.write_bytes(mime(message))
    for attached in message.attachments:
        (folder / f"{name}_{Path(attached.filename).name}").write_bytes(attached.content)
    return path
