"""The commands, and which Relance they are for: `python -m cli --stage isere-prod worklist`."""

import logging
from typing import Annotated

import typer

from cli import cards, dossiers, lists, logs, looking, machine, operators, webhooks
from cli.endings import ASKS_FOR_HELP, Commands
from cli.stage import in_local_world, on_aws
from cli.tables import say
from infra.packaging.target import project

app = typer.Typer(
    name="python -m cli",
    cls=Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Relance en ligne de commande : ce que fait la console, sous vos identifiants AWS.",
    epilog="Codes de sortie : 0 fait ; 1 refusé, ou rien à faire ; 2 erreur d’utilisation ; "
    "3 réessayez.",
)
for group in (looking, dossiers, lists, cards, machine, operators, logs, webhooks):
    group.add_to(app)


def _say_version(asked: bool) -> None:  # noqa: FBT001  Typer gives it so
    if asked:
        say(f"Relance {project()['version']}")
        raise typer.Exit


@app.callback()
def which(
    ctx: typer.Context,
    stage: Annotated[
        str, typer.Option(metavar="NOM", help="Le déploiement sur AWS, comme isere-prod.")
    ] = "",
    local: Annotated[str, typer.Option(metavar="URL", help="L’adresse d’un monde local.")] = "",
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_say_version, is_eager=True, help="Afficher la version."
        ),
    ] = False,
) -> None:
    """Go where the command is to act, until it ends."""
    if ctx.meta[ASKS_FOR_HELP]:
        return
    if ctx.invoked_subcommand == webhooks.NAME and not stage and not local:
        return
    if bool(stage) is bool(local):
        message = "Dites où : --stage NOM, comme isere-prod, ou bien --local URL."
        raise typer.BadParameter(message)
    ctx.with_resource(on_aws(stage) if stage else in_local_world(local))


def main() -> None:
    """Run one command. What happens is in the audit: the functions' own log is for functions."""
    logging.getLogger("relance").setLevel(logging.CRITICAL)
    app()


if __name__ == "__main__":
    main()
