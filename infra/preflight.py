"""What an account still lacks for a stage: `make preflight STAGE=isere-prod`, before the stack is
made and after. It asks and changes nothing; what it may not ask counts as lacking.
"""

import argparse
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Table

from chalicelib.desk_data.desks import text_of
from chalicelib.desk_data.marks import unknown
from chalicelib.domain.contact import Channel
from chalicelib.domain.errors import Unusable
from infra import stages
from infra.deploy import DESKS, REGION, CannotDeploy, described
from infra.packaging.template import merged

#: What a stage wants to run at once on its fullest morning: its queues and fifty pages, twice.
CONCURRENCY = 100
#: A dossier is served in half a second (docs/scale.md).
SERVES_A_SECOND = 2
#: Where our SMS go: the countries of France's numbering plan, for each of which AWS keeps senders.
FRANCE, OVERSEAS = ("FR",), ("GF", "GP", "MQ", "RE", "YT")
#: https://docs.aws.amazon.com/sms-voice/latest/userguide/using-service-linked-roles.html
SMS_ROLE = "AWSServiceRoleForSMSVoice"

_SMS = "pinpoint-sms-voice-v2"
#: What services say of what is not there.
_ABSENT = frozenset({"404", "NoSuchEntity", "NotFoundException", "ResourceNotFoundException"})


class NotTold(Exception):
    """A parameter of the stack that the stage's file does not say, or not as it has to be."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An account, and what a stage wants of it. `client` makes boto3's client of a service."""

    client: Callable[[str], Any]
    parameters: Mapping[str, str]
    template: Mapping[str, Any]
    bucket: str = ""
    troubles: Sequence[str] = ()

    def answer(self, service: str, call: str, **told: Any) -> Mapping[str, Any]:
        """What the account says; nothing at all of what is not there. Raises ClientError."""
        try:
            said: Mapping[str, Any] = getattr(self.client(service), call)(**told)
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return {}
            raise
        return said

    @cached_property
    def mail(self) -> Mapping[str, Any]:
        """What SES says of the account, which it is asked once: it answers one a second."""
        return self.answer("sesv2", "get_account")

    @cached_property
    def mail_domain(self) -> Mapping[str, Any]:
        """What SES knows of the sender's domain."""
        domain = self.told("MailFrom").rpartition("@")[2]
        return self.answer("sesv2", "get_email_identity", EmailIdentity=domain)

    def told(self, parameter: str) -> str:
        """A parameter of the stack. Raises NotTold."""
        if parameter not in self.parameters:
            message = f"`{parameter}` is missing"
            raise NotTold(message)
        return self.parameters[parameter]

    def number(self, parameter: str) -> float:
        """A parameter of the stack that is a number. Raises NotTold."""
        try:
            return float(self.told(parameter))
        except ValueError as error:
            message = f"`{parameter}` is no number"
            raise NotTold(message) from error


@dataclass(frozen=True, kw_only=True)
class Point:
    """One thing that has to be there. `lacks` says what is found instead, or nothing. `holds` is
    the channel that AWS' refusal would stop for everybody, if a message were tried without it.
    """

    about: str
    lacks: Callable[[Asked], str]
    do: str
    holds: Channel | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """A point that is lacking, what was found, and what to do."""

    about: str
    found: str
    do: str


def client(service: str) -> Any:
    """boto3's client of a service, with whatever credentials it finds."""
    import boto3

    make: Any = boto3.client
    return make(service)


def lacking(asked: Asked) -> Sequence[Row]:
    """All that is not there, or that could not be asked."""
    return [row for point in POINTS for row in _row(point, asked)]


def holds(asked: Asked, channel: Channel) -> Sequence[Row]:
    """Why AWS would refuse our account on this channel, and so have it held for everybody."""
    return [row for point in POINTS if point.holds is channel for row in _row(point, asked)]


def _row(point: Point, asked: Asked) -> Iterator[Row]:
    try:
        found = point.lacks(asked)
    except ClientError as error:
        found = f"could not be asked: {error.response['Error']['Code']}"
    except BotoCoreError as error:
        found = f"could not be asked: {type(error).__name__}"
    except NotTold as error:
        found = str(error)
    if found:
        yield Row(about=point.about, found=found, do=point.do)


def table(rows: Sequence[Row]) -> str:
    """The rows for a terminal."""
    drawn = Table("lacking", "found", "what to do (docs/deploy.md)", show_lines=True)
    for row in rows:
        drawn.add_row(row.about, row.found, row.do)
    console = Console(width=120, no_color=True)
    with console.capture() as captured:
        console.print(drawn)
    return captured.get()


def _file(asked: Asked) -> str:
    return "; ".join(asked.troubles)


