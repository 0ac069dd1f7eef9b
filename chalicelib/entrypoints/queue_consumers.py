"""What the queues deliver: dossiers to serve, receipts to record. One bad message fails alone."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from chalice.app import SQSEvent

from chalicelib import wiring
from chalicelib.entrypoints.provider_feedback import receipt_of
from chalicelib.observability import log
from chalicelib.pipeline.record_delivery import Settled

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

#: After this many failed deliveries of one wake-up its dossier is set aside.
SERVES_AT_MOST = 3


def serve(event: SQSEvent) -> dict[str, Any]:
    """Serve each dossier of a batch; the failed ones are delivered again."""
    return _each(event, _serve)


def settle(event: SQSEvent) -> dict[str, Any]:
    """Record each receipt of a batch; the failed ones are delivered again."""
    return _each(event, _settle)


def _each(event: SQSEvent, handle: Callable[[SQSRecord], None]) -> dict[str, Any]:
    def record_handler(record: SQSRecord) -> None:
        try:
            handle(record)
        except Exception as error:  # Powertools would swallow it without a line in the log
            log("failed", event_id=record.message_id, reason=type(error).__name__)
            raise

    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    answer = process_partial_response(
        event=event.to_dict(),
        record_handler=record_handler,
        processor=processor,
        context=cast("LambdaContext", event.context),
    )
    return dict(answer)


def _serve(record: SQSRecord) -> None:
    dossier_id = json.loads(record.body)["dossier_id"]
    if int(record.attributes.approximate_receive_count) > SERVES_AT_MOST:
        wiring.set_aside(dossier_id)
        log("set_aside", dossier_id=dossier_id)
        return
    for served in wiring.serve_dossier(dossier_id):
        notice = served.owed.notice
        if served.channel:
            log(served.channel, channel=notice.channel, reason=served.reason)
        log(
            served.fate,
            dossier_id=dossier_id,
            notice=f"{notice.kind}.{notice.number}",
            channel=notice.channel,
            attempt=served.owed.attempt,
            reason=served.reason,
        )


def _settle(record: SQSRecord) -> None:
    receipt = receipt_of(record.body)
    report = receipt.report
    if not receipt.is_news:
        return
    outcome = wiring.record_delivery(report) if report else Settled.UNMATCHED
    if outcome is Settled.UNMATCHED:
        wiring.keep_receipt(receipt.receipt_id, receipt.body)
    if report is None:
        log(outcome)
        return
    log(
        outcome,
        dossier_id=report.dossier_id,
        notice=f"{report.notice.kind}.{report.notice.number}",
        channel=report.notice.channel,
        attempt=report.attempt,
        reason=report.reason or report.fate,
    )
