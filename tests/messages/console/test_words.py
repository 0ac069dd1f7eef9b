"""Everything that the house has a word for has one in French, and a plain one."""

from enum import StrEnum

import pytest

from chalicelib.channels import answers
from chalicelib.channels.table import ADAPTERS
from chalicelib.decoding import receipts
from chalicelib.decoding.booking_events import FIELDS
from chalicelib.domain import deliveries, retries
from chalicelib.domain.attempts import Kind, Notice, Status
from chalicelib.domain.bulk import BulkStand, RowStand
from chalicelib.domain.channels import TO_STUDENTS
from chalicelib.domain.contact import Channel, Contact, Language, NoMail, NoSms
from chalicelib.domain.daily_figures import Count
from chalicelib.domain.dead_letters import DeadLetters
from chalicelib.domain.desk_calendar import Feed
from chalicelib.domain.errors import Unreadable
from chalicelib.domain.events import EventType, Source
from chalicelib.domain.facts import State
from chalicelib.domain.operators import Role
from chalicelib.domain.quarantine import CauseKind
from chalicelib.domain.recording import Recorded
from chalicelib.messages.console.quarantine import reason_words, unreadable_words
from chalicelib.messages.console.words import (
    FROM_COMMAND_LINE,
    act_word,
    codes,
    dead,
    notice_words,
    troubles_of,
    word,
)
from chalicelib.pipeline.quarantines import Because
from chalicelib.storage.document import decode
from tests.builders import CONTACT

TABLES: dict[str, type[StrEnum]] = {
    "states": State,
    "fates": Status,
    "events": EventType,
    "not_sent": EventType,
    "sources": Source,
    "channels": Channel,
    "roles": Role,
    "languages": Language,
    "bulks": BulkStand,
    "rows": RowStand,
    "queues": DeadLetters,
    "counts": Count,
    "because": Because,
    "causes": CauseKind,
    "remedies": CauseKind,
    "no_sms": NoSms,
    "silences": Feed,
}

#: What a provider may answer or tell, and what we say ourselves.
OF_PROVIDERS = {
    *answers._EVERYWHERE,
    *(code for adapter in ADAPTERS.values() for code in adapter.refusals),
    *(
        code
        for table in (receipts.SES, receipts.STATUSES, receipts.SMS)
        for code, meaning in table.items()
        if meaning.status not in {Status.ACCEPTED, Status.DELIVERED}
    ),
}
OURS = {
    *(deliveries.NO_ADDRESS, deliveries.DEAD_ADDRESS, deliveries.TOO_MANY, deliveries.TOO_LATE),
    *(retries.HELD, retries.UNKNOWN_EXHAUSTED),
    *NoMail,
    *("silent", "text_failed", "paused", "not_e164", "tag", "no_message_id"),
    *("step_order", "late_refusal", "late_miss", "after_closing"),
}
#: What was said and cannot be, with what was said.
CANNOT_BE = [
    *("incomplete_day", "deposited_day", "card_ready_day", "collected_day", "closed_day"),
    *("early_miss", "far_appointment", "permit_expiry", "card_expiry", "no_name"),
]
OTHERWISE = "Panne technique"


def test_whatever_can_be_told_to_a_student_is_counted_in_french() -> None:
    assert codes("messages") == set(TO_STUDENTS)


@pytest.mark.parametrize("table", TABLES)
def test_every_word_of_ours_has_its_french_one(table: str) -> None:
    assert codes(table) == {str(one) for one in TABLES[table]}


def test_every_field_of_a_webhook_has_its_french_name() -> None:
    assert codes("fields") == {"type", "timestamp", "data", *(f"data.{path}" for path in FIELDS)}


def test_every_outcome_of_an_act_has_something_to_say() -> None:
    assert {str(outcome) for outcome in Recorded} <= codes("flashes")


@pytest.mark.parametrize("code", sorted(OF_PROVIDERS | OURS))
def test_every_code_that_we_know_means_something_plain(code: str) -> None:
    (trouble,) = troubles_of(code)
    assert trouble.means != OTHERWISE
    assert trouble.advice.endswith(".")
    assert trouble.code == code


@pytest.mark.parametrize(
    ("code", "means"),
    [
        ("Bounce.Permanent.General", "L’adresse e-mail n’existe pas"),
        ("Bounce.Transient.MailboxFull", "La boîte ne reçoit pas de messages en ce moment"),
        ("Bounce.Transient.MessageTooLarge", "La boîte a refusé ce message"),
        ("Bounce.OfANewKind.General", "La boîte a refusé ce message"),
        ("Status.5.1.10", "L’adresse e-mail n’existe pas"),
        (
            "Complaint.Suppressed.OnAccountSuppressionList",
            "Le service d’envoi ne remet plus rien à cette adresse",
        ),
        ("Complaint.abuse", "La personne a signalé le message comme indésirable"),
        ("TEXT_UNREACHABLE", "Le téléphone ne reçoit pas de messages en ce moment"),
        ("SomethingNew", OTHERWISE),
        ("a:b", OTHERWISE),
    ],
)
def test_a_code_is_known_by_its_name_or_its_family(code: str, means: str) -> None:
    (trouble,) = troubles_of(code)
    assert trouble.means == means


