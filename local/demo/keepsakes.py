"""Writes what was sent as files that other programs open: .eml, .txt, .pdf, .ics, .json."""

from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from local.studio.outbox import Message

#: Long enough that a link in a header stays in one piece.
ONE_LINE = SMTP.clone(max_line_length=998)


def mime(message: Message) -> bytes:
    """An e-mail as its receiver's server would get it."""
    mail = EmailMessage(policy=ONE_LINE)
    mail["From"] = message.sender
    mail["To"] = message.to
    mail["Subject"] = message.subject
    mail["Date"] = message.at
    mail["Message-ID"] = f"<{message.message_id}@email.amazonses.com>"
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    for attached in message.attachments:
        _attach(mail, attached.filename, attached.media_type, attached.content)
    for name, value in message.headers:
        mail[name] = value
    return mail.as_bytes()


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
