"""How a student can be reached, and in which language."""

import re
from dataclasses import dataclass
from enum import StrEnum

# SES takes ASCII local parts only; the domain must have a dot. Stricter than RFC 5322, on purpose.
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"(?=.{4,253}$)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}",
    re.ASCII,
)


class Language(StrEnum):
    """The languages every text exists in."""

    FR = "fr"
    EN = "en"


class Channel(StrEnum):
    """Where a notice goes. A person is a channel too."""

    EMAIL = "email"
    SMS = "sms"
    DESK = "desk"


@dataclass(frozen=True, kw_only=True)
class Contact:
    """One `student` block as its sender gave it.

    `phone` is what was given, for people to read; `mobile` is the same number in E.164 form
    only when it can take an SMS (the door decides, with a phone-number library).
    """

    given_name: str
    family_name: str
    email: str | None = None
    phone: str | None = None
    mobile: str | None = None
    language: Language = Language.FR

    @property
    def mail_address(self) -> str | None:
        """The e-mail address, when it is one that a provider could take."""
        return self.email if self.email and _ADDRESS.fullmatch(self.email) else None

    def address_on(self, channel: Channel) -> str | None:
        """The address a message on this channel would go to, if there is one."""
        return {Channel.EMAIL: self.mail_address, Channel.SMS: self.mobile}.get(channel)
