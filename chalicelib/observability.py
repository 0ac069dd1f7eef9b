"""The one logger: JSON lines that say which dossier and what happened, never who or where."""

from aws_lambda_powertools import Logger

#: Everything a log line may say. Ids and codes only: no name, address, number, token or text.
KEYS = frozenset(
    {
        "dossier_id",
        "notice",
        "channel",
        "attempt",
        "outcome",
        "reason",
        "event_id",
        "event_type",
        "count",
    }
)

logger = Logger(service="relance", log_uncaught_exceptions=False)


def log(outcome: str, **keys: str | int) -> None:
    """Write one line; raises KeyError for a key that may not be logged."""
    if unknown := keys.keys() - KEYS:
        raise KeyError(*sorted(unknown))
    logger.info(outcome, extra={"outcome": outcome, **keys})
