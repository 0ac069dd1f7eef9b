"""From a text file to words: a variable that a text mentions and nobody knows is an error."""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.domain.errors import MissingText, TextFailed
from chalicelib.messages.phrases import TEXTS, phrase
from chalicelib.messages.sentences import JOINED, begins, dialled, together
from chalicelib.messages.variables import Variables

if TYPE_CHECKING:
    from jinja2 import Environment

THEMES = Path(__file__).parent / "themes"

#: The folder of `themes/` that every e-mail wears: its layout and its pieces.
THEME = "plain"

_BLANK_LINES = re.compile(r"\n{3,}")


def render(name: str, variables: Variables) -> str:
    """The text `name` under `texts/`, with these variables; `TextFailed` names the text only."""
    from jinja2 import TemplateError, TemplateNotFound

    try:
        return _environment(THEME).get_template(name).render(variables)
    except TemplateNotFound as error:
        message = f"{name}: there is no {error.name}"
        raise MissingText(message) from error
    except TemplateError as error:
        message = f"{name}: {type(error).__name__}: {error.message}"
        raise TextFailed(message) from error


def tidy(text: str) -> str:
    """A text as it is sent: never two blank lines in a row, one end of line at its end."""
    return _BLANK_LINES.sub("\n\n", text).strip() + "\n"


@cache
def _environment(theme: str) -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader([TEXTS, THEMES / theme]),
        auto_reload=False,  # the files of a package do not change; looking costs a call a text
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        **JOINED,
        "begins": begins,
        "together": together,
        "dialled": dialled,
    }
    environment.globals["phrase"] = phrase
    return environment
