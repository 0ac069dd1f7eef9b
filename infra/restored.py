"""The template of a stack whose table was restored: another table stands where its own one stood.

Point-in-time recovery and backups make a new table and never write into the old one. The stack
lets go of its own, which is retained, and everything that named it names the new one.
"""

import re
from collections.abc import Mapping
from typing import Any

_OWN = "Table"
_ARN = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/"

#: What DynamoDB takes as a name: whatever else stands there is a mistake.
#: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
NAME = re.compile(r"[A-Za-z0-9_.-]{3,255}", re.ASCII)


def with_table(template: Mapping[str, Any], name: str) -> dict[str, Any]:
    """This template, with the table of this name in the place of its own."""
    resources = {n: one for n, one in template["Resources"].items() if n != _OWN}
    switched: dict[str, Any] = _named({**template, "Resources": resources}, name)
    return switched


def _named(value: Any, name: str) -> Any:
    match value:
        case {"Ref": "Table"}:
            return name
        case {"Fn::GetAtt": ["Table", "Arn"]}:
            return {"Fn::Sub": f"{_ARN}{name}"}
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": text.replace(f"${{{_OWN}.Arn}}", f"{_ARN}{name}")}
        case dict():
            return {key: _named(one, name) for key, one in value.items()}
        case list():
            return [_named(one, name) for one in value]
        case _:
            return value
