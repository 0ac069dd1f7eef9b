"""How each channel speaks: the table of who composes, who sends, and how a refusal reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.channels import ses_email, sms
from chalicelib.domain.channels import TO_STUDENTS, whole
from chalicelib.domain.contact import Channel
from chalicelib.domain.errors import NotSent
from chalicelib.messages.compose import Compose, compose_email, compose_sms
from chalicelib.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Adapter:
    """One row: `compose` writes what leaves on a channel, `connect` makes what sends it, and
    `refusals` are the codes of its provider with what each means.
    """

    compose: Compose
    connect: Callable[[Settings], Any]
    refusals: Mapping[str, type[NotSent]]


ADAPTERS: Mapping[Channel, Adapter] = whole(
    "ADAPTERS of chalicelib/channels/table.py",
    TO_STUDENTS,
    {
        Channel.EMAIL: Adapter(
            compose=compose_email, connect=ses_email.connect, refusals=ses_email.CODES
        ),
        Channel.SMS: Adapter(compose=compose_sms, connect=sms.connect, refusals=sms.CODES),
    },
)

COMPOSERS: Mapping[Channel, Compose] = {c: adapter.compose for c, adapter in ADAPTERS.items()}
