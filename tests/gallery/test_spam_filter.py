"""SpamAssassin's local rules find nothing in any e-mail: `make spam` (Debian: spamassassin)."""

import mailbox
import re
import shutil
import subprocess
from contextlib import closing
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from chalicelib.desk_data import load
from chalicelib.domain.desk_calendar import Desk
from gallery.cases import ORDINARY
from gallery.expected import EXAMPLE
from gallery.renderings import SHIPPED, Rendering, for_students

pytestmark = pytest.mark.spam

#: What it says of every e-mail that has an HTML part, and of none that is unwanted.
SAID_OF_ANY_HTML = {"HTML_MESSAGE"}

#: What a receiver's server writes before an e-mail of SES.
RECEIVED = (
    b"Return-Path: <0102018b@bounces.relance.example>\n"
    b"Received: from a8-50.smtp-out.eu-west-3.amazonses.com "
    b"(a8-50.smtp-out.eu-west-3.amazonses.com [54.240.8.50])\n"
    b"\tby mx.example.org (Postfix) with ESMTPS id 4XYZ for <lea.benali@example.org>; %s\n"
)
#: Rules alone: nothing is asked of the network, kept, or learnt.
ALONE = ("--local", "--nocreate-prefs", "--cf=use_bayes 0")

_STATUS = re.compile(r"score=(?P<score>\S+) .*tests=(?P<rules>\S*)")


def as_received(sent: bytes) -> bytes:
    """What a mail server keeps of an e-mail."""
    day = str(message_from_bytes(sent, policy=policy.default)["Date"]).encode()
    return RECEIVED % day + sent.replace(b"\r\n", b"\n")


def judged(emails: list[Rendering], folder: Path) -> dict[str, tuple[float, set[str]]]:
    """Of each e-mail by its name: its points, and the rules that found something."""
    program = shutil.which("spamassassin")
    assert program, "there is no SpamAssassin here: apt-get install spamassassin"
    with closing(mailbox.mbox(folder / "sent.mbox")) as kept:
        for email in emails:
            kept.add(as_received(email.files["eml"]))
    done = subprocess.run(
        [program, *ALONE, "--mbox", folder / "sent.mbox"], capture_output=True, check=True
    )
    (folder / "read.mbox").write_bytes(done.stdout)
    with closing(mailbox.mbox(folder / "read.mbox")) as received:
        read = [" ".join(str(email["X-Spam-Status"]).split()) for email in received]
    found = [_STATUS.search(status.replace(", ", ",")) for status in read]
    return {
        f"{email.subject} {email.name}": (float(said["score"]), set(said["rules"].split(",")))
        for email, said in zip(emails, found, strict=True)
        if said
    }


@pytest.mark.parametrize("desk", [SHIPPED, load(EXAMPLE)], ids=["shipped", EXAMPLE])
def test_no_email_looks_unwanted(desk: Desk, tmp_path: Path) -> None:
    emails = [r for r in for_students(desk, [ORDINARY]) if r.medium == "e-mail"]

    found = judged(emails, tmp_path)

    assert len(found) == len(emails) > 0
    assert {
        name: (score, rules)
        for name, (score, rules) in found.items()
        if score > 0 or rules - SAID_OF_ANY_HTML
    } == {}
