"""The commands about who may come in to the console. Whatever takes something away from somebody
ends at once what they have begun there.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import typer

from chalicelib.bootstrap import services
from chalicelib.domain.operators import Role
from chalicelib.messages.console.words import word
from cli.acting import audited
from cli.endings import CommandRefused
from cli.tables import AsJson, Column, note, say, show

Name = Annotated[str, typer.Argument(metavar="NOM", help="Son nom d’utilisateur.")]

_ACCOUNTS = (
    Column("name", "nom"),
    Column("role", "rôle", lambda role: word("roles", role) if role else "aucun"),
    Column("is_enabled", "actif"),
    Column("is_new", "première connexion à faire"),
)
_UNKNOWN = "Personne ne porte ce nom."


def add_to(app: typer.Typer) -> None:
    """The commands of this file, under one name."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("list", help="Qui peut se connecter, et dans quel rôle.")(everybody)
    group.command("add", help="Créer un compte.")(add)
    group.command("role", help="Changer le rôle ; ferme ses sessions.")(role)
    group.command("disable", help="Désactiver un compte ; ferme ses sessions.")(disable)
    group.command("enable", help="Réactiver un compte.")(enable)
    group.command("password", help="Mot de passe oublié ; ferme ses sessions.")(password)
    group.command("telephone", help="Téléphone perdu ou changé ; ferme ses sessions.")(telephone)
    app.add_typer(group, name="operators", help="Qui peut se connecter à la console.")


def everybody(*, as_json: AsJson = False) -> None:
    """All of them."""
    with audited("list_operators"):
        found = services().operator_accounts.everybody()
    show(_ACCOUNTS, [asdict(account) for account in found], as_json=as_json)


def add(name: Name, role: Annotated[Role, typer.Argument(metavar="ROLE")]) -> None:
    """A new one."""
    with audited("add_operator", name):
        made = services().operator_accounts.add(name, role)
        if made is None:
            raise CommandRefused("Quelqu’un porte déjà ce nom.")
    _hand_over(made)


def role(name: Name, role: Annotated[Role, typer.Argument(metavar="ROLE")]) -> None:
    """This role and no other."""
    with audited("change_role", name):
        if not services().operator_accounts.give_role(name, role):
            raise CommandRefused(_UNKNOWN)
    say(f"C’est fait : {word('roles', role)}. Ses sessions sont fermées.")


def disable(name: Name) -> None:
    """Let them in no more."""
    with audited("disable_operator", name):
        if not services().operator_accounts.disable(name):
            raise CommandRefused(_UNKNOWN)
    say("C’est fait. Ses sessions sont fermées.")


def enable(name: Name) -> None:
    """Let them in again."""
    with audited("enable_operator", name):
        if not services().operator_accounts.enable(name):
            raise CommandRefused(_UNKNOWN)
    say("C’est fait.")


def password(name: Name) -> None:
    """Another first password."""
    _renew("reset_password", services().operator_accounts.give_password, name)


def telephone(name: Name) -> None:
    """They come in for the first time again."""
    _renew("reset_telephone", services().operator_accounts.take_telephone, name)


def _renew(action: str, act: Callable[[str], str | None], name: str) -> None:
    with audited(action, name):
        made = act(name)
        if made is None:
            raise CommandRefused(_UNKNOWN)
    note("Ses sessions sont fermées.")
    _hand_over(made)


def _hand_over(password: str) -> None:
    """Shown once, and kept nowhere."""
    note("Mot de passe provisoire, valable trois jours, à remettre en personne :")
    say(password)
