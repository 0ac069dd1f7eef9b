"""The convocation as a PDF: tagged for screen readers (PDF/UA-1) and made to last (PDF/A-2a)."""

import json
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.documents.convocation_words import address_pieces, convocation_words
from chalicelib.domain.appointments import Appointment
from chalicelib.domain.desk_calendar import Desk
from chalicelib.domain.errors import TextFailed
from chalicelib.domain.facts import Facts

if TYPE_CHECKING:
    import typst

TEMPLATE = Path(__file__).with_name("convocation.typ")

#: One of the eight masks of ISO/IEC 18004, 7.8, in each of which a code can be read. To try all of
#: them for the prettiest takes most of the time that a code needs.
MASK = 6


def convocation_pdf(
    desk: Desk, dossier_id: str, facts: Facts, appointment: Appointment, proof_url: str
) -> bytes:
    """The convocation of a revision; the same bytes for the same input. Raises TextFailed."""
    import typst

    words = convocation_words(desk, dossier_id, facts, appointment)
    data = {
        **words,
        "proof_url": proof_url,
        "proof_pieces": address_pieces(proof_url),
        "qr": _qr(proof_url),
    }
    try:
        pdf: bytes = typst.compile(
            TEMPLATE.read_bytes(),
            format="pdf",
            pdf_standards=["a-2a", "ua-1"],
            font_paths=_fonts(),
            ignore_system_fonts=True,
            timestamp=_issued_at(appointment),
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    except typst.TypstError as error:
        raise TextFailed("convocation.typ") from error
    return pdf


@cache
def _fonts() -> "typst.Fonts":
    import typst

    return typst.Fonts(include_system_fonts=False)


def _issued_at(appointment: Appointment) -> int:
    """The document is as old as the confirmation, however often it is printed."""
    at: datetime = appointment.confirmed_at or appointment.made_at
    return int(at.timestamp())


def _qr(url: str) -> str:
    import segno

    picture = BytesIO()
    code = segno.make(url, error="m", micro=False, mask=MASK)
    code.save(picture, kind="svg", border=2, svgns=True)
    return picture.getvalue().decode()
