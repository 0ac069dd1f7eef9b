"""What holds personal data is encrypted by our key, and no policy lets a stranger in."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from chalicelib.documents.vault import LINK_LIVES
from infra.first_secret import SECRETS
from local.aws.embedded import template

RESOURCES: Mapping[str, Any] = template()["Resources"]
KEY = {"Fn::GetAtt": ["Key", "Arn"]}
#: The types that say who may come to a resource.
POLICIES = {
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
}
ROOT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
#: The account that the stage's file names, where the table is copied to.
COPIES = {"AWS": {"Fn::Select": [4, {"Fn::Split": [":", {"Ref": "BackupsTo"}]}]}}

#: AWS documents its use of a topic's key without a condition, and a wrong one would stop the stack.
#: https://docs.aws.amazon.com/ses/latest/dg/configure-sns-notifications.html
SES = {"Service": "ses.amazonaws.com"}

#: Whatever holds a name, an address, a number or a secret, and where it names its key.
ENCRYPTED: Mapping[str, tuple[str, ...]] = {
    "Table": ("SSESpecification", "KMSMasterKeyId"),
    "FeedbackQueue": ("KmsMasterKeyId",),
    "FeedbackTopic": ("KmsMasterKeyId",),
    **dict.fromkeys(SECRETS.values(), ("KmsKeyId",)),
}
#: AWS' own key will do for them, and has to for what is there on the day our own fails
#: (docs/decisions/0032).
IDS_ONLY = {"ServeQueue", "ServeDeadLetters", "NightQueue", "NightDeadLetters"}
NEEDED_WITHOUT_OUR_KEY = {"FeedbackDeadLetters"}


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = RESOURCES[name]["Properties"]
    return found


def statements() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement about who may come to a resource, with the name of its policy."""
    for name, resource in RESOURCES.items():
        if policy := POLICIES.get(resource.get("Type", "")):
            for statement in resource["Properties"][policy]["Statement"]:
                yield name, statement


ALLOWED = [(name, one) for name, one in statements() if one["Effect"] == "Allow"]
DENIED = [(name, one) for name, one in statements() if one["Effect"] == "Deny"]


@pytest.mark.parametrize("name", ENCRYPTED)
def test_what_holds_personal_data_is_encrypted_by_our_key(name: str) -> None:
    found: Any = properties(name)
    for step in ENCRYPTED[name]:
        found = found[step]
    assert found == KEY


def test_so_are_documents_with_one_call_for_many_of_them() -> None:
    [rule] = properties("Documents")["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    by = rule["ServerSideEncryptionByDefault"]
    assert (by["SSEAlgorithm"], by["KMSMasterKeyID"]) == ("aws:kms", KEY)
    assert rule["BucketKeyEnabled"] is True


def test_a_queue_without_our_key_holds_ids_only_or_is_needed_when_our_key_fails() -> None:
    queues = {n for n, r in RESOURCES.items() if r.get("Type") == "AWS::SQS::Queue"}
    others = IDS_ONLY | NEEDED_WITHOUT_OUR_KEY
    assert queues - set(ENCRYPTED) == others
    assert all(properties(name)["SqsManagedSseEnabled"] is True for name in others)


def test_what_sns_cannot_deliver_lies_where_neither_our_key_nor_the_queues_policy_matters() -> None:
    subscription = properties("FeedbackSubscription")
    assert subscription["Endpoint"] == {"Fn::GetAtt": ["FeedbackQueue", "Arn"]}
    net = {"Fn::GetAtt": ["FeedbackDeadLetters", "Arn"]}
    assert subscription["RedrivePolicy"] == {"deadLetterTargetArn": net}
    [lets_in] = [s for name, s in ALLOWED if name == "FeedbackDeadLettersPolicy"]
    assert (lets_in["Resource"], lets_in["Principal"]) == (net, {"Service": "sns.amazonaws.com"})
    assert "Subscription" not in properties("FeedbackTopic"), "it would have no net"


def test_the_key_turns_outlives_the_stack_and_is_not_lost_in_a_hurry() -> None:
    key = RESOURCES["Key"]
    assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["Properties"]["PendingWindowInDays"] == 30


@pytest.mark.parametrize(("name", "statement"), ALLOWED)
def test_only_a_service_that_acts_for_us_or_whom_iam_lets_may_come(
    name: str, statement: dict[str, Any]
) -> None:
    if statement["Principal"] in (ROOT, SES):
        assert name in ({"Key", "BackupKey"} if statement["Principal"] == ROOT else {"Key"})
        return
    if statement["Principal"] == COPIES:
        assert name == "BackupKey"
        return
    assert set(statement["Principal"]) == {"Service"}
    [asked] = statement["Condition"].values()
    assert asked in (
        {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        {"aws:SourceArn": {"Ref": "FeedbackTopic"}},
    )


def test_whoever_brings_a_receipt_may_use_the_key_of_what_it_is_put_into() -> None:
    def services(of: str) -> set[str]:
        named = [s["Principal"].get("Service", []) for n, s in ALLOWED if n == of]
        return {one for some in named for one in ([some] if isinstance(some, str) else some)}

    assert services("Key") == services("FeedbackTopicPolicy") | services("FeedbackQueuePolicy")


def test_the_account_of_the_copies_may_read_recovery_points_and_nothing_else() -> None:
    allowed = {n: r for n, r in RESOURCES.items() if r.get("Condition") == "HasBackups"}
    assert properties("BackupVault")["EncryptionKeyArn"] == {"Fn::GetAtt": ["BackupKey", "Arn"]}
    assert {"BackupKey", "BackupVault"} <= allowed.keys()
    told = [s["Action"] for n, s in ALLOWED if s["Principal"] == COPIES]
    assert told == [["kms:Decrypt", "kms:DescribeKey"], "kms:CreateGrant"]


def test_a_copy_forgets_as_soon_as_the_table_does() -> None:
    [rule] = properties("BackupPlan")["BackupPlan"]["BackupPlanRule"]
    lives = [rule["Lifecycle"], *(copy["Lifecycle"] for copy in rule["CopyActions"])]
    assert lives == [{"DeleteAfterDays": 35}] * 2  # a point-in-time recovery's, docs/privacy.md


@pytest.mark.parametrize("name", ["MailEvents", "SmsConfigurationSet"])
def test_a_provider_is_told_of_the_topic_once_it_may_publish_there(name: str) -> None:
    assert RESOURCES[name]["DependsOn"] == "FeedbackTopicPolicy"


@pytest.mark.parametrize("kind", ["AWS::S3::Bucket", "AWS::SQS::Queue"])
def test_nobody_is_heard_without_tls(kind: str) -> None:
    refuse = [n for n, s in DENIED if s["Condition"] == {"Bool": {"aws:SecureTransport": False}}]
    guarded = {
        queue["Ref"]
        for name in refuse
        for queue in [*properties(name).get("Queues", ()), properties(name).get("Bucket")]
        if queue
    }
    assert {name for name, r in RESOURCES.items() if r.get("Type") == kind} <= guarded


def test_a_link_to_a_document_is_refused_soon_after_its_end_whoever_signed_it() -> None:
    [age] = [
        s["Condition"].get("NumericGreaterThan")
        for _, s in DENIED
        if s.get("Sid") == "NoOldSignatures"
    ]
    assert LINK_LIVES < age["s3:signatureAge"] / 1000 <= 2 * LINK_LIVES
