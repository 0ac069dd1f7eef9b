"""What an empty account lacks is told whole, and what is made there is no longer lacking."""

from pathlib import Path

import pytest

from infra.deploy import Deployment
from infra.packaging.template import merged
from infra.preflight import Asked, lacking
from tests.emulator.deployment import BUCKET, PARAMETERS, Account
from tests.emulator.differences import ACCOUNT
from tests.emulator.ministack import a_port, ministack

pytestmark = [pytest.mark.emulator, pytest.mark.enable_socket]

#: The emulator has no SMS service, calls service-linked roles by other names, and keeps neither the
#: DNS of a domain nor what SES is told to suppress: there botocore's stubs have to do.
NEVER_THERE = {
    *("SMS production", "SMS spend limit", "sender of SMS", "sender, overseas", "SMS countries"),
    *("SMS role", "DKIM", "MAIL FROM", "suppression"),
}


def missing(account: Account) -> set[str]:
    template = merged()
    defaults = {n: str(p["Default"]) for n, p in template["Parameters"].items() if "Default" in p}
    parameters = {**defaults, **PARAMETERS, "Desk": "montrevel", "SmsSenderId": "PREFISERE"}
    wanted = Deployment(stage=account.stage, account=ACCOUNT, bucket=BUCKET, parameters=parameters)
    asked = Asked(client=account.client, wanted=wanted, template=template)
    return {row.about for row in lacking(asked)}


def test_an_empty_account_lacks_all_of_it_and_each_step_ends_what_it_is_for(tmp_path: Path) -> None:
    with ministack(a_port()) as address:
        account = Account(address=address, folder=tmp_path)
        assert missing(account) == NEVER_THERE | {"bucket", "sender of e-mails"}
        account.prepare()
        assert missing(account) == NEVER_THERE
