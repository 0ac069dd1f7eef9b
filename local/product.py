"""The product, alive in this process: imported as by Lambda, in the environment it is given."""

import importlib
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import TextIO


@contextmanager
def product(
    environment: Mapping[str, str], log: TextIO, metrics: TextIO
) -> Iterator[tuple[ModuleType, ModuleType]]:
    """The modules `app` and `bootstrap`; the environment is the old one again afterwards."""
    with environment_of(environment):
        app = importlib.import_module("app")
        bootstrap = importlib.import_module("chalicelib.bootstrap")
        with _writing_to(log, metrics):
            bootstrap.services.cache_clear()
            try:
                yield app, bootstrap
            finally:
                bootstrap.services.cache_clear()


@contextmanager
def environment_of(wanted: Mapping[str, str]) -> Iterator[None]:
    """Afterwards all is as before: importing the product leaves a trace of its own there."""
    before = dict(os.environ)
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _writing_to(log: TextIO, metrics: TextIO) -> Iterator[None]:
    """The product's lines and counters go here meanwhile, and so do those of its libraries."""
    observability = importlib.import_module("chalicelib.observability")
    observability.flush("")  # what was counted in this process before is none of it
    at_the_root = logging.StreamHandler(log)  # where Lambda's runtime has one of its own
    observability.take_over([at_the_root])
    logging.root.addHandler(at_the_root)
    try:
        lines, counters = observability.LOG, observability.COUNTERS
        with _redirected(lines, log), _redirected(counters, metrics):
            yield
    finally:
        logging.root.removeHandler(at_the_root)


@contextmanager
def _redirected(handler: "logging.StreamHandler[TextIO]", stream: TextIO) -> Iterator[None]:
    before = handler.setStream(stream)
    try:
        yield
    finally:
        if before is not None:
            handler.setStream(before)
