"""Why something is on the desk's work list, and what to do about it."""

from chalicelib.domain.contact import Language
from chalicelib.domain.delivery import Kind
from chalicelib.messages.rendering import render
from chalicelib.messages.typography import typeset


def describe_work(kind: Kind) -> str:
    """A reason and an advice, in plain French; TextFailed for a notice that is not the desk's."""
    return typeset(render(f"_desk/{kind}.txt", {}).strip(), Language.FR)


def title_of(kind: Kind) -> str:
    """What a desk notice is called in a list; TextFailed for a notice that is not the desk's."""
    return typeset(render(f"_desk/{kind}.title.txt", {}).strip(), Language.FR)
