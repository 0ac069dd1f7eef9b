"""The desk's documents, as the pipeline asks for them: in the language of the student."""

import pytest

from chalicelib.documents.calendar_invite import calendar_invite
from chalicelib.documents.convocation_pdf import convocation_pdf
from chalicelib.documents.paper import DeskPaper
from chalicelib.domain.contact import Language
from chalicelib.domain.dossier import Dossier
from tests.builders import DESK, DOSSIER, paris
from tests.documents.samples import APPOINTMENT, PROOF_URL, facts_for, facts_in

PAPER = DeskPaper(DESK)
DOSSIER_ = Dossier(dossier_id=DOSSIER)
NOW = paris("2019-04-09 18:06")


@pytest.mark.parametrize("language", DESK.languages)
def test_both_documents_are_in_the_language_of_the_student(language: Language) -> None:
    facts = facts_in(language)
    assert PAPER.invite(DOSSIER_, facts, APPOINTMENT, NOW) == calendar_invite(
        DESK, DOSSIER, APPOINTMENT, language, NOW
    )
    assert PAPER.convocation_pdf(DOSSIER_, facts, APPOINTMENT, PROOF_URL) == convocation_pdf(
        DESK, DOSSIER, facts, APPOINTMENT, PROOF_URL
    )


def test_without_a_contact_the_invite_is_french() -> None:
    assert PAPER.invite(DOSSIER_, facts_for(None), APPOINTMENT, NOW) == calendar_invite(
        DESK, DOSSIER, APPOINTMENT, Language.FR, NOW
    )
