"""Signed cookies: who is in, who is coming in, and which forms are theirs."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from itsdangerous import BadSignature

from chalicelib.domain.operators import Operator, Role
from chalicelib.domain.signing_in import Challenge, HalfWay, Session, SignInStep
from chalicelib.security.signing import serializer, signer

_SESSION, _HALF_WAY, _FORM = "relance.session", "relance.half-way", "relance.form"
_FLASH = "relance.flash"


class Sessions:
    """What the browser holds for us. `keys` are newest first; all are read, and the second signs.

    A key that is taken away ends every session it has signed. The content can be read by the
    browser that holds it: no secret is in it but the ticket of the sign-in that is going on there.
    `new_id` makes an id that nobody can guess.
    """

    def __init__(
        self, keys: Sequence[str], now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self._keys = keys
        self._now, self._new_id = now, new_id

    def open(self, operator: Operator, generation: int) -> Session:
        """A session that begins now."""
        at = self._now()
        return Session(
            session_id=self._new_id(),
            operator=operator,
            generation=generation,
            signed_in_at=at,
            seen_at=at,
        )

    def seal(self, session: Session) -> str:
        """A session as a cookie's value, seen now."""
        session, who = session.seen(self._now()), session.operator
        times = [int(at.timestamp()) for at in (session.signed_in_at, session.seen_at)]
        content = [session.session_id, who.name, who.role.value, session.generation, *times]
        return self._sealed(_SESSION, content)

    def read(self, value: str) -> Session | None:
        """The session of a cookie; None when it is over, or not ours."""
        found = self._read(_SESSION, value)
        if found is None:
            return None
        session_id, name, role, generation, signed_in_at, seen_at = found
        session = Session(
            session_id=session_id,
            operator=Operator(name=name, role=Role(role)),
            generation=generation,
            signed_in_at=_instant(signed_in_at),
            seen_at=_instant(seen_at),
        )
        return session if session.holds(self._now()) else None

    def seal_half_way(self, asked: Challenge, onwards: str) -> str:
        """A sign-in that goes on from now, as a cookie's value. `onwards` is where it leads."""
        since = int(self._now().timestamp())
        content = [asked.step.value, asked.name, asked.ticket, since, onwards]
        return self._sealed(_HALF_WAY, content)

    def read_half_way(self, value: str) -> HalfWay | None:
        """The sign-in of a cookie; None when it has stood still for too long, or is not ours."""
        found = self._read(_HALF_WAY, value)
        if found is None:
            return None
        step, name, ticket, since, onwards = found
        challenge = Challenge(step=SignInStep(step), name=name, ticket=ticket)
        half_way = HalfWay(challenge=challenge, since=_instant(since), onwards=onwards)
        return half_way if half_way.holds(self._now()) else None

    def form_token(self, session: Session) -> str:
        """What every form of this session carries, and no other site can know."""
        return signer(self._keys, _FORM).get_signature(session.session_id).decode()

    def is_form_of(self, session: Session, token: str) -> bool:
        """Whether a form is one of this session's; compared in constant time."""
        return signer(self._keys, _FORM).verify_signature(session.session_id, token)

    def seal_flash(self, form_token: str, content: list[Any]) -> str:
        """What is to be said once on the next page of the session of these forms."""
        return self._sealed(f"{_FLASH}.{form_token}", content)

    def read_flash(self, form_token: str, value: str) -> Any:
        """The same; None when it is not ours, or another session's."""
        return self._read(f"{_FLASH}.{form_token}", value)

    def _sealed(self, salt: str, content: list[Any]) -> str:
        return str(serializer(self._keys, salt).dumps(content))

    def _read(self, salt: str, value: str) -> Any:
        try:
            return serializer(self._keys, salt).loads(value)
        except (BadSignature, ValueError):
            return None


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
