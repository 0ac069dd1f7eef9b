"""The commands of who integrates a booking system: send an event anywhere, check a request."""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from secrets import token_hex
from typing import Annotated, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, build_opener

import typer
from standardwebhooks.webhooks import hmac_data

from chalicelib.bootstrap import now
from chalicelib.decoding.booking_events import BODY_AT_MOST, booking_event
from chalicelib.decoding.signatures import (
    APART,
    HEADERS,
    TOLERANCE,
    content_of,
    key_of,
    usable,
)
from chalicelib.domain.errors import Unusable
from cli.endings import CommandRefused, ExitCode
from cli.stage import LOCAL_HOSTS, StaysHere
from cli.tables import note, plain, say

#: What needs neither a stage nor a local world.
NAME = "webhook"
#: Seconds to wait for an answer, and bytes of it that are shown.
PATIENCE, SHOWN = 30, 65_536
_ID_BYTES = 16
#: All before the first empty line, without the mark that some editors put first.
_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?(.*?)(?:\r?\n){2}", re.DOTALL)
#: What `send` prints behind a body: the answer, and whatever was said of it.
_ANSWER = re.compile(rb"[\r\n]*(?:HTTP \d{3}\r?\n.*)?", re.DOTALL)
_HEX = re.compile(r"(?:sha256=|v1,)?([0-9a-fA-F]{64})", re.ASCII)

SecretFile = typer.Option(metavar="FICHIER", help="Le secret, dans un fichier d’une ligne.")


def add_to(app: typer.Typer) -> None:
    """The commands of this file."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("send", help="Signer un événement et l’envoyer à une adresse.")(send)
    group.command("check", help="Dire ce qui ne va pas dans une requête capturée.")(check)
    app.add_typer(group, name=NAME, help="Pour qui raccorde un système de réservation.")


# Sending


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What an answer asks of its sender."""

    words: str
    code: ExitCode = ExitCode.REFUSED


