"""What is outside: AWS and a mail server, played by a process of its own, `python -m
benchmarks.outside`.

It keeps items, honours conditions, and answers on the wire as AWS does, with little work: it must
not disturb whoever is measured. It prints its two ports, HTTP and SMTP, and ends with its input.
"""

import asyncio
import hashlib
import json
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import count
from typing import Any

from benchmarks.capacity import Index, indexes, size_of
from benchmarks.expressions import Item, NotUnderstood, Request, condition, projected, updated

#: What a page of a query or a scan holds, in bytes.
PAGE = 1_048_576
Answer = dict[str, Any]


class Refused(Exception):
    """An error answer of a service."""

    def __init__(self, kind: str, more: Answer) -> None:
        super().__init__(kind)
        self.kind, self.more = kind, more


class Table:
    """The one table: items by their key, and what its indexes hold of them."""

    def __init__(self, declared: Sequence[Index]) -> None:
        self._items: dict[str, Item] = {}
        self._indexes = {index.name: index for index in declared}

    def get_item(self, request: Request) -> Answer:
        """One item, if it is there."""
        item = self._items.get(_pk(request))
        return {"Item": projected(item, request)} if item else {}

    def batch_get_item(self, request: Request) -> Answer:
        """Those of many that are there."""
        found = {}
        for name, asked in request["RequestItems"].items():
            items = [self._items.get(key["pk"]["S"]) for key in asked["Keys"]]
            found[name] = [projected(item, asked) for item in items if item]
        return {"Responses": found, "UnprocessedKeys": {}}

    def update_item(self, request: Request) -> Answer:
        """One conditional write."""
        before = self._if_allowed(request)
        after = updated({**before, **request["Key"]}, request)
        self._items[_pk(request)] = after
        return _returned(request, before, after)

    def put_item(self, request: Request) -> Answer:
        """Put a whole item into the place of another."""
        before = self._if_allowed(request)
        self._items[_pk(request)] = request["Item"]
        return _returned(request, before, {})

    def delete_item(self, request: Request) -> Answer:
        """Take an item away."""
        before = self._if_allowed(request)
        self._items.pop(_pk(request), None)
        return _returned(request, before, {})

    def _if_allowed(self, request: Request) -> Item:
        before = self._items.get(_pk(request), {})
        asked = request.get("ConditionExpression")
        if asked and not condition(asked)(before, request):
            wanted = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
            shown = {"Item": before} if wanted and before else {}
            raise Refused("ConditionalCheckFailedException", shown)
        return before

    def query(self, request: Request) -> Answer:
        """A page of what an index holds under one key, in the order of its second key."""
        index = self._indexes[request["IndexName"]]
        is_wanted = condition(request["KeyConditionExpression"])
        found = [
            index.entry(item) or {}
            for item in self._items.values()
            if index.keys[0] in item and is_wanted(item, request)
        ]
        found = sorted(filter(None, found), key=lambda entry: _place(index, entry))
        if not request.get("ScanIndexForward", True):
            found.reverse()
        return _page(found, request, ("pk", *index.keys))

    def scan(self, request: Request) -> Answer:
        """A page of all there is."""
        return _page(list(self._items.values()), request, ("pk",))


def _pk(request: Request) -> str:
    key: str = (request.get("Key") or request["Item"])["pk"]["S"]
    return key


def _returned(request: Request, before: Item, after: Item) -> Answer:
    wanted = {"ALL_NEW": after, "ALL_OLD": before}.get(request.get("ReturnValues", ""), {})
    return {"Attributes": wanted} if wanted else {}


def _place(index: Index, entry: Item) -> tuple[str, ...]:
    return tuple(entry[name]["S"] for name in (*index.keys, "pk"))


def _page(found: Sequence[Item], request: Request, keys: Sequence[str]) -> Answer:
    """What fits, from where the last page ended; what a filter leaves out counts as read."""
    begin, size = _after(found, request.get("ExclusiveStartKey")), 0
    is_wanted = condition(request.get("FilterExpression", "attribute_exists(pk)"))
    read = []
    for item in found[begin : begin + int(request.get("Limit", len(found)))]:
        if size > PAGE:
            break
        read.append(item)
        size += size_of(item)
    more = begin + len(read) < len(found) and bool(read)
    last = {"LastEvaluatedKey": {name: read[-1][name] for name in keys}} if more else {}
    items = [projected(item, request) for item in read if is_wanted(item, request)]
    return {"Items": items, "Count": len(items), "ScannedCount": len(read), **last}


def _after(found: Sequence[Item], start: Item | None) -> int:
    if not start:
        return 0
    return next(n for n, item in enumerate(found, 1) if item["pk"] == start["pk"])


