"""What arrives at botocore, whoever made the client: the request, and how patiently it is made."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One call of a client."""

    service: str
    operation: str
    given: Mapping[str, Any]
    connect_seconds: float
    read_seconds: float
    tries: int

    @property
    def at_worst(self) -> float:
        """So many seconds may pass until its caller is told that nobody answers; before its second
        try a client waits for one of them, before its third for two.
        https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
        """
        waits: int = 2 ** (self.tries - 1) - 1
        return (self.connect_seconds + self.read_seconds) * self.tries + waits


@dataclass
class Spy:
    """Every call so far. An operation in `refused` is answered by this error, or code of one."""

    calls: list[Asked] = field(default_factory=list)
    refused: dict[str, str | Exception] = field(default_factory=dict)

    def of(self, operation: str, service: str = "") -> list[Mapping[str, Any]]:
        """What was given to one operation, oldest first."""
        return [
            one.given
            for one in self.calls
            if one.operation == operation and service in {"", one.service}
        ]

    def hear(self, client: BaseClient, operation: str, given: Mapping[str, Any]) -> None:
        """One call, before it is made. Raises what it is refused with."""
        config: Any = client.meta.config  # its options are made when it is
        self.calls.append(
            Asked(
                service=client.meta.service_model.service_name,
                operation=operation,
                given=given,
                connect_seconds=config.connect_timeout,
                read_seconds=config.read_timeout,
                tries=tries_of(config.retries or {}),
            )
        )
        if refusal := self.refused.get(operation):
            raise refusal if isinstance(refusal, Exception) else refused(refusal, operation)


def tries_of(retries: Mapping[str, Any]) -> int:
    """How often a call is made at the most: without a word about it, botocore tries five times."""
    return int(retries.get("total_max_attempts", retries.get("max_attempts", 4) + 1))


def refused(code: str, operation: str) -> ClientError:
    """What AWS says with this code; its own words may quote anybody."""
    return ClientError({"Error": {"Code": code, "Message": "Léa Benali"}}, operation)


@contextmanager
def spying() -> Iterator[Spy]:
    """Meanwhile each call of each client is heard."""
    spy = Spy()
    make = BaseClient._make_api_call  # type: ignore[attr-defined]  # botocore's one door

    def heard(client: BaseClient, operation: str, given: dict[str, Any]) -> Any:
        spy.hear(client, operation, given)
        return make(client, operation, given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", heard)
        yield spy
