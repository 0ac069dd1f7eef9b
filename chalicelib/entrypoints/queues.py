"""What the queues deliver: dossiers to serve, receipts to record. One bad message fails alone."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from zlib import crc32

from chalice.app import SQSEvent

from chalicelib.bootstrap import services
from chalicelib.decoding.receipts import Receipt, receipt_of
from chalicelib.domain.attempts import Notice
from chalicelib.entrypoints.counting import count_receipt, count_served
from chalicelib.observability import Metric, about, count, log, log_failure, one_thing
from chalicelib.pipeline.back_off import Trouble, alone
from chalicelib.pipeline.delivery_reports import AtHand, Settled
from chalicelib.pipeline.ports import DIGEST_TAG

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

#: A message of a queue, as Lambda hands it over.
#: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
Message = Mapping[str, Any]

#: What a batch leaves of its time: for its last message, where calls are answered late.
SPARE_MILLIS = 45_000


def serve(event: SQSEvent) -> dict[str, Any]:
    """Serve each dossier of a batch; the failed ones are delivered again."""
    return _each(event, _serve)


def settle(event: SQSEvent) -> dict[str, Any]:
    """Record each receipt of a batch; the failed ones are delivered again.

    Where any of them was delivered before, each is read and recorded by itself, and deleted at
    once: if one takes the process down, what was done does not come back with it.
    """
    records = event.to_dict()["Records"]
    if any(_deliveries(r) > 1 for r in records):
        return _each(event, _settle_alone)
    read = {r["messageId"]: alone("", partial(receipt_of, r["body"])) for r in records}
    reports = (one.report for one in read.values() if isinstance(one, Receipt) and one.is_news)
    at_hand = services().delivery_reports.read_together(filter(None, reports))
    return _each(event, lambda message: _settle(read[message["messageId"]], at_hand))


def _settle_alone(message: Message) -> None:
    _settle(alone("", partial(receipt_of, message["body"])), {})
    services().feedback_queue.done(message["receiptHandle"])


def _each(event: SQSEvent, handle: Callable[[Message], None]) -> dict[str, Any]:
    """Handle each message by itself while there is time, the first in any case; the answer names
    those that are to be delivered again.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
    """
    left = cast("LambdaContext", event.context).get_remaining_time_in_millis
    failed = [
        message["messageId"]
        for number, message in enumerate(sorted(event.to_dict()["Records"], key=_turn))
        if (number and left() < SPARE_MILLIS) or not _is_done(message, handle)
    ]
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}


def _turn(message: Message) -> tuple[int, int]:
    """Whatever came less often is first. The others turn round with each delivery: who stood behind
    the one that took the process down then stands before it.
    """
    deliveries = _deliveries(message)
    is_first = deliveries == 1
    return deliveries, 0 if is_first else crc32(message["messageId"].encode()) * (-1) ** deliveries


def _deliveries(message: Message) -> int:
    """How often it was received, this time included; at some of them nothing may have run.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
    """
    return int(message["attributes"]["ApproximateReceiveCount"])


def _is_done(message: Message, handle: Callable[[Message], None]) -> bool:
    with one_thing():
        try:
            handle(message)
        except Exception as error:  # noqa: BLE001  it alone is delivered again
            log_failure(error, message_id=message["messageId"], reason=type(error).__name__)
            return False
    return True


def _serve(message: Message) -> None:
    woken = json.loads(message["body"])
    dossier_id = woken["dossier_id"]
    about(dossier_id=dossier_id, event_id=woken.get("event_id", ""))
    serve = partial(services().sender.serve, dossier_id)
    done = services().backoff.serve(dossier_id, serve, is_again=_deliveries(message) > 1)
    if isinstance(done, Trouble):
        log_failure(done.error, reason=type(done.error).__name__)
        log("set_aside")
        count(Metric.SET_ASIDE)
        return
    for served in done:
        count_served(served)
        attempt = _attempt(served.owed.notice, served.owed.next_try.attempt)
        if served.channel:
            log(served.channel, **attempt, reason=served.reason)
        log(served.status, **attempt, reason=served.reason)


def _settle(receipt: Receipt | Trouble, at_hand: AtHand) -> None:
    if isinstance(receipt, Trouble):  # one that cannot be read fails alone
        raise receipt.error
    about(event_id=receipt.receipt_id)
    if receipt.is_of(DIGEST_TAG):
        _settle_digest(receipt)
    elif receipt.is_news:
        _settle_message(receipt, at_hand)


def _settle_message(receipt: Receipt, at_hand: AtHand) -> None:
    report = receipt.report
    if report:
        about(dossier_id=report.dossier_id, **_attempt(report.notice, report.attempt))
    reports = services().delivery_reports
    outcome = reports.record(report, at_hand) if report else Settled.UNMATCHED
    if outcome is Settled.UNMATCHED:
        reports.keep(receipt.receipt_id, receipt.body)
    count_receipt(report, outcome)
    log(outcome, reason=(report.reason or report.status) if report else "no_attempt_named")


def _settle_digest(receipt: Receipt) -> None:
    """The desk's own mail: no dossier waits for it, but somebody should hear that it came back."""
    if receipt.has_failed:
        count(Metric.DIGESTS_RETURNED)
        log("digest_returned", reason=receipt.told.name if receipt.told else "")


def _attempt(notice: Notice, attempt: int) -> dict[str, str | int]:
    """What the lines of one attempt have in common, from its claim to its last receipt."""
    return {
        "notice": f"{notice.kind}.{notice.number}",
        "occasion": notice.occasion,
        "channel": notice.channel.value,
        "attempt": attempt,
    }
