"""What the queues have given up: looked at without anybody's data, and put back."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.domain.dead_letters import DeadLetters, DeadLettersView
from chalicelib.storage.sqs import BATCH, sqs_client, sqs_translated, waiting_in

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

#: Seconds in which nobody else puts the same letters back.
HIDDEN = 30

#: What may be shown of a letter: an id or a code, never a word of somebody's.
_CODE = re.compile(r"[A-Za-z0-9_. -]{1,64}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Route:
    """The address of a queue of dead letters, and of the queue they came from."""

    dead: str
    back: str


class SqsDeadLetters:
    """The dead letters of each queue."""

    def __init__(self, routes: Mapping[DeadLetters, Route]) -> None:
        self._routes = routes

    @cached_property
    def _client(self) -> "SQSClient":
        return sqs_client()

    def view(self, queue: DeadLetters) -> DeadLettersView:
        """About how many there are, and some of them. Raises StorageUnavailable."""
        dead = self._routes[queue].dead
        return DeadLettersView(
            queue=queue,
            count=waiting_in(self._client, dead),
            examples=[_SHOWN[queue](letter) for letter in self._letters(dead, BATCH, hidden=0)],
        )

    def redrive(self, queue: DeadLetters, at_most: int) -> int:
        """Put some back; how many. Raises StorageUnavailable.

        One by one, sent before it is deleted: a crash in between leaves it twice, which harms
        nobody, and never loses it. A serve serves what is owed; a receipt tells the same again;
        a night that runs twice finds the same.
        """
        route, done = self._routes[queue], 0
        while letters := self._letters(route.dead, min(BATCH, at_most - done), hidden=HIDDEN):
            for letter in letters:
                self._put_back(route, letter)
            done += len(letters)
        return done

    def _letters(self, url: str, at_most: int, *, hidden: int) -> Sequence["MessageTypeDef"]:
        if at_most < 1:
            return ()
        with sqs_translated():
            answer = self._client.receive_message(
                QueueUrl=url, MaxNumberOfMessages=at_most, VisibilityTimeout=hidden
            )
        return answer.get("Messages", ())

    def _put_back(self, route: Route, letter: "MessageTypeDef") -> None:
        with sqs_translated():
            self._client.send_message(QueueUrl=route.back, MessageBody=letter["Body"])
            self._client.delete_message(QueueUrl=route.dead, ReceiptHandle=letter["ReceiptHandle"])


def _of_a_serve(letter: "MessageTypeDef") -> str:
    """The dossier that could not be served."""
    return _code(_object(letter["Body"]).get("dossier_id")) or letter["MessageId"]


def _of_feedback(letter: "MessageTypeDef") -> str:
    """The queue's own id, and what kind of event it is. The event itself holds an address."""
    event = _object(_object(letter["Body"]).get("Message"))
    kind = _code(event.get("eventType")) or _code(event.get("notificationType"))
    return f"{letter['MessageId']} {kind}".rstrip()


def _of_a_night(letter: "MessageTypeDef") -> str:
    """The last dossier that it had worked on: it stopped at one of the next."""
    return _code(_object(letter["Body"]).get("after")) or letter["MessageId"]


def _object(text: object) -> Mapping[str, Any]:
    """A JSON object; an empty one where it is none: that may be why it lies here."""
    try:
        content = json.loads(text) if isinstance(text, str) else {}
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _code(value: object) -> str:
    return value if isinstance(value, str) and _CODE.fullmatch(value) else ""


_SHOWN: Mapping[DeadLetters, Callable[["MessageTypeDef"], str]] = {
    DeadLetters.SERVE: _of_a_serve,
    DeadLetters.FEEDBACK: _of_feedback,
    DeadLetters.NIGHT: _of_a_night,
}
