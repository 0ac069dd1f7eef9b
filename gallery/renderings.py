"""Every notice and page in every case and language, composed as the product composes them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import product

from pypdfium2 import PdfDocument

from chalicelib.channels.ses_email import mailbox_of
from chalicelib.channels.table import COMPOSERS
from chalicelib.documents.paper import DeskPaper
from chalicelib.domain.attempts import Kind, Notice
from chalicelib.domain.channels import address_on
from chalicelib.domain.contact import Channel, Language
from chalicelib.domain.desk_calendar import Desk, paris_day
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.facts import Facts, State, facts_of, state_about
from chalicelib.domain.rules import kinds_where
from chalicelib.messages.letter import PDF, Email, Sms
from chalicelib.messages.pages import compose_notice, compose_page
from chalicelib.messages.sms_characters import ROOM, alphabet_of, parts, sizes
from chalicelib.messages.work import describe_work
from chalicelib.pipeline.composer import Composer, student_links
from gallery import console
from gallery.as_read import AsRead
from gallery.cases import CASES, LATE, ORDINARY, TO_COLLECT, HardCase
from gallery.links import LINKS, addresses_in, dead_links, without_tokens
from gallery.stages import (
    ABOUT_NOBODY,
    LETTERS,
    LETTERS_TO_COLLECT,
    READ_AT,
    VIEWS,
    VIEWS_TO_COLLECT,
    WRITTEN_AT,
    Letter,
    PageState,
    Scene,
)
from local.demo.keepsakes import mime
from local.studio.outbox import File, Message
from local.surroundings import MAIL_FROM

SHIPPED = console.DESK


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """One thing that a student could read.

    `subject` is the notice or page it renders, `part` tells its numbers, states and channels
    apart. `head` is what stands around the words, `words` are what is read, in lines; `repeats`
    is what the HTML part of an e-mail says. `files` open in other programs; `wrongs` is what is
    amiss.
    """

    subject: str
    part: str
    medium: str
    case: HardCase
    language: Language
    head: Mapping[str, str]
    words: tuple[str, ...]
    repeats: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    wrongs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name among all renderings of its subject."""
        return (
            "_".join([self.part, self.case.name, self.language])
            .replace(", ", "-")
            .replace(" ", "-")
        )


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A dossier in a case at a stage, and the desk as it is then."""

    case: HardCase
    language: Language
    dossier: Dossier
    facts: Facts
    state: State
    desk: Desk
    now: datetime

    def composer(self, vault: "Drawer") -> Composer:
        """What the product writes its letters with, but for where it keeps documents."""
        return Composer(
            desk=self.desk,
            links=LINKS,
            vault=vault,
            paper=DeskPaper(self.desk),
            composers=COMPOSERS,
        )

    @property
    def proof(self) -> str:
        """The address that the paper's code leads to."""
        slot = self.facts.appointment
        return LINKS.proof(self.case.dossier_id, slot.revision) if slot else ""

    def dead_links(self, addresses: list[str], targets: set[str]) -> tuple[str, ...]:
        """What is wrong with the addresses of a text."""
        dossier_id = self.dossier.dossier_id
        return tuple(dead_links(addresses, targets, self.desk, dossier_id, self.facts))


