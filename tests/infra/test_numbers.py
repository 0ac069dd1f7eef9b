"""Numbers that live in two places: each is held against the one it has to stay above or below."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.aws import CONNECT_SECONDS, READ_SECONDS
from chalicelib.aws import TRIES as TRIES_OF_A_CALL
from chalicelib.channels.sms import MAX_PRICE, TIME_TO_LIVE
from chalicelib.desk_data import load
from chalicelib.documents import vault
from chalicelib.domain.retries import LEASE
from chalicelib.domain.signing_in import SESSION_AT_MOST
from chalicelib.entrypoints import queues, schedules
from chalicelib.observability import metrics
from chalicelib.pipeline import back_off, night
from chalicelib.pipeline.waiting import READ_AT_MOST
from chalicelib.storage import sqs, table
from chalicelib.storage.dead_letters import HIDDEN
from infra.packaging import archive
from infra.packaging.template import merged
from local.aws import cognito, gateway, item_size, lambda_runtime
from local.aws.embedded import template
from tests.guarantee.in_memory import naive, world

SECOND = timedelta(seconds=1)
#: API Gateway gives up on a function after this, whatever the function's own time-out is.
GATEWAY_WAITS = 29 * SECOND
#: Lambda lets no function run for longer.
LAMBDA_LASTS = 900 * SECOND


@pytest.fixture(scope="module")
def resources() -> dict[str, dict[str, Any]]:
    """Every resource that AWS gets."""
    found: dict[str, dict[str, Any]] = merged()["Resources"]
    return found


def properties(resources: Mapping[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = resources[name]["Properties"]
    return found


def receives_of(queue: Mapping[str, Any]) -> int:
    """How often a message is tried before it is given up."""
    return int(queue["RedrivePolicy"]["maxReceiveCount"])


# Queues, and whom they wake

QUEUES = {
    "ServeQueue": "ServeDossier",
    "FeedbackQueue": "RecordDelivery",
    "NightQueue": "Reconcile",
}
#: How often a message is delivered: a night that fails is tried anew the next day.
DELIVERIES = {"ServeQueue": 8, "FeedbackQueue": 8, "NightQueue": 5}
#: So many of these may find no room to run. AWS asks for five deliveries in all, for their sake.
#: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
THROTTLED = 2


def test_a_wake_up_lives_until_its_dossier_was_set_aside_whatever_ends_its_serves(
    resources: dict[str, dict[str, Any]],
) -> None:
    """What takes the process down is not counted at its first delivery, and noticed at the next
    after the last.
    """
    sets_aside = 1 + back_off.FAILED_AT_MOST + 1
    assert sets_aside + THROTTLED <= receives_of(properties(resources, "ServeQueue"))


def test_a_receipt_lives_until_it_is_alone_with_whatever_takes_the_process_down(
    resources: dict[str, dict[str, Any]],
) -> None:
    """At the second delivery who stands before it is done with, at the third who stands behind."""
    assert receives_of(properties(resources, "FeedbackQueue")) >= 3 + 1 + THROTTLED


def test_a_night_lives_until_its_dossier_has_a_message_of_its_own(
    resources: dict[str, dict[str, Any]],
) -> None:
    assert receives_of(properties(resources, "NightQueue")) >= night.PARTS_AT + THROTTLED


@pytest.mark.parametrize("name", QUEUES)
def test_what_is_given_up_was_delivered_as_often_as_the_glossary_says(
    resources: dict[str, dict[str, Any]], name: str
) -> None:
    assert receives_of(properties(resources, name)) == DELIVERIES[name]


@pytest.mark.parametrize("name", QUEUES)
def test_a_message_outlives_all_its_tries_and_some_days_in_which_nothing_runs(
    resources: dict[str, dict[str, Any]], name: str
) -> None:
    queue = properties(resources, name)
    tries = timedelta(seconds=queue["VisibilityTimeout"]) * receives_of(queue)
    assert tries + timedelta(days=3) < timedelta(seconds=queue["MessageRetentionPeriod"])


@pytest.mark.parametrize("name", QUEUES)
def test_dead_letters_outlive_a_holiday_for_their_age_counts_from_their_first_day(
    resources: dict[str, dict[str, Any]], name: str
) -> None:
    queue = properties(resources, name)
    [dead, _] = queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"]
    kept = timedelta(seconds=properties(resources, dead)["MessageRetentionPeriod"])
    assert kept - timedelta(seconds=queue["MessageRetentionPeriod"]) > timedelta(days=7)


@pytest.mark.parametrize("name", QUEUES)
def test_what_a_queue_gives_up_lies_among_its_own_dead_letters(
    resources: dict[str, dict[str, Any]], name: str
) -> None:
    dead = name.replace("Queue", "DeadLetters")
    policy = properties(resources, name)["RedrivePolicy"]
    assert policy["deadLetterTargetArn"] == {"Fn::GetAtt": [dead, "Arn"]}


def test_a_claim_outlives_its_worker_and_is_over_when_the_wake_up_comes_back(
    resources: dict[str, dict[str, Any]],
) -> None:
    worker = properties(resources, "ServeDossier")["Timeout"] * SECOND
    assert worker < LEASE < properties(resources, "ServeQueue")["VisibilityTimeout"] * SECOND


def test_dead_letters_are_hidden_for_as_long_as_somebody_may_be_putting_them_back() -> None:
    assert GATEWAY_WAITS < HIDDEN * SECOND <= 2 * GATEWAY_WAITS


def test_the_world_in_memory_has_the_numbers_of_the_real_one(
    resources: dict[str, dict[str, Any]],
) -> None:
    queue = properties(resources, "ServeQueue")
    assert {
        "hidden": queue["VisibilityTimeout"] * SECOND,
        "received": receives_of(queue),
        "a night is hidden": properties(resources, "NightQueue")["VisibilityTimeout"] * SECOND,
    } == {
        "hidden": world.VISIBILITY,
        "received": world.RECEIVES_AT_MOST,
        "a night is hidden": world.NIGHT_HIDDEN,
    }
    assert receives_of(properties(resources, "FeedbackQueue")) == world.RECEIVES_AT_MOST
    assert receives_of(properties(resources, "NightQueue")) == world.NIGHT_RECEIVES_AT_MOST
    assert naive.LEASE == LEASE


# Functions


def test_each_function_has_the_time_it_needs(resources: dict[str, dict[str, Any]]) -> None:
    """The night takes all that Lambda gives, and hands on early enough for its last dossier. So do
    receipts: a message takes two calls at the most, each with all of its tries.
    """
    kind = "AWS::Serverless::Function"
    given = {n: r["Properties"]["Timeout"] for n, r in resources.items() if r["Type"] == kind}
    assert given.pop("Reconcile") * SECOND == LAMBDA_LASTS
    assert 30_000 <= schedules.SPARE_MILLIS < LAMBDA_LASTS / SECOND * 1_000 / 10
    tries = TRIES_OF_A_CALL * (CONNECT_SECONDS + READ_SECONDS)
    assert tries * SECOND < given.pop("APIHandler") * SECOND < GATEWAY_WAITS, "nothing goes on"
    assert set(given.values()) == {60}
    assert 2 * tries * 1_000 < queues.SPARE_MILLIS < given["RecordDelivery"] * 1_000
    assert given["SweepDue"] * SECOND <= timedelta(minutes=1), "before the next sweep begins"


def test_the_local_world_gives_functions_the_time_that_aws_gives_them(
    resources: dict[str, dict[str, Any]],
) -> None:
    for name in ("APIHandler", "SweepDue", "ServeDossier", "RecordDelivery", "Reconcile"):
        function = properties(resources, name)
        lasts = lambda_runtime.OTHERS.get(name.lower(), lambda_runtime.TIMEOUT_SECONDS)
        assert function["Timeout"] == lasts
        assert function["MemorySize"] == lambda_runtime.MEMORY_MB
    assert gateway.MOST_BYTES == 10_000_000, "what API Gateway takes"


def test_a_zip_is_refused_before_lambda_refuses_it() -> None:
    """50 MiB in one upload, 250 MiB unpacked."""
    assert archive.ZIPPED_AT_MOST <= 52_428_800
    assert archive.UNPACKED_AT_MOST <= 262_144_000


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        pytest.param(sqs.BATCH, 10, id="messages of SQS"),
        pytest.param(table.BATCH, 100, id="items of DynamoDB"),
        pytest.param(vault.ERASED_AT_ONCE, 1_000, id="versions of S3"),
        pytest.param(metrics.VALUES_AT_MOST, 100, id="values of a metric"),
        pytest.param(item_size.AT_MOST, 400 * 1024, id="bytes of an item"),
    ],
)
def test_no_call_asks_for_more_than_aws_takes(ours: int, theirs: int) -> None:
    assert theirs // 2 <= ours <= theirs


def test_the_work_list_is_counted_beyond_the_length_at_which_an_alarm_rings() -> None:
    assert template()["Parameters"]["WorkAtMost"]["Default"] < READ_AT_MOST


# The door


def test_pages_and_webhooks_bear_what_our_own_mail_brings(
    resources: dict[str, dict[str, Any]],
) -> None:
    """Ten mails a second, each opened some times at once by the scanner of a mailbox."""
    everything, webhooks = properties(resources, "RestAPI")["MethodSettings"]
    assert everything["ThrottlingRateLimit"] >= 10 * 3
    for name in ("ThrottlingRateLimit", "ThrottlingBurstLimit"):
        assert webhooks[name] >= everything[name], "a booking system that comes back sends all"


def test_what_cognito_gives_is_over_long_before_our_own_session(
    resources: dict[str, dict[str, Any]],
) -> None:
    client = properties(resources, "OperatorsClient")
    assert set(client["TokenValidityUnits"].values()) == {"minutes"}
    for name in ("AccessTokenValidity", "IdTokenValidity", "RefreshTokenValidity"):
        assert timedelta(minutes=client[name]) < SESSION_AT_MOST


def test_the_stand_in_for_cognito_has_the_numbers_of_the_pool(
    resources: dict[str, dict[str, Any]],
) -> None:
    client, pool = properties(resources, "OperatorsClient"), properties(resources, "Operators")
    asked = pool["Policies"]["PasswordPolicy"]
    assert client["AuthSessionValidity"] * 60 == cognito.SESSION_SECONDS
    assert asked["MinimumLength"] == cognito.SHORTEST


# SMS


def test_carriers_try_as_long_as_we_wait_for_their_receipt() -> None:
    for terms in load("grenoble").terms:
        assert timedelta(hours=terms.delays.sms_silence_hours) == TIME_TO_LIVE * SECOND


def test_one_part_to_france_is_below_the_price_we_pay_and_three_are_above() -> None:
    assert 0.07 < float(MAX_PRICE) < 4 * 0.07


# What cannot be made again

KEPT: Mapping[str, Mapping[str, object]] = {
    "Key": {"EnableKeyRotation": True, "PendingWindowInDays": 30},
    "BackupKey": {"EnableKeyRotation": True, "PendingWindowInDays": 30},
    "BackupVault": {},
    "Table": {
        "DeletionProtectionEnabled": True,
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "BillingMode": "PAY_PER_REQUEST",
    },
    "Documents": {
        "VersioningConfiguration": {"Status": "Enabled"},
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
    },
    "WebhookSecrets": {},
    "LinkKeys": {},
    "SessionKeys": {},
    "AddressKey": {},
    "Operators": {"DeletionProtection": "ACTIVE"},
    "AuditLog": {"RetentionInDays": 365},
}


@pytest.mark.parametrize("name", KEPT)
def test_what_cannot_be_made_again_outlives_the_stack_and_a_wrong_word(
    resources: dict[str, dict[str, Any]], name: str
) -> None:
    resource = resources[name]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert KEPT[name].items() <= resource["Properties"].items()


def test_the_next_stack_of_a_stage_can_make_again_what_the_one_before_left_behind(
    resources: dict[str, dict[str, Any]],
) -> None:
    """A name of ours would be taken; a pool and a key have an id besides, and may share theirs."""
    names = {
        (name, key)
        for name in KEPT
        for key in resources[name]["Properties"]
        if key.endswith("Name") and not key.endswith("PoolName")
    }
    assert names == {("BackupVault", "BackupVaultName")}, "it has to have one"
    assert "AWS::StackId" in str(properties(resources, "BackupVault")["BackupVaultName"])


def test_nothing_else_outlives_the_stack(resources: dict[str, dict[str, Any]]) -> None:
    assert {name for name, r in resources.items() if "DeletionPolicy" in r} == set(KEPT)
