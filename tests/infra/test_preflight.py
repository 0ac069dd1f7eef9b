"""What an account lacks is asked of it, and told with what to do. AWS' shapes are botocore's."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.domain.contact import Channel
from infra import deploy, preflight
from infra.preflight import FRANCE, OVERSEAS, POINTS, holds, lacking
from tests.infra.accounts import (
    ACCOUNT,
    ALL_THERE,
    GONE,
    MAIL_SANDBOX,
    RULES,
    SES,
    SMS,
    SMS_SANDBOX,
    STOPPED,
    Account,
    Call,
    asked,
    changed,
)


def test_an_account_that_has_all_of_it_lacks_nothing() -> None:
    assert lacking(asked({})) == []


def quota(**parts: float) -> Mapping[Call, Any]:
    return changed((SES, "get_account"), SendQuota={**ACCOUNT["SendQuota"], **parts})


@pytest.mark.parametrize(
    ("answers", "found"),
    [
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
        ({"parameters": {"DomainName": "", "CertificateArn": ""}}, []),
    ],
)
def test_what_the_files_leave_open_is_lacking(more: Mapping[str, Any], found: list[str]) -> None:
    told = asked({})
    given = {**more, "parameters": {**told.parameters, **more.get("parameters", {})}}
    assert [row.about for row in lacking(replace(told, **given))] == found


def test_what_the_stages_file_does_not_say_is_lacking_wherever_it_counts() -> None:
    told = asked({})
    without = {n: v for n, v in told.parameters.items() if n not in {"MailFrom", "SmsSenderId"}}
    rows = lacking(replace(told, parameters={**without, "SmsBudget": "much"}))
    assert {row.about: row.found for row in rows} == {
        **dict.fromkeys(("sender of e-mails", "DKIM", "MAIL FROM"), "`MailFrom` is missing"),
        **dict.fromkeys(("sender of SMS", "sender, overseas"), "`SmsSenderId` is missing"),
        "SMS spend limit": "`SmsBudget` is no number",
    }


def test_a_desk_that_is_no_toml_is_lacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "montrevel.toml").write_text("a = ", "utf-8")
    monkeypatch.setattr(preflight, "DESKS", tmp_path)
    assert [row.found for row in lacking(asked({}))] == ["Invalid value (at end of document)"]


def test_without_a_way_to_aws_nothing_is_taken_for_there() -> None:
    def nowhere(_: str) -> Any:
        raise EndpointConnectionError(endpoint_url="https://nowhere.test")

    rows = lacking(asked({}, client=nowhere))
    assert {row.found for row in rows} == {"could not be asked: EndpointConnectionError"}
    assert len(rows) == len(POINTS) - len(["stage's file", "desk's file"])


@pytest.mark.parametrize(
    ("answers", "channel", "points"),
    [
        ({}, Channel.EMAIL, []),
        ({}, Channel.SMS, []),
        (MAIL_SANDBOX, Channel.EMAIL, []),
        (STOPPED, Channel.EMAIL, ["SES sending"]),
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
    monkeypatch.setattr(boto3, "client", Account(told).client)
    assert preflight.main(["--stage", "isere-dev"]) == 1
    said = capsys.readouterr().out
    assert "create-service-linked-role" in said
    assert "still an example" in said


def test_a_stages_file_that_cannot_be_read_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "isere-dev.toml").write_text("bucket = ", "utf-8")
    reads = partial(deploy.described, files=tmp_path)
    monkeypatch.setattr(preflight, "described", reads)
    assert preflight.main(["--stage", "isere-dev"]) == 1
    assert "isere-dev.toml: Invalid value" in capsys.readouterr().err


def test_an_account_that_lacks_nothing_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(preflight, "lacking", lambda _: [])
    assert preflight.main(["--stage", "isere-dev"]) == 0
    assert capsys.readouterr().out == f"{len(POINTS)} points looked at: nothing is lacking\n"
