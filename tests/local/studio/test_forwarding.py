"""Each e-mail goes on, as it was sent, to a mail server of this machine."""

import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import Message

import pytest

from local.demo.keepsakes import mime
from local.studio.forwarding import MailServer, NotAMailServer
from tests.local.messages import email, sms

pytestmark = pytest.mark.enable_socket


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server as small as RFC 5321 allows: it takes whatever it is given."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.taken: list[tuple[str, bytes]] = []


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    server: Mailbox

    def handle(self) -> None:
        self._say("220 here")
        to = ""
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"RCPT":
                to = line.decode().strip()
            if word == b"DATA":
                self._say("354 go on")
                self.server.taken.append((to, self._content()))
            self._say("221 gone" if word == b"QUIT" else "250 yes")
            if word == b"QUIT":
                return

    def _content(self) -> bytes:
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(line.removeprefix(b".") for line in lines)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        thread = threading.Thread(target=mailbox.serve_forever, args=(0.02,))
        thread.start()
        yield mailbox
        mailbox.shutdown()
        thread.join()


def test_an_email_arrives_as_it_was_sent_and_an_sms_stays(mailbox: Mailbox) -> None:
    server = MailServer.at(f"smtp://127.0.0.1:{mailbox.server_address[1]}")
    server.forward(sms())
    server.forward(email())
    [(to, content)] = mailbox.taken
    assert to.casefold() == f"rcpt to:<{email().to}>"  # Pythons write it in either case
    sent, taken = (message_from_bytes(b, policy=policy.default) for b in (mime(email()), content))
    kind = {"Content-Type": ""}
    assert dict(taken.items()) | kind == dict(sent.items()) | kind  # but for its boundary
    assert list(map(_words, taken.walk())) == list(map(_words, sent.walk()))


def _words(part: Message) -> object:
    return part.get_content_type(), part.get_payload(decode=True)


def test_a_server_that_is_not_there_is_named_and_nothing_fails(
    mailbox: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    port = mailbox.server_address[1]
    mailbox.server_close()
    MailServer.at(f"smtp://127.0.0.1:{port}").forward(email())
    assert f"127.0.0.1:{port} took no e-mail" in capsys.readouterr().err
    assert email().to not in capsys.readouterr().err


@pytest.mark.parametrize(
    "address", ["smtp://mail.example.org:25", "http://127.0.0.1", "127.0.0.1:1025", "smtp://[::1"]
)
def test_nothing_leaves_this_machine(address: str) -> None:
    with pytest.raises(NotAMailServer):
        MailServer.at(address)
