"""How a command ends: an exit code, and one line for whoever typed it."""

from enum import IntEnum
from typing import Any

import typer
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError
from typer.core import TyperGroup
from typer.exceptions import TyperException

from chalicelib.domain.errors import (
    FormRefused,
    LostRace,
    TextFailed,
    TryLater,
    Unreadable,
    Unusable,
)
from cli.tables import printable

#: Whether somebody asks how a command is used: they need no stage for that.
ASKS_FOR_HELP = "desk.asks_for_help"


class ExitCode(IntEnum):
    """What an exit code means."""

    DONE = 0
    REFUSED = 1  #: refused, or there is nothing of this name, or nothing to do
    MISUSED = 2  #: not how the command is used: Typer says so itself
    TRY_LATER = 3


class CommandRefused(Exception):
    """Nothing is done, for a reason in French that repeats no personal data."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


#: What is said of the errors of others; the first that fits. Their own words may be anybody's.
_SAID: tuple[tuple[type[Exception], ExitCode, str], ...] = (
    (LostRace, ExitCode.TRY_LATER, "Quelqu’un d’autre y travaille en ce moment : recommencez."),
    (TryLater, ExitCode.TRY_LATER, "Relance ne répond pas : réessayez dans une minute."),
    (Unreadable, ExitCode.REFUSED, "Cette version de Relance ne sait pas lire ce dossier."),
    (TextFailed, ExitCode.REFUSED, "Ce message ne peut pas être composé."),
    (Unusable, ExitCode.REFUSED, "Cette demande ne peut pas être utilisée."),
    (NoCredentialsError, ExitCode.REFUSED, "Aucun identifiant AWS : connectez-vous d’abord."),
    (NoRegionError, ExitCode.REFUSED, "Aucune région AWS : indiquez AWS_REGION."),
    (BotoCoreError, ExitCode.TRY_LATER, "AWS ne répond pas : réessayez dans une minute."),
)

#: What AWS says to whom it does not let in.
_NOT_ALLOWED = ("AccessDenied", "ExpiredToken", "InvalidClientTokenId", "UnrecognizedClient")


class Commands(TyperGroup):
    """The commands, none of which ends in a traceback."""

    def invoke(self, ctx: Any) -> Any:  # Typer’s own, which has no public name
        """Run the command that was typed."""
        ctx.meta[ASKS_FOR_HELP] = "--help" in ctx.args
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, TyperException):
            raise
        except Exception as error:  # noqa: BLE001  a traceback may quote anybody
            ending, message = told(error)
            typer.echo(printable(message), err=True)
            raise typer.Exit(ending) from None


def told(error: Exception) -> tuple[ExitCode, str]:
    """What an error comes to, in one line."""
    if isinstance(error, CommandRefused | FormRefused):
        return ExitCode.REFUSED, error.message
    if isinstance(error, ClientError):
        return _told_by_aws(str(error.response.get("Error", {}).get("Code", "")))
    known = ((ending, said) for kind, ending, said in _SAID if isinstance(error, kind))
    return next(known, (ExitCode.REFUSED, f"Erreur inattendue ({type(error).__name__})."))


def _told_by_aws(code: str) -> tuple[ExitCode, str]:
    if code.startswith(_NOT_ALLOWED):
        return ExitCode.REFUSED, f"AWS refuse cet accès ({code})."
    return ExitCode.TRY_LATER, f"AWS ne répond pas comme prévu ({code}) : réessayez."
