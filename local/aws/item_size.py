"""How large an item may be: AWS judges it as a change leaves it, moto in the middle of the change.

So moto counts what is replaced together with what replaces it, which refuses an item of half the
size; and of a change that it refuses, half stays.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""

from typing import Any

from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models.dynamo_type import Item, LimitedSizeDict
from moto.dynamodb.parsing.executors import UpdateExpressionExecutor

#: Bytes, the names of its attributes among them.
AT_MOST = 400 * 1024

_made, _changed = Item.__init__, UpdateExpressionExecutor.execute


def judge_what_is_left() -> None:
    """From now on, in this process."""
    LimitedSizeDict.__setitem__ = dict.__setitem__  # type: ignore[method-assign]  # unjudged
    Item.__init__ = _make  # type: ignore[method-assign,assignment]
    UpdateExpressionExecutor.execute = _change  # type: ignore[method-assign,assignment]


def _make(item: Item, *args: Any, **kwargs: Any) -> None:
    _made(item, *args, **kwargs)
    _judge(item)


def _change(executor: Any, node: Any = None) -> None:
    """All of a change, or nothing of it. moto comes back here for each part of it."""
    if node is not None:
        return _changed(executor, node)
    attributes = executor.item.attrs
    before = dict(attributes)
    try:
        _changed(executor)
        _judge(executor.item)
    except ItemSizeTooLarge:
        attributes.clear()
        attributes.update(before)
        raise
    return None


def _judge(item: Item) -> None:
    if item.size() > AT_MOST:
        raise ItemSizeTooLarge
