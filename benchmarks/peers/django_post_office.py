"""django-post-office: a view that queues a mail, and the command that sends what is queued.

SQLite, as its own tests use. The mail is rendered when it is queued, which is its default.
"""

import io
import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import django
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from standardwebhooks import Webhook

from benchmarks.contestant import Work, ask, obey
from benchmarks.peers.letter import SCRATCH, configure, letter

NAME, SENDER = "confirmation_request", "rendez-vous@relance.example"


def webhook(request: HttpRequest) -> HttpResponse:
    """Check the signature, and queue."""
    from post_office import mail

    event = _verifier.verify(request.body, dict(request.headers))
    data = event["data"]
    mail.send(
        data["student"]["email"],
        SENDER,
        template=NAME,
        context={"given_name": data["student"]["given_name"], "dossier_id": data["dossier_id"]},
    )
    return HttpResponse(status=202)


urlpatterns = [path("webhooks/booking", webhook)]


def accept(units: int) -> Callable[[], object]:
    """A signed webhook each, over WSGI."""
    environs = [_environ(number) for number in range(units)]

    def do() -> None:
        for environ in environs:
            answered: list[str] = []
            answer = _application(environ, lambda status, _, to=answered: to.append(status))
            b"".join(answer)
            answer.close()
            if not answered[0].startswith("202"):
                raise ValueError(answered)

    return do


def _environ(number: int) -> dict[str, Any]:
    now, event_id = datetime.now(UTC), f"evt_{number}"
    student = {
        "given_name": "Léa",
        "family_name": "Benali",
        "email": f"student.{number}@example.org",
        "phone": "+33612345678",
        "language": "fr",
    }
    slot = {"id": f"A-{number}", "starts_at": now.isoformat()}
    data = {
        "dossier_id": f"G-2026-{number:06}",
        "student": student,
        "appointment": slot,
        "permit_expires_on": "2027-02-27",
    }
    event = {"type": "appointment.selected", "timestamp": now.isoformat(), "data": data}
    body = json.dumps(event, ensure_ascii=False)
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/webhooks/booking",
        "QUERY_STRING": "",
        "SERVER_NAME": "relance.example",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body.encode())),
        "HTTP_WEBHOOK_ID": event_id,
        "HTTP_WEBHOOK_TIMESTAMP": str(int(now.timestamp())),
        "HTTP_WEBHOOK_SIGNATURE": _verifier.sign(event_id, now, body),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(body.encode()),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def serve(units: int) -> Callable[[], object]:
    """Send so many that are queued."""
    from post_office.mail import send_queued_mail_until_done
    from post_office.models import Email

    Email.objects.filter(status=2).delete()
    accept(units)()
    return partial(send_queued_mail_until_done, lockfile=str(SCRATCH / "post_office.lock"))


WORK: Mapping[str, Work] = {"accept": accept, "serve": serve}


if __name__ == "__main__":
    configure(
        ROOT_URLCONF="__main__",
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(SCRATCH / "post_office.sqlite3"),
            }
        },
        POST_OFFICE={"BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"}},
    )
    django.setup()
    call_command("migrate", verbosity=0)
    from post_office.models import EmailTemplate

    _written = letter()
    EmailTemplate.objects.create(
        name=NAME,
        subject=_written["subject"],
        content=_written["text"],
        html_content=_written["html"],
    )
    _verifier = Webhook(json.loads(ask("secret"))["webhook_secrets"][0])
    _application = get_wsgi_application()
    obey(WORK)
