"""Each function may do what it does, and nothing else."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from infra.first_secret import SECRETS
from infra.packaging.template import merged
from local.aws.transport import in_process
from local.faults.calls import Call
from local.world import World
from tests.builders import paris
from tests.guarantee.on_aws.story import STUDENT
from tests.journeys.driver import FORM

HOUSE = Path(__file__).parents[2]

#: Chalice's name of each function's role, by the name under which the local world calls it.
ROLES: Mapping[str, str] = {
    "http": "ApiHandlerRole",
    "sweep_due": "SweepDueRole",
    "begin_night": "BeginNightRole",
    "reconcile": "ReconcileRole",
    "send_digest": "SendDigestRole",
    "serve_dossier": "ServeDossierRole",
    "record_delivery": "RecordDeliveryRole",
    "rotate_keys": "RotateKeysRole",
}

#: What IAM calls an operation, where it is not its own name.
#: https://docs.aws.amazon.com/service-authorization/latest/reference/
ACTIONS: Mapping[str, str] = {
    "s3.DeleteObjects": "s3:DeleteObjectVersion",  # each with its version
    "s3.HeadObject": "s3:GetObject",
    "s3.ListObjectVersions": "s3:ListBucketVersions",
    "sqs.SendMessageBatch": "sqs:SendMessage",
}
PREFIXES: Mapping[str, str] = {"pinpoint-sms-voice-v2": "sms-voice", "sesv2": "ses"}

#: Cognito asks everybody the same, signed or not: no role is looked at.
PUBLIC = frozenset(
    {"AssociateSoftwareToken", "InitiateAuth", "RespondToAuthChallenge", "VerifySoftwareToken"}
)

#: Each function writes its log.
LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
FED = dict.fromkeys(
    ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "Lambda itself reads the queue, as the function",
)
#: What needs our key as well, where it touches what is encrypted by it: services use it in the
#: name of their caller. Whoever writes to S3 or SQS reads too: both try the key they have made.
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
#: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
READS, WRITES = "kms:Decrypt", "kms:GenerateDataKey"
ASKS_FOR_KEY: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (f"dynamodb:{one}Item" for one in ("Get", "BatchGet", "Put", "Update", "Delete")), (READS,)
    ),
    "dynamodb:Query": (READS,),
    "dynamodb:Scan": (READS,),
    "s3:GetObject": (READS,),
    "s3:PutObject": (READS, WRITES),
    "secretsmanager:GetSecretValue": (READS,),
    "secretsmanager:PutSecretValue": (READS, WRITES),
    "sqs:ReceiveMessage": (READS,),
    "sqs:SendMessage": (READS, WRITES),
}
ONE_PROCESS = "in the local world all functions are one process, which read the secrets already"

#: What may be done and is not in the procedure nor in the morning below, and why it must be.
BEYOND: Mapping[str, Mapping[str, str]] = {
    "http": {
        "dynamodb:DeleteItem": "a channel is resumed; a webhook leaves quarantine",
        "s3:PutObject": "the document is made again when it is asked for and gone",
        "s3:ListBucket": "without it S3 says that a missing document is forbidden",
        "sqs:DeleteMessage": "dead letters are put back",
    },
    "sweep_due": {
        "dynamodb:BatchGetItem": "a row of a list is that of a dossier in another spelling",
        "dynamodb:PutItem": "a bulk action says how far it has come",
        "dynamodb:UpdateItem": "a bulk action writes each of its dossiers",
        "secretsmanager:GetSecretValue": ONE_PROCESS,
        "ses:SendEmail": "a second person is told what nobody answers",
    },
    "begin_night": {},
    "reconcile": {
        "sqs:SendMessage": "a night hands on; a receipt that matches at last wakes its dossier",
        **FED,
        "ses:DeleteSuppressedDestination": "an address that is forgotten leaves SES' list as well",
    },
    "send_digest": {},
    "serve_dossier": {
        "dynamodb:GetItem": "a dossier is read again by itself when a write of it lost a race",
        "dynamodb:PutItem": "a channel that refuses us is held for everybody",
        "dynamodb:DeleteItem": "a channel that takes messages again is released",
        "ses:DeleteSuppressedDestination": "a person has vouched for an address that came back",
        **FED,
    },
    "record_delivery": {
        "dynamodb:GetItem": "a dossier is read again by itself when a write of it lost a race",
        "sqs:SendMessage": "a message that came back may leave another due at once",
        "dynamodb:PutItem": "a receipt that matches nothing yet is kept",
        "secretsmanager:GetSecretValue": ONE_PROCESS,
        **FED,
    },
    "rotate_keys": {},
}  # fmt: skip

#: What may be asked of an index and is not in that morning, and why it must be.
INDEXES_BEYOND: Mapping[tuple[str, str], str] = {
    **{
        (function, index): "beyond ten thousand, what is urgent is found by its appointment"
        for function in ("sweep_due", "send_digest")
        for index in ("to_deposit", "to_collect")
    },
    ("sweep_due", "by_reference"): "a row of a list is that of a dossier in another spelling",
    ("reconcile", "by_email"): "an address that is forgotten may be another dossier's",
    ("reconcile", "by_phone"): "a body with a number that is erased may be another dossier's",
    ("reconcile", "by_family"): "a body with a name that is erased may be a namesake's",
    ("reconcile", "by_given"): "the same, with the given name first",
    ("reconcile", "by_other"): "the same, with another word of it first",
}

#: What knows no resource: IAM takes nothing but the star for it.
#: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
WITHOUT_RESOURCE = ["ses:DeleteSuppressedDestination"]

#: The only resources with a star in them, and why.
STARS: Mapping[str, str] = {
    "/aws/lambda/${AWS::StackName}-*": "the name of a function is made after its role",
    "${Documents.Arn}/*": "the documents of one bucket, which holds nothing else",
    ":identity/*": "mail leaves by an address, and SES checks its domain's identity or its own",
    ":sender-id/*": "a sender's name is one for each country",
}

#: Every page of the desk that needs neither a form nor a dossier.
PAGES = (
    *("/desk", "/desk/list", "/desk/export.csv", "/desk/lists", "/desk/cards", "/desk/channels"),
    *("/desk/dead-letters", "/desk/audit", "/desk/day", "/desk/put-off"),
    *("/desk/audit?by=admin", "/desk/audit?about=G-1"),
    "/desk/find",
)
#: A search of each kind.
SEARCHES = ("Martin", "a@b.example", "0612345678", "G-1")
OF_ONE = ("/desk/dossiers/G-1", "/desk/quarantine/none")

BOOKED: Mapping[str, Any] = {
    "type": "appointment.selected",
    "data": {
        "dossier_id": STUDENT.dossier_id,
        "student": STUDENT.block,
        "appointment": {"id": "A-1", "starts_at": "2019-05-07T10:20:00+02:00"},
    },
}


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return merged()


@pytest.fixture(scope="module")
def morning() -> Sequence[Call]:
    """Somebody looks at everything, a student books, the digest is written, and keys rotate."""
    start = paris("2019-04-08 07:30")
    with World(
        start=start, ticks=False, transport=in_process, digest_to="desk@prefecture.example"
    ) as world:
        came_in = world.sign_in("admin").headers
        cookies = [value.partition(";")[0] for name, value in came_in if name == "Set-Cookie"]
        for page in (*PAGES, *OF_ONE):
            world.request("GET", page, {"cookie": "; ".join(cookies)})
        seen = world.request("GET", "/desk/find", {"cookie": "; ".join(cookies)})
        [token, *_] = re.findall(r'name="form" value="([^"]+)"', seen.text)
        for asked in SEARCHES:
            form = urlencode({"form": token, "q": asked}).encode()
            world.request("POST", "/desk/find", {"cookie": "; ".join(cookies), **FORM}, form)
        world.deliver(BOOKED)
        world.travel(paris("2019-04-09 12:00"))
        world.rotate_keys()
        return tuple(world.calls.made)


@pytest.fixture(scope="module")
def called(morning: Sequence[Call]) -> Mapping[str, frozenset[str]]:
    """What each function calls, in the procedure of docs/guarantee.md and in that morning."""
    found: dict[str, set[str]] = {function: set() for function in ROLES}
    for function, name in [*procedure(), *((c.function, c.name) for c in morning)]:
        if name.rpartition(".")[2] not in PUBLIC:
            found[function].add(action(name))
    return {function: frozenset(actions) for function, actions in found.items()}


def procedure() -> Iterator[tuple[str, str]]:
    """Every call of the whole procedure; tests/guarantee compares the page with what is made."""
    page = (HOUSE / "docs" / "guarantee.md").read_text("utf-8")
    row = re.compile(r"^\| [\d–]+ \| [^|]+ \| (\w+) \| (.+) \|$", re.MULTILINE)
    for function, names in row.findall(page):
        for name in names.split(" · "):
            yield function, name


def action(name: str) -> str:
    service, _, operation = name.partition(".")
    return ACTIONS.get(name, f"{PREFIXES.get(service, service)}:{operation}")


def statements(template: Mapping[str, Any], function: str) -> list[dict[str, Any]]:
    [policy] = template["Resources"][ROLES[function]]["Properties"]["Policies"]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def allowed(template: Mapping[str, Any], function: str) -> list[str]:
    """What it may do: a prohibition is none of it, and has tests of its own."""
    return [
        one for s in statements(template, function) if s["Effect"] == "Allow" for one in s["Action"]
    ]


def encrypted(template: Mapping[str, Any]) -> frozenset[str]:
    """What is encrypted by our key, by its name in the template."""
    ours = json.dumps({"Fn::GetAtt": ["Key", "Arn"]})
    return frozenset(n for n, r in template["Resources"].items() if ours in json.dumps(r))


def needs_of_key(template: Mapping[str, Any], function: str) -> Iterator[tuple[str, str]]:
    """Through which service it has to use the key, and for what, with all that it may do."""
    for statement in statements(template, function):
        named = " ".join(resources(statement))
        if statement["Effect"] == "Allow" and any(name in named for name in encrypted(template)):
            for one in statement["Action"]:
                for use in ASKS_FOR_KEY.get(one, ()):
                    yield one.partition(":")[0], use


def uses_of_key(template: Mapping[str, Any], function: str) -> Iterator[tuple[str, str]]:
    """Through which service it may use the key, and for what."""
    for statement in statements(template, function):
        if statement["Resource"] == {"Fn::GetAtt": ["Key", "Arn"]}:
            through = statement["Condition"]["StringEquals"]["kms:ViaService"]
            for service in through if isinstance(through, list) else [through]:
                for one in statement["Action"]:
                    yield service["Fn::Sub"].removesuffix(".${AWS::Region}.amazonaws.com"), one


def resources(statement: Mapping[str, Any]) -> list[str]:
    named = statement["Resource"]
    every = named if isinstance(named, list) else [named]
    return [one if isinstance(one, str) else str(*one.values()) for one in every]


def test_every_function_has_a_role_of_its_own(template: dict[str, Any]) -> None:
    functions = [
        resource["Properties"]["Role"]["Fn::GetAtt"][0]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    ]
    assert sorted(functions) == sorted(ROLES.values())


@pytest.mark.parametrize("function", ROLES)
def test_a_function_may_do_what_it_does(
    template: dict[str, Any], called: Mapping[str, frozenset[str]], function: str
) -> None:
    assert called[function] - set(allowed(template, function)) == set()


@pytest.mark.parametrize("function", ROLES)
def test_and_nothing_else_but_what_has_a_reason(
    template: dict[str, Any], called: Mapping[str, frozenset[str]], function: str
) -> None:
    beyond = set(allowed(template, function)) - called[function] - {*LOGS, READS, WRITES}
    assert beyond == set(BEYOND[function])


@pytest.mark.parametrize("function", ROLES)
def test_a_function_uses_the_key_through_the_services_that_ask_it_to_and_never_by_itself(
    template: dict[str, Any], function: str
) -> None:
    uses = set(uses_of_key(template, function))
    assert uses == set(needs_of_key(template, function))
    may = {one for one in allowed(template, function) if one.startswith("kms:")}
    assert may == {use for _, use in uses}


def test_a_function_reads_the_indexes_that_it_asks_and_no_other_part_of_the_table(
    template: dict[str, Any], morning: Sequence[Call]
) -> None:
    asked = {(c.function, c.request["IndexName"]) for c in morning if "IndexName" in c.request}
    may = {
        (function, resource.rpartition("/index/")[2])
        for function in ROLES
        for statement in statements(template, function)
        for resource in resources(statement)
        if "/index/" in resource
    }
    assert asked | set(INDEXES_BEYOND) == may
    assert asked.isdisjoint(INDEXES_BEYOND)


@pytest.mark.parametrize("function", ROLES)
def test_every_star_in_a_resource_has_a_reason(template: dict[str, Any], function: str) -> None:
    named = [one for s in statements(template, function) for one in resources(s)]
    stars = [one for one in named if "*" in one and one != "*"]
    assert [one for one in stars if not one.endswith(tuple(STARS))] == []


@pytest.mark.parametrize("function", ROLES)
def test_only_what_knows_no_resource_is_allowed_everywhere(
    template: dict[str, Any], function: str
) -> None:
    everywhere = [s["Action"] for s in statements(template, function) if s["Resource"] == "*"]
    assert everywhere in ([], [WITHOUT_RESOURCE])


def test_only_who_sends_and_who_forgets_may_take_an_address_off_the_suppression_list(
    template: dict[str, Any],
) -> None:
    may = [f for f in ROLES if set(WITHOUT_RESOURCE) & set(allowed(template, f))]
    assert sorted(may) == ["reconcile", "serve_dossier"]


def test_only_who_sends_may_send(template: dict[str, Any]) -> None:
    sends = {"ses:SendEmail", "sms-voice:SendTextMessage"}
    senders = {f: sends & set(allowed(template, f)) for f in ROLES}
    assert {f: may for f, may in senders.items() if may} == {
        "serve_dossier": sends,
        "send_digest": {"ses:SendEmail"},
        "sweep_due": {"ses:SendEmail"},
    }


def test_only_a_rotation_writes_a_secret(template: dict[str, Any]) -> None:
    looks = {"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"}
    writes = {one for f in ROLES for one in allowed(template, f) if "secretsmanager" in one}
    writers = [f for f in ROLES if (writes - looks) & set(allowed(template, f))]
    assert writers == ["rotate_keys"]


#: Who reads which secret: who signs sessions can be anybody, so that is the pages alone.
READ: Mapping[str, frozenset[str]] = {
    "WebhookSecrets": frozenset({"http"}),
    "LinkKeys": frozenset({"http", "serve_dossier", "rotate_keys"}),
    "SessionKeys": frozenset({"http", "rotate_keys"}),
    "AddressKey": frozenset({"http", "sweep_due", "reconcile", "serve_dossier", "record_delivery"}),
}


@pytest.mark.parametrize("secret", READ)
def test_a_secret_is_read_by_those_alone_who_need_it(template: dict[str, Any], secret: str) -> None:
    reads = "secretsmanager:GetSecretValue"
    may = {
        function
        for function in ROLES
        for statement in statements(template, function)
        if reads in statement["Action"] and f"'{secret}'" in str(statement["Resource"])
    }
    assert may == READ[secret]


def test_each_function_reads_the_secrets_that_it_does_and_each_has_been_read(
    morning: Sequence[Call],
) -> None:
    """As the local world names them: in one process, whoever comes first reads for all."""
    read = {
        (call.function, SECRETS[call.request["SecretId"].removeprefix("relance-")])
        for call in morning
        if call.name == "secretsmanager.GetSecretValue"
    }
    assert {secret for _, secret in read} == set(READ)
    assert all(function in READ[secret] for function, secret in read)


#: Who adds lines to the audit, and who takes them away when their time is over.
ADDS, FORGETS = {"http", "reconcile"}, {"reconcile"}
CHANGES = frozenset(
    [
        *("dynamodb:UpdateItem", "dynamodb:BatchWriteItem"),
        *("dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PartiQLDelete"),
    ]
)


def denied(template: Mapping[str, Any], function: str, key: str) -> set[str]:
    """What it must not do to an item of this key, whatever else it may: as IAM judges it."""
    return {
        action
        for statement in statements(template, function)
        if statement["Effect"] == "Deny"
        for action in statement["Action"]
        for pattern in statement["Condition"]["ForAnyValue:StringLike"]["dynamodb:LeadingKeys"]
        if fnmatchcase(key, pattern)
    }


@pytest.mark.parametrize("function", ROLES)
def test_nobody_changes_a_line_of_the_audit_and_only_the_night_erases_one(
    template: dict[str, Any], function: str
) -> None:
    """A transaction is judged by its parts: https://docs.aws.amazon.com/amazondynamodb/latest/
    developerguide/transaction-apis-iam.html
    """
    writes = {"dynamodb:PutItem", "dynamodb:DeleteItem", *CHANGES}
    may = writes & set(allowed(template, function))
    must_not = denied(template, function, "AUDIT#2019-04-08T08:00:00.000000Z#0123456789ab")
    left = may - must_not
    wanted = {"dynamodb:PutItem"} if function in ADDS else set[str]()
    assert left == wanted | ({"dynamodb:DeleteItem"} if function in FORGETS else set())
    if may:
        assert must_not >= CHANGES, "a right that is given later changes nothing"
    for key in ("DOSSIER#AUDIT#1", "KNOCKS#2019-04-08", "OPERATOR#agent"):
        assert denied(template, function, key) == set()


def test_the_copy_of_the_audit_is_written_by_those_who_add_to_it_and_erased_by_nobody(
    template: dict[str, Any],
) -> None:
    may = {
        function: statement["Action"]
        for function in ROLES
        for statement in statements(template, function)
        if statement["Resource"] == {"Fn::GetAtt": ["AuditLog", "Arn"]}
    }
    assert may == {function: list(LOGS) for function in sorted(ADDS)}


def test_who_begins_the_night_may_do_nothing_else(template: dict[str, Any]) -> None:
    assert set(allowed(template, "begin_night")) == {*LOGS, "sqs:SendMessage"}
    [begins] = [s for s in statements(template, "begin_night") if s["Sid"] != "Log"]
    assert begins["Resource"] == {"Fn::GetAtt": ["NightQueue", "Arn"]}


def test_only_the_night_reads_the_whole_table_and_erases_documents(
    template: dict[str, Any],
) -> None:
    rare = {"dynamodb:Scan", "s3:DeleteObjectVersion", "s3:ListBucketVersions"}
    assert [f for f in ROLES if rare & set(allowed(template, f))] == ["reconcile"]


def test_the_console_may_ask_for_an_erasure_and_only_the_night_may_do_it(
    template: dict[str, Any],
) -> None:
    erases = {"s3:DeleteObjectVersion", "s3:ListBucketVersions", *WITHOUT_RESOURCE}
    assert not erases & set(allowed(template, "http"))
    assert erases < set(allowed(template, "reconcile"))
