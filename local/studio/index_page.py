"""One plain page for a person: what time it is, where everything is, what has happened so far."""

import html
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from local.clock.paris import iso
from local.studio.readable import one_line
from local.world import World

#: How far ahead the example of a journey leads.
A_MONTH = timedelta(days=30)

PRODUCT = ("/health", "/openapi.json")


def index_page(world: World, paths: Iterable[str]) -> str:
    """The page, as HTML."""
    lines = map(one_line, world.sheets())
    return _PAGE.format(
        now=html.escape(iso(world.now())),
        later=html.escape(iso(world.now() + A_MONTH)),
        links="".join(_link(path, path) for path in (*paths, *PRODUCT)),
        webhooks=html.escape(str(world.settings()["webhook_url"])),
        dossiers="".join(_link(d["url"], f"{d['dossier_id']}: {d['state']}") for d in lines),
        messages="".join(map(_message, world.outbox())),
    )


def _link(address: str, text: str) -> str:
    return f'<li><a href="{html.escape(address)}">{html.escape(text)}</a></li>'


def _message(message: Mapping[str, Any]) -> str:
    what = message.get("subject") or message["text"]
    head = f"{message['at']} {message['channel']} {message['to']} ({message['fate']}): {what}"
    links = "".join(_link(link, link) for link in message["links"])
    return f"<li>{html.escape(head)}<ul>{links}</ul></li>"


_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Relance: the local world</title></head>
<body>
<main>
<h1>Relance: the local world</h1>
<p>It is {now} here.</p>
<h2>Ask</h2>
<ul>{links}</ul>
<h2>Drive</h2>
<pre>curl -d '{{"advance": "P42D"}}' …/local/clock
curl -d '{{"to": "{later}"}}' …/local/clock
curl -d '{{"lost_sms": 1}}' …/local/faults</pre>
<p>Webhooks go to {webhooks}, signed with the secret in <a href="/local/settings">settings</a>
and with the time that it is here.</p>
<h2>Dossiers</h2>
<ul>{dossiers}</ul>
<h2>Messages</h2>
<ol>{messages}</ol>
</main>
</body>
</html>
"""
