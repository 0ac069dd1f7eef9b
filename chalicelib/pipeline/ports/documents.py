"""What a student can open, and what is handed over."""

from datetime import datetime
from typing import Protocol

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.facts import Facts


class Links(Protocol):
    """The student's pages, as signed absolute addresses; `site` is where all pages are. Those that
    end with the `generation` of the dossier's links are made with it.
    """

    @property
    def site(self) -> str: ...

    def confirm(self, dossier_id: str, revision: str, generation: str) -> str: ...
    def convocation(self, dossier_id: str, revision: str, generation: str) -> str: ...
    def proof(self, dossier_id: str, revision: str) -> str: ...
    def dossier(self, dossier_id: str, generation: str) -> str: ...
    def unsubscribe(self, dossier_id: str) -> str: ...


class Paper(Protocol):
    """Makes the documents of one appointment."""

    def convocation_pdf(
        self, dossier: Dossier, facts: Facts, appointment: Appointment, proof_url: str
    ) -> bytes:
        """The convocation as a tagged PDF. Raises TextFailed."""

    def print_id(self, dossier: Dossier, facts: Facts, appointment: Appointment) -> str:
        """Tells one print from another: whatever it says differently makes a new document."""

    def invite(
        self, dossier: Dossier, facts: Facts, appointment: Appointment, now: datetime
    ) -> bytes:
        """The appointment, or its cancellation, for a calendar. Raises TextFailed."""


class Vault(Protocol):
    """Where documents are kept. Raises StorageUnavailable."""

    def keep(self, key: str, content: bytes, media_type: str) -> None:
        """Store a document under a key; storing the same again is harmless."""

    def has(self, key: str) -> bool:
        """Whether a document is there."""

    def open_link(self, key: str, filename: str) -> str:
        """An address that opens the document for at most 300 seconds."""


class EveryDocument(Vault, Protocol):
    """The same, for those who look at all of it: to forget."""

    def forget(self, prefix: str) -> int:
        """Erase every document whose key begins so, in all its versions; how many there were."""
