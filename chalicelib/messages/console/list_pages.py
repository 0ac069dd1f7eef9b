"""The console's pages about lists of appointments: given, its columns, what it would do."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from functools import partial

from chalicelib.domain.bulk import Bulk
from chalicelib.domain.contact import Contact, Language
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.dossier_lists import Difference, DossierList, Doubt
from chalicelib.domain.holds import Holds
from chalicelib.messages.console.consequences import consequence_words, following_words
from chalicelib.messages.console.frame import Frame
from chalicelib.messages.console.list_views import ComparedRow, GoneRow, ListPreview
from chalicelib.messages.console.pages import console_page, phone_in_groups
from chalicelib.messages.console.words import codes, word, words_of
from chalicelib.messages.dates_in_words import day_and_hour, day_in_words


def lists(frame: Frame, purposes: Sequence[SlotPurpose], last: Sequence[Bulk] = ()) -> str:
    """Where a list of appointments is pasted or chosen, and the last ones."""
    return console_page("lists", frame, purposes=purposes, last=last)


def columns(
    given: DossierList,
    frame: Frame,
    carried: str,
    purpose: SlotPurpose,
    fields: Collection[str],
) -> str:
    """What each column of a list is taken for, to be confirmed: one of these `fields`, or none."""
    return console_page(
        "list_columns",
        frame,
        given=given,
        carried=carried,
        purpose=purpose,
        fields={field: said for field, said in words_of("columns").items() if field in fields},
    )


def preview(
    found: ListPreview,
    frame: Frame,
    carried: str,
    purpose: SlotPurpose,
    ticked: Collection[str] = (),
) -> str:
    """What a list would do, and the number to type before it is done. `carried` is the list as its
    form takes it along, and `ticked` are the fields that somebody has ticked.
    """
    return console_page(
        "list_preview",
        frame,
        preview=found,
        carried=carried,
        purpose=purpose,
        ticked=ticked,
        sentences=partial(_sentences, found.holds),
        change=change_words,
        announced=following_words,
        remedy=remedy_words(found.given),
        doubts=doubt_words,
        language_of=_language_words,
    )


def _sentences(holds: Holds, one: ComparedRow | GoneRow) -> Sequence[str]:
    return consequence_words(one.forecast.consequence, holds)


def doubt_words(one: ComparedRow) -> Iterator[str]:
    """Why somebody should look at a row first; of an address which one, and as it is written."""
    contact = one.row.says.contact
    for doubt in one.doubts:
        if doubt is Doubt.UNREAD:
            fields = ", ".join(word("columns", field) for field in one.row.unread)
            yield word("doubts_of", "unread").format(written=fields)
            continue
        if doubt is not Doubt.ADDRESS or contact is None:
            yield word("doubts", doubt)
            continue
        if contact.no_mail:
            yield word("doubts_of", "email").format(written=contact.email)
        if contact.phone and not contact.number:
            yield word("doubts_of", "phone").format(written=contact.phone)


def _language_words(contact: Contact) -> str:
    """The language that a row asks for, as it was understood; empty where it names none."""
    said = contact.language or contact.language_given
    return word("languages", said) if said else ""


def remedy_words(given: DossierList) -> str:
    """What to do about a list of which most rows are of no use for one reason, if there is a remedy
    for all of them; empty otherwise.
    """
    why = given.mostly_aside
    return word("list_remedies", why) if why in codes("list_remedies") else ""


def change_words(one: Difference) -> str:
    """What a row changes, in a sentence."""
    was, now = (_shown(value, one.field) for value in (one.was, one.now))
    if not was and not now:
        return word("changes", one.field)
    case = "new" if not was else "gone" if not now else "changed"
    return word("differences", case).format(what=word("changes", one.field), was=was, now=now)


def _shown(value: str | date | None, field: str) -> str:
    if isinstance(value, datetime):
        return day_and_hour(value, Language.FR)
    if isinstance(value, date):
        return day_in_words(value, Language.FR)
    if field == "phone":
        return phone_in_groups(value or "")
    return word("languages", value) if value and field == "language" else value or ""
