"""A notice becomes an e-mail or a text message."""

from collections.abc import Callable
from datetime import datetime

from chalicelib.domain.attempts import Notice
from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Desk
from chalicelib.domain.facts import Facts
from chalicelib.domain.rules import rule_of
from chalicelib.messages.letter import (
    CALENDAR,
    PDF,
    Attachment,
    Email,
    Letter,
    Sms,
    StudentAddresses,
)
from chalicelib.messages.phrases import written
from chalicelib.messages.rendering import render, tidy
from chalicelib.messages.sms_characters import one_part
from chalicelib.messages.typography import typeset, typeset_html
from chalicelib.messages.variables import link_variables, speaking, variables

#: Writes what leaves on a channel, in the student's language, or in the desk's first where that
#: lacks a text of it; raises TextFailed. It is told of the
#: notice, the facts, the desk, the student's pages, the dossier's id, the instant, and what goes
#: with it where the channel takes files.
Compose = Callable[
    [Notice, Facts, Desk, StudentAddresses, str, datetime, tuple[Attachment, ...]], Letter
]


def compose_email(
    notice: Notice,
    facts: Facts,
    desk: Desk,
    links: StudentAddresses,
    dossier_id: str,
    now: datetime,
    attachments: tuple[Attachment, ...] = (),
) -> Email:
    """The e-mail of a notice, in the student's language; raises TextFailed."""

    def write(language: Language) -> Email:
        spoken = speaking(language, facts)
        return _email(notice, spoken, desk, links, dossier_id, now, attachments)

    return written(desk, desk.language_for(facts.contact), write)


def _email(
    notice: Notice,
    facts: Facts,
    desk: Desk,
    links: StudentAddresses,
    dossier_id: str,
    now: datetime,
    attachments: tuple[Attachment, ...],
) -> Email:
    language = desk.language_for(facts.contact)
    folder = f"{notice.kind}/{language}"
    known = variables(notice, facts, desk, dossier_id, now) | link_variables(links, language)
    known["has_invite"] = any(a.media_type.startswith(CALENDAR) for a in attachments)
    known["has_convocation"] = any(a.media_type == PDF for a in attachments)
    known["subject"] = subject = _one_line(render(f"{folder}/subject.txt", known))
    known["preheader"] = _one_line(render(f"{folder}/preheader.txt", known))
    return Email(
        language=language,
        sender=desk.name[language],
        subject=subject,
        text=typeset(tidy(render(f"{folder}/body.txt", known)), language),
        html=typeset_html(tidy(render(f"{folder}/body.html", known)), language),
        headers=_headers(notice, language, links),
        attachments=attachments,
    )


def compose_sms(
    notice: Notice,
    facts: Facts,
    desk: Desk,
    _links: StudentAddresses,
    dossier_id: str,
    now: datetime,
    _attachments: tuple[Attachment, ...] = (),
) -> Sms:
    """The text message of a notice: one part; raises TextFailed."""

    def write(language: Language) -> Sms:
        known = variables(notice, speaking(language, facts), desk, dossier_id, now)
        name = f"{notice.kind}/{language}/sms.txt"
        return Sms(language=language, text=one_part(render(name, known), name))

    return written(desk, desk.language_for(facts.contact), write)


def _one_line(text: str) -> str:
    """One line with a capital, which a date lacks in French, and with plain spaces: people search
    their mailbox for it.
    """
    words = " ".join(text.split())
    return words[:1].upper() + words[1:]


def _headers(notice: Notice, language: str, links: StudentAddresses) -> tuple[tuple[str, str], ...]:
    """No answer by machines (RFC 3834), and the way out of what may be refused."""
    headers = (
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("Content-Language", language),
    )
    if not rule_of(notice.kind).refusable:
        return headers
    return (
        *headers,
        ("List-Unsubscribe", f"<{links.unsubscribe}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )
