"""The door: one stage, in Paris, with limits, in good TLS, and nobody writes down who came."""

from collections.abc import Mapping
from typing import Any

import pytest

from infra.packaging.template import merged

NEWEST = "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return merged()


@pytest.fixture(scope="module")
def api(template: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"]["RestAPI"]["Properties"]
    return found


def properties(template: Mapping[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"][name]["Properties"]
    return found


def test_what_a_student_types_is_decrypted_in_paris(
    template: dict[str, Any], api: dict[str, Any]
) -> None:
    assert api["EndpointConfiguration"] == "REGIONAL"
    assert properties(template, "Domain")["EndpointConfiguration"] == {"Types": ["REGIONAL"]}


def test_both_names_of_the_door_ask_for_the_same_tls(
    template: dict[str, Any], api: dict[str, Any]
) -> None:
    for protected_route in (api, properties(template, "Domain")):
        assert (protected_route["SecurityPolicy"], protected_route["EndpointAccessMode"]) == (
            NEWEST,
            "STRICT",
        )


def test_sam_makes_no_second_stage_without_limits(
    template: dict[str, Any], api: dict[str, Any]
) -> None:
    assert api["OpenApiVersion"] == api["DefinitionBody"]["swagger"]
    stage = {"Name": "Stage", "Value": api["StageName"]}
    assert stage in properties(template, "ApiFails")["Dimensions"]


def test_every_page_has_a_limit_and_webhooks_have_their_own(api: dict[str, Any]) -> None:
    everything, webhooks = api["MethodSettings"]
    assert (everything["HttpMethod"], everything["ResourcePath"]) == ("*", "/*")
    path = webhooks["ResourcePath"].removeprefix("/").replace("~1", "/")
    assert webhooks["HttpMethod"].lower() in api["DefinitionBody"]["paths"][path]
    for limit in (everything, webhooks):
        assert 0 < limit["ThrottlingRateLimit"] <= limit["ThrottlingBurstLimit"]


def test_what_the_gateway_answers_by_itself_is_as_safe_to_open(api: dict[str, Any]) -> None:
    answers = api["GatewayResponses"]
    assert {"MISSING_AUTHENTICATION_TOKEN", "DEFAULT_4XX", "DEFAULT_5XX"} <= set(answers)
    for answer in answers.values():
        said = answer["ResponseParameters"]["Headers"]
        assert {value[0] + value[-1] for value in said.values()} == {"''"}, "else it is a reference"
        assert not any("'" in value[1:-1] for value in said.values())
        assert "max-age=31536000; includeSubDomains" in said["Strict-Transport-Security"]
        assert "sandbox; default-src none.invalid" in said["Content-Security-Policy"]
        assert "nosniff" in said["X-Content-Type-Options"]


def test_no_route_is_open_to_pages_of_other_sites(api: dict[str, Any]) -> None:
    paths = api["DefinitionBody"]["paths"]
    assert paths
    assert [path for path, methods in paths.items() if "options" in methods] == []


#: Of each rule: how often one address may ask, within how many seconds, and for what.
LIMITS: Mapping[str, tuple[int, int, str]] = {
    "sign-ins": (200, 300, "/desk/sign-in"),
    "webhooks": (600, 60, "/webhooks/booking"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_an_address_that_knocks_too_often_waits_and_nobody_else(
    template: dict[str, Any], name: str
) -> None:
    [rule] = [r for r in properties(template, "LimitsOfSources")["Rules"] if r["Name"] == name]
    limit = rule["Statement"]["RateBasedStatement"]
    what = limit["ScopeDownStatement"]["ByteMatchStatement"]
    found = (limit["Limit"], limit["EvaluationWindowSec"], what["SearchString"])
    assert (limit["AggregateKeyType"], found) == ("IP", LIMITS[name])
    assert what["PositionalConstraint"] == "CONTAINS", "a stage may stand before it"
    assert rule["Action"]["Block"]["CustomResponse"]["ResponseCode"] == 429


def test_forged_webhooks_of_one_address_leave_most_of_the_route_to_the_real_ones(
    api: dict[str, Any],
) -> None:
    limit, seconds, path = LIMITS["webhooks"]
    [route] = [one for one in api["MethodSettings"] if "webhooks" in one["ResourcePath"]]
    assert path == route["ResourcePath"].removeprefix("/").replace("~1", "/")
    assert limit / seconds <= route["ThrottlingRateLimit"] / 5


def test_limits_by_source_are_paid_for_and_so_a_choice(template: dict[str, Any]) -> None:
    assert template["Parameters"]["LimitsBySource"]["Default"] == "yes"
    for name in ("LimitsOfSources", "LimitsOfTheApi"):
        assert template["Resources"][name]["Condition"] == "HasLimitsBySource"


def test_the_firewall_keeps_no_samples_for_they_hold_paths(template: dict[str, Any]) -> None:
    firewall = properties(template, "LimitsOfSources")
    seen = [firewall, *firewall["Rules"]]
    assert {one["VisibilityConfig"]["SampledRequestsEnabled"] for one in seen} == {False}


def test_nobody_writes_down_a_path_for_it_may_be_a_token(api: dict[str, Any]) -> None:
    assert not {"AccessLogSetting", "TracingEnabled", "CanarySetting"} & set(api)
    for one in api["MethodSettings"]:
        assert (one["LoggingLevel"], one["DataTraceEnabled"]) == ("OFF", False)


@pytest.mark.parametrize("name", ["Domain", "DomainMapping"])
def test_a_name_of_ones_own_is_a_choice(template: dict[str, Any], name: str) -> None:
    assert template["Parameters"]["DomainName"]["Default"] == ""
    assert template["Resources"][name]["Condition"] == "HasDomainName"
    assert template["Outputs"]["DomainTarget"]["Condition"] == "HasDomainName"


def test_it_leads_to_the_stage_without_a_base_path_and_is_then_the_only_one(
    template: dict[str, Any], api: dict[str, Any]
) -> None:
    mapping = properties(template, "DomainMapping")
    assert mapping == {
        "DomainName": {"Ref": "Domain"},
        "RestApiId": {"Ref": "RestAPI"},
        "Stage": {"Ref": "RestAPI.Stage"},
    }
    assert api["DisableExecuteApiEndpoint"] == {"Fn::If": ["HasDomainName", True, False]}