_DONE = ExitCode.DONE
_STATUSES = {
    "recorded": Advice(words="Enregistré.", code=_DONE),
    "duplicate": Advice(words="Déjà connu : rien à faire.", code=_DONE),
    "stale": Advice(words="Une nouvelle plus récente est connue : rien à faire.", code=_DONE),
    "quarantined": Advice(words="Mis en quarantaine : corrigez, sans renvoyer tel quel."),
}
_REFUSED: Mapping[int, Advice] = {
    HTTPStatus.BAD_REQUEST: Advice(words="Un en-tête est mal formé : corrigez."),
    HTTPStatus.UNAUTHORIZED: Advice(words="Refusé : vérifiez le secret et l’heure."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Advice(words="Le corps est trop grand : corrigez."),
}
_UNKNOWN = Advice(words="Ce n’est pas une réponse de Relance : vérifiez l’adresse.")
_AGAIN = "Rien n’est enregistré : renvoyez-le sous le même nom, --id"


def send(
    event: Annotated[Path, typer.Argument(help="L’événement, en JSON : envoyé tel quel.")],
    *,
    to: Annotated[str, typer.Option(metavar="URL", help="…/webhooks/booking")],
    secret_file: Annotated[Path, SecretFile],
    event_id: Annotated[
        str, typer.Option("--id", metavar="NOM", help="Son webhook-id, pour un nouvel essai.")
    ] = "",
    at: Annotated[
        str, typer.Option(metavar="INSTANT", help="L’heure qu’il est là-bas, sinon maintenant.")
    ] = "",
) -> None:
    """Print the request, as `check` reads it, and the answer; never the secret."""
    secret, body = _secret(secret_file), _read(event)
    event_id = event_id or f"msg_{token_hex(_ID_BYTES)}"
    headers = signed(secret, event_id, body, _instant(at) or now())
    say(f"POST {_safe(to)}")
    for name, value in headers.items():
        say(f"{name}: {value}")
    say(f"content-length: {len(body)}\n\n{body.decode(errors='replace')}\n")
    status, said = _posted(to, headers, body)
    say(f"HTTP {status}\n{said.decode(errors='replace')}\n")
    advice = _advice(status, said, headers["webhook-id"])
    note(advice.words)
    raise typer.Exit(advice.code)


def signed(secret: str, event_id: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers of an authentic webhook. Raises CommandRefused."""
    if not HEADERS["webhook-id"].fullmatch(event_id):
        raise CommandRefused("--id : lettres, chiffres, _ et -, 128 au plus.")
    headers = {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
    }
    digest = hmac_data(key_of(secret), content_of(headers, body))
    return headers | {"webhook-signature": f"v1,{base64.b64encode(digest).decode()}"}


def _secret(path: Path) -> str:
    """Raises CommandRefused, which repeats nothing of it."""
    for secret in usable([_read(path).decode(errors="replace")]):
        return secret
    raise CommandRefused("Ce fichier ne contient pas un secret : une ligne, « whsec_… ».")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandRefused(f"Ce fichier ne se lit pas : {path.name}") from error


def _safe(url: str) -> str:
    """An address that students' names may travel to. Raises CommandRefused."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL_HOSTS):
        return url
    raise CommandRefused("Une adresse https://, ou http:// sur cette machine.")


def _posted(url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    """Raises CommandRefused where nobody answers."""
    request = Request(url, body, dict(headers), method="POST")  # noqa: S310  _safe has looked
    try:
        with build_opener(StaysHere()).open(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read(SHOWN)
    except HTTPError as error:
        with error:
            return error.code, error.read(SHOWN)
    except OSError:
        note(f"Personne ne répond à cette adresse. {_AGAIN} {headers['webhook-id']}")
        raise typer.Exit(ExitCode.TRY_LATER) from None


def _advice(status: int, said: bytes, event_id: str) -> Advice:
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Advice(words=f"{_AGAIN} {event_id}", code=ExitCode.TRY_LATER)
    if status not in {HTTPStatus.OK, HTTPStatus.ACCEPTED}:
        return _REFUSED.get(status, _UNKNOWN)
    try:
        answer = json.loads(said)
        advice = _STATUSES[answer["status"]]
    except (ValueError, KeyError, TypeError):
        return _UNKNOWN
    unread = ", ".join(map(str, answer.get("unread", ())))
    return (
        Advice(words=f"Enregistré sauf ceci, à corriger : {unread}", code=_DONE)
        if unread
        else advice
    )


# Checking


@dataclass(frozen=True, kw_only=True)
class Captured:
    """A request as somebody wrote it down."""

    headers: Mapping[str, list[str]]
    body: bytes

    def value(self, name: str) -> str:
        """A header; empty where it is missing, and as servers join it where it came twice."""
        return ", ".join(self.headers.get(name, ()))


def check(
    request: Annotated[Path, typer.Argument(help="Ses en-têtes, une ligne vide, son corps.")],
    secret_file: Annotated[Path | None, SecretFile] = None,
    at: Annotated[
        str, typer.Option(metavar="INSTANT", help="Quand elle est arrivée, sinon maintenant.")
    ] = "",
) -> None:
    """Which header, age, bytes or field is wrong; of what is right, nothing."""
    captured = captured_in(_read(request))
    arrived = _instant(at) or _dated(captured) or now()
    found = [*_wrong_headers(captured), *_wrong_age(captured, arrived), *_wrong_body(captured)]
    if secret_file:
        found += _wrong_signature(captured, _secret(secret_file))
    found += _wrong_content(captured, arrived)
    for line in found:
        say(line)
    if found:
        raise typer.Exit(ExitCode.REFUSED)
    say("Rien à redire." if secret_file else "Rien à redire, sans la signature : --secret-file.")


def captured_in(raw: bytes) -> Captured:
    """Headers as they stand before the first empty line, in any case and order. The body is cut to
    its Content-Length where only a line's end, which editors add, or an answer is too much.
    """
    found = _HEAD.match(raw)
    head, body = (found[1], raw[found.end() :]) if found else (raw, b"")
    headers = dict[str, list[str]]()
    for line in head.decode("latin-1").splitlines():
        name, colon, value = line.strip("<> ").partition(":")
        if colon and " " not in name:
            headers.setdefault(name.lower(), []).append(value.strip())
    length = ", ".join(headers.get("content-length", ()))
    if length.isdecimal() and _ANSWER.fullmatch(body, int(length)):
        body = body[: int(length)]
    return Captured(headers=headers, body=body)


def _instant(text: str) -> datetime | None:
    """Raises a usage error."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise typer.BadParameter("--at 2026-12-14T16:05:21+01:00") from error


def _dated(captured: Captured) -> datetime | None:
    try:
        return parsedate_to_datetime(captured.value("date"))
    except ValueError:
        return None


_FORMS = {
    "webhook-id": "lettres, chiffres, _ et -, 128 au plus",
    "webhook-timestamp": "des secondes depuis 1970, dix chiffres",
    "webhook-signature": "« v1, » puis du base64, en ASCII",
}


def _wrong_headers(captured: Captured) -> Iterator[str]:
    for name, form in _FORMS.items():
        value = captured.value(name)
        if not value:
            yield f"{name} : absent."
        elif not HEADERS[name].fullmatch(value):
            yield f"{name} : mal formé. Il faut {form}."


def _wrong_age(captured: Captured, arrived: datetime) -> Iterator[str]:
    stamp = captured.value("webhook-timestamp")
    if not HEADERS["webhook-timestamp"].fullmatch(stamp):
        return
    sent = datetime.fromtimestamp(int(stamp), UTC)
    if abs(arrived - sent) > TOLERANCE:
        span, side = _span(abs(arrived - sent)), "après" if arrived > sent else "avant"
        yield (
            f"webhook-timestamp : {plain(sent)}. La requête est arrivée {span} {side} :"
            " cinq minutes au plus. Signez chaque envoi de nouveau ; arrivée plus tôt ? --at"
        )


def _span(span: timedelta) -> str:
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    if span.days:
        return f"{span.days} j {span.seconds // 3600} h"
    return (
        f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min {seconds} s"
    )


def _wrong_body(captured: Captured) -> Iterator[str]:
    size, said = len(captured.body), captured.value("content-length")
    if size > BODY_AT_MOST:
        yield f"corps : {size} octets, {BODY_AT_MOST} au plus."
    if said and said != str(size):
        yield f"content-length : {said}, mais le corps a {size} octets."


#: Under which keys somebody signed what.
_Signed = Callable[[str, bytes, bytes], Iterator[tuple[bytes, bytes]]]


def _as_text(secret: str, content: bytes, _body: bytes) -> Iterator[tuple[bytes, bytes]]:
    yield secret.encode(), content
    yield secret.removeprefix("whsec_").encode(), content


def _body_alone(secret: str, _content: bytes, body: bytes) -> Iterator[tuple[bytes, bytes]]:
    yield key_of(secret), body


def _line_end(secret: str, content: bytes, _body: bytes) -> Iterator[tuple[bytes, bytes]]:
    for other in (content.rstrip(b"\r\n"), content + b"\n", content + b"\r\n"):
        yield key_of(secret), other


def _written_anew(secret: str, content: bytes, body: bytes) -> Iterator[tuple[bytes, bytes]]:
    try:
        value = json.loads(body)
    except ValueError:
        return
    start = content.removesuffix(body)
    for separators in ((",", ":"), (", ", ": ")):
        for is_ascii in (True, False):
            text = json.dumps(value, separators=separators, ensure_ascii=is_ascii)
            yield key_of(secret), start + text.encode(errors="replace")


#: What senders are known to do.
_MISTAKES: Mapping[str, _Signed] = {
    "le secret a servi tel quel : ôtez « whsec_ », puis décodez le base64": _as_text,
    "seul le corps est signé : il faut « id.instant.corps »": _body_alone,
    "le corps signé finit par une autre fin de ligne que le corps envoyé": _line_end,
    "le corps signé est le même JSON écrit autrement : signez les octets envoyés": _written_anew,
}


def _wrong_signature(captured: Captured, secret: str) -> Iterator[str]:
    """What it was made over, where it was made over something known; otherwise that it is wrong."""
    value = captured.value("webhook-signature")
    parts = [part for part in APART.split(value) if part]
    headers = {name: captured.value(name) for name in HEADERS}
    content = content_of(headers, captured.body)
    digest = hmac_data(key_of(secret), content)
    given = [_digest(part) for part in parts]
    if digest in given:
        if f"v1,{base64.b64encode(digest).decode()}" not in parts:
            yield "webhook-signature : bonne, mais à écrire en base64, après « v1, »."
        return
    for why, made in _MISTAKES.items():
        if any(hmac_data(*both) in given for both in made(secret, content, captured.body)):
            yield f"webhook-signature : {why}."
            return
    if parts:
        yield "webhook-signature : ce n’est pas celle de ces octets sous ce secret."


def _digest(part: str) -> bytes:
    """What a signature says, in base64 or hexadecimal; empty where it is neither."""
    if found := _HEX.fullmatch(part):
        return bytes.fromhex(found[1])
    try:
        return base64.b64decode(part.removeprefix("v1,"), validate=True)
    except ValueError:
        return b""


def _wrong_content(captured: Captured, arrived: datetime) -> Iterator[str]:
    """What would go to quarantine, and which fields would be left out."""
    try:
        event: Any = booking_event("check", captured.body, arrived)
    except Unusable as error:
        yield f"corps : {error}"
        return
    if event.unread:
        yield f"corps : champs laissés de côté ou coupés : {', '.join(event.unread)}."
