"""What moto and the SDK work out anew at each request, and never changes, is worked out once.

It is up to a third of the time of a request, in the demo and in each test on the embedded AWS.
"""

import json
import pickle
import sys
from functools import cache
from typing import Any

import botocore.hooks
import botocore.loaders
import botocore.useragent
import moto.backends
import moto.core.utils
import moto.kms.utils
from moto.backends import list_of_moto_modules
from moto.cloudformation import models as cloudformation
from moto.core import serialize
from moto.core.utils import merge_dicts
from moto.dynamodb.models import dynamo_type, table
from moto.dynamodb.models.utilities import find_nested_key
from moto.dynamodb.parsing import ast_nodes, expressions, validators

_nodes: Any = ast_nodes
_traverser: Any = _nodes.DepthFirstTraverser
_item: Any = dynamo_type.Item
_serializer: Any = serialize.ResponseSerializer
_updates: Any = expressions
_validators: Any = validators
_stack: Any = cloudformation.Stack
_table: Any = table.Table

_parsed, _projected = _updates.UpdateExpressionParser.make, _item.project
_in_order = _table.all_items
_of_yaml = _stack.parse_template
_aliaser: Any = botocore.hooks.EventAliaser
_alias = _aliaser._alias_event_name
_all_members, _prepares_nothing = (
    _serializer._serialize_type_structure,
    _traverser.pre_processing_of_child,
)


def make_haste() -> None:
    """From now on, in this process."""
    moto.backends.list_of_moto_modules = cache(lambda: tuple(list_of_moto_modules()))
    _remember(moto.core.utils, "method_names_from_class")
    _remember(moto.core.utils, "camelcase_to_underscores")
    _remember(moto.kms.utils, "generate_private_key")  # of symmetric keys too, which have none
    _remember(botocore.loaders, "create_loader")  # which keeps what it has read, for one session
    _remember(botocore.useragent, "sanitize_user_agent_string_component")
    _aliaser._alias_event_name = lambda _, name: _aliased(name)
    _traverser.traverse_node_recursively = _traversed
    _validators.ActionCountValidator.traverse = _counted
    _validators.OverlappingPathsValidator.traverse = _compared
    _validators.deepcopy = _copied
    _updates.UpdateExpressionParser.make = staticmethod(_tree)
    _item.project = _project
    _table.all_items = _all_items
    _serializer._serialize_type_structure = _members
    _stack.parse_template = staticmethod(_template)


def _remember(home: Any, name: str) -> None:
    """What a function once answered, it answers again; also where it was imported to already."""
    function, family = getattr(home, name), home.__name__.partition(".")[0]
    remembered = cache(function)
    for module in [m for n, m in sys.modules.items() if n.partition(".")[0] == family]:
        for mine in [mine for mine, thing in vars(module).items() if thing is function]:
            setattr(module, mine, remembered)


@cache
def _aliased(event: str) -> str:
    """What the SDK calls an event: its table of names is the same for all clients."""
    name: str = _alias(_aliaser(None), event)
    return name


@cache
def _pickled(update: str) -> bytes:
    return pickle.dumps(_parsed(update))


def _tree(update: str) -> Any:
    """The tree of an update, for who gets it to change: moto reads each text twice."""
    return pickle.loads(_pickled(update))  # noqa: S301  pickled above


def _copied(tree: Any) -> Any:
    return pickle.loads(pickle.dumps(tree))  # noqa: S301  pickled here


def _processes(traverser: Any, kind: type) -> bool:
    """Whether a traverser does anything with nodes of a kind: moto asks that of each node."""
    return issubclass(kind, tuple(traverser._processing_map(traverser.__new__(traverser))))


_is_for: Any = cache(_processes)
_is_node: Any = cache(lambda kind: issubclass(kind, _nodes.Node))


def _traversed(traverser: Any, node: Any, child_id: int = -1) -> Any:
    """As moto does it, from the leaves up."""
    parent = node.parent
    prepares = type(traverser).pre_processing_of_child is not _prepares_nothing
    for i, child in enumerate(node.children or ()):
        if prepares:
            traverser.pre_processing_of_child(node, i)
        if _is_node(type(child)):
            _traversed(traverser, child, i)
    if _is_for(type(traverser), type(node)):
        node = traverser.process(node)
        node.parent = parent
        if parent:
            parent.children[child_id] = node
    return node


def _counted(validator: Any, update: Any) -> Any:
    """The clauses of a whole update, counted: moto counts again from each of its nodes."""
    return validator.verify_action_counts(update)


def _compared(validator: Any, update: Any) -> Any:
    """The paths of a whole update, compared: moto compares again from each of its nodes."""
    return validator.check_for_overlapping_paths(update)


def _project(item: Any, wanted: list[list[str]]) -> Any:
    """Some attributes of an item: moto reads the whole of it again for each of them."""
    if any(len(path) > 1 for path in wanted):
        return _projected(item, wanted)
    whole, found = item.to_regular_json(), dict[str, Any]()
    for path in wanted:
        merge_dicts(found, find_nested_key(path, whole))
    attributes = dict(dynamo_type.serializer.serialize(found)["M"])
    return _item(hash_key=item.hash_key, range_key=item.range_key, attrs=attributes)


def _all_items(items: Any) -> Any:
    """The items of a table whose only key is a text, by that text: moto compares its own values of
    them, each of which it makes anew, and does so for each query.
    """
    if items.range_key_attr or items.hash_key_type != "S":
        return _in_order(items)
    return sorted(items.items.values(), key=lambda item: item.hash_key.value)


def _members(serializer: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    """Of a value of DynamoDB only the one member it has: moto looks for each, by many names."""
    if not key or shape.name != "AttributeValue" or type(value) is not dict:
        _all_members(serializer, serialized, value, shape, key)
        return
    wrapper = serializer.MAP_TYPE()
    for name in shape.members:
        if name in value:
            shape.members[name].parent = shape
            serializer._serialize_structure_member(wrapper, value, shape.members[name], name)
    serializer._default_serialize(serialized, wrapper, shape, key)


def _template(text: str) -> Any:
    """A template in JSON, read as such: moto reads it as YAML, a hundred times as slowly."""
    try:
        return json.loads(text)
    except ValueError:
        return _of_yaml(text)
