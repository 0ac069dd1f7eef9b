"""What a student takes away: the convocation as a document, and the appointment for a calendar."""

from dataclasses import dataclass

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.contact import Language
from chalicelib.domain.links import Bound
from chalicelib.pipeline.composer import Composer
from chalicelib.pipeline.ports import Vault
from chalicelib.pipeline.students import LinkValidity, Students, StudentView


@dataclass(frozen=True, kw_only=True)
class Convocations:
    """Hands over what belongs to a confirmed appointment, by the link that a student was sent."""

    students: Students
    composer: Composer
    vault: Vault

    def document(self, bound: Bound) -> tuple[str, Language] | None:
        """An address that opens the PDF for a few minutes, and the language that it is in; None
        without a valid convocation.
        """
        confirmed = self._confirmed(bound)
        if confirmed is None:
            return None
        view, appointment = confirmed
        key = self.composer.convocation(view.loaded.dossier, view.facts, appointment)
        address = self.vault.open_link(key, f"convocation-{bound.dossier_id}.pdf")
        return address, self._language(view)

    def invite(self, bound: Bound) -> tuple[bytes, Language] | None:
        """The appointment for a calendar, and its language; None without a valid convocation."""
        confirmed = self._confirmed(bound)
        if confirmed is None:
            return None
        view, appointment = confirmed
        entry = self.composer.paper.invite(view.loaded.dossier, view.facts, appointment, view.now)
        return entry, self._language(view)

    def _language(self, view: StudentView) -> Language:
        return self.composer.desk.language_for(view.facts.contact)

    def _confirmed(self, bound: Bound) -> tuple[StudentView, Appointment] | None:
        view = self.students.look(bound)
        if view is None or view.standing is not LinkValidity.CURRENT:
            return None
        appointment = view.facts.appointment
        return (view, appointment) if appointment and appointment.confirmed_at else None
