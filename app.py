"""Every Lambda of Relance: HTTP lives in blueprints, every other trigger is decorated here.

An event source declared on a blueprint gets a handler outside this module; Lambda would then
never import it, and the middleware registered here would silently not run.
"""

from typing import Any

from chalice.app import Chalice, CloudWatchEvent, ConvertToMiddleware, Cron, Rate, SQSEvent

from chalicelib.entrypoints import key_rotation, queues, schedules
from chalicelib.entrypoints.booking import booking_webhooks
from chalicelib.entrypoints.console import BLUEPRINTS
from chalicelib.entrypoints.student import student_pages
from chalicelib.observability import logger, observed, take_over

take_over()
app = Chalice(app_name="relance", configure_logs=False)
app.register_blueprint(booking_webhooks)
app.register_blueprint(student_pages)
for blueprint in BLUEPRINTS:
    app.register_blueprint(blueprint)
app.api.binary_types.append("multipart/form-data")  # a file is bytes, in whatever encoding
app.register_middleware(observed)
app.register_middleware(ConvertToMiddleware(logger.inject_lambda_context(clear_state=True)))


@app.schedule(Rate(1, unit=Rate.MINUTES), name="sweep_due")
def sweep_due(_event: CloudWatchEvent) -> None:
    """Wake what is due."""
    schedules.sweep_due()


@app.schedule(Cron(0, 2, "*", "*", "?", "*"), name="begin_night")
def begin_night(_event: CloudWatchEvent) -> None:
    """Begin a night, at 2:00 UTC: night in Paris, and never inside a clock change."""
    schedules.begin_night()


@app.on_sqs_message(
    queue="${NightQueue.QueueName}", batch_size=1, maximum_concurrency=2, name="reconcile"
)
def reconcile(event: SQSEvent) -> None:
    """Recompute every plan, and hand on what this delivery has no time for."""
    schedules.reconcile(event)


@app.schedule(Cron(0, "6,7", "*", "*", "?", "*"), name="send_digest")
def send_digest(_event: CloudWatchEvent) -> None:
    """Tell the desk how its morning looks: at 6:00 and 7:00 UTC, one of which is 8:00 in Paris."""
    schedules.send_digest()


@app.on_sqs_message(queue="${ServeQueue.QueueName}", batch_size=1, name="serve_dossier")
def serve_dossier(event: SQSEvent) -> dict[str, Any]:
    """Give each dossier what it is owed now."""
    return queues.serve(event)


@app.on_sqs_message(queue="${FeedbackQueue.QueueName}", batch_size=10, name="record_delivery")
def record_delivery(event: SQSEvent) -> dict[str, Any]:
    """Settle attempts by what the providers say."""
    return queues.settle(event)


@app.lambda_function(name="rotate_keys")
def rotate_keys(event: dict[str, Any], _context: object) -> None:
    """Rotate the keys, when Secrets Manager asks for it."""
    key_rotation.rotate_keys(event)
