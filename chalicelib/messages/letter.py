"""The shapes of what we send, ready for a channel; `medium` is what agents call one."""

from dataclasses import dataclass, replace
from typing import ClassVar

from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import SlotPurpose

CALENDAR, PDF = "text/calendar", "application/pdf"


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
    """A text message without its number: one part."""

    medium: ClassVar[str] = "SMS"

    language: Language
    text: str


#: What leaves on a channel, whichever it is.
Letter = Email | Sms


@dataclass(frozen=True, kw_only=True)
class StudentAddresses:
    """The absolute addresses of one student's pages, and of the `site` that they are on.

    `confirm` and `convocation` belong to the current appointment revision and are None without
    one; `confirm_to_collect` and `convocation_to_collect` are those of the one to collect the card.
    """

    site: str
    dossier: str
    unsubscribe: str
    confirm: str | None = None
    convocation: str | None = None
    confirm_to_collect: str | None = None
    convocation_to_collect: str | None = None

    def about(self, purpose: SlotPurpose) -> "StudentAddresses":
        """The same pages, as a text sees them that speaks of the appointment for that purpose."""
        if purpose is SlotPurpose.DEPOSIT:
            return self
        return replace(
            self, confirm=self.confirm_to_collect, convocation=self.convocation_to_collect
        )
