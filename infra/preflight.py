"""What an account still lacks for a stage: `make preflight STAGE=isere-prod`, before the stack is
made and after. It asks and changes nothing; what it may not ask counts as lacking. What only a
stack can lack is looked at once there is one.
"""

import argparse
import socket
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from botocore.exceptions import ClientError, ProfileNotFound
from rich.console import Console
from rich.table import Table

from chalicelib.desk_data.desks import text_of
from chalicelib.desk_data.marks import unknown
from chalicelib.domain.contact import Channel
from chalicelib.domain.errors import Unusable
from infra import stages
from infra.deploy import (
    AWS_ERRORS,
    DESKS,
    REGION,
    CannotDeploy,
    Clients,
    Deployment,
    clients,
    described,
    of_the_account,
    reason,
)
from infra.first_secret import SECRETS, is_filled
from infra.packaging.template import merged

#: What a stage wants to run at once beside its serves and receipts, on its fullest morning: fifty
#: pages, and room for webhooks, the night and the sweep.
BESIDES = 90
#: A dossier is served in half a second (docs/scale.md).
SERVES_A_SECOND = 2
#: Where our SMS go: the countries of France's numbering plan, for each of which AWS keeps senders.
FRANCE, OVERSEAS = ("FR",), ("GF", "GP", "MQ", "RE", "YT")
#: https://docs.aws.amazon.com/sms-voice/latest/userguide/using-service-linked-roles.html
SMS_ROLE = "AWSServiceRoleForSMSVoice"

_SMS = "pinpoint-sms-voice-v2"
#: What services say of what is not there.
_ABSENT = frozenset({"404", "NoSuchEntity", "NotFoundException", "ResourceNotFoundException"})


class NobodyAsks(Exception):
    """AWS does not even say whose the credentials are, which it tells everybody that has some."""


class NotSaid(Exception):
    """A parameter that the stage's file, or its stack, does not say, or says as no number."""


def resolved(host: str) -> frozenset[str]:
    """What the DNS knows a host by: names and addresses; nothing if it knows none."""
    try:
        name, others, addresses = socket.gethostbyname_ex(host)
    except OSError:
        return frozenset()
    return frozenset({name, *others, *addresses})


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An account, and what a stage wants of it, beside the `others` that share it."""

    client: Clients
    wanted: Deployment
    template: Mapping[str, Any]
    others: Sequence[Deployment] = ()
    troubles: Sequence[str] = ()
    resolve: Callable[[str], frozenset[str]] = resolved

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
        """What SES knows of the sender's domain, or else of the nearest one above it.

        https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
        """
        labels = self.said("MailFrom").rpartition("@")[2].split(".")
        domains = (".".join(labels[above:]) for above in range(len(labels) - 1))
        return next(filter(None, map(self.mail_identity, domains)), {})

    def mail_identity(self, name: str) -> Mapping[str, Any]:
        """What SES knows of an address or a domain."""
        return self.answer("sesv2", "get_email_identity", EmailIdentity=name)

    @cached_property
    def stack(self) -> stages.Stack | None:
        """The stage's stack, once there is one."""
        return stages.deployed(self.wanted.stage, self.client("cloudformation"))

    def said(self, parameter: str) -> str:
        """A parameter of the stack. Raises NotSaid."""
        try:
            return self.wanted.parameters[parameter]
        except KeyError:
            raise NotSaid(f"`{parameter}` is not said") from None

    def number(self, parameter: str, of: Deployment | None = None) -> float:
        """A parameter that is a number, of this stage or of another. Raises NotSaid."""
        told = (of or self.wanted).parameters.get(parameter, "")
        try:
            return float(told)
        except ValueError:
            raise NotSaid(f"`{parameter}` is no number") from None


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


def lacking(asked: Asked) -> Sequence[Row]:
    """All that is not there, or that could not be asked. Where nobody asks, nothing after that."""
    rows = list[Row]()
    try:
        for point in POINTS:
            rows += _row(point, asked)
    except NobodyAsks as error:
        what = "set AWS_PROFILE: For every command"
        rows.append(Row(about="credentials", found=f"of no use: {error}", do=what))
    return rows


