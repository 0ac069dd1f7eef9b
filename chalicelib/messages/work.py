"""What the desk calls a notice; why one is on its work list, and what to do about it."""

from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Language
from chalicelib.messages.rendering import render
from chalicelib.messages.typography import typeset


def describe_work(kind: Kind) -> str:
    """A reason and an advice, in plain French; TextFailed for a notice that is not the desk's."""
    return typeset(render(f"{kind}/advice.txt", {}).strip(), Language.FR)


def title_of(kind: Kind) -> str:
    """What the desk calls a notice, its own or a student's, in a list."""
    return typeset(render(f"{kind}/title.txt", {}).strip(), Language.FR)
