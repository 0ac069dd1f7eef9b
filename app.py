"""Every Lambda of Relance: HTTP lives in blueprints, every other trigger is decorated here.

An event source declared on a blueprint gets a handler outside this module; Lambda would then
never import it, and the middleware registered here would silently not run.
"""

import gc
from typing import Any

gc.disable()  # what is imported stays: looking through it for garbage is a tenth of a start

from chalice.app import CloudWatchEvent, ConvertToMiddleware, Cron, Rate, SQSEvent

from chalicelib import settings
from chalicelib.entrypoints.http import HANDLER, Pages
from chalicelib.observability import logger, observed, take_over

take_over()
app = Pages(app_name="relance", configure_logs=False)
app.api.binary_types.append("multipart/form-data")  # a file is bytes, in whatever encoding
app.register_middleware(observed)
app.register_middleware(ConvertToMiddleware(logger.inject_lambda_context(clear_state=True)))

#: A function imports what it runs and nothing of the others; and what somebody waits for while it
#: starts, when Lambda gives it more of a processor than it has afterwards.
here = settings.handler()
if here in {"", HANDLER}:
    app.open()
elif here in {"app.serve_dossier", "app.record_delivery"}:
    import chalicelib.entrypoints.queues  # noqa: F401  used below


@app.schedule(Rate(1, unit=Rate.MINUTES), name="sweep_due")
def sweep_due(_event: CloudWatchEvent) -> None:
    """Wake what is due."""
    from chalicelib.entrypoints import schedules

    schedules.sweep_due()


@app.schedule(Cron(0, 2, "*", "*", "?", "*"), name="begin_night")
def begin_night(_event: CloudWatchEvent) -> None:
    """Begin a night, at 2:00 UTC: night in Paris, and never inside a clock change."""
    from chalicelib.entrypoints import schedules

    schedules.begin_night()


@app.on_sqs_message(
    queue="${NightQueue.QueueName}", batch_size=1, maximum_concurrency=2, name="reconcile"
)
def reconcile(event: SQSEvent) -> None:
    """Recompute every plan, and hand on what this delivery has no time for."""
    from chalicelib.entrypoints import schedules

    schedules.reconcile(event)


@app.schedule(Cron(0, "6,7", "*", "*", "?", "*"), name="send_digest")
def send_digest(_event: CloudWatchEvent) -> None:
    """Tell the desk how its morning looks: at 6:00 and 7:00 UTC, one of which is 8:00 in Paris."""
    from chalicelib.entrypoints import schedules

    schedules.send_digest()


@app.on_sqs_message(queue="${ServeQueue.QueueName}", batch_size=1, name="serve_dossier")
def serve_dossier(event: SQSEvent) -> dict[str, Any]:
    """Give each dossier what it is owed now."""
    from chalicelib.entrypoints import queues

    return queues.serve(event)


@app.on_sqs_message(queue="${FeedbackQueue.QueueName}", batch_size=10, name="record_delivery")
def record_delivery(event: SQSEvent) -> dict[str, Any]:
    """Settle attempts by what the providers say."""
    from chalicelib.entrypoints import queues

    return queues.settle(event)


@app.lambda_function(name="rotate_keys")
def rotate_keys(event: dict[str, Any], _context: object) -> None:
    """Rotate the keys, when Secrets Manager asks for it."""
    from chalicelib.entrypoints import key_rotation

    key_rotation.rotate_keys(event)


gc.freeze()
gc.enable()
