"""From a notice to the words and documents that leave."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.attempts import Notice
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import Desk, paris_day
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.facts import Facts
from chalicelib.domain.rules import rule_of
from chalicelib.messages.compose import Compose
from chalicelib.messages.letter import PDF, Attachment, Letter, StudentAddresses
from chalicelib.pipeline.ports import Links, Paper, Vault


@dataclass(frozen=True, kw_only=True)
class Composer:
    """Writes letters, with the documents that they speak of: `composers` write what leaves on each
    channel.
    """

    desk: Desk
    links: Links
    vault: Vault
    paper: Paper
    composers: Mapping[Channel, Compose]

    def compose(self, dossier: Dossier, facts: Facts, notice: Notice, now: datetime) -> Letter:
        """The letter for a notice, with the document it speaks of kept ready.

        Raises TextFailed, and StorageUnavailable for the document.
        """
        facts = _about(notice, facts)
        papers: tuple[Attachment, ...] = ()
        if self.keeps(notice) and facts.appointment:
            pdf = self.keep_convocation(dossier, facts, facts.appointment)
            if self.desk.terms_on(paris_day(facts.appointment.starts_at)).attaches_convocation:
                papers = (Attachment(filename="convocation.pdf", media_type=PDF, content=pdf),)
        return self.letter(dossier, facts, notice, now, papers)

    def keeps(self, notice: Notice) -> bool:
        """Whether a document has to be kept before this notice can leave."""
        return rule_of(notice.kind).with_convocation

    def letter(
        self,
        dossier: Dossier,
        facts: Facts,
        notice: Notice,
        now: datetime,
        papers: tuple[Attachment, ...] = (),
    ) -> Letter:
        """The letter for a notice, with these papers, and nothing kept. Raises TextFailed."""
        facts = _about(notice, facts)
        compose = self.composers[notice.channel]
        return compose(
            notice,
            facts,
            self.desk,
            student_links(self.links, dossier.dossier_id, facts),
            dossier.dossier_id,
            now,
            papers + self._invite(dossier, facts, notice, now),
        )

    def _invite(
        self, dossier: Dossier, facts: Facts, notice: Notice, now: datetime
    ) -> tuple[Attachment, ...]:
        if facts.appointment is None or not rule_of(notice.kind).with_invite:
            return ()
        content = self.paper.invite(dossier, facts, facts.appointment, now)
        name, media_type = "rendez-vous.ics", "text/calendar; charset=utf-8"
        return (Attachment(filename=name, media_type=media_type, content=content),)

    def convocation(self, dossier: Dossier, facts: Facts, appointment: Appointment) -> str:
        """The key of a revision's convocation, which is made if it is not kept any more.

        Raises StorageUnavailable.
        """
        key = self._key(dossier, facts, appointment)
        if not self.vault.has(key):
            self.keep_convocation(dossier, facts, appointment)
        return key

    def keep_convocation(self, dossier: Dossier, facts: Facts, appointment: Appointment) -> bytes:
        """Make the convocation of a revision: the same one again takes its own place.

        Raises StorageUnavailable.
        """
        proof = self.links.proof(dossier.dossier_id, appointment.revision)
        pdf = self.paper.convocation_pdf(dossier, facts, appointment, proof)
        self.vault.keep(self._key(dossier, facts, appointment), pdf, PDF)
        return pdf

    def _key(self, dossier: Dossier, facts: Facts, appointment: Appointment) -> str:
        print_id = self.paper.print_id(dossier, facts, appointment)
        return f"{documents_of(dossier.dossier_id)}{appointment.revision}-{print_id}.pdf"


def _about(notice: Notice, facts: Facts) -> Facts:
    """The facts about the appointment that a notice is about."""
    return facts.about(facts.purpose_of(notice.occasion))


def documents_of(dossier_id: str) -> str:
    """What the key of each document of a dossier begins with."""
    return f"convocations/{dossier_id}/"


def student_links(
    links: Links, dossier_id: str, facts: Facts, to_collect: Appointment | None = None
) -> StudentAddresses:
    """The student's pages; those of the appointment that is spoken of only while there is one. A
    page that tells of the one `to_collect` the card as well leads to its pages too.
    """
    generation = facts.links.name
    confirm, convocation = _of_slot(links, dossier_id, facts.appointment, generation)
    confirm_to_collect, convocation_to_collect = _of_slot(links, dossier_id, to_collect, generation)
    return StudentAddresses(
        site=links.site,
        dossier=links.dossier(dossier_id, generation),
        unsubscribe=links.unsubscribe(dossier_id),
        confirm=confirm,
        convocation=convocation,
        confirm_to_collect=confirm_to_collect,
        convocation_to_collect=convocation_to_collect,
    )


def _of_slot(
    links: Links, dossier_id: str, slot: Appointment | None, generation: str
) -> tuple[str | None, str | None]:
    """Where it is confirmed, and where its convocation is."""
    if slot is None:
        return None, None
    about = (dossier_id, slot.revision, generation)
    return links.confirm(*about), links.convocation(*about)
