"""What goes wrong on purpose: one switch for each kind of bad luck."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import msgspec

from local.outbox import Message


class NotAFault(ValueError):
    """Not a fault that can be switched on."""


@dataclass(kw_only=True)
class Next:
    """The next so many messages that fit: any, or those of one notice, or to one address."""

    count: int = 0
    notice: str | None = None
    to: str | None = None

    def takes(self, message: Message) -> bool:
        """Whether this message is one of them; each one counts."""
        fits = self.notice in (None, message.notice) and self.to in (None, message.to)
        taken = fits and self.count > 0
        self.count -= taken
        return taken


@dataclass(kw_only=True)
class Faults:
    """Every switch, and how it stands."""

    lost_sms: Next = field(default_factory=Next)
    """Accepted by the provider; then nothing: no phone rings and no receipt ever comes."""

    @classmethod
    def named(cls) -> frozenset[str]:
        """The switches there are."""
        return frozenset(switch.name for switch in fields(cls))

    def switch(self, wanted: Mapping[str, Any]) -> None:
        """Set these switches, all or none: a count, or count, notice and to. Raises NotAFault."""
        settings = {name: _next(name, wanted[name]) for name in wanted}
        for name, setting in settings.items():
            setattr(self, name, setting)

    def as_json(self) -> dict[str, Any]:
        """How the switches stand."""
        return asdict(self)


class _Setting(msgspec.Struct, forbid_unknown_fields=True):
    count: int
    notice: str | None = None
    to: str | None = None


def _next(name: str, value: object) -> Next:
    if name not in Faults.named():
        raise NotAFault(f"there is no fault called {name!r}; there is: {sorted(Faults.named())}")
    try:
        setting = msgspec.convert(value, int | _Setting)
    except msgspec.ValidationError as error:
        raise NotAFault(f"{name}: {error}") from error
    given = _Setting(setting) if isinstance(setting, int) else setting
    if given.count < 0:
        raise NotAFault(f"{name}: a count cannot be negative")
    return Next(**msgspec.structs.asdict(given))
