"""What the table was asked before, and cannot answer otherwise now, is not asked of moto again.

Three of four calls of the story read the table, most of them lists with nothing in them, each
night anew. What a read answers depends on its words and on the items that it could find: as long
as none of them was written, by whomever, the answer of the last time stands. A call that is hurt
on its way is always asked, and so is every write.
"""

import pickle
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from botocore.client import BaseClient
from moto.backends import get_backend

from local.aws.embedded import REGION
from local.aws.lambda_runtime import ACCOUNT
from local.aws.transport import replaced
from local.faults.calls import Calls

Request = Mapping[str, Any]

#: Asks AWS: a client, an operation, its request.
Ask = Callable[[Any, str, Request], Any]

#: What a read could find, and how often each of it was written.
Found = tuple[tuple[str, int], ...]


@contextmanager
def recalling(calls: Calls) -> Iterator["Recall"]:
    """Meanwhile, for every client of this process; entered before the calls are counted."""
    recall = Recall(ask=BaseClient._make_api_call)  # type: ignore[attr-defined]  # private

    def call(client: Any, operation: str, request: Request) -> Any:
        answer = recall.anew if calls.is_hurt else recall.answer
        return answer(client, operation, request)

    with replaced(BaseClient, "_make_api_call", call):
        yield recall


@dataclass
class Recall:
    """The answers so far, of one world."""

    ask: Ask
    answers: dict[object, bytes] = field(default_factory=dict)
    written: Counter[str] = field(default_factory=Counter)
    recalled: int = 0

    def answer(self, client: Any, operation: str, request: Request) -> Any:
        """The answer of the last time if nothing was written that it could find; or a new one."""
        could_find = _READS.get(operation)
        if could_find is None:
            return self.anew(client, operation, request)
        found = tuple((name, self.written[name]) for name in could_find(request))
        asked = operation, _words(operation, request, found), found
        if asked not in self.answers:
            self.answers[asked] = pickle.dumps(self.ask(client, operation, request))
        else:
            self.recalled += 1
        return pickle.loads(self.answers[asked])

    def anew(self, client: Any, operation: str, request: Request) -> Any:
        """Ask, and know what may be written by that, however it ends."""
        if operation in _WRITES:
            self.written[request[_WRITES[operation]]["pk"]["S"]] += 1
        elif operation not in _READS and client.meta.service_model.service_name in _RECALLED:
            self.answers.clear()
        return self.ask(client, operation, request)


def _words(operation: str, request: Request, found: Found) -> bytes:
    """The words of a request. Of a query that can find nothing, it is all the same of what."""
    if operation == "Query" and not found:
        request = {**request, "ExpressionAttributeValues": None}
    return msgspec.json.encode(request)


def _by_key(request: Request) -> Iterator[str]:
    yield request["Key"]["pk"]["S"]


def _by_keys(request: Request) -> Iterator[str]:
    for asked in request["RequestItems"].values():
        yield from (key["pk"]["S"] for key in asked["Keys"])


def _in_index(request: Request) -> Iterator[str]:
    """Every item under any key of the index that the query names, whichever way."""
    table = _table(request)
    hash_key = table.get_index(request["IndexName"]).schema[0]["AttributeName"]
    keys = {value.get("S") for value in request["ExpressionAttributeValues"].values()}
    for item in table.all_items():
        held = item.attrs.get(hash_key)
        if held is not None and held.value in keys:
            yield item.attrs["pk"].value


def _everywhere(request: Request) -> Iterator[str]:
    """Every item whose key begins as asked for; of the others only how many there are.

    All of them are far less than a page, so that each scan reads them all.
    """
    prefix = request["ExpressionAttributeValues"][":0"]["S"] if _is_by_prefix(request) else ""
    for item in _table(request).all_items():
        key = item.attrs["pk"].value
        yield key if key.startswith(prefix) else ""


def _is_by_prefix(request: Request) -> bool:
    names = request.get("ExpressionAttributeNames") or {}
    is_by_prefix = request.get("FilterExpression") == "begins_with (#0, :0)"
    return is_by_prefix and names.get("#0") == "pk"


def _of_secrets(_request: Request) -> Iterator[str]:
    yield from ()


def _table(request: Request) -> Any:
    return get_backend("dynamodb")[ACCOUNT][REGION].tables[request["TableName"]]


#: What each read could find.
_READS: Mapping[str, Callable[[Request], Iterator[str]]] = {
    "GetItem": _by_key,
    "BatchGetItem": _by_keys,
    "Query": _in_index,
    "Scan": _everywhere,
    "GetSecretValue": _of_secrets,
}
#: Where each write says what it writes. Whatever else is asked of these services may write all.
_WRITES: Mapping[str, str] = {"PutItem": "Item", "UpdateItem": "Key", "DeleteItem": "Key"}
_RECALLED = frozenset({"dynamodb", "secretsmanager"})
