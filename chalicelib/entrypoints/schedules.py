"""What the clock starts; the night then goes on by its own queue."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from chalice.app import SQSEvent

from chalicelib.bootstrap import passed_over, services
from chalicelib.domain.daily_figures import DailyFigures
from chalicelib.entrypoints.counting import count_sweep
from chalicelib.observability import Metric, count, log
from chalicelib.pipeline.ports import WorkItem, WorkKind
from chalicelib.pipeline.ports.night import Progress

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

#: What a night leaves of its time: for its last dossier, where each call is answered late, and to
#: hand on.
SPARE_MILLIS = 60_000


def sweep_due() -> None:
    """Wake every dossier whose instant has come."""
    now, swept = services().now(), services().sweep.run()
    count_sweep(swept, services().desk, now)
    if swept.waiting is not None and (figures := services().daily_figures.last()):
        count(Metric.NIGHT_LATE, figures.late(now).total_seconds())
    if swept.woken:
        log("swept", count=swept.woken)
    run_bulks()
    if swept.waiting is not None:
        _escalate(swept.waiting[WorkKind.DOSSIER])
        count(Metric.ROTATION_OVERDUE, services().key_rotation.overdue().total_seconds())


def _escalate(rows: Sequence[WorkItem]) -> None:
    """Tell what nobody answers. What goes wrong is raised, after all else of a sweep is done."""
    if told := services().escalator.run(rows):
        log("escalated", count=told)


def run_bulks() -> None:
    """Apply what the desk asked for in bulk, once it can no longer be undone."""
    run = services().bulk_actions.run_due()
    if run.rows:
        log("bulk", count=run.rows, reason=f"{run.refused} refused")
    for trouble in run.troubles:
        passed_over(trouble)


def begin_night() -> None:
    """Put the first message of a night onto its queue."""
    figures = DailyFigures(counted_at=services().now(), is_whole=False)
    services().night_queue.hand_on(Progress(figures=figures))


def reconcile(event: SQSEvent) -> None:
    """Go on with a night, until it ends or too little time is left."""
    [message] = event.to_dict()["Records"]
    progress = services().night_queue.progress_of(message["body"])
    receives = int(message["attributes"]["ApproximateReceiveCount"])
    left = cast("LambdaContext", event.context).get_remaining_time_in_millis
    done = services().night.run(progress, receives, lambda: left() > SPARE_MILLIS)
    reason = f"{done.repaired} of {done.figures.dossiers}"
    if not done.figures.is_whole:
        log("handed_on", reason=reason)
        return
    log("reconciled", reason=reason)
    count(Metric.STRANDED, 0)
    if done.matched:
        log("matched", count=done.matched)
    if done.forgotten or done.others:
        reason = f"{done.forgotten} dossiers, {done.others} others"
        log("forgotten", count=done.forgotten + done.others, reason=reason)


def send_digest() -> None:
    """Tell the desk how its morning looks. What goes wrong is raised: the schedule has to fail."""
    if services().digest.send():
        count(Metric.DIGESTS)
        log("digest")