def holds(asked: Asked, channel: Channel) -> Sequence[Row]:
    """Why AWS would refuse our account on this channel, and so have it held for everybody."""
    return [row for point in POINTS if point.holds is channel for row in _row(point, asked)]


def _row(point: Point, asked: Asked) -> Iterator[Row]:
    try:
        found = point.lacks(asked)
    except NotSaid as error:
        found = str(error)
    except AWS_ERRORS as error:
        found = f"could not be asked: {reason(error)}"
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
    file = DESKS / f"{asked.said('Desk')}.toml"
    if not file.is_file():
        return "no such file"
    try:
        return ", ".join(unknown(tomllib.loads(text_of(file))))
    except (Unusable, tomllib.TOMLDecodeError) as error:
        return str(error)


def _account(asked: Asked) -> str:
    try:
        whose = asked.answer("sts", "get_caller_identity")["Account"]
    except AWS_ERRORS as error:
        raise NobodyAsks(reason(error)) from error
    return "" if whose == asked.wanted.account else f"the credentials are of {whose}"


def _bucket(asked: Asked) -> str:
    ours = {"Bucket": asked.wanted.bucket, "ExpectedBucketOwner": asked.wanted.account}
    if not (told := asked.answer("s3", "head_bucket", **ours)):
        return "there is none"
    region = told.get("BucketRegion", REGION)
    return "" if region == REGION else f"in {region}, not {REGION}"


def _concurrency(asked: Asked) -> str:
    limit = asked.answer("lambda", "get_account_settings")["AccountLimit"]["ConcurrentExecutions"]
    all_of_it = (asked.wanted, *asked.others)
    wanted = sum(
        BESIDES + asked.number("ServeAtOnce", one) + asked.number("ReceiptsAtOnce", one)
        for one in all_of_it
    )
    stages_too = f" for {len(all_of_it)} stages" if asked.others else ""
    return "" if limit >= wanted else f"{limit} at once, of {wanted:.0f}{stages_too}"


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


def _sender(asked: Asked) -> str:
    found = asked.mail_domain
    may_send = found.get("VerifiedForSendingStatus")
    if may_send or asked.mail_identity(asked.said("MailFrom")).get("VerifiedForSendingStatus"):
        return ""
    return "its domain is not verified" if found else "no identity of its domain"


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
    about = [{"SenderId": asked.said("SmsSenderId"), "IsoCountryCode": country}]
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
    if not (host := asked.said("DomainName")):
        return ""
    arn = asked.said("CertificateArn")
    if f":{REGION}:" not in arn:
        return f"not of {REGION}"
    told = asked.answer("acm", "describe_certificate", CertificateArn=arn).get("Certificate", {})
    if (status := told.get("Status", "there is none")) != "ISSUED":
        return str(status)
    names = {told["DomainName"], *told.get("SubjectAlternativeNames", ())}
    wildcard = f"*.{host.partition('.')[2]}"  # which stands for one label
    return "" if names & {host, wildcard} else f"of {', '.join(sorted(names))}, not {host}"


def _copies(asked: Asked) -> str:
    """Of DynamoDB, which AWS Backup copies to no other account as it comes."""
    if not asked.said("BackupsTo"):
        return ""
    told = asked.answer("backup", "describe_region_settings")
    wanted = {
        "opt-in": "ResourceTypeOptInPreference",
        "advanced": "ResourceTypeManagementPreference",
    }
    off = [what for what, setting in wanted.items() if not told.get(setting, {}).get("DynamoDB")]
    return f"off for DynamoDB: {', '.join(off)}" if off else ""


# What only a stack can lack


def _indexes(asked: Asked) -> str:
    """CloudFormation makes one index an update, of a table that is the stack's own."""
    of_the_stack = asked.stack.outputs.get("TableName") if asked.stack else None
    if not (name := asked.wanted.table or of_the_stack):
        return ""
    told = asked.answer("dynamodb", "describe_table", TableName=name).get("Table")
    if not told:
        return f"there is no table {name}"
    wanted = asked.template["Resources"]["Table"]["Properties"]["GlobalSecondaryIndexes"]
    there = [_shape(one) for one in told.get("GlobalSecondaryIndexes", ())]
    missing = [one["IndexName"] for one in wanted if _shape(one) not in there]
    is_made = 0 if asked.wanted.table else 1
    return f"without {', '.join(missing)} as it should be" if len(missing) > is_made else ""


