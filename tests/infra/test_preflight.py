"""What an account lacks is asked of it, and told with what to do. AWS' shapes are botocore's."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    EndpointConnectionError,
    NoCredentialsError,
    ProfileNotFound,
)

from chalicelib.domain.contact import Channel
from infra import preflight
from infra.deploy import described
from infra.preflight import FRANCE, OVERSEAS, POINTS, holds, lacking, resolved
from tests.infra.accounts import (
    ACCOUNT,
    ALL_THERE,
    GONE,
    IDENTITY,
    INDEXES,
    MAIL_SANDBOX,
    OUTPUTS,
    RULES,
    SES,
    SMS,
    SMS_SANDBOX,
    STACK,
    STOPPED,
    TOLD,
    Account,
    Call,
    asked,
    changed,
    stack,
)


def test_an_account_that_has_all_of_it_lacks_nothing() -> None:
    assert lacking(asked({})) == []


def quota(**parts: float) -> Mapping[Call, Any]:
    return changed((SES, "get_account"), SendQuota={**ACCOUNT["SendQuota"], **parts})


def identities(*known: str) -> Mapping[Call, Any]:
    """SES knows these alone."""

    def answer(told: Mapping[str, Any]) -> Any:
        return IDENTITY if told["EmailIdentity"] in known else "NotFoundException"

    return {(SES, "get_email_identity"): answer}


def certificate(name: str, *others: str) -> Mapping[Call, Any]:
    told = {"Status": "ISSUED", "DomainName": name, "SubjectAlternativeNames": [name, *others]}
    return {("acm", "describe_certificate"): {"Certificate": told}}


def indexes(found: Sequence[Any]) -> Mapping[Call, Any]:
    return {("dynamodb", "describe_table"): {"Table": {"GlobalSecondaryIndexes": found}}}


#: The first index carries other attributes than it should.
CARRIES_MORE = {**INDEXES[0], "Projection": {"ProjectionType": "ALL"}}


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        (
            {("sts", "get_caller_identity"): {"Account": "1"}},
            {"account": "the credentials are of 1"},
        ),
        (
            {("s3", "head_bucket"): {"BucketRegion": "us-east-1"}},
            {"bucket": "in us-east-1, not eu-west-3"},
        ),
        ({("s3", "head_bucket"): "404"}, {"bucket": "there is none"}),
        ({("s3", "head_bucket"): "403"}, {"bucket": "could not be asked: 403"}),
        (
            {("lambda", "get_account_settings"): {"AccountLimit": {"ConcurrentExecutions": 10}}},
            {"Lambda at once": "10 at once, of 100"},
        ),
        (
            MAIL_SANDBOX,
            {"SES production": "in the sandbox: 200 a day, to verified addresses"},
        ),
        (
            changed((SES, "get_account"), SendingEnabled=False, EnforcementStatus="SHUTDOWN"),
            {"SES sending": "sending is off: SHUTDOWN"},
        ),
        (quota(SentLast24Hours=50_000), {"SES, of today": "50000 sent today, of 50000"}),
        (quota(Max24HourSend=200), {"SES quota": "200 a day; rings at 40000"}),
        (quota(Max24HourSend=-1), {}),
        (quota(MaxSendRate=1), {"SES rate": "1 a second, of 10"}),
        (
            {(SES, "get_email_identity"): "NotFoundException"},
            {
                "sender of e-mails": "no identity of its domain",
                "DKIM": "no DKIM",
                "MAIL FROM": "none set",
            },
        ),
        (
            changed((SES, "get_email_identity"), VerifiedForSendingStatus=False),
            {"sender of e-mails": "its domain is not verified"},
        ),
        (identities("rdv.test"), {}),
        (
            identities("rendez-vous@rdv.test"),
            {"DKIM": "no DKIM", "MAIL FROM": "none set"},
        ),
        (
            changed((SES, "get_email_identity"), DkimAttributes={"Status": "PENDING"}),
            {"DKIM": "PENDING"},
        ),
        (
            changed((SES, "get_account"), SuppressionAttributes={"SuppressedReasons": ["BOUNCE"]}),
            {"suppression": "not for COMPLAINT"},
        ),
        (
            SMS_SANDBOX,
            {"SMS production": "in the sandbox: verified numbers only"},
        ),
        (
            {(SMS, "describe_spend_limits"): {"SpendLimits": []}},
            {"SMS spend limit": "0 dollars a month; rings at 80"},
        ),
        (
            {(SMS, "describe_sender_ids"): GONE},
            {
                "sender of SMS": "not asked for in FR",
                "sender, overseas": "not asked for in GF, GP, MQ, RE, YT",
            },
        ),
        (
            {(SMS, "describe_protect_configurations"): {}},
            {"SMS countries": "no protect configuration tells which there are"},
        ),
        (
            changed(
                (SMS, "get_protect_configuration_country_rule_set"),
                CountryRuleSet={**{c: RULES[c] for c in (*FRANCE, *OVERSEAS)}, "XK": RULES["BE"]},
            ),
            {"SMS countries": "AWS has not BE; the template has not XK"},
        ),
        ({("iam", "get_role"): "NoSuchEntity"}, {"SMS role": "there is none"}),
        (
            {("iam", "get_role"): "AccessDenied"},
            {"SMS role": "could not be asked: AccessDenied"},
        ),
        (
            {("acm", "describe_certificate"): {"Certificate": {"Status": "PENDING_VALIDATION"}}},
            {"certificate": "PENDING_VALIDATION"},
        ),
        ({("acm", "describe_certificate"): GONE}, {"certificate": "there is none"}),
        (certificate("test", "rdv.test"), {}),
        (certificate("*.test"), {}),
        (certificate("*.rdv.test", "test"), {"certificate": "of *.rdv.test, test, not rdv.test"}),
        (
            {
                ("backup", "describe_region_settings"): {
                    "ResourceTypeOptInPreference": {"DynamoDB": True}
                }
            },
            {"copies": "off for DynamoDB: advanced"},
        ),
        (indexes(INDEXES[1:]), {}),
        (indexes(INDEXES[2:]), {"indexes": "without due, work as it should be"}),
        (
            indexes([CARRIES_MORE, *INDEXES[2:]]),
            {"indexes": "without due, work as it should be"},
        ),
        ({("dynamodb", "describe_table"): GONE}, {"indexes": "there is no table the-table"}),
        (
            {("secretsmanager", "describe_secret"): {}},
            {"secrets": "empty: webhook_secrets, link_keys, session_keys, address_key"},
        ),
        (
            stack(parameters={**TOLD, "KeysAreThere": "no"}),
            {"secrets": "filled in; no key rotates"},
        ),
        (
            {("sns", "get_topic_attributes"): {"Attributes": {"SubscriptionsConfirmed": "0"}}},
            {"alarms": "its mailbox has not confirmed"},
        ),
        (stack(parameters={**TOLD, "AlarmsTo": ""}), {}),
        (
            {(STACK, "describe_stacks"): "AccessDenied"},
            dict.fromkeys(
                ["indexes", "secrets", "alarms", "name"], "could not be asked: AccessDenied"
            ),
        ),
    ],
)
def test_what_is_lacking_is_found_and_nothing_else(
    answers: Mapping[Call, Any], found: Mapping[str, str]
) -> None:
    rows = lacking(asked(answers))
    assert {row.about: row.found for row in rows} == found


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"troubles": ["`bucket` is still an example"]}, ["stage's file"]),
        ({"parameters": {"Desk": "nowhere"}}, ["desk's file"]),
        ({"parameters": {"Desk": "grenoble"}}, ["desk's file"]),
        ({"parameters": {"CertificateArn": "arn:aws:acm:us-east-1:0:x"}}, ["certificate"]),
        ({"parameters": {"MailsADay": "many"}}, ["SES quota"]),
        ({"resolve": lambda host: frozenset({host})}, ["name"]),
    ],
)
def test_what_the_files_and_the_dns_leave_open_is_lacking(
    more: Mapping[str, Any], found: list[str]
) -> None:
    assert [row.about for row in lacking(asked({}, **more))] == found


def test_without_a_name_or_copies_nothing_of_them_is_lacking() -> None:
    answers = {**certificate("other.test"), ("backup", "describe_region_settings"): {}}
    assert {row.about for row in lacking(asked(answers))} == {"certificate", "copies"}
    without = stack({n: v for n, v in OUTPUTS.items() if n != "DomainTarget"})
    assert lacking(asked({**answers, **without}, {"DomainName": "", "BackupsTo": ""})) == []


def test_a_host_is_what_the_dns_calls_it_and_where_it_leads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = {"rdv.test": ("d-1.test", ["rdv.test"], ["192.0.2.1"])}

    def ask(host: str) -> Any:
        if host not in known:
            raise OSError(host)
        return known[host]

    monkeypatch.setattr("socket.gethostbyname_ex", ask)
    assert resolved("rdv.test") == {"d-1.test", "rdv.test", "192.0.2.1"}
    assert resolved("nobody.test") == frozenset()


@pytest.mark.parametrize(
    ("parameter", "points"),
    [
        ("Desk", {"desk's file"}),
        ("MailFrom", {"sender of e-mails", "DKIM", "MAIL FROM"}),
        ("SmsSenderId", {"sender of SMS", "sender, overseas"}),
        ("ReceiptsAtOnce", {"Lambda at once"}),
    ],
)
def test_what_a_file_does_not_say_is_a_row_and_no_traceback(
    parameter: str, points: set[str]
) -> None:
    told = asked({})
    short = {n: v for n, v in told.wanted.parameters.items() if n != parameter}
    rows = lacking(replace(told, wanted=replace(told.wanted, parameters=short)))
    assert {row.about for row in rows} == points
    assert all(f"`{parameter}` is" in row.found for row in rows)


def test_a_desk_that_is_no_toml_is_lacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "montrevel.toml").write_text("a = ", "utf-8")
    monkeypatch.setattr(preflight, "DESKS", tmp_path)
    assert [row.found for row in lacking(asked({}))] == ["Invalid value (at end of document)"]


def test_before_the_stack_is_made_nothing_of_it_is_lacking() -> None:
    stubs = {("dynamodb", "describe_table"): "AccessDenied", **indexes([])}
    none_yet = {**stubs, (STACK, "describe_stacks"): "ValidationError"}
    assert lacking(asked(none_yet, {"KeysAreThere": "no"})) == []


def test_a_restored_table_gets_no_index_from_the_stack() -> None:
    told = asked(indexes(INDEXES[1:]))
    named = replace(told, wanted=replace(told.wanted, table="anew"))
    assert [row.found for row in lacking(named)] == ["without due as it should be"]


def test_stages_of_one_account_share_what_may_run_at_once() -> None:
    limit = {("lambda", "get_account_settings"): {"AccountLimit": {"ConcurrentExecutions": 299}}}
    told = asked(limit)
    assert lacking(told) == []
    three = replace(told, others=[told.wanted, told.wanted])
    assert [row.found for row in lacking(three)] == ["299 at once, of 300 for 3 stages"]


@pytest.mark.parametrize(
    "error",
    [
        NoCredentialsError(),
        ProfileNotFound(profile="nobody"),
        EndpointConnectionError(endpoint_url="https://nowhere.test"),
    ],
)
def test_whoever_aws_does_not_know_is_told_so_once_beside_what_the_files_lack(
    error: BotoCoreError,
) -> None:
    def nowhere(_: str) -> Any:
        raise error

    rows = lacking(asked({}, client=nowhere, troubles=["`bucket` is missing"]))
    said = f"of no use: {type(error).__name__}"
    assert [(row.about, row.found) for row in rows] == [
        ("stage's file", "`bucket` is missing"),
        ("credentials", said),
    ]


@pytest.mark.parametrize(
    ("answers", "channel", "points"),
    [
        ({}, Channel.EMAIL, []),
        ({}, Channel.SMS, []),
        (MAIL_SANDBOX, Channel.EMAIL, []),
        (STOPPED, Channel.EMAIL, ["SES sending"]),
        (identities("test"), Channel.EMAIL, ["sender of e-mails"]),
        (SMS_SANDBOX, Channel.SMS, ["SMS production"]),
        ({(SMS, "describe_sender_ids"): GONE}, Channel.SMS, ["sender of SMS"]),
    ],
)
def test_what_would_have_a_channel_held_is_known_before(
    answers: Mapping[Call, Any], channel: Channel, points: list[str]
) -> None:
    assert [row.about for row in holds(asked(answers), channel)] == points


def test_whoever_asks_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {**ALL_THERE, ("iam", "get_role"): "NoSuchEntity"}
    monkeypatch.setattr(preflight, "clients", Account(told).client)
    assert preflight.main(["--stage", "isere-dev"]) == 1
    said = capsys.readouterr().out
    assert re.match(r"isere-dev, in account [\w.]+, eu-west-3\n", said)
    assert "create-service-linked-role" in said


def test_a_file_that_cannot_be_read_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "isere-dev.toml").write_text("account = 012345678901\n", "utf-8")
    monkeypatch.setattr(preflight, "described", partial(described, files=tmp_path))
    assert preflight.main(["--stage", "isere-dev"]) == 1
    assert capsys.readouterr().err.startswith("isere-dev.toml: ")


def test_a_profile_that_is_not_there_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert preflight.main(["--stage", "isere-dev"]) == 1
    assert "(nobody)" in capsys.readouterr().err


def test_an_account_that_lacks_nothing_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(preflight, "lacking", lambda _: [])
    assert preflight.main(["--stage", "isere-dev"]) == 0
    assert f"\n{len(POINTS)} points looked at: nothing is lacking\n" in capsys.readouterr().out
