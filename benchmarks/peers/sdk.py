"""The SDK alone: the fewest calls that the same work can do with, in the product's own Python.

The bodies are those of the product's last calls, but for the key and for a condition that holds
each time: nothing is decided, written or checked here.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from botocore.session import get_session

from benchmarks.contestant import Work, ask, obey

Call = Callable[[], object]

_session = get_session()
_dynamodb: Any = _session.create_client("dynamodb")
_sqs: Any = _session.create_client("sqs")
_ses: Any = _session.create_client("sesv2")

#: What stands beside a dossier when it is served: two channels, each held or paused.
BESIDE = ("CHANNEL#email", "CHANNEL#sms", "PAUSE#email", "PAUSE#sms")


def send(units: int) -> Call:
    """Read, claim, send, record."""
    last = ask("last")
    update, keys = _update(last), [last["UpdateItem"]["Key"], *map(_key, BESIDE)]
    mail = partial(_ses.send_email, **last["SendEmail"])
    return _each(units, _batch(last, keys), update, mail, update)


def accept(units: int) -> Call:
    """Read, write, wake."""
    last = ask("last")
    wake = partial(_sqs.send_message_batch, **last["SendMessageBatch"])
    return _each(units, _get(last), _update(last), wake)


def receipts_1(units: int) -> Call:
    """Read and write."""
    last = ask("last")
    return _each(units, _get(last), _update(last))


def receipts_10(units: int) -> Call:
    """Read ten at once, and write each."""
    last, size = ask("last"), min(units, 10)
    latest: str = last["UpdateItem"]["Key"]["pk"]["S"]
    begin, number = latest[:-6], int(latest[-6:])
    keys = [_key(f"{begin}{n:06}") for n in range(number, number - size, -1)]
    return _each(units // size, _batch(last, keys), *[_update(last)] * size)


def _each(units: int, *calls: Call) -> Call:
    def do() -> None:
        for _ in range(units):
            for call in calls:
                call()

    return do


def _get(last: Mapping[str, Any]) -> Call:
    update = last["UpdateItem"]
    asked = {"TableName": update["TableName"], "Key": update["Key"], "ConsistentRead": True}
    return partial(_dynamodb.get_item, **asked)


def _batch(last: Mapping[str, Any], keys: list[Mapping[str, Any]]) -> Call:
    asked = {last["UpdateItem"]["TableName"]: {"Keys": keys, "ConsistentRead": True}}
    return partial(_dynamodb.batch_get_item, RequestItems=asked)


def _update(last: Mapping[str, Any]) -> Call:
    mine = {"Key": _key("SDK"), "ConditionExpression": "NOT (attribute_exists(nothing))"}
    return partial(_dynamodb.update_item, **{**last["UpdateItem"], **mine})


def _key(pk: str) -> Mapping[str, Any]:
    return {"pk": {"S": pk}}


WORK: Mapping[str, Work] = {
    "serve": send,
    "accept": accept,
    "receipts_1": receipts_1,
    "receipts_10": receipts_10,
}

if __name__ == "__main__":
    obey(WORK)
