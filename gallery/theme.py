"""Compiles the themes of the e-mails: `python -m gallery.theme`.

A theme is a folder of `chalicelib/messages/themes/`: its layout is written in MJML, and what is
compiled from it is committed beside it, so that the product needs no MJML to write a letter.
"""

from pathlib import Path

import mrml

from chalicelib.messages.rendering import THEMES

SOURCE, COMPILED = "mail.mjml", "mail.html"

#: HTML needs no namespace, and whoever looks for links in a mail takes this one for a link.
_NAMESPACE = ' xmlns="http://www.w3.org/1999/xhtml"'

#: What a mailbox shows beside the subject is hidden in the letter; where it is as white as its
#: ground as well, filters take it for a trick (SpamAssassin, HTML_FONT_LOW_CONTRAST).
_PALE = ("display:none;font-size:1px;color:#ffffff;", "display:none;font-size:1px;color:#1b2024;")


def themes() -> tuple[Path, ...]:
    """The folders of all themes, by name."""
    return tuple(sorted(path.parent for path in THEMES.glob(f"*/{SOURCE}")))


def compiled(theme: Path) -> str:
    """The layout of a theme, as a Jinja template for HTML. Raises OSError for what is not MJML."""
    source = (theme / SOURCE).read_text(encoding="utf-8")
    # A font from elsewhere tells elsewhere who reads the letter.
    output = mrml.to_html(source, None, mrml.RenderOptions(fonts={}))
    html = output.content.replace(_NAMESPACE, "").replace(*_PALE)
    return html.strip() + "\n"


def main() -> None:
    """Compile every theme."""
    for theme in themes():
        (theme / COMPILED).write_text(compiled(theme), encoding="utf-8")


if __name__ == "__main__":
    main()