def _desk(asked: Asked) -> str:
    file = DESKS / f"{asked.parameters.get('Desk')}.toml"
    if not file.is_file():
        return "no such file"
    try:
        return ", ".join(unknown(tomllib.loads(text_of(file))))
    except (Unusable, tomllib.TOMLDecodeError) as error:
        return str(error)


def _bucket(asked: Asked) -> str:
    return "" if asked.answer("s3", "head_bucket", Bucket=asked.bucket) else "there is none"


def _concurrency(asked: Asked) -> str:
    limit = asked.answer("lambda", "get_account_settings")["AccountLimit"]["ConcurrentExecutions"]
    return "" if limit >= CONCURRENCY else f"{limit} at once, of {CONCURRENCY}"


def _mail_sandbox(asked: Asked) -> str:
    is_out = asked.mail.get("ProductionAccessEnabled")
    return "" if is_out else "in the sandbox: 200 a day, to verified addresses"


def _mail_stopped(asked: Asked) -> str:
    told = asked.mail
    if told.get("SendingEnabled") and told.get("EnforcementStatus") != "SHUTDOWN":
        return ""
    return f"sending is off: {told.get('EnforcementStatus')}"


def _mail_used_up(asked: Asked) -> str:
    quota = asked.mail.get("SendQuota", {})
    allowed, sent = quota.get("Max24HourSend", 0), quota.get("SentLast24Hours", 0)
    # SES says -1 where nothing limits it.
    return "" if allowed < 0 or sent < allowed else f"{sent:.0f} sent today, of {allowed:.0f}"


def _mail_quota(asked: Asked) -> str:
    allowed = asked.mail.get("SendQuota", {}).get("Max24HourSend", 0)
    wanted = asked.number("MailsADay")
    return "" if allowed < 0 or allowed > wanted else f"{allowed:.0f} a day; rings at {wanted:.0f}"


def _mail_rate(asked: Asked) -> str:
    rate = asked.mail.get("SendQuota", {}).get("MaxSendRate", 0)
    wanted = SERVES_A_SECOND * asked.number("ServeAtOnce")
    return "" if rate >= wanted else f"{rate:.0f} a second, of {wanted:.0f}"


def _domain(asked: Asked) -> str:
    found = asked.mail_domain
    if not found:
        return "no identity of its domain"
    return "" if found.get("VerifiedForSendingStatus") else "its domain is not verified"


def _dkim(asked: Asked) -> str:
    told = asked.mail_domain.get("DkimAttributes", {})
    is_signed = told.get("SigningEnabled") and told.get("Status") == "SUCCESS"
    return "" if is_signed else told.get("Status", "no DKIM")


def _mail_from(asked: Asked) -> str:
    status = asked.mail_domain.get("MailFromAttributes", {}).get("MailFromDomainStatus", "none set")
    return "" if status == "SUCCESS" else status


def _suppression(asked: Asked) -> str:
    told = asked.mail.get("SuppressionAttributes", {})
    missing = {"BOUNCE", "COMPLAINT"} - {*told.get("SuppressedReasons", ())}
    return f"not for {', '.join(sorted(missing))}" if missing else ""


def _sms_sandbox(asked: Asked) -> str:
    told = asked.answer(_SMS, "describe_account_attributes").get("AccountAttributes", ())
    tier = {one["Name"]: one["Value"] for one in told}.get("ACCOUNT_TIER", "SANDBOX")
    return "" if tier == "PRODUCTION" else "in the sandbox: verified numbers only"


def _sms_spend(asked: Asked) -> str:
    told = asked.answer(_SMS, "describe_spend_limits").get("SpendLimits", ())
    limits = {one["Name"]: one["EnforcedLimit"] for one in told}
    limit = limits.get("TEXT_MESSAGE_MONTHLY_SPEND_LIMIT", 0)
    budget = asked.number("SmsBudget")
    return "" if limit > budget else f"{limit} dollars a month; rings at {budget:.0f}"


def _sms_sender(asked: Asked, countries: Sequence[str]) -> str:
    missing = ", ".join(code for code in countries if not _has_sender(asked, code))
    return f"not asked for in {missing}" if missing else ""


def _has_sender(asked: Asked, country: str) -> bool:
    about = [{"SenderId": asked.told("SmsSenderId"), "IsoCountryCode": country}]
    return bool(asked.answer(_SMS, "describe_sender_ids", SenderIds=about).get("SenderIds"))


