"""What SES and the SMS service tell, in our words."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decoding.receipts import (
    GREETING,
    NO_NEWS,
    SES,
    SMS,
    Receipt,
    receipt_of,
)
from chalicelib.domain.attempts import (
    AttemptRef,
    DeliveryReport,
    FailureClass,
    Kind,
    Notice,
    Status,
)
from chalicelib.domain.contact import Channel
from tests.decoding.provider_payloads import (
    LATER,
    MESSAGE_ID,
    NO_REPORT,
    SES_DETAILS,
    SMS_ID,
    TAGS,
    bounced,
    complained,
    in_eventbridge,
    in_sns,
    ses,
    sms,
)

#: Event, fate, what a failure was about, and has the event an instant of its own.
SES_FATES = [
    ("Send", Status.ACCEPTED, None, False),
    ("Delivery", Status.DELIVERED, None, True),
    ("Bounce.Permanent.General", Status.BOUNCED, FailureClass.ADDRESS, True),
    ("Bounce.Permanent.NoEmail", Status.BOUNCED, FailureClass.ADDRESS, True),
    ("Bounce.Permanent.Suppressed", Status.BOUNCED, FailureClass.ADDRESS, True),
    ("Bounce.Permanent.OnAccountSuppressionList", Status.BOUNCED, FailureClass.ADDRESS, True),
    ("Bounce.Transient.General", Status.BOUNCED, FailureClass.PASSING, True),
    ("Bounce.Transient.MailboxFull", Status.BOUNCED, FailureClass.PASSING, True),
    ("Bounce.Transient.MessageTooLarge", Status.BOUNCED, FailureClass.MESSAGE, True),
    ("Bounce.Transient.ContentRejected", Status.BOUNCED, FailureClass.MESSAGE, True),
    ("Bounce.Transient.AttachmentRejected", Status.BOUNCED, FailureClass.MESSAGE, True),
    ("Bounce.Undetermined.Undetermined", Status.BOUNCED, FailureClass.PASSING, True),
    ("Bounce.NoFailure", Status.BOUNCED, FailureClass.NOTHING, True),
    ("Complaint", Status.COMPLAINED, None, True),
    ("Complaint.abuse", Status.COMPLAINED, None, True),
    ("Complaint.auth-failure", Status.COMPLAINED, None, True),
    ("Complaint.fraud", Status.COMPLAINED, None, True),
    ("Complaint.not-spam", Status.DELIVERED, FailureClass.NOTHING, True),
    ("Complaint.other", Status.COMPLAINED, None, True),
    ("Complaint.virus", Status.COMPLAINED, None, True),
    ("Complaint.Suppressed.OnAccountSuppressionList", Status.BOUNCED, FailureClass.ADDRESS, True),
    ("Reject", Status.FAILED, FailureClass.MESSAGE, False),
    ("Rendering Failure", Status.FAILED, FailureClass.MESSAGE, False),
]
SMS_FATES = [
    ("TEXT_QUEUED", Status.ACCEPTED, None),
    ("TEXT_PENDING", Status.ACCEPTED, None),
    ("TEXT_SENT", Status.ACCEPTED, None),
    ("TEXT_SUCCESSFUL", Status.DELIVERED, None),
    ("TEXT_DELIVERED", Status.DELIVERED, None),
    ("TEXT_UNREACHABLE", Status.FAILED, FailureClass.PASSING),
    ("TEXT_CARRIER_UNREACHABLE", Status.FAILED, FailureClass.PASSING),
    ("TEXT_TTL_EXPIRED", Status.FAILED, FailureClass.PASSING),
    ("TEXT_UNKNOWN", Status.FAILED, FailureClass.PASSING),
    ("TEXT_INVALID", Status.FAILED, FailureClass.ADDRESS),
    ("TEXT_INVALID_MESSAGE", Status.FAILED, FailureClass.MESSAGE),
    ("TEXT_BLOCKED", Status.FAILED, FailureClass.ADDRESS),
    ("TEXT_CARRIER_BLOCKED", Status.FAILED, FailureClass.MESSAGE),
    ("TEXT_SPAM", Status.FAILED, FailureClass.MESSAGE),
    ("TEXT_PROTECT_BLOCKED", Status.FAILED, FailureClass.ADDRESS),
]
SENT_AT = datetime(2019, 6, 27, 13, 0, 0, 120_000, tzinfo=UTC)
SMS_AT = datetime(2019, 6, 27, 13, 0, 3, 669_000, tzinfo=UTC)


def report(status: Status, channel: Channel, **more: Any) -> DeliveryReport:
    notice = Notice(kind=Kind.CARD_READY, number=1, occasion="2019-06-27", channel=channel)
    return DeliveryReport(dossier_id="D-1", notice=notice, attempt=2, status=status, **more)


def test_the_tables_here_are_whole() -> None:
    kinds = {".".join(row[0].split(".")[:2]) for row in SES_FATES}
    assert kinds | {"Bounce"} == {".".join(name.split(".")[:2]) for name in SES}
    assert [row[0] for row in SMS_FATES] == list(SMS)
    assert set(SES_DETAILS) == {row[0] for row in SES_FATES} | NO_NEWS


@pytest.mark.parametrize("key", ["eventType", "notificationType"])
@pytest.mark.parametrize(("name", "status", "failure_class", "has_instant"), SES_FATES)
def test_an_event_of_ses_is_a_fate(
    key: str, name: str, status: Status, failure_class: FailureClass | None, has_instant: bool
) -> None:
    body = in_sns(ses(name, key), "sns-1")
    expected = report(
        status,
        Channel.EMAIL,
        at=datetime.fromisoformat(LATER) if has_instant else SENT_AT,
        receipt_id="sns-1",
        message_id=MESSAGE_ID,
        reason="" if status in {Status.ACCEPTED, Status.DELIVERED} else name,
        failure_class=failure_class,
    )
    assert receipt_of(body) == Receipt(receipt_id="sns-1", body=body.encode(), report=expected)


@pytest.mark.parametrize(("name", "status", "failure_class"), SMS_FATES)
def test_an_event_of_the_sms_service_is_a_fate(
    name: str, status: Status, failure_class: FailureClass | None
) -> None:
    body = in_sns(sms(name), "sns-1")
    expected = report(
        status,
        Channel.SMS,
        at=SMS_AT,
        receipt_id="sns-1",
        message_id=SMS_ID,
        reason=name if status is Status.FAILED else "",
        failure_class=failure_class,
    )
    assert receipt_of(body) == Receipt(receipt_id="sns-1", body=body.encode(), report=expected)


@pytest.mark.parametrize("event", [ses("Delivery"), sms("TEXT_DELIVERED")], ids=["ses", "sms"])
def test_an_event_says_the_same_however_it_comes(event: dict[str, Any]) -> None:
    source = "aws.ses" if "mail" in event else "aws.sms-voice"
    bare, eventbridge = json.dumps(event), in_eventbridge(event, source)
    ways = [bare, eventbridge, in_sns(event), in_sns(eventbridge)]
    receipts = [receipt_of(way) for way in ways]
    facts = {(r.report.status, r.report.at, r.report.message_id) for r in receipts if r.report}
    assert len(facts) == 1
    assert all(receipt.report for receipt in receipts)


def test_a_receipt_has_the_id_of_its_envelope() -> None:
    assert receipt_of(in_sns(ses("Send"), "sns-7")).receipt_id == "sns-7"
    eventbridge = receipt_of(in_eventbridge(ses("Send"), "aws.ses"))
    assert eventbridge.receipt_id == "6f1c9f6e-8f5c-4a53-9a4e-0c2f6f0e7d11"


def test_without_an_envelope_two_events_of_one_message_are_two_receipts() -> None:
    bare = [receipt_of(json.dumps(ses(name))) for name in ("Send", "Delivery")]
    assert len({receipt.receipt_id for receipt in bare}) == 2
    assert [r.report.receipt_id for r in bare if r.report] == [r.receipt_id for r in bare]


def test_a_delay_is_no_news() -> None:
    receipt = receipt_of(in_sns(ses("DeliveryDelay")))
    assert (receipt.report, receipt.is_news) == (None, False)


def meaning(event: dict[str, Any]) -> tuple[Status, FailureClass | None, str]:
    """What an event says: the fate, what it blames, and the reason that is kept."""
    told = receipt_of(in_sns(event)).report
    assert told
    return told.status, told.failure_class, told.reason


GENERAL = "Bounce.Transient.General"


#: What a mail server says of a recipient of a bounce that SES calls Transient and General.
@pytest.mark.parametrize(
    ("said", "failure_class", "reason"),
    [
        ({"status": "5.4.4"}, FailureClass.ADDRESS, "Status.5.4.4"),
        ({"status": "5.1.0"}, FailureClass.ADDRESS, "Status.5.1.0"),
        ({"status": "5.1.1"}, FailureClass.ADDRESS, "Status.5.1.1"),
        ({"status": "5.1.2"}, FailureClass.ADDRESS, "Status.5.1.2"),
        ({"status": "5.1.3"}, FailureClass.ADDRESS, "Status.5.1.3"),
        ({"status": "5.1.6"}, FailureClass.ADDRESS, "Status.5.1.6"),
        ({"status": "5.1.10"}, FailureClass.ADDRESS, "Status.5.1.10"),
        ({"status": "5.1.1 (bad mailbox)"}, FailureClass.ADDRESS, "Status.5.1.1"),
        ({"status": "5.2.1"}, FailureClass.ADDRESS, "Status.5.2.1"),
        ({"status": "5.1.8"}, FailureClass.MESSAGE, "Status.5.1.8"),
        ({"status": "5.2.3"}, FailureClass.MESSAGE, "Status.5.2.3"),
        ({"status": "5.3.4"}, FailureClass.MESSAGE, "Status.5.3.4"),
        ({"status": "5.6.1"}, FailureClass.MESSAGE, "Status.5.6.1"),
        ({"status": "4.1.1"}, FailureClass.PASSING, GENERAL),
        ({"status": "4.2.2"}, FailureClass.PASSING, GENERAL),
        ({"status": "4.4.4"}, FailureClass.PASSING, GENERAL),
        ({"status": "4.4.7"}, FailureClass.PASSING, GENERAL),
        ({"status": "5.2.2"}, FailureClass.PASSING, GENERAL),
        ({"status": "5.7.1"}, FailureClass.PASSING, GENERAL),
        ({"status": "no status"}, FailureClass.PASSING, GENERAL),
        # Where the status says nothing, the mail server's own words do.
        (
            {"status": None, "diagnosticCode": "smtp; 550 5.1.1 no"},
            FailureClass.ADDRESS,
            "Status.5.1.1",
        ),
        (
            {"status": "5.0.0", "diagnosticCode": "SMTP; 550-5.4.4"},
            FailureClass.ADDRESS,
            "Status.5.4.4",
        ),
        ({"status": "5.0.0", "diagnosticCode": "smtp; 550 5.1.1.9"}, FailureClass.PASSING, GENERAL),
        ({"action": None, "status": None}, FailureClass.PASSING, GENERAL),
        ({"status": None, "diagnosticCode": None}, FailureClass.PASSING, GENERAL),
        ({**NO_REPORT, "status": "4.2.2"}, FailureClass.PASSING, GENERAL),
        # No mail server says that it failed.
        (NO_REPORT, FailureClass.NOTHING, "Bounce.NoFailure"),
        (
            {"action": "", "status": "", "diagnosticCode": ""},
            FailureClass.NOTHING,
            "Bounce.NoFailure",
        ),
        ({"action": "delayed", "status": "4.4.1"}, FailureClass.NOTHING, "Bounce.NoFailure"),
        ({"action": "Relayed", "status": "2.1.9"}, FailureClass.NOTHING, "Bounce.NoFailure"),
    ],
)
def test_a_general_bounce_means_what_the_mail_server_says(
    said: dict[str, str | None], failure_class: FailureClass, reason: str
) -> None:
    assert meaning(bounced("Transient", "General", **said)) == (
        Status.BOUNCED,
        failure_class,
        reason,
    )


@pytest.mark.parametrize(
    ("kind", "subtype", "said", "failure_class"),
    [
        ("Transient", "MailboxFull", {"status": "5.2.2"}, FailureClass.PASSING),
        ("Transient", "MailboxFull", {"status": "5.1.1"}, FailureClass.ADDRESS),
        ("Transient", "MailboxFull", NO_REPORT, FailureClass.PASSING),
        ("Transient", "MailboxFull", {"action": "delayed"}, FailureClass.NOTHING),
        ("Transient", "ContentRejected", {"status": "5.1.1"}, FailureClass.ADDRESS),
        ("Transient", "ContentRejected", NO_REPORT, FailureClass.MESSAGE),
        ("Transient", "OfANewKind", {}, FailureClass.PASSING),
        ("Undetermined", "Undetermined", NO_REPORT, FailureClass.PASSING),
        ("Undetermined", "Undetermined", {"status": "5.1.2"}, FailureClass.ADDRESS),
        ("Permanent", "General", NO_REPORT, FailureClass.ADDRESS),
        ("Permanent", "General", {"status": "4.2.2"}, FailureClass.ADDRESS),
        ("Permanent", "OfANewKind", {"action": "delayed"}, FailureClass.ADDRESS),
        ("OfANewKind", "General", {}, FailureClass.MESSAGE),
        ("OfANewKind", "General", NO_REPORT, FailureClass.MESSAGE),
        ("OfANewKind", "General", {"status": "5.1.1"}, FailureClass.ADDRESS),
    ],
)
def test_of_a_type_and_a_status_the_harder_one_counts(
    kind: str, subtype: str, said: dict[str, str | None], failure_class: FailureClass
) -> None:
    assert meaning(bounced(kind, subtype, **said))[:2] == (Status.BOUNCED, failure_class)


@pytest.mark.parametrize("part", [{}, {"bounceType": None}, {"bouncedRecipients": None}])
def test_a_bounce_that_says_nothing_is_a_bounce(part: dict[str, Any]) -> None:
    event = {**ses("Bounce.Permanent.General"), "bounce": part}
    assert meaning(event)[:2] == (Status.BOUNCED, FailureClass.MESSAGE)


def test_of_two_recipients_the_harder_word_counts() -> None:
    event = bounced("Transient", "General", **NO_REPORT)
    failed = bounced("Transient", "General", status="5.1.1")["bounce"]["bouncedRecipients"]
    event["bounce"]["bouncedRecipients"] += failed
    assert meaning(event) == (Status.BOUNCED, FailureClass.ADDRESS, "Status.5.1.1")


@pytest.mark.parametrize("feedback_type", [None, "abuse", "not-spam"])
@pytest.mark.parametrize("subtype", ["OnAccountSuppressionList", "OnTenantSuppressionList"])
def test_a_complaint_with_a_sub_type_was_never_sent(
    subtype: str, feedback_type: str | None
) -> None:
    event = complained(feedback_type, subtype)
    reason = f"Complaint.Suppressed.{subtype}"
    assert meaning(event) == (Status.BOUNCED, FailureClass.ADDRESS, reason)


@pytest.mark.parametrize(
    ("feedback_type", "status", "reason"),
    [
        ("ABUSE", Status.COMPLAINED, "Complaint.abuse"),
        (" Not-Spam ", Status.DELIVERED, ""),
        ("lea.benali@example.org", Status.COMPLAINED, "Complaint"),
        ("", Status.COMPLAINED, "Complaint"),
    ],
)
def test_a_feedback_type_is_a_free_word_of_which_only_the_known_ones_are_kept(
    feedback_type: str, status: Status, reason: str
) -> None:
    event = complained("other")
    event["complaint"]["complaintFeedbackType"] = feedback_type
    assert (meaning(event)[0], meaning(event)[2]) == (status, reason)


@pytest.mark.parametrize("name", [*SMS, "TEXT_SWALLOWED"])
def test_until_it_is_final_a_text_message_is_on_its_way_whatever_is_said(name: str) -> None:
    assert meaning(sms(name, is_final=False)) == (Status.ACCEPTED, None, "")


@pytest.mark.parametrize(("name", "status", "failure_class"), SMS_FATES)
def test_an_event_that_does_not_say_whether_it_is_final_is_judged_by_its_name(
    name: str, status: Status, failure_class: FailureClass | None
) -> None:
    event = sms(name)
    del event["isFinal"]
    assert meaning(event)[:2] == (status, failure_class)


def test_the_last_word_of_a_text_message_is_never_swallowed() -> None:
    expected = (Status.FAILED, FailureClass.PASSING, "TEXT_SWALLOWED")
    assert meaning(sms("TEXT_SWALLOWED", is_final=True)) == expected


def _renamed(event: dict[str, Any], kind: str) -> dict[str, Any]:
    return {**event, "eventType": kind}


@pytest.mark.parametrize(
    "event",
    [
        _renamed(ses("Send"), "Subscription"),
        _renamed(ses("Bounce.Permanent.General"), "Rebound"),
        {**ses("Send"), "eventType": ""},
        {**sms("TEXT_SWALLOWED"), "isFinal": None},
        sms("MEDIA_DELIVERED"),
        sms("MEDIA_DELIVERED", is_final=False),
    ],
    ids=["ses", "ses bounce", "ses no type", "sms", "mms", "mms on its way"],
)
def test_an_event_we_do_not_know_yet_is_news_without_a_report(event: dict[str, Any]) -> None:
    receipt = receipt_of(in_sns(event))
    assert (receipt.report, receipt.is_news) == (None, True)


@pytest.mark.parametrize(
    "tags",
    [
        {},
        *({k: v for k, v in TAGS.items() if k != gone} for gone in TAGS),
        {**TAGS, "notice": "newsletter-1"},
        {**TAGS, "notice": "card_ready"},
        {**TAGS, "notice": "card_ready-"},
        {**TAGS, "notice": ""},
        {**TAGS, "attempt": "first"},
        {"campaign": "spring"},
    ],
    ids=repr,
)
def test_a_message_of_another_program_is_news_without_a_report(tags: dict[str, str]) -> None:
    for event in (ses("Delivery", tags=tags), {**sms("TEXT_DELIVERED"), "context": tags}):
        receipt = receipt_of(in_sns(event))
        assert (receipt.report, receipt.is_news) == (None, True)


def test_a_channel_of_another_program_is_no_channel() -> None:
    event = sms("TEXT_DELIVERED") | {"context": {**TAGS, "channel": "fax"}}
    assert receipt_of(in_sns(event)).report is None


def test_a_tag_without_a_value_is_no_tag() -> None:
    event = ses("Delivery")
    event["mail"]["tags"]["attempt"] = []
    assert receipt_of(in_sns(event)).report is None


def _without(event: dict[str, Any], *path: str) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(event))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return copy


def _with(event: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**event, **more}


GARBAGE = [
    "",
    "not JSON",
    "null",
    "[]",
    "5",
    '"text"',
    "{}",
    "[" * 100_000,
    '{"a":' * 100_000,
    '{"Message": 5}',
    '{"Message": ""}',
    '{"detail": 5}',
    '{"name": "\udc80"}',
    in_sns("Successfully validated"),
    in_sns({"notificationType": "AmazonSnsSubscriptionSucceeded", "message": "You have…"}),
    in_sns([1, 2]),
    in_sns("[" * 100_000),
    *(
        in_sns(event)
        for event in (
            _with(ses("Send"), mail=None),
            _with(ses("Send"), mail=[]),
            _with(ses("Send"), eventType=5),
            _with(ses("Bounce.Permanent.General"), bounce=[]),
            _with(
                ses("Bounce.Permanent.General"),
                bounce={"bounceType": "Permanent", "timestamp": "noon"},
            ),
            _with(ses("Delivery"), delivery={"timestamp": "2019-06-27T13:00:03"}),
            _with(ses("Send"), mail={**ses("Send")["mail"], "tags": {"dossier": "D-1"}}),
            _without(ses("Send"), "mail", "timestamp"),
            _without(ses("Send"), "mail", "messageId"),
            _without(sms("TEXT_SENT"), "eventTimestamp"),
            _without(sms("TEXT_SENT"), "messageId"),
            _without(sms("TEXT_SENT"), "eventType"),
            _with(sms("TEXT_SENT"), eventTimestamp="now"),
            _with(sms("TEXT_SENT"), eventTimestamp=-1),
            _with(sms("TEXT_SENT"), eventTimestamp=10**18),
            _with(sms("TEXT_SENT"), context={"attempt": 1}),
            _with(sms("TEXT_SENT"), context=[]),
        )
    ),
]


@pytest.mark.parametrize("body", GARBAGE, ids=range(len(GARBAGE)))
def test_what_is_no_event_of_a_provider_is_a_value_error(body: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        receipt_of(body)


def test_the_greeting_of_ses_is_no_news() -> None:
    receipt = receipt_of(in_sns(GREETING, "M-1"))
    assert (receipt.receipt_id, receipt.report, receipt.is_news) == ("M-1", None, False)
    assert not receipt.has_failed


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
EVENTS = [ses(name) for name in SES_DETAILS] + [sms(name) for name in SMS]


@given(
    event=st.sampled_from(EVENTS),
    changes=st.dictionaries(
        st.sampled_from([*ses("Bounce.Permanent.General"), *sms("TEXT_SENT"), "detail"]),
        json_values,
        min_size=1,
        max_size=3,
    ),
)
def test_whatever_a_provider_says_is_a_receipt_or_a_value_error(
    event: dict[str, Any], changes: dict[str, Any]
) -> None:
    try:
        receipt = receipt_of(in_sns({**event, **changes}, "sns-1"))
    except ValueError:
        return
    assert receipt.receipt_id == "sns-1"
    assert receipt.report is None or receipt.report.at.tzinfo is not None


def test_a_receipt_without_our_tags_becomes_a_word_on_the_attempt_that_was_found() -> None:
    whose = AttemptRef(
        dossier_id="D-1",
        notice=Notice(kind=Kind.CARD_READY, number=1, occasion="2019-06-27", channel=Channel.EMAIL),
        attempt=2,
    )
    receipt = receipt_of(in_sns(ses("Delivery", tags={"digest": "2019-06-27"}), "receipt"))
    assert receipt.report is None
    report = receipt.report_on(whose)
    assert report
    assert (report.dossier_id, report.attempt, report.status) == ("D-1", 2, Status.DELIVERED)
    assert Receipt(receipt_id="r", body=b"", report=None).report_on(whose) is None


@pytest.mark.parametrize(
    ("name", "has_failed"), [("Bounce.Permanent.General", True), ("Delivery", False)]
)
def test_the_mail_of_a_tag_says_whether_it_came_back(name: str, has_failed: bool) -> None:
    receipt = receipt_of(in_sns(ses(name, tags={"digest": "2019-06-27"}), "receipt"))
    assert (receipt.is_of("digest"), receipt.is_of("other")) == (True, False)
    assert receipt.has_failed is has_failed