def _shape(index: Mapping[str, Any]) -> Sequence[Any]:
    projection = index["Projection"]
    carries = sorted(projection.get("NonKeyAttributes", ()))
    return index["IndexName"], index["KeySchema"], projection["ProjectionType"], carries


def _secrets(asked: Asked) -> str:
    if not asked.stack:
        return ""
    client, outputs = asked.client("secretsmanager"), asked.stack.outputs
    ids = {name: outputs[f"{resource}Id"] for name, resource in SECRETS.items()}
    if empty := [name for name, secret_id in ids.items() if not is_filled(client, secret_id)]:
        return f"empty: {', '.join(empty)}"
    return "" if asked.stack.parameters["KeysAreThere"] == "yes" else "filled in; no key rotates"


def _alarms(asked: Asked) -> str:
    if not (asked.stack and asked.stack.parameters["AlarmsTo"]):
        return ""
    topic = asked.answer(
        "cloudformation",
        "describe_stack_resource",
        StackName=asked.wanted.stack,
        LogicalResourceId="AlarmTopic",
    )["StackResourceDetail"]["PhysicalResourceId"]
    told = asked.answer("sns", "get_topic_attributes", TopicArn=topic)["Attributes"]
    return "" if int(told["SubscriptionsConfirmed"]) else "its mailbox has not confirmed"


def _name(asked: Asked) -> str:
    if not (asked.stack and (target := asked.stack.outputs.get("DomainTarget"))):
        return ""
    host = asked.said("DomainName")
    found = asked.resolve(host) & {target, *asked.resolve(target)}
    return "" if found else f"{host} does not lead to {target}"


#: All that is looked at, in the order of docs/deploy.md.
POINTS = (
    Point(about="stage's file", lacks=_file, do="fill in infra/stages/STAGE.toml"),
    Point(about="desk's file", lacks=_desk, do="ask the desk: docs/open-a-desk.md"),
    Point(about="account", lacks=_account, do="take another profile, or correct the stage's file"),
    Point(
        about="bucket",
        lacks=_bucket,
        do="aws s3 mb, private: The stack. 403: somebody else's name, or a right is missing",
    ),
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
        lacks=_sender,
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
    Point(about="SMS production", lacks=_sms_sandbox, do="ask for it: SMS, 3", holds=Channel.SMS),
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
    Point(
        about="certificate",
        lacks=_certificate,
        do="write its record into the DNS, or ask for one of this name: The domain name",
    ),
    Point(about="copies", lacks=_copies, do="settings of AWS Backup: A copy in another account, 2"),
    Point(about="indexes", lacks=_indexes, do="make them by hand: A new version"),
    Point(
        about="secrets",
        lacks=_secrets,
        do='make secret, then KeysAreThere = "yes" and make deploy: The secrets',
    ),
    Point(about="alarms", lacks=_alarms, do="press the link of AWS' message, or deploy again"),
    Point(about="name", lacks=_name, do="write DomainTarget into the DNS: The domain name"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Say what a stage lacks in the account; 0 if it is nothing."""
    parser = argparse.ArgumentParser(prog="python -m infra.preflight", description=__doc__)
    parser.add_argument("--stage", required=True, choices=stages.names())
    given = parser.parse_args(arguments)
    try:
        template = merged()
        wanted, troubles = described(given.stage, template)
        others = of_the_account(wanted, template)
    except (CannotDeploy, ProfileNotFound) as error:
        print(error, file=sys.stderr)
        return 1
    asked = Asked(
        client=clients, wanted=wanted, template=template, others=others, troubles=troubles
    )
    print(f"{given.stage}, in account {wanted.account or 'that is not said'}, {REGION}")
    rows = lacking(asked)
    print(table(rows) if rows else f"{len(POINTS)} points looked at: nothing is lacking")
    return 1 if rows else 0


if __name__ == "__main__":
    sys.exit(main())
