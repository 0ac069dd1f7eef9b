"""huey: a queue in SQLite, and a task that renders and sends one mail by Django's own means."""

from collections.abc import Callable, Mapping

from huey import SqliteHuey

from benchmarks.contestant import Work, obey
from benchmarks.peers.letter import SCRATCH, configure, context, letter

configure()

from django.core.mail import EmailMultiAlternatives  # noqa: E402  after the settings
from django.template import Context, Engine  # noqa: E402

huey = SqliteHuey(filename=str(SCRATCH / "huey.sqlite3"))
_templates = {name: Engine().from_string(text) for name, text in letter().items()}


def _send(number: int) -> None:
    variables = Context(dict(context(number)))
    written = {name: template.render(variables) for name, template in _templates.items()}
    message = EmailMultiAlternatives(
        written["subject"],
        written["text"],
        "rendez-vous@relance.example",
        [f"student.{number}@example.org"],
    )
    message.attach_alternative(written["html"], "text/html")
    message.send()


send = huey.task()(_send)


def serve(units: int) -> Callable[[], object]:
    """Work off so many that are queued, as a worker of its consumer does."""
    for number in range(units):
        send(number)

    def do() -> None:
        while task := huey.dequeue():
            huey.execute(task)

    return do


WORK: Mapping[str, Work] = {"serve": serve}

if __name__ == "__main__":
    obey(WORK)