class Drawer:
    """The pipeline's Vault, for as long as a letter takes."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def keep(self, key: str, content: bytes, media_type: str) -> None:  # noqa: ARG002  the port has it
        self.kept[key] = content

    def has(self, key: str) -> bool:
        return key in self.kept

    def open_link(self, key: str, filename: str) -> str:
        return f"{key}/{filename}"


def renderings(desk: Desk = SHIPPED, cases: Iterable[HardCase] = CASES) -> Iterator[Rendering]:
    """All of them: what students may read, then what agents may, which is the same everywhere."""
    yield from for_students(desk, cases)
    yield from _desk()
    yield from _console()


def for_students(desk: Desk, cases: Iterable[HardCase]) -> Iterator[Rendering]:
    """Subject by subject, case by case, language by language."""
    of_students = tuple(cases)
    for letter, case, language in product(LETTERS, of_students, desk.languages):
        yield from _letter(letter, case, language, desk)
    for view, case, language in product(VIEWS, of_students, desk.languages):
        yield _page(view, _moment(view.stage, case, language, READ_AT, desk))
    to_collect = [case for case in TO_COLLECT if case is LATE or case in of_students]
    for letter, case, language in product(LETTERS_TO_COLLECT, to_collect, desk.languages):
        yield from _letter(letter, case, language, desk)
    for view, case, language in product(VIEWS_TO_COLLECT, to_collect, desk.languages):
        yield _page(view, _moment(view.stage, case, language, READ_AT, desk))
    yield from _about_nobody(desk)


def _moment(stage: Scene, case: HardCase, language: Language, hour: time, desk: Desk) -> Moment:
    events = stage.life(case, language)
    facts = facts_of(events).about(stage.purpose)
    now = stage.now(case, hour)
    return Moment(
        case=case,
        language=language,
        dossier=Dossier(dossier_id=case.dossier_id, events=events),
        facts=facts,
        state=state_about(facts),
        desk=case.desk(desk, paris_day(now)),
        now=now,
    )


def _letter(letter: Letter, case: HardCase, language: Language, desk: Desk) -> Iterator[Rendering]:
    moment = _moment(letter.stage, case, language, WRITTEN_AT, desk)
    if letter.kind in case.not_for or letter.kind in _not_owed_at(moment):
        return
    for channel in letter.channels:
        if address_on(channel, case.contact(language)) is None:
            continue
        notice = Notice(
            kind=letter.kind, number=letter.number, occasion=letter.occasion, channel=channel
        )
        drawer = Drawer()
        composer = moment.composer(drawer)
        message = composer.compose(moment.dossier, moment.facts, notice, moment.now)
        if isinstance(message, Sms):
            yield _sms(letter, moment, message)
        if isinstance(message, Email):
            yield _email(letter, moment, message)
            yield from _documents(letter, moment, message, drawer)


def _not_owed_at(moment: Moment) -> frozenset[Kind]:
    """What a desk without a helper sends to nobody."""
    helper = moment.desk.terms_on(paris_day(moment.now)).helper
    return frozenset() if helper else frozenset({Kind.CHECK_REMINDER})


def _email(letter: Letter, moment: Moment, email: Email) -> Rendering:
    read = AsRead(email.html)
    addresses = [*read.links, *addresses_in(email.text)]
    return Rendering(
        subject=letter.kind,
        part=_part(letter, "e-mail"),
        medium="e-mail",
        case=moment.case,
        language=moment.language,
        head={"Subject": email.subject, "Preview": read.preheader},
        words=_lines(email.text),
        repeats=_lines("\n".join(read.lines)),
        files={
            "html": email.html.encode(),
            "txt": email.text.encode(),
            "eml": mime(_received(letter, moment, email)),
        },
        wrongs=moment.dead_links(addresses, read.targets),
    )


def _received(letter: Letter, moment: Moment, email: Email) -> Message:
    """An e-mail as its receiver gets it from SES."""
    name = f"{letter.kind}-{letter.number}-{letter.name}-{moment.case.name}-{moment.language}"
    return Message(
        message_id="".join(filter(str.isascii, name.replace(" ", "-"))).replace(",", ""),
        at=moment.now,
        channel=Channel.EMAIL,
        sender=mailbox_of(email.sender, MAIL_FROM),
        to=moment.case.contact(moment.language).email or "",
        subject=email.subject,
        text=email.text,
        html=email.html,
        headers=email.headers,
        attachments=tuple(
            File(filename=a.filename, media_type=a.media_type, content=a.content)
            for a in email.attachments
        ),
    )


def _sms(letter: Letter, moment: Moment, sms: Sms) -> Rendering:
    alphabet, taken = alphabet_of(sms.text), sum(sizes(sms.text))
    return Rendering(
        subject=letter.kind,
        part=_part(letter, "SMS"),
        medium="SMS",
        case=moment.case,
        language=moment.language,
        head={"Size": f"{parts(sms.text)} part, {taken} of {ROOM[alphabet][0]} in {alphabet}"},
        words=(sms.text,),
        wrongs=tuple(f"holds a link: {address}" for address in addresses_in(sms.text)),
    )


def _documents(letter: Letter, moment: Moment, email: Email, drawer: Drawer) -> Iterator[Rendering]:
    """What goes with an e-mail: the PDF behind its link, and the entry for a calendar."""
    for pdf in drawer.kept.values():
        yield _document(letter, moment, "pdf", pdf, _pdf_lines(pdf, moment.proof))
    for attached in email.attachments:
        if attached.media_type != PDF:  # which is the one that is kept
            yield _document(letter, moment, "ics", attached.content, _ics_lines(attached.content))


def _document(
    letter: Letter, moment: Moment, ending: str, content: bytes, words: tuple[str, ...]
) -> Rendering:
    return Rendering(
        subject=letter.kind,
        part=_part(letter, ending.upper()),
        medium=ending.upper(),
        case=moment.case,
        language=moment.language,
        head={},
        words=words,
        files={ending: content},
    )


def _pdf_lines(pdf: bytes, proof: str) -> tuple[str, ...]:
    """What the paper says. The address under its code may end a line anywhere."""
    with PdfDocument(pdf) as document:
        text = "\n".join(page.get_textpage().get_text_range() for page in document)
    text = text.replace("\r\n", "\n").replace("\N{ZERO WIDTH SPACE}", "")
    broken = r"\s*".join(map(re.escape, proof))
    return _lines(re.sub(broken, proof, text))


def _ics_lines(content: bytes) -> tuple[str, ...]:
    """Unfolded (RFC 5545, 3.1), and without the rules of Paris time."""
    text = content.decode().replace("\r\n ", "").replace("\r\n", "\n")
    before, _, after = text.partition("BEGIN:VTIMEZONE")
    return _lines(before + after.partition("END:VTIMEZONE\n")[2])


def _page(view: PageState, moment: Moment) -> Rendering:
    case, language, now = moment.case, moment.language, moment.now
    html = compose_page(
        view.page,
        moment.facts,
        moment.state,
        moment.desk,
        student_links(LINKS, case.dossier_id, moment.facts, moment.facts.to_collect.appointment),
        case.dossier_id,
        language,
        now,
    )
    read = AsRead(html)
    return Rendering(
        subject=f"page_{view.page}",
        part=view.name or "page",
        medium="page",
        case=case,
        language=language,
        head={},
        words=_lines("\n".join(read.lines)),
        files={"html": html.encode()},
        wrongs=moment.dead_links(read.links, read.targets),
    )


def _about_nobody(desk: Desk) -> Iterator[Rendering]:
    """The pages that tell nothing of anybody, and are the same in every case."""
    for page in ABOUT_NOBODY:
        for language in desk.languages:
            moment = _moment(VIEWS[0].stage, ORDINARY, language, READ_AT, desk)
            html = compose_notice(page, desk, language, LINKS.site, moment.now)
            read = AsRead(html)
            yield Rendering(
                subject=f"page_{page}",
                part="page",
                medium="page",
                case=ORDINARY,
                language=language,
                head={},
                words=_lines("\n".join(read.lines)),
                files={"html": html.encode()},
                wrongs=moment.dead_links(read.links, read.targets),
            )


def _desk() -> Iterator[Rendering]:
    """What the work list says to the desk, which reads French."""
    for kind in Kind:
        if kind in kinds_where(lambda rule: rule.is_for_the_desk):
            yield Rendering(
                subject="work_list",
                part=kind,
                medium="work list",
                case=ORDINARY,
                language=Language.FR,
                head={},
                words=_lines(describe_work(kind)),
            )


def _console() -> Iterator[Rendering]:
    """What the desk reads on its console."""
    for name, compose in {**console.PAGES, **console.FILES}.items():
        html = compose()
        yield Rendering(
            subject=f"console_{name.partition(', ')[0]}",
            part=name,
            medium="console",
            case=ORDINARY,
            language=Language.FR,
            head={},
            words=_lines("\n".join(AsRead(html).lines)),
            files={"html": html.encode()},
        )


def _part(letter: Letter, medium: str) -> str:
    numbers = sum(other.kind is letter.kind for other in LETTERS)
    part = f"{medium}, number {letter.number}" if numbers > 1 else medium
    return f"{part}, {letter.name}" if letter.name else part


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.rstrip() for line in without_tokens(text).strip().split("\n"))
