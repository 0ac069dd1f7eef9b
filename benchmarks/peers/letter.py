"""The product's own letter as a Django template, and Django's settings, for peers that use it."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

#: Where a peer keeps what it keeps.
SCRATCH = Path(os.environ["LOG"]).parent


def letter() -> Mapping[str, str]:
    """Its `subject`, `text` and `html`, with variables in the places of what differs."""
    found: Mapping[str, str] = json.loads((SCRATCH / "letter.json").read_text("utf-8"))
    return found


def context(number: int) -> Mapping[str, str]:
    """What differs from student to student."""
    return {"given_name": "Léa", "dossier_id": f"G-2026-{number:06}"}


def configure(**more: Any) -> None:
    """Django, with its own SMTP backend to the sink."""
    settings.configure(
        SECRET_KEY="benchmark",  # noqa: S106  it signs nothing
        USE_TZ=True,
        ALLOWED_HOSTS=["*"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=int(os.environ["SMTP_PORT"]),
        **more,
    )
