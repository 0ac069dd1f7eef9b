"""Clients that try once: the SDK's own retries send a message twice when its answer is lost."""

from typing import Any

CONNECT_SECONDS, READ_SECONDS = 2, 8


def sending_client(service: str, read_timeout: float = READ_SECONDS) -> Any:
    """A client of a provider: a single try, and short waits. Made once, when first needed."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read_timeout,
        retries={"total_max_attempts": 1},  # `max_attempts: 1` would still retry once
    )
    return boto3.client(service, config=config)  # type: ignore[call-overload]  # any service
