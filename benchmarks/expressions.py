"""DynamoDB's expressions, as far as requests of the product go: conditions and updates of one item.

Whatever else a request asks for is `NotUnderstood`, so that nothing is answered that is not so.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

import operator
import re
from collections import deque
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

Value = Mapping[str, Any]
Item = Mapping[str, Value]
Request = Mapping[str, Any]

Condition = Callable[[Item, Request], bool]
Operand = Callable[[Item, Request], Value | None]

_TOKEN = re.compile(r"[#:]?\w+|<>|<=|>=|[=<>(),+-]")


class NotUnderstood(Exception):
    """This expression, or this request, is beyond the stub."""


@cache
def condition(text: str) -> Condition:
    """Whether an item fulfils a condition, a filter or a key condition. Raises NotUnderstood."""
    expression = _Expression(text)
    found = expression.condition()
    expression.ends()
    return found


def updated(item: Item, request: Request) -> dict[str, Value]:
    """The item after an UpdateExpression; every operand is read from the item as it was.

    Raises NotUnderstood.
    """
    after = dict(item)
    for verb, token, operand in _steps(request["UpdateExpression"]):
        name = _name(token, request)
        value = operand(item, request) if operand else None
        after[name] = _VERBS[verb](item.get(name), value)
    return {name: value for name, value in after.items() if value}


def projected(item: Item, request: Request) -> dict[str, Value]:
    """Those attributes of an item that a request asks for."""
    asked = request.get("ProjectionExpression")
    if not asked:
        return dict(item)
    names = [_name(token.strip(), request) for token in asked.split(",")]
    return {name: item[name] for name in names if name in item}


@cache
def _steps(text: str) -> list[tuple[str, str, Operand | None]]:
    expression = _Expression(text)
    steps = []
    while expression.left:
        verb = expression.takes(*_VERBS) or expression.fails()
        steps.append(expression.step(verb))
        while expression.takes(","):
            steps.append(expression.step(verb))
    return steps


def _name(token: str, request: Request) -> str:
    name: str = request["ExpressionAttributeNames"][token] if token.startswith("#") else token
    return name


def number(value: Value | None) -> Decimal:
    """What a number is; nothing counts as nought."""
    return Decimal(value["N"]) if value else Decimal(0)


def _plain(value: Value) -> Any:
    [(kind, content)] = value.items()
    return Decimal(content) if kind == "N" else sorted(content) if kind == "SS" else content


def _compared(sign: str) -> Callable[[Value | None, Value | None], bool]:
    """What is missing or of another type is equal to nothing."""

    def compare(left: Value | None, right: Value | None) -> bool:
        if left is None or right is None or left.keys() != right.keys():
            return sign == "<>"
        return bool(_SIGNS[sign](_plain(left), _plain(right)))

    return compare


def _has_part(whole: Value | None, part: Value | None) -> bool:
    if whole is None or part is None:
        return False
    return next(iter(part.values())) in next(iter(whole.values()))


def _begins(whole: Value | None, part: Value | None) -> bool:
    return bool(whole and part and whole.get("S", "").startswith(part["S"]))


_SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

_PREDICATES: Mapping[str, Callable[..., bool]] = {
    "ATTRIBUTE_EXISTS": lambda value: value is not None,
    "ATTRIBUTE_NOT_EXISTS": lambda value: value is None,
    "BEGINS_WITH": _begins,
    "CONTAINS": _has_part,
}

_FUNCTIONS: Mapping[str, Callable[..., Value | None]] = {
    "IF_NOT_EXISTS": lambda value, otherwise: otherwise if value is None else value,
    "LIST_APPEND": lambda first, second: {"L": [*first["L"], *second["L"]]},
    "SIZE": lambda value: {"N": str(len(next(iter(value.values()))))} if value else None,
}


def _added(old: Value | None, new: Value) -> Value:
    if "SS" in new:
        return {"SS": sorted({*(old or {"SS": []})["SS"], *new["SS"]})}
    return {"N": str(number(old) + number(new))}


def _without(old: Value | None, gone: Value) -> Value | None:
    left = sorted({*(old or {"SS": []})["SS"]} - {*gone["SS"]})
    return {"SS": left} if left else None


_VERBS: Mapping[str, Callable[[Any, Any], Any]] = {
    "SET": lambda _old, new: new,
    "REMOVE": lambda _old, _new: None,
    "ADD": _added,
    "DELETE": _without,
}


class _Expression:
    """The tokens that are left of one, and what they mean."""

    def __init__(self, text: str) -> None:
        self._text, self.left = text, deque(_TOKEN.findall(text))
        if "".join(self.left) != re.sub(r"\s", "", text):
            self.fails()

    def fails(self) -> Any:
        raise NotUnderstood(self._text)

    def ends(self) -> None:
        if self.left:
            self.fails()

    def takes(self, *words: str) -> str:
        """The next token if it is one of these, else nothing."""
        is_there = bool(self.left) and self.left[0].upper() in words
        return self.left.popleft().upper() if is_there else ""

    def _needs(self, word: str) -> None:
        if not self.takes(word):
            self.fails()

    def step(self, verb: str) -> tuple[str, str, Operand | None]:
        token = self.left.popleft()
        if verb == "SET":
            self._needs("=")
        return verb, token, None if verb == "REMOVE" else self._operand()

    def condition(self) -> Condition:
        parts = [self._all_of()]
        while self.takes("OR"):
            parts.append(self._all_of())
        return lambda item, request: any(part(item, request) for part in parts)

    def _all_of(self) -> Condition:
        parts = [self._one()]
        while self.takes("AND"):
            parts.append(self._one())
        return lambda item, request: all(part(item, request) for part in parts)

    def _one(self) -> Condition:
        if self.takes("NOT"):
            inner = self._one()
            return lambda item, request: not inner(item, request)
        if self.takes("("):
            inner = self.condition()
            self._needs(")")
            return inner
        if name := self.takes(*_PREDICATES):
            return _applied(_PREDICATES[name], self._arguments())
        return self._comparison()

    def _comparison(self) -> Condition:
        left = self._operand()
        if self.takes("BETWEEN"):
            low = self._operand()
            self._needs("AND")
            high = self._operand()
            from_low = _applied(_compared(">="), [left, low])
            to_high = _applied(_compared("<="), [left, high])
            return lambda item, request: from_low(item, request) and to_high(item, request)
        if self.takes("IN"):
            each = [_applied(_compared("="), [left, one]) for one in self._arguments()]
            return lambda item, request: any(one(item, request) for one in each)
        sign = self.takes(*_SIGNS) or self.fails()
        return _applied(_compared(sign), [left, self._operand()])

    def _arguments(self) -> list[Operand]:
        self._needs("(")
        found = [self._operand()]
        while self.takes(","):
            found.append(self._operand())
        self._needs(")")
        return found

    def _operand(self) -> Operand:
        first = self._term()
        sign = self.takes("+", "-")
        if not sign:
            return first
        second, factor = self._term(), Decimal(f"{sign}1")
        return lambda item, request: {
            "N": str(number(first(item, request)) + factor * number(second(item, request)))
        }

    def _term(self) -> Operand:
        if name := self.takes(*_FUNCTIONS):
            return _applied(_FUNCTIONS[name], self._arguments())
        token = self.left.popleft() if self.left else self.fails()
        if token.startswith(":"):
            return lambda _item, request: request["ExpressionAttributeValues"][token]
        return lambda item, request: item.get(_name(token, request))


def _applied(function: Callable[..., Any], to: list[Operand]) -> Callable[[Item, Request], Any]:
    return lambda item, request: function(*(operand(item, request) for operand in to))