class Outside:
    """Every service, and what it was asked: `calls` by name, the `last` of each, and the first mail
    `sent` of each dossier.
    """

    def __init__(self, secret: str, declared: Sequence[Index]) -> None:
        self._secret, self._numbers = secret, count(1)
        self._objects: dict[str, bytes] = {}
        self.calls: Counter[str] = Counter()
        self.last: dict[str, Any] = {}
        self.sent: dict[str, tuple[str, Any]] = {}
        table = Table(declared)
        self._named: Mapping[str, Callable[[Request], Answer]] = {
            "GetItem": table.get_item,
            "BatchGetItem": table.batch_get_item,
            "UpdateItem": table.update_item,
            "PutItem": table.put_item,
            "DeleteItem": table.delete_item,
            "Query": table.query,
            "Scan": table.scan,
            "SendMessageBatch": self._send_message_batch,
            "GetQueueAttributes": lambda _: {"Attributes": {"ApproximateNumberOfMessages": "0"}},
            "GetSecretValue": self._get_secret_value,
            "DescribeSecret": lambda request: {"Name": request["SecretId"]},
            "SendTextMessage": lambda _: {"MessageId": self._message_id()},
        }

    def answer(self, method: str, target: str, header: Mapping[str, str], body: bytes) -> bytes:
        """One HTTP answer, whole."""
        path = target.partition("?")[0]
        try:
            if named := header.get("x-amz-target"):
                return _json(self._asked(named.rpartition(".")[2], json.loads(body)))
            if path == "/v2/email/outbound-emails":
                return _json(self._send_email(json.loads(body)))
            if path.startswith("/-/"):
                return _json(self._told(path, body))
            return self._object(method, path, body)
        except Refused as refusal:
            error = {"__type": f"com.amazonaws#{refusal.kind}", "message": refusal.kind}
            return _json({**error, **refusal.more}, 400)
        except NotUnderstood as error:
            return _json({"__type": "ValidationException", "message": str(error)}, 400)

    def _asked(self, operation: str, request: Request) -> Answer:
        self.calls[operation] += 1
        if operation not in self._named:
            raise NotUnderstood(operation)
        self.last[operation] = request
        return self._named[operation](request)

    def _told(self, path: str, body: bytes) -> Any:
        """What whoever measures wants to know."""
        if path == "/-/sent":
            return [self.sent[dossier_id] for dossier_id in json.loads(body)]
        return {"/-/calls": self.calls, "/-/last": self.last, "/-/secret": self._secret}[path]

    def _send_message_batch(self, request: Request) -> Answer:
        """Taken, and nobody fetches it: whoever measures serves by itself."""
        taken = [
            {
                "Id": entry["Id"],
                "MessageId": self._message_id(),
                "MD5OfMessageBody": hashlib.md5(entry["MessageBody"].encode()).hexdigest(),  # noqa: S324  SQS' own
            }
            for entry in request["Entries"]
        ]
        return {"Successful": taken, "Failed": []}

    def _get_secret_value(self, request: Request) -> Answer:
        return {"Name": request["SecretId"], "SecretString": self._secret, "VersionId": "1"}

    def _send_email(self, request: Any) -> Answer:
        self.calls["SendEmail"] += 1
        self.last["SendEmail"] = request
        message_id = self._message_id()
        tags = {tag["Name"]: tag["Value"] for tag in request["EmailTags"]}
        self.sent.setdefault(tags["dossier"], (message_id, request))
        return {"MessageId": message_id}

    def _message_id(self) -> str:
        return f"0111016a2f6c1d3e-7a3c4a52-93a9-4d5e-8a77-{next(self._numbers):012}-000000"

    def _object(self, method: str, path: str, body: bytes) -> bytes:
        self.calls[f"{method.title()}Object"] += 1
        if method == "PUT":
            self._objects[path] = body
            return _http(200, {"ETag": f'"{zlib.crc32(body)}"'}, b"")
        kept = self._objects.get(path)
        if kept is None:
            return _http(404, {}, b"")
        headers = {"Content-Length": str(len(kept)), "ETag": f'"{zlib.crc32(kept)}"'}
        return _http(200, headers, b"" if method == "HEAD" else kept)


def _json(answer: Any, status: int = 200) -> bytes:
    body = json.dumps(answer).encode()
    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amz-crc32": str(zlib.crc32(body))}
    return _http(status, headers, body)


def _http(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    whole = {
        "Server": "Server",
        "Date": "Mon, 08 Apr 2019 08:00:00 GMT",
        "x-amzn-RequestId": "1K9CV4LLFQ6BDQ5TVSBTO7TFCVVV4KQNSO5AEMVJF66Q9ASUAAJG",
        "Content-Length": str(len(body)),
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in whole.items())
    return f"HTTP/1.1 {status} -\r\n{head}\r\n".encode() + body


Streams = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]


def _http_server(outside: Outside) -> Streams:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            first, *lines = head.decode("latin-1").split("\r\n")
            method, target, _ = first.split(" ", 2)
            pairs = (line.partition(":") for line in lines if line)
            header = {name.lower(): value.strip() for name, _, value in pairs}
            if header.get("expect", "").lower() == "100-continue":
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            body = await reader.readexactly(int(header.get("content-length", 0)))
            writer.write(outside.answer(method, target, header, body))
        writer.close()

    return serve


async def _head(reader: asyncio.StreamReader) -> bytes:
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        return await reader.readuntil(b"\r\n\r\n")
    return b""


def _smtp_server(outside: Outside) -> Streams:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink ESMTP\r\n")
        while line := await reader.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                outside.calls["mail"] += 1
            writer.write(b"221 bye\r\n" if word == b"QUIT" else b"250 sink\r\n")
            if word == b"QUIT":
                break
        writer.close()

    return serve


async def _main() -> None:
    from local.aws.embedded import template

    declared = indexes(template()["Resources"]["Table"]["Properties"])
    outside = Outside(sys.stdin.readline().strip(), declared)
    limit = 8 * PAGE
    served = (_http_server(outside), _smtp_server(outside))
    servers = [await asyncio.start_server(one, "127.0.0.1", 0, limit=limit) for one in served]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_main())
