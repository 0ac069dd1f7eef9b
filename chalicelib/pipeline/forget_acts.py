"""Each night: forget who did what at the desk, once it has been kept long enough."""

from datetime import datetime, timedelta

from chalicelib.domain.desk_calendar import Desk, months_before, paris_day
from chalicelib.pipeline.ports import Audit, Bulks

#: One night looks at so many days: what a week of failed nights has left is still found.
DAYS_A_NIGHT = 7


def forget_acts(audit: Audit, bulks: Bulks, desk: Desk, now: datetime) -> int:
    """Erase the audit and the bulk actions of the days that are old enough; how many there were.

    A bulk action with refused rows that nobody has read stays. Raises StorageUnavailable.
    """
    today = paris_day(now)
    kept_from = months_before(today, desk.terms_on(today).retention.audit_months)
    days = [kept_from - timedelta(days=n) for n in range(1, DAYS_A_NIGHT + 1)]
    return sum(audit.forget(day) + bulks.forget(day) for day in days)
