"""How many calls of AWS one dossier takes on the ordinary way: exactly so many, and why."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

import pytest

from benchmarks.calls_per_dossier import play
from benchmarks.meter import BY_THE_CLOCK
from benchmarks.ordinary_way import BEGINS, ENDS
from local.world import World
from tests.builders import paris

#: Each running function reads the secret once in some minutes, however many dossiers there are.
ONCE_A_PROCESS = "secretsmanager.GetSecretValue"

DEPOSITED = paris("2019-05-07 00:00")

#: Booked, asked, confirmed, fetched, reminded twice, deposited: five e-mails, one text message.
TO_THE_DEPOSIT: Mapping[str, Mapping[str, int]] = {
    "http": {
        "dynamodb.GetItem": 9,
        "dynamodb.UpdateItem": 6,
        "s3.HeadObject": 1,
        "sqs.SendMessageBatch": 3,
    },
    "record_delivery": {"dynamodb.BatchGetItem": 11, "dynamodb.UpdateItem": 6},
    "serve_dossier": {
        "dynamodb.BatchGetItem": 7,
        "dynamodb.UpdateItem": 13,
        "pinpoint-sms-voice-v2.SendTextMessage": 1,
        "s3.PutObject": 1,
        "sesv2.SendEmail": 5,
    },
}

#: Until all is forgotten: nine e-mails, three text messages, twelve receipts that they arrived.
TO_THE_END: Mapping[str, Mapping[str, int]] = {
    "http": {
        "dynamodb.GetItem": 12,  # one a request
        "dynamodb.UpdateItem": 8,  # one for whatever is news; one for each new address
        "s3.HeadObject": 1,  # whether the convocation is kept still
        "sqs.SendMessageBatch": 4,  # only where something is due now
    },
    "record_delivery": {
        "dynamodb.BatchGetItem": 21,  # one a batch
        "dynamodb.UpdateItem": 12,  # one a receipt that says something new
    },
    "serve_dossier": {
        "dynamodb.BatchGetItem": 11,  # one a wake, with the channels
        "dynamodb.UpdateItem": 23,  # a claim, and a record that claims the next one
        "pinpoint-sms-voice-v2.SendTextMessage": 3,
        "s3.PutObject": 1,
        "sesv2.SendEmail": 9,
    },
}


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("until", "calls"),
    [
        pytest.param(DEPOSITED, TO_THE_DEPOSIT, id="to the deposit"),
        pytest.param(ENDS, TO_THE_END, id="to the end", marks=pytest.mark.long),
    ],
)
def test_the_ordinary_way_takes_so_many_calls(
    until: datetime, calls: Mapping[str, Mapping[str, int]]
) -> None:
    with World(start=BEGINS, ticks=False) as world:
        counted = play(world, until).calls
    made: dict[str, Counter[str]] = {}
    for (function, call), times in counted.items():
        if function not in BY_THE_CLOCK and call != ONCE_A_PROCESS:
            made.setdefault(function, Counter())[call] = times
    assert made == calls


def test_a_message_takes_four_calls_and_a_dossier_little_more_than_a_hundred() -> None:
    served = TO_THE_END["serve_dossier"]
    wakes, messages = served["dynamodb.BatchGetItem"], 9 + 3
    assert served["dynamodb.UpdateItem"] <= 2 * messages
    assert wakes < messages
    assert sum(sum(calls.values()) for calls in TO_THE_END.values()) <= 106
