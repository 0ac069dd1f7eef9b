"""Reads the table's due index as it is: for the travelling clock only, the product has its own way."""

from datetime import UTC, datetime
from typing import Any

from local.timetable import Due

INDEX = "due"
PREFIX = "DOSSIER#"


class DueIndex:
    """The dossiers that will have to be served, by when."""

    def __init__(self, dynamodb: Any, table_name: str) -> None:
        self._pages = dynamodb.get_paginator("scan").paginate(TableName=table_name, IndexName=INDEX)

    def first(self) -> Due | None:
        """The dossier that is due first."""
        rows = (item for page in self._pages for item in page["Items"])
        found = ((_instant(row["due_at"]["S"]), row["pk"]["S"]) for row in rows)
        at, key = min(found, default=(None, ""))
        return Due(dossier_id=key.removeprefix(PREFIX), at=at) if at else None


def _instant(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
