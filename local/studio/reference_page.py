"""The contract as a page, without scripts: the webhook whole, and what else is answered."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from local.studio.contract import (
    WEBHOOKS,
    Part,
    contract,
    examples,
    fields_of,
    needed_in,
    schema_of,
    webhook,
    whole,
)


@cache
def reference_page() -> str:
    """The page, as HTML."""
    return _TEMPLATE.render(page=Reference())


class Reference:
    """What the page shows."""

    info = contract()["info"]
    webhook = webhook()

    def headers(self) -> Iterator[Part]:
        """Each header of a webhook."""
        return map(whole, self.webhook["parameters"])

    def events(self) -> Iterator[tuple[str, Part, Part]]:
        """Each type with what its schema says, and its example."""
        for kind, example in examples().items():
            yield kind, schema_of(kind), example

    def fields(self, schema: Part, path: str = "") -> Iterator[tuple[str, bool, str, Part]]:
        """Each field by its path, whether it is needed, its form, and what is said of it."""
        for name, given in fields_of(schema).items():
            field = whole(given)
            yield f"{path}{name}", name in needed_in(schema), _form(field), field
            yield from self.fields(field, f"{path}{name}.")

    def answers(self) -> Iterator[tuple[str, Part, list[tuple[str, Any]]]]:
        """Each status, what it means, and examples of what is said."""
        for status, given in self.webhook["responses"].items():
            answer = whole(given)
            content = answer.get("content", {}).get("application/json", {})
            shown = content.get("examples", {})
            yield status, answer, [(name, one["value"]) for name, one in shown.items()]

    def others(self) -> Iterator[tuple[str, str, Part]]:
        """What else is answered; a HEAD is as its GET."""
        for path, item in contract()["paths"].items():
            for method in ("get", "post"):
                if method in item and path != WEBHOOKS:
                    yield method.upper(), path, item[method]


def _form(field: Part) -> str:
    """Of which form a field is, in a few words."""
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{one}`" for one in field["enum"] if one is not None)
    kind = field.get("type", "anything")
    kinds = [one for one in ([kind] if isinstance(kind, str) else kind) if one != "null"]
    return " ".join([*kinds, *_limits(field)])


def _limits(field: Part) -> Iterable[str]:
    if "format" in field:
        yield f"({field['format']})"
    elif "pattern" in field:
        yield f"`{field['pattern']}`"
    if "maxLength" in field:
        yield f"of {field['maxLength']} at most"


def _marked_up(text: str) -> Markup:
    """The little Markdown that the contract's descriptions have."""
    said = escape(text, quote=False)
    said = re.sub(r"\[([^\]]+)\]\((https://[^)\"]+)\)", r'<a href="\2">\1</a>', said)
    said = re.sub(r"`([^`]+)`", r"<code>\1</code>", said)
    said = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", said)
    said = re.sub(r"\*([^*]+)\*", r"<em>\1</em>", said)
    return Markup("".join(f"<p>{part}</p>" for part in said.split("\n\n")))  # noqa: S704  escaped


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


_ENVIRONMENT = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
_ENVIRONMENT.filters.update({"words": _marked_up, "as_json": _as_json})
_TEMPLATE = _ENVIRONMENT.from_string("""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Relance: the contract</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 1rem/1.5 sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem }
pre { background: #f3f3f3; padding: .5rem; overflow: auto }
td, th { text-align: left; vertical-align: top; border-top: 1px solid #bbb; padding: .25rem .5rem }
td p { margin: 0 }
td code, td:first-child { overflow-wrap: anywhere }
</style></head>
<body>
<main>
<h1>{{ page.info.title }} {{ page.info.version }}</h1>
{{ page.info.description | words }}
<p>For programs: <a href="/openapi.json">openapi.json</a>.</p>
<h2 id="webhook">POST /webhooks/booking</h2>
{{ page.webhook.description | words }}
<h3 id="headers">Headers</h3>
<table>
{% for header in page.headers() %}
<tr><th scope="row">{{ header.name }}</th><td>{{ header.description | words }}</td></tr>
{% endfor %}
</table>
<h2 id="events">Events</h2>
<ul>
{% for kind, schema, example in page.events() %}
<li><a href="#{{ kind }}">{{ kind }}</a>: {{ example.summary }}</li>
{% endfor %}
</ul>
{% for kind, schema, example in page.events() %}
<h3 id="{{ kind }}">{{ kind }}</h3>
{{ schema.description | words }}
<pre>{{ example.value | as_json }}</pre>
<details><summary>Fields</summary>
<table>
<tr><th scope="col">field</th><th scope="col">needed</th>
<th scope="col">form</th><th scope="col">what</th></tr>
{% for path, needed, form, field in page.fields(schema) %}
<tr><td>{{ path }}</td><td>{{ "yes" if needed else "" }}</td><td>{{ form | words }}</td>
<td>{{ field.get("description", "") | words }}</td></tr>
{% endfor %}
</table></details>
{% endfor %}
<h2 id="answers">Answers</h2>
{% for status, answer, examples in page.answers() %}
<h3 id="answer-{{ status }}">{{ status }}</h3>
{{ answer.description | words }}
{% for name, value in examples %}
<pre>{{ value | as_json }}</pre>
{% endfor %}
{% endfor %}
<h2 id="others">What else is answered</h2>
<dl>
{% for method, path, operation in page.others() %}
<dt><code>{{ method }} {{ path }}</code>: {{ operation.summary }}</dt>
<dd>{{ operation.description | words }}</dd>
{% endfor %}
</dl>
</main>
</body>
</html>
""")