def _sms_countries(asked: Asked) -> str:
    """Ours are those of the template; AWS' are in any protect configuration that there is."""
    made = asked.answer(_SMS, "describe_protect_configurations").get("ProtectConfigurations", ())
    if not made:
        return "no protect configuration tells which there are"
    whose = {"ProtectConfigurationId": made[0]["ProtectConfigurationId"], "NumberCapability": "SMS"}
    theirs = asked.answer(_SMS, "get_protect_configuration_country_rule_set", **whose)
    rules = asked.template["Resources"]["SmsCountries"]["Properties"]["CountryRuleSet"]["SMS"]
    ours, known = {one["CountryCode"] for one in rules}, {*theirs.get("CountryRuleSet", {})}
    said = {"AWS has not": ours - known, "the template has not": known - ours}
    return "; ".join(f"{who} {', '.join(sorted(codes))}" for who, codes in said.items() if codes)


def _sms_role(asked: Asked) -> str:
    return "" if asked.answer("iam", "get_role", RoleName=SMS_ROLE) else "there is none"


def _certificate(asked: Asked) -> str:
    if not asked.parameters.get("DomainName"):
        return ""
    arn = asked.parameters.get("CertificateArn", "")
    if f":{REGION}:" not in arn:
        return f"not of {REGION}"
    told = asked.answer("acm", "describe_certificate", CertificateArn=arn)
    status = told.get("Certificate", {}).get("Status", "there is none")
    return "" if status == "ISSUED" else status


#: All that is looked at, in the order of docs/deploy.md.
POINTS = (
    Point(about="stage's file", lacks=_file, do="fill in infra/stages/STAGE.toml"),
    Point(about="desk's file", lacks=_desk, do="ask the desk: docs/open-a-desk.md"),
    Point(about="bucket", lacks=_bucket, do="aws s3 mb, private: The stack"),
    Point(
        about="Lambda at once",
        lacks=_concurrency,
        do="Service Quotas, Lambda, concurrent executions",
    ),
    Point(about="SES production", lacks=_mail_sandbox, do="ask for it: E-mail, 4"),
    Point(
        about="SES sending",
        lacks=_mail_stopped,
        do="AWS has stopped the account: read its case",
        holds=Channel.EMAIL,
    ),
    Point(
        about="SES, of today",
        lacks=_mail_used_up,
        do="wait until tomorrow, ask for more",
        holds=Channel.EMAIL,
    ),
    Point(about="SES quota", lacks=_mail_quota, do="Service Quotas, SES, or lower MailsADay"),
    Point(about="SES rate", lacks=_mail_rate, do="Service Quotas, SES, or lower ServeAtOnce"),
    Point(
        about="sender of e-mails",
        lacks=_domain,
        do="make the domain an identity: E-mail, 1",
        holds=Channel.EMAIL,
    ),
    Point(about="DKIM", lacks=_dkim, do="write its CNAMEs into the DNS: E-mail, 1"),
    Point(about="MAIL FROM", lacks=_mail_from, do="MX and TXT into the DNS: E-mail, 2"),
    Point(
        about="suppression",
        lacks=_suppression,
        do="aws sesv2 put-account-suppression-attributes --suppressed-reasons BOUNCE COMPLAINT",
    ),
    Point(
        about="SMS production",
        lacks=_sms_sandbox,
        do="ask for it: SMS, 3",
        holds=Channel.SMS,
    ),
    Point(about="SMS spend limit", lacks=_sms_spend, do="ask for more: SMS, 4"),
    Point(
        about="sender of SMS",
        lacks=partial(_sms_sender, countries=FRANCE),
        do="request-sender-id: SMS, 1",
        holds=Channel.SMS,
    ),
    Point(
        about="sender, overseas",
        lacks=partial(_sms_sender, countries=OVERSEAS),
        do="request-sender-id for each: SMS, 1",
    ),
    Point(about="SMS countries", lacks=_sms_countries, do="infra/resources.yaml: SMS, 6"),
    Point(about="SMS role", lacks=_sms_role, do="create-service-linked-role: SMS, 7"),
    Point(about="certificate", lacks=_certificate, do="write its record into the DNS"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Say what a stage lacks in the account; 0 if it is nothing."""
    parser = argparse.ArgumentParser(prog="python -m infra.preflight", description=__doc__)
    parser.add_argument("--stage", required=True, choices=stages.names())
    given = parser.parse_args(arguments)
    template = merged()
    try:
        found, troubles = described(given.stage, template)
    except CannotDeploy as error:
        print(error, file=sys.stderr)
        return 1
    asked = Asked(
        client=client,
        parameters=found.parameters,
        template=template,
        bucket=found.bucket,
        troubles=troubles,
    )
    rows = lacking(asked)
    print(table(rows) if rows else f"{len(POINTS)} points looked at: nothing is lacking")
    return 1 if rows else 0


if __name__ == "__main__":
    sys.exit(main())
