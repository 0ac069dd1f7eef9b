"""STAND-IN for the desk's lists, until the acts bring the real ones."""

from collections.abc import Iterable, Sequence

from chalicelib.domain.errors import FormRefused


def references_of(content: str | bytes) -> tuple[str, ...]:
    """The dossiers of a list. Raises FormRefused."""
    text = content if isinstance(content, str) else content.decode(errors="replace")
    if not text.strip() or "\ufffd" in text:
        raise FormRefused("references", "Cette liste est illisible.")
    return tuple(text.replace(";", " ").split())


def csv_of(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table for a spreadsheet."""
    return "\r\n".join(";".join(row) for row in [header, *rows]).encode()
