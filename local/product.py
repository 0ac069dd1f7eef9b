"""The product, alive in this process: imported as by Lambda, in the environment it is given."""

import importlib
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import TextIO


@contextmanager
def product(environment: Mapping[str, str], log: TextIO) -> Iterator[tuple[ModuleType, ModuleType]]:
    """The modules `app` and `wiring`; the environment is the old one again afterwards."""
    with _environment(environment):
        app = importlib.import_module("app")
        wiring = importlib.import_module("chalicelib.wiring")
        with _logging_to(log):
            wiring.house.cache_clear()
            try:
                yield app, wiring
            finally:
                wiring.house.cache_clear()


@contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """Afterwards all is as before: importing the product leaves a trace of its own there."""
    before = dict(os.environ)
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _logging_to(stream: TextIO) -> Iterator[None]:
    """The product's one logger writes here meanwhile."""
    observability = importlib.import_module("chalicelib.observability")
    handlers = list(observability.logger.handlers)
    streams = [h for h in handlers if isinstance(h, logging.StreamHandler)]
    before = [handler.setStream(stream) for handler in streams]
    try:
        yield
    finally:
        for handler, old in zip(streams, before, strict=True):
            if old is not None:
                handler.setStream(old)
