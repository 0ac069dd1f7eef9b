"""How a command ends: an exit code, and one line for whoever typed it."""

import os
import re
import sys
from contextlib import nullcontext, redirect_stdout
from enum import IntEnum
from errno import ENOSPC, EPIPE
from io import StringIO
from typing import Any, NoReturn

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
_HELP = "--help"


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


#: Whoever read our output has seen enough; or it goes to a file, and there is no room.
_OUTPUT_ENDED = frozenset({EPIPE, ENOSPC})
_STDOUT = 1

#: What Typer writes around our words, and has in English only.
_IN_FRENCH: tuple[tuple[str, str], ...] = (
    (r"^Usage: ", "Utilisation : "),
    (r"\[OPTIONS\] COMMAND \[ARGS\]\.\.\.", "[OPTIONS] COMMANDE [ARGUMENTS]"),
    (r"^(Arguments|Options):$", r"\1 :"),
    (r"^Commands:$", "Commandes :"),
    (r"\[required\]$", "[obligatoire]"),
    (r"\[default: ", "[par défaut : "),
    (r"Show this message and exit\.", "Afficher cette aide."),
    (r"^Try '(.+)' for help\.", r"L’aide : \1"),
    (r"^Error: ", "Erreur d’utilisation : "),
    (r"Missing command\.", "il manque la commande."),
    (r"Missing option ", "il manque l’option "),
    (r"Missing argument ", "il manque l’argument "),
    (r"Choose from:", "Au choix :"),
    (r"No such command (\S+)\.", r"la commande \1 n’existe pas."),
    (r"No such option: (\S+)", r"l’option \1 n’existe pas."),
    (r"Did you mean ", "Vouliez-vous dire "),
    (r"\(Possible options: ", "(options proches : "),
    (r"Got unexpected extra argument\(s\)", "argument en trop"),
    (r"Option (\S+) requires an argument\.", r"l’option \1 demande une valeur."),
    (r"Option (\S+) does not take a value\.", r"l’option \1 ne prend pas de valeur."),
    (r"Invalid value for ", "valeur refusée pour "),
    (r"Invalid value: ", ""),
    (r"is not one of", "n’est pas parmi"),
    (r"Input should be a valid integer.*", "un nombre entier est attendu."),
    (r"Input should be greater than or equal to (.+)", r"c’est \1 au moins."),
    (r"does not match the formats?", "n’a pas la forme"),
    (r"(?:File|Path) (.+) does not exist\.", r"le fichier \1 n’existe pas."),
)


def in_french(text: str) -> str:
    """A help, or what is said of a command that was not used as it is meant."""
    for english, french in _IN_FRENCH:
        text = re.sub(english, french, text, flags=re.MULTILINE)
    return text


class Commands(TyperGroup):
    """The commands, none of which ends in a traceback."""

    def main(self, *given: Any, **more: Any) -> NoReturn:
        """Run what was typed, as long as its output is taken."""
        try:
            ending = self._typed(*given, **more)
        except OSError as error:
            ending = ExitCode.REFUSED
            # Python would try once more at the end to write what is left.
            os.dup2(os.open(os.devnull, os.O_WRONLY), _STDOUT)
            if error.errno != EPIPE:
                typer.echo(told(error)[1], err=True)
        sys.exit(ending)

    def _typed(self, *given: Any, **more: Any) -> int:
        """Its exit code. What Typer says of it itself, it says in French."""
        typed = (*given, more.get("args"))[0]
        asks = _HELP in (sys.argv if typed is None else typed)
        said = StringIO()
        try:
            with redirect_stdout(said) if asks else nullcontext():
                ending = super().main(*given, **{**more, "standalone_mode": False})
        except typer.Abort:
            said.write("Interrompu.\n")
            ending = ExitCode.REFUSED
        except TyperException as error:
            misuse: Any = error  # Typer shows it, by a class that it keeps for itself
            misuse.show(said)
            ending = error.exit_code
        typer.echo(in_french(said.getvalue()), nl=False, err=bool(ending))
        return int(ending or ExitCode.DONE)

    def invoke(self, ctx: Any) -> Any:  # Typer’s own, which has no public name
        """Run the command that was typed."""
        ctx.meta[ASKS_FOR_HELP] = _HELP in ctx.args
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, TyperException):
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno in _OUTPUT_ENDED:
                raise
            ending, message = told(error)
            typer.echo(printable(message), err=True)
            raise typer.Exit(ending) from None


def told(error: Exception) -> tuple[ExitCode, str]:
    """What an error comes to, in one line."""
    if isinstance(error, CommandRefused | FormRefused):
        return ExitCode.REFUSED, error.message
    if isinstance(error, ClientError):
        return _told_by_aws(str(error.response.get("Error", {}).get("Code", "")))
    if isinstance(error, OSError) and error.errno == ENOSPC:
        return ExitCode.REFUSED, "La sortie ne peut pas être écrite : le disque est plein."
    known = ((ending, said) for kind, ending, said in _SAID if isinstance(error, kind))
    return next(known, (ExitCode.REFUSED, f"Erreur inattendue ({type(error).__name__})."))


def _told_by_aws(code: str) -> tuple[ExitCode, str]:
    if code.startswith(_NOT_ALLOWED):
        return ExitCode.REFUSED, f"AWS refuse cet accès ({code})."
    return ExitCode.TRY_LATER, f"AWS ne répond pas comme prévu ({code}) : réessayez."