def test_a_list_of_losses_says_of_each_what_and_why() -> None:
    said = troubles_of("card_ready:dead_address expired:convocation")
    assert [(one.about, one.means) for one in said] == [
        ("Titre prêt", "L’adresse ou le numéro ne fonctionne plus"),
        ("Convocation", "Le moment était passé avant que le message arrive"),
    ]


def test_a_kind_alone_says_what_it_is_about() -> None:
    (trouble,) = troubles_of("convocation")
    assert (trouble.means, trouble.advice) == ("Convocation", "")
    assert troubles_of("") == []


def test_an_act_that_there_is_no_more_stands_for_itself() -> None:
    assert word("actions", "read_tea_leaves") == "read_tea_leaves"


def test_an_act_of_the_command_line_is_called_as_at_the_console_and_says_so() -> None:
    assert act_word("read_dossier") == word("actions", "read_dossier")
    said = act_word(f"{FROM_COMMAND_LINE}read_dossier")
    assert said == f"{word('actions', 'read_dossier')} (ligne de commande)"


@pytest.mark.parametrize(
    ("number", "channel", "kind", "words"),
    [
        (1, Channel.EMAIL, Kind.CONVOCATION, "Convocation (e-mail)"),
        (2, Channel.SMS, Kind.NO_NEWS, "Relance des six semaines, n° 2 (SMS)"),
        (1, Channel.DESK, Kind.UNREACHABLE, "Personne injoignable"),
    ],
)
def test_a_notice_is_called_by_its_kind_number_and_channel(
    number: int, channel: Channel, kind: Kind, words: str
) -> None:
    notice = Notice(kind=kind, number=number, occasion="x", channel=channel)
    assert notice_words(notice) == words


@pytest.mark.parametrize("code", CANNOT_BE)
def test_what_cannot_be_is_told_with_the_day_that_was_said(code: str) -> None:
    (trouble,) = troubles_of(f"{code}.2036-05-14")
    assert trouble.means.endswith(" : mercredi 14\N{NO-BREAK SPACE}mai 2036")
    assert not trouble.means.startswith(OTHERWISE)
    assert trouble.code == f"{code}.2036-05-14"


DOCUMENTS = ("x", "{}", '{"schema":2,"events":1}', '{"schema":2}', '{"schema":99}')


@pytest.mark.parametrize("document", DOCUMENTS)
def test_why_a_document_cannot_be_read_is_said_in_french(document: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        decode(document)
    said = unreadable_words(refusal.value.why)
    assert said.partition(" (")[0] in {
        word("illegible", code) for code in codes("illegible") if code
    }


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (
            "written by a newer version of this program",
            "une version plus récente de Relance l’a écrit",
        ),
        (
            "the document is no dossier at $.events[3].at",
            "une partie de son contenu n’a pas la forme attendue ($.events[3].at)",
        ),
        ("this program fails at it: KeyError", "Relance échoue en le traitant (KeyError)"),
        ("", "la raison n’est pas connue"),
        ("something new", "la raison n’est pas connue (something new)"),
    ],
)
def test_a_reason_is_said_in_words_and_keeps_where_it_is(why: str, said: str) -> None:
    assert unreadable_words(why) == said


@pytest.mark.parametrize(
    ("reason", "of_dossier", "said"),
    [
        ("type: missing", False, "Il manque le type d’événement"),
        ("written by a newer version of this program", True, "une version plus récente"),
    ],
)
def test_no_reason_is_told_in_the_words_of_a_program(
    reason: str, said: str, *, of_dossier: bool
) -> None:
    assert reason_words(reason, of_dossier=of_dossier).startswith(said)


@pytest.mark.parametrize(
    ("contact", "refused", "said"),
    [
        (None, {}, []),
        (CONTACT, {}, []),
        (CONTACT, {Channel.EMAIL: "Bounce.Permanent"}, ["L’adresse e-mail n’existe pas."]),
        (CONTACT, {Channel.SMS: "TEXT_INVALID"}, ["Le numéro de téléphone n’existe pas."]),
        (CONTACT, {Channel.SMS: "TEXT_BLOCKED"}, []),
    ],
)
def test_of_a_contact_only_what_is_no_use_to_a_person_either_is_said(
    contact: Contact | None, refused: dict[Channel, str], said: list[str]
) -> None:
    assert [one.replace("\u00a0", " ") for one in dead(contact, refused)] == said
