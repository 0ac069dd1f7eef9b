"""Typst alone: the page that the product makes, without making its words and its QR code."""

from collections.abc import Callable
from functools import partial
from typing import Any

import typst

from benchmarks.contestant import obey
from benchmarks.product import again, one_pdf

_library: Any = typst
_compile = _library.compile


def pdf(units: int) -> Callable[[], object]:
    """The product's own call of the library, kept and repeated."""
    kept: list[Callable[[], bytes]] = []

    def keep(*positional: Any, **named: Any) -> bytes:
        kept.append(partial(_compile, *positional, **named))
        return kept[-1]()

    _library.compile = keep
    one_pdf()()
    _library.compile = _compile
    return again(kept[-1], units)


if __name__ == "__main__":
    obey({"pdf": pdf})
