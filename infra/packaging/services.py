"""Which AWS services the code speaks to: of the other 430, botocore's descriptions stay at home."""

import ast
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from infra.packaging.target import HOUSE, CannotPackage

#: Functions that make a client of the service that they are given first.
_MAKERS = frozenset({"client", "sending_client"})

#: What makes a client without naming its service.
_MADE_INSIDE: Mapping[str, str] = {
    "Table": "dynamodb",
}


def services_used(code: Path = HOUSE / "chalicelib") -> frozenset[str]:
    """By botocore's names, as the code makes its clients."""
    sources = (path.read_text("utf-8") for path in sorted(code.rglob("*.py")))
    return frozenset(services_in(sources))


def services_in(sources: Iterable[str]) -> Iterator[str]:
    """The services of every client that these sources make."""
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call):
                yield from _service(_name(node.func), node.args[:1])


def _service(maker: str, first: list[ast.expr]) -> Iterator[str]:
    if maker in _MADE_INSIDE:
        yield _MADE_INSIDE[maker]
    elif maker in _MAKERS and first and isinstance(first[0], ast.Constant):
        yield str(first[0].value)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def trim(folder: Path, services: frozenset[str]) -> None:
    """Remove what botocore says of other services. Raises CannotPackage."""
    data = folder / "botocore" / "data"
    if absent := sorted(service for service in services if not (data / service).is_dir()):
        raise CannotPackage(f"botocore knows no service {', '.join(absent)}")
    for described in data.iterdir():
        if described.is_dir() and described.name not in services:
            shutil.rmtree(described)
