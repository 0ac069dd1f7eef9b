"""Where each value of a desk's file comes from: a document with its date, or whoever wrote it."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence, Set
from typing import Any

#: Marks that are no document: decided or worded by whoever wrote the file; not known to them yet.
OURS, UNKNOWN = "ours", "unknown"
NO_DOCUMENT = frozenset({OURS, UNKNOWN})
#: What nobody knows yet may wait, empty: pages go without, and nobody is told what is unanswered.
MAY_WAIT = frozenset(
    {"$.legal.address", "$.legal.phone", "$.legal.data_protection", "$.work.second_person"}
)

#: Tables that are about values, and hold none.
_ABOUT_VALUES = frozenset({"documents", "sources"})


def values(document: Any, key: str = "$") -> Iterator[tuple[str, Any]]:
    """Every value that is no table, by the whole of its key."""
    if isinstance(document, dict) and document:
        for name, inner in document.items():
            if name not in _ABOUT_VALUES:
                yield from values(inner, f"{key}.{name}")
    elif isinstance(document, list) and document and isinstance(document[0], dict):
        for index, inner in enumerate(document):
            yield from values(inner, f"{key}[{index}]")
    else:
        yield key, document


def longest(key: str, known: Container[str]) -> str:
    """The key itself if it is known, else the longest beginning of it that is; else nothing."""
    while key and key not in known:
        key = key[: max(key.rfind("."), key.rfind("["), 0)]
    return key


def mark_of(key: str, document: Mapping[str, Any]) -> str | None:
    """A value's mark: that of the longest key which is its own or the beginning of it."""
    marks = {about: mark for _, about, mark in _marks(document)}
    return marks.get(longest(key, marks))


def unknown(document: Mapping[str, Any]) -> Sequence[str]:
    """The keys of what waits for an answer."""
    waiting = (key for key, _ in values(document) if mark_of(key, document) == UNKNOWN)
    return [key.removeprefix("$.") for key in waiting]


def wrong_marks(document: Mapping[str, Any]) -> Iterator[str]:
    """Values without a mark, marks without a value, documents of which nothing comes."""
    given = [*_marks(document)]
    yield from _wrong_documents(document["documents"].keys(), given)
    marks = {about: mark for _, about, mark in given}
    used = {key: longest(key, marks) for key, _ in values(document)}
    for key, about in used.items():
        if not about:
            yield f"`{key}`: comes from nowhere; name it in `sources`"
        elif marks[about] == UNKNOWN and key not in MAY_WAIT:
            yield f"`{key}`: cannot be {UNKNOWN}"
    for where, about, _ in given:
        if about not in used.values():
            yield f"`{where}`: marks `{about}`, and there is no such value"


def _wrong_documents(named: Set[str], given: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    yield from (f"`$.documents.{n}`: no document can be called so" for n in named & NO_DOCUMENT)
    for where, _, mark in given:
        if mark not in named | NO_DOCUMENT:
            yield f"`{where}`: no document of `$.documents`, nor {OURS} or {UNKNOWN}"
    for about, times in Counter(about for _, about, _ in given).items():
        if times > 1:
            yield f"`{about}`: has more than one mark"
    unused = named - {mark for _, _, mark in given}
    yield from (f"`$.documents.{name}`: nothing comes from it" for name in sorted(unused))


def _marks(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Each mark: where it stands, the key it is about, and what it says."""
    blocks = {"$": document, **{f"$.terms[{n}]": b for n, b in enumerate(document["terms"])}}
    for block, content in blocks.items():
        for mark, keys in content["sources"].items():
            for index, key in enumerate(keys):
                yield f"{block}.sources.{mark}[{index}]", f"{block}.{key}", mark
