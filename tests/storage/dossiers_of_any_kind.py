"""Dossiers that hold anything their types allow, for rules that must hold of all of them."""

import types
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from chalicelib.domain.dossier import Dossier

_ZONES = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(-timedelta(hours=9.5))])

instants = st.datetimes(
    min_value=datetime(2, 1, 1), max_value=datetime(9998, 12, 31), timezones=_ZONES
)

_PLAIN: dict[type, st.SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    int: st.integers(0, 2**53),
    bool: st.booleans(),
    datetime: instants,
    date: st.dates(),
    type(None): st.none(),
}


def _any(kind: Any) -> st.SearchStrategy[Any]:
    """Anything of a type: a field that is added tomorrow is filled tomorrow."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    if get_origin(kind) in (Union, types.UnionType):
        return st.one_of([_any(one) for one in get_args(kind)])
    if get_origin(kind) is tuple:
        return st.lists(_any(get_args(kind)[0]), max_size=2).map(tuple)
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: _any(hints[field.name]) for field in fields(kind)})


dossiers: st.SearchStrategy[Dossier] = _any(Dossier)
