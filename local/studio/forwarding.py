"""Hands each e-mail on as it was sent, to a mail server of this machine: Mailpit, for example."""

import smtplib
import sys
from dataclasses import dataclass
from urllib.parse import urlsplit

from local.demo.keepsakes import mime
from local.studio.outbox import Message

#: What is tried here stays here: somebody's real address may have been typed into a form.
HERE = frozenset({"127.0.0.1", "localhost", "::1"})
SECONDS = 5


class NotAMailServer(ValueError):
    """Not the address of a mail server of this machine, like smtp://127.0.0.1:1025."""


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Takes e-mails by SMTP. One that cannot be reached is named, and nothing else fails by it."""

    host: str
    port: int

    @classmethod
    def at(cls, address: str) -> "MailServer":
        """Raises NotAMailServer."""
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "", parts.port or 25
        except ValueError as error:
            raise NotAMailServer(NotAMailServer.__doc__) from error
        if parts.scheme != "smtp" or host not in HERE:
            raise NotAMailServer(NotAMailServer.__doc__)
        return cls(host=host, port=port)

    def forward(self, message: Message) -> None:
        """An SMS has no mail server to go to."""
        if message.channel != "email":
            return
        try:
            with smtplib.SMTP(self.host, self.port, "relance.local", SECONDS) as server:
                server.sendmail(message.sender, [message.to], mime(message))
        except (OSError, smtplib.SMTPException) as error:
            sys.stderr.write(f"MAIL: {self.host}:{self.port} took no e-mail: {error!r}\n")
