"""The shapes of what we send, ready for a channel; `medium` is what agents call one."""

from dataclasses import dataclass
from typing import ClassVar

from chalicelib.domain.contact import Language


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that goes with an e-mail."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Email:
    """An e-mail without its addresses: `sender` is a name. `headers` are extra ones, in ASCII."""

    medium: ClassVar[str] = "E-mail"

    language: Language
    sender: str
    subject: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Sms:
    """A text message without its number: GSM-7, one part."""

    medium: ClassVar[str] = "SMS"

    language: Language
    text: str


#: What leaves on a channel, whichever it is.
Letter = Email | Sms


@dataclass(frozen=True, kw_only=True)
class StudentAddresses:
    """The absolute addresses of one student's pages.

    `confirm` and `convocation` belong to the current appointment revision and are None without
    one.
    """

    dossier: str
    unsubscribe: str
    confirm: str | None = None
    convocation: str | None = None
