"""What the machine asks for by itself: schedules, queues, and the rotation of keys."""

import secrets
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from chalicelib import wiring
from chalicelib.domain.delivery import DeliveryReport, Whose
from chalicelib.pipeline import bulk as bulk_acts
from chalicelib.pipeline import digest as digests
from chalicelib.pipeline import find_attempts as finding
from chalicelib.pipeline import forget as forgetting
from chalicelib.pipeline import forget_acts as forgetting_acts
from chalicelib.pipeline import record_delivery as delivery
from chalicelib.pipeline import replan as replanning
from chalicelib.pipeline import rotate_keys as rotating
from chalicelib.pipeline import serve_dossier as serving
from chalicelib.pipeline import set_aside as setting_aside
from chalicelib.pipeline import sweep_due as sweeping
from chalicelib.pipeline.ports import UnmatchedReceipt
from chalicelib.pipeline.serve_dossier import Served

# Each minute


def sweep_due() -> sweeping.Swept:
    """Wake every dossier whose instant has come; how many were, and what waits for a person."""
    at_home = wiring.house()
    return sweeping.sweep_due(at_home.dossiers, at_home.queue, wiring.now())


def run_bulks() -> bulk_acts.BulkRun:
    """Apply what can no longer be undone. Raises LostRace and StorageUnavailable."""
    at_home = wiring.house()
    return bulk_acts.run_due(at_home.bulks, at_home.intake, wiring.now())


# Whatever a queue brings


def serve_dossier(dossier_id: str) -> list[Served]:
    """Give a dossier what it is owed now."""
    return serving.serve_dossier(wiring.house().counter, dossier_id)


def set_aside(dossier_id: str) -> None:
    """Hold a dossier back that cannot be served, in front of a person."""
    at_home = wiring.house()
    setting_aside.put_before_a_person(
        at_home.dossiers, at_home.quarantine, dossier_id, wiring.now()
    )


def record_delivery(report: DeliveryReport) -> delivery.Settled:
    """Settle one attempt by a provider's word."""
    at_home = wiring.house()
    return delivery.record_delivery(
        at_home.dossiers, at_home.queue, at_home.planner, report, wiring.now()
    )


def keep_receipt(receipt_id: str, body: bytes) -> None:
    """Keep a receipt that matches nothing yet."""
    item = UnmatchedReceipt(receipt_id=receipt_id, received_at=wiring.now(), body=body)
    wiring.house().receipts.keep(item)


# Each night


def waiting_receipts() -> Iterator[UnmatchedReceipt]:
    """The receipts that matched nothing when they came."""
    return wiring.house().receipts.waiting()


def find_attempts(message_ids: AbstractSet[str]) -> dict[str, Whose]:
    """The attempts that left under these ids."""
    return finding.find_attempts(wiring.house().dossiers, message_ids)


def drop_receipt(receipt_id: str) -> None:
    """Forget a receipt that was matched."""
    wiring.house().receipts.drop(receipt_id)


def replan() -> replanning.Replanned:
    """Recompute every dossier's next instant; say which have neither future, work nor end.

    Who reads them all counts the last days too, for the digest. What could not be read or planned
    is put before a person.
    """
    at_home = wiring.house()
    holds = at_home.channels.holds()
    done = replanning.replan(at_home.dossiers, at_home.planner, wiring.now(), holds)
    at_home.tallies.keep(done.tally)
    setting_aside.settle_the_night(
        at_home.dossiers, at_home.quarantine, done.troubles, wiring.now()
    )
    return done


def forget_what_is_over(dossier_ids: Iterable[str]) -> forgetting.Erased:
    """Forget each of these dossiers whose time is over; how many there were."""
    return forgetting.forget_what_is_over(wiring.house().memory, dossier_ids, wiring.now())


def forget_what_waits() -> int:
    """Forget what has waited long enough in quarantine, or for its message, and what the desk did
    long ago; how much.
    """
    at_home = wiring.house()
    acts = forgetting_acts.forget_acts(at_home.audit, at_home.bulks, at_home.desk, wiring.now())
    return acts + forgetting.forget_what_waits(at_home.memory, wiring.now())


# Each morning


def send_digest() -> bool:
    """Send the desk its digest, if it wants one and it is time; whether it left.

    Raises NotSent, StorageUnavailable and TextFailed.
    """
    at_home = wiring.house()
    to = at_home.settings.digest_to
    if not to:
        return False
    sources = digests.Sources(
        dossiers=at_home.dossiers,
        channels=at_home.channels,
        tallies=at_home.tallies,
        desk=at_home.desk,
    )
    return digests.send_digest(sources, at_home.senders.mailer, to, wiring.now())


# When Secrets Manager says so


def rotate_keys(turn: rotating.Turn) -> None:
    """Take one step of a rotation. Raises RotationRefused and StorageUnavailable."""
    rotating.rotate_keys(wiring.house().secret_versions, turn, wiring.now(), secrets.token_bytes)
