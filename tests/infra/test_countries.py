"""An SMS goes to France, overseas too; the service itself refuses it for anywhere else."""

import phonenumbers
import pytest

from chalicelib.channels.sms import CODES
from chalicelib.decoding.contacts import number_of
from chalicelib.decoding.receipts import SMS
from chalicelib.domain.attempts import FailureClass
from chalicelib.domain.contact import SMS_CODES
from chalicelib.domain.errors import BadRecipient
from infra.smoke import SUCCESS_PHONE
from local.aws.embedded import template
from tests.spellings import overseas

RESOURCES = template()["Resources"]
RULES = RESOURCES["SmsCountries"]["Properties"]["CountryRuleSet"]["SMS"]
ALLOWED = {rule["CountryCode"] for rule in RULES if rule["ProtectStatus"] == "ALLOW"}
#: A mobile at home, as people here write it.
AT_HOME = "06 12 34 56 78"


def country_of(number: str) -> str | None:
    return phonenumbers.region_code_for_number(phonenumbers.parse(number))


def test_every_country_has_one_rule_and_a_name_that_yaml_leaves_alone() -> None:
    named = [rule["CountryCode"] for rule in RULES]
    assert len(named) == len(set(named)) > 200
    assert set(named) <= set(phonenumbers.SUPPORTED_REGIONS)


def test_the_service_allows_the_numbers_that_we_send_to_and_no_other() -> None:
    codes = {f"+{phonenumbers.country_code_for_region(region)}" for region in ALLOWED}
    assert codes == set(SMS_CODES)


def test_france_is_allowed_and_whatever_else_is_named_is_blocked() -> None:
    assert sorted(ALLOWED) == ["FR", "GF", "GP", "MQ", "RE", "YT"]
    assert {rule["ProtectStatus"] for rule in RULES} == {"ALLOW", "BLOCK"}


@pytest.mark.parametrize(
    "number",
    [number_of(AT_HOME), SUCCESS_PHONE, *(number_of(dialled) for _, dialled in overseas())],
)
def test_numbers_as_people_here_have_them_and_the_simulator_are_of_an_allowed_country(
    number: str,
) -> None:
    assert country_of(number) in ALLOWED


def test_the_rules_hold_for_whatever_we_send() -> None:
    sets = RESOURCES["SmsConfigurationSet"]["Properties"]
    assert sets["ProtectConfigurationId"] == {
        "Fn::GetAtt": ["SmsCountries", "ProtectConfigurationId"]
    }


def test_a_country_that_is_blocked_is_about_the_number_and_not_about_us() -> None:
    said = "ConflictException.DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION"
    assert CODES[said] is BadRecipient
    assert SMS["TEXT_PROTECT_BLOCKED"].failure_class is FailureClass.ADDRESS
