"""What is made of several things that have to be closed again."""

from abc import ABC, abstractmethod
from contextlib import ExitStack
from types import TracebackType
from typing import Self


class Opened(ABC):
    """A context manager made of others: they are closed with it, or as soon as one cannot open."""

    @abstractmethod
    def _build(self, stack: ExitStack) -> None:
        """Open each, and leave it to the stack."""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._build(stack)
            self._open = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()
