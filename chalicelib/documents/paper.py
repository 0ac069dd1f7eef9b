"""The desk's documents, as the pipeline asks for them."""

import json
from datetime import datetime
from hashlib import sha256

from chalicelib.documents.calendar_invite import calendar_invite
from chalicelib.documents.convocation_pdf import convocation_pdf
from chalicelib.documents.convocation_words import convocation_words
from chalicelib.domain.appointments import Appointment
from chalicelib.domain.desk_calendar import Desk
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.facts import Facts


class DeskPaper:
    """The pipeline's Paper."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def convocation_pdf(
        self, dossier: Dossier, facts: Facts, appointment: Appointment, proof_url: str
    ) -> bytes:
        """The convocation as a tagged PDF. Raises TextFailed."""
        return convocation_pdf(self._desk, dossier.dossier_id, facts, appointment, proof_url)

    def print_id(self, dossier: Dossier, facts: Facts, appointment: Appointment) -> str:
        """The same for the same words: a corrected name or address makes another document."""
        words = convocation_words(self._desk, dossier.dossier_id, facts, appointment)
        return sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()[:12]

    def invite(
        self, dossier: Dossier, facts: Facts, appointment: Appointment, now: datetime
    ) -> bytes:
        """The appointment, or its cancellation, for a calendar."""
        language = self._desk.language_for(facts.contact)
        return calendar_invite(self._desk, dossier.dossier_id, appointment, language, now)
