"""Clients of AWS' services: short waits, no more tries than do no harm, and one name for all."""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.config import Config
    from botocore.loaders import Loader
    from botocore.session import Session

#: What our requests call themselves. Otherwise the SDK puts a longer name together for each of
#: them, which takes it longer than signing it.
USER_AGENT = "relance"

#: Our own storage and queues: whatever is asked of them may be asked again without harm.
CONNECT_SECONDS, READ_SECONDS, TRIES = 2, 5, 3

#: A provider takes longer, and must never be asked again by the SDK: it sends a message twice when
#: its answer is lost. See https://docs.aws.amazon.com/general/latest/gr/api-retries.html
SENDING_SECONDS = 8


def config(tries: int = TRIES, read_seconds: float = READ_SECONDS, **more: Any) -> "Config":
    """How a client works: so many tries in all, so many seconds for an answer."""
    from botocore.config import Config

    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read_seconds,
        retries={"total_max_attempts": tries},  # `max_attempts: 1` would still retry once
        user_agent=USER_AGENT,
        **more,
    )


def client(service: str, tries: int = TRIES, **more: Any) -> Any:
    """A client of a service, by botocore's name. Made once, when first needed."""
    return _session().create_client(service, config=config(tries, **more))


def sending_client(service: str, read_seconds: float = SENDING_SECONDS) -> Any:
    """A client of a provider: a single try."""
    return client(service, tries=1, read_seconds=read_seconds)


def descriptions() -> "Loader":
    """What botocore knows of services and regions: read from its files once for all clients."""
    loader: Loader = _session().get_component("data_loader")
    return loader


@cache
def _session() -> "Session":
    from botocore.session import get_session

    return get_session()
