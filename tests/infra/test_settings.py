"""Each setting is what its name says: none is another one's value."""

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.settings import Settings, read
from local.aws.embedded import Stack, template

#: What a setting is called beside its resource: an address, a name, an id.
ENDINGS = ("Url", "Name", "PoolId", "Id", "Bucket", "Group")


WHOLE: Mapping[str, Any] = template()
VARIABLES: Mapping[str, Any] = WHOLE["Globals"]["Function"]["Environment"]["Variables"]


def named(setting: str) -> str:
    return "".join(part.capitalize() for part in setting.split("_"))


@pytest.mark.parametrize("setting", sorted(VARIABLES))
def test_a_setting_is_the_value_of_the_resource_or_parameter_of_its_name(setting: str) -> None:
    name, known = named(setting), WHOLE["Resources"].keys() | WHOLE["Parameters"].keys()
    whole = name.removesuffix("Id") if name.endswith("ClientId") else name
    [of] = {whole, *(whole.removesuffix(ending) for ending in ENDINGS)} & known
    assert VARIABLES[setting] in ({"Ref": of}, {"Fn::GetAtt": [of, "Id"]})


def test_the_functions_are_told_every_setting_and_no_other() -> None:
    assert {name.upper() for name in Settings.__dataclass_fields__} == set(VARIABLES)


def test_each_setting_is_read_from_the_variable_of_its_name() -> None:
    names = Settings.__dataclass_fields__
    settings = read({name.upper(): f"the {name}" for name in names})
    assert {name: getattr(settings, name) for name in names} == {n: f"the {n}" for n in names}


def test_the_local_world_sets_what_the_template_sets() -> None:
    stack = Stack(
        ids={name: name for name in WHOLE["Resources"]},
        queue_arns={},
        parameters={name: name for name in WHOLE["Parameters"]},
        webhook_secret="",
    )
    said = {n: v.get("Ref") or v["Fn::GetAtt"][0] for n, v in VARIABLES.items()}
    assert stack.environment() == said
