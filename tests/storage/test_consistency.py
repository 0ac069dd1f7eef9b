"""Whatever decides something is read consistently; whatever is not, is read again by who decides.

DynamoDB answers from a copy that may be a second old unless it is asked not to. A sender that reads
of a channel that it is open, an undo that reads of a bulk that nothing has begun: each would act on
what is over. Of an index there is no newer word to be had.
"""

from collections.abc import Callable
from datetime import date

import pytest

from chalicelib.domain.bulk import Bulk
from chalicelib.domain.contact import Channel
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import LostRace
from chalicelib.domain.facts import State
from chalicelib.domain.holds import Pause, hold
from chalicelib.pipeline.ports import Write
from chalicelib.pipeline.ports.desk import KeptBulk
from chalicelib.storage.addresses import DynamoAddresses
from chalicelib.storage.audit import DynamoAudit
from chalicelib.storage.bulks import DynamoBulks
from chalicelib.storage.channels import DynamoChannels
from chalicelib.storage.daily_figures import DynamoDailyFigures
from chalicelib.storage.dossiers import DynamoDossiers
from chalicelib.storage.generations import DynamoGenerations
from chalicelib.storage.quarantine import DynamoQuarantine
from chalicelib.storage.receipts import DynamoReceipts
from tests.builders import paris
from tests.storage.conftest import Cloud

pytestmark = pytest.mark.enable_socket

NOON = paris("2019-07-01 12:00")
BULK = Bulk(
    bulk_id="b-1", by="c.martin", asked_at=NOON, effective_at=NOON, day=date(2019, 7, 1), rows=()
)
OF_ANOTHER = Bulk(
    bulk_id="b-1", by="another", asked_at=NOON, effective_at=NOON, day=date(2019, 7, 1), rows=()
)
PAUSED = Pause(channel=Channel.SMS, by="c.martin", at=NOON, why="text")

Act = Callable[[Cloud], object]


def loses_a_bulk(cloud: Cloud) -> None:
    cloud.bulks.begin(OF_ANOTHER)
    with pytest.raises(LostRace):
        cloud.bulks.write(KeptBulk(bulk=BULK, version=7), BULK)


def begins_a_bulk_twice(cloud: Cloud) -> None:
    cloud.bulks.begin(BULK)
    cloud.bulks.begin(BULK)


def loses_a_dossier(cloud: Cloud) -> None:
    nothing = cloud.dossiers.load("D-1")
    write = Write(
        dossier=Dossier(dossier_id="D-1"),
        state=State.KNOWN,
        next_due_at=None,
        work_since=None,
        journal=(),
    )
    cloud.dossiers.write(nothing, write)
    with pytest.raises(LostRace):
        cloud.dossiers.write(nothing, write)


def holds_twice(cloud: Cloud) -> None:
    cloud.channels.hold(hold(Channel.SMS, "paused", NOON))
    cloud.channels.hold(hold(Channel.SMS, "paused", NOON))


def pauses_twice(cloud: Cloud) -> None:
    cloud.channels.pause(PAUSED)
    cloud.channels.pause(PAUSED)


#: Each read of one thing by its name, and each write that looks again at what it met.
READS: dict[tuple[type, str], Act] = {
    (DynamoDossiers, "load"): lambda cloud: cloud.dossiers.load("D-1"),
    (DynamoDossiers, "load_with_channels"): lambda c: c.dossiers.load_with_channels("D-1"),
    (DynamoDossiers, "many"): lambda cloud: cloud.dossiers.many(["D-1", "D-2"]),
    (DynamoDossiers, "every"): lambda cloud: list(cloud.dossiers.every()),
    (DynamoDossiers, "journal"): lambda cloud: cloud.dossiers.journal("D-1"),
    (DynamoDossiers, "write"): loses_a_dossier,
    (DynamoChannels, "holds"): lambda cloud: cloud.channels.holds(),
    (DynamoChannels, "refused"): lambda cloud: cloud.channels.refused(),
    (DynamoChannels, "pauses"): lambda cloud: cloud.channels.pauses(),
    (DynamoChannels, "hold"): holds_twice,
    (DynamoChannels, "pause"): pauses_twice,
    (DynamoBulks, "find"): lambda cloud: cloud.bulks.find("b-1"),
    (DynamoBulks, "begin"): begins_a_bulk_twice,
    (DynamoBulks, "write"): loses_a_bulk,
    (DynamoQuarantine, "find"): lambda cloud: cloud.quarantine.find("evt-1#00"),
    (DynamoQuarantine, "many"): lambda cloud: cloud.quarantine.many(["evt-1#00"]),
    (DynamoDailyFigures, "last"): lambda cloud: cloud.daily_figures.last(),
    (DynamoGenerations, "of"): lambda cloud: cloud.generations.of("c.martin"),
}

#: What is read from an index: whoever acts on it reads the thing itself again.
LISTS: dict[type, frozenset[str]] = {
    DynamoDossiers: frozenset(
        [
            *("due", "work_rows", "urgent_rows", "next_due", "expected", "with_work_put_off"),
            *("by_reference", "by_recepisse", "by_name", "by_email", "by_phone"),
        ]
    ),
    DynamoChannels: frozenset(),
    DynamoBulks: frozenset({"over", "unfinished", "unseen"}),
    DynamoQuarantine: frozenset({"everything"}),
    DynamoReceipts: frozenset({"waiting"}),
    DynamoAudit: frozenset({"page"}),
    DynamoDailyFigures: frozenset(),
    DynamoAddresses: frozenset(),
    DynamoGenerations: frozenset(),
}

#: What only writes.
WRITES: dict[type, frozenset[str]] = {
    DynamoDossiers: frozenset({"put_off", "count_failed", "forget_failed"}),
    DynamoChannels: frozenset({"resume", "probe", "release", "remember", "take_back"}),
    DynamoBulks: frozenset({"forget"}),
    DynamoQuarantine: frozenset({"keep", "see", "reopen", "drop"}),
    DynamoReceipts: frozenset({"keep", "drop"}),
    DynamoAudit: frozenset({"append", "knock", "forget"}),
    DynamoDailyFigures: frozenset({"keep"}),
    DynamoAddresses: frozenset({"admit", "leave"}),
    DynamoGenerations: frozenset({"end"}),
}


@pytest.mark.parametrize(("kind", "name"), READS, ids=lambda part: getattr(part, "__name__", part))
def test_what_decides_is_read_consistently(cloud: Cloud, kind: type, name: str) -> None:
    READS[kind, name](cloud)
    alone = ("GetItem", "Scan")
    one = [b.get("ConsistentRead") for name in alone for b in cloud.wire.bodies(name)]
    some = [
        asked.get("ConsistentRead")
        for body in cloud.wire.bodies("BatchGetItem")
        for asked in body["RequestItems"].values()
    ]
    assert [*one, *some], f"{name} of {kind.__name__} has read nothing"
    assert {*one, *some} == {True}


@pytest.mark.parametrize("kind", LISTS, ids=lambda kind: str(kind.__name__))
def test_of_everything_that_storage_does_it_is_known_how_it_reads(kind: type) -> None:
    does = {name for name in vars(kind) if not name.startswith("_")}
    reads = {name for of, name in READS if of is kind}
    assert does == reads | LISTS[kind] | WRITES[kind]
