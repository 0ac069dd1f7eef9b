"""What the queues deliver: dossiers to serve, receipts to record. One bad message fails alone."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from chalice.app import SQSEvent

from chalicelib.bootstrap import services
from chalicelib.decoding.receipts import Receipt, receipt_of
from chalicelib.domain.attempts import Notice
from chalicelib.domain.errors import Unreadable
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

#: A delivery of a wake-up at which our program fails sets its dossier aside, if it is this one or a
#: later one. One that met no storage, or that Lambda had no room to run, failed at no dossier.
FAILS_AT = 3

#: The delivery after so many is no try any more: whatever ran at them did not live to say why.
DELIVERIES_AT_MOST = 6

#: What a batch leaves of its time: for its last message, where its calls are answered late. Cut off
#: in its midst, it would count as a failed delivery of all ten.
SPARE_MILLIS = 45_000


def serve(event: SQSEvent) -> dict[str, Any]:
    """Serve each dossier of a batch; the failed ones are delivered again."""
    return _each(event, _serve)


def settle(event: SQSEvent) -> dict[str, Any]:
    """Record each receipt of a batch; the failed ones are delivered again."""
    records = event.to_dict()["Records"]
    read = {r["messageId"]: alone("", partial(receipt_of, r["body"])) for r in records}
    reports = (one.report for one in read.values() if isinstance(one, Receipt) and one.is_news)
    at_hand = services().delivery_reports.read_together(filter(None, reports))
    return _each(event, lambda message: _settle(read[message["messageId"]], at_hand))


def _each(event: SQSEvent, handle: Callable[[Message], None]) -> dict[str, Any]:
    """Handle each message by itself while there is time; the answer names those that are to be
    delivered again.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
    """
    left = cast("LambdaContext", event.context).get_remaining_time_in_millis
    messages = event.to_dict()["Records"]
    failed = [m["messageId"] for m in messages if left() < SPARE_MILLIS or not _is_done(m, handle)]
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}


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
    deliveries = int(message["attributes"]["ApproximateReceiveCount"])
    if deliveries > DELIVERIES_AT_MOST:
        _set_aside(dossier_id)
        return
    done = alone(dossier_id, partial(services().sender.serve, dossier_id))
    if isinstance(done, Trouble):
        if deliveries < FAILS_AT and not isinstance(done.error, Unreadable):
            raise done.error
        log_failure(done.error, reason=type(done.error).__name__)
        _set_aside(dossier_id)
        return
    for served in done:
        count_served(served)
        attempt = _attempt(served.owed.notice, served.owed.next_try.attempt)
        if served.channel:
            log(served.channel, **attempt, reason=served.reason)
        log(served.status, **attempt, reason=served.reason)


def _set_aside(dossier_id: str) -> None:
    services().backoff.put_before_a_person(dossier_id)
    log("set_aside")
    count(Metric.SET_ASIDE)


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
