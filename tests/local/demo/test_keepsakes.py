"""What is kept of a demo."""

from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

from local.demo.keepsakes import keep, mime
from local.studio.outbox import File
from tests.local.messages import email, sms

INVITE = File(
    filename="rendez-vous.ics",
    media_type="text/calendar; charset=utf-8",
    content=b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
)


def test_a_mail_reads_back_as_it_was_sent() -> None:
    sent = replace(email(), attachments=(INVITE,))
    read = message_from_bytes(mime(sent), policy=policy.default)
    assert read["Subject"] == sent.subject
    assert read["To"] == sent.to
    assert "Préfecture" in read["From"]
    assert read["Content-Language"] == "fr"
    assert read["Date"].datetime == sent.at
    assert read.defects == []
    text, html = read.get_body(("plain",)), read.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == sent.text
    assert html.get_content().strip() == sent.html


def test_an_attachment_keeps_its_type_name_and_bytes() -> None:
    read = message_from_bytes(mime(replace(email(), attachments=(INVITE,))), policy=policy.default)
    [attached] = read.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert attached["Content-Type"].params["charset"] == "utf-8"
    assert attached.get_filename() == "rendez-vous.ics"
    assert attached.get_payload(decode=True) == INVITE.content


def test_each_message_becomes_a_file(tmp_path: Path) -> None:
    assert keep(replace(email(), attachments=(INVITE,)), tmp_path, "01").name == "01.eml"
    assert keep(sms(), tmp_path, "02").read_text() == (
        "PREFISERE > +33612345678\nVotre titre est pret.\n"
    )
    assert (tmp_path / "01_rendez-vous.ics").read_bytes() == INVITE.content
