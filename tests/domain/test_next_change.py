"""The one instant that a sweep trusts: before it, nothing that is due can be different."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.facts import ENDS
from chalicelib.domain.plan import owed
from tests.builders import DESK
from tests.domain.lives import Moment, moments

SOON = [timedelta(seconds=s) for s in (1, 60, 301, 901, 3_600)]
LATER = [timedelta(days=d, seconds=1) for d in (1, 3, 14, 42)]
FAR = timedelta(days=500)

#: Where between now and the next change to look as well.
SHARES = st.lists(st.floats(0, 1, exclude_max=True), min_size=8, max_size=8)


def actions(moment: Moment, at: datetime) -> tuple[frozenset[str], frozenset[str]]:
    """What a serve would do at an instant."""
    plan = owed(moment.dossier, DESK, moment.addresses, at)
    due = (f"{o.notice} {o.next_try.attempt}" for o in plan.due)
    return frozenset(due), frozenset(f"{a.notice} {a.attempt}" for a in plan.ended)


@given(moments(), SHARES)
def test_nothing_that_is_due_changes_before_the_next_change(
    moment: Moment, shares: list[float]
) -> None:
    plan, now = owed(moment.dossier, DESK, moment.addresses, moment.now), moment.now
    end = plan.next_change_at or now + FAR
    looks = [now + step for step in (*SOON, *LATER)] + [
        now + share * (end - now) for share in shares
    ]
    before = actions(moment, now)
    changed = [at for at in looks if now < at < end and actions(moment, at) != before]
    assert plan.due or plan.ended or changed == []


@given(moments())
def test_a_life_without_anything_ahead_has_an_end_or_a_person_in_front_of_it(
    moment: Moment,
) -> None:
    plan = owed(moment.dossier, DESK, moment.addresses, moment.now)
    in_front_of_a_person = [a for a in moment.dossier.ledger if a.status == "open"]
    has_a_future = plan.due or plan.ended or plan.next_change_at
    assert has_a_future or in_front_of_a_person or plan.settled or plan.state in ENDS
