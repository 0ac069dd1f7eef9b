"""What a browser sends when a form's button is pressed, as a mapping."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import parse_qsl

from chalicelib.domain.errors import Unusable

#: The largest form that is read, in bytes, a file included: Lambda takes 6 MB, in base64.
BODY_AT_MOST = 4 * 1_048_576
FIELDS_AT_MOST = 2_000

_MULTIPART = "multipart/form-data"

#: Nothing of a form is ever written to a disk.
_IN_MEMORY = {"spool_limit": BODY_AT_MOST, "memory_limit": BODY_AT_MOST, "disk_limit": 0}


@dataclass(frozen=True, kw_only=True)
class FormBody:
    """What was typed, and the files that were chosen. Of a name that comes twice, the last."""

    fields: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)


def form_body(content_type: str, body: bytes) -> FormBody:
    """A form of either encoding. Raises Unusable, which says what is wrong, not what was sent."""
    if len(body) > BODY_AT_MOST:
        message = f"form: more than {BODY_AT_MOST:,} bytes"
        raise Unusable(message)
    if content_type.lower().startswith(_MULTIPART):
        return _multipart(content_type, body)
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, max_num_fields=FIELDS_AT_MOST, errors="strict"
        )
    except ValueError:
        message = "form: not urlencoded UTF-8"
        raise Unusable(message) from None
    return FormBody(fields=dict(pairs))


def _multipart(content_type: str, body: bytes) -> FormBody:
    from multipart import MultipartError, parse_form_data

    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    try:
        fields, files = parse_form_data(environ, strict=True, **_IN_MEMORY)
        return FormBody(
            fields={name: fields[name] for name in fields},
            files={name: files[name].raw for name in files},
        )
    except (MultipartError, UnicodeError, LookupError):  # or a character set that is none
        message = "form: not multipart/form-data"
        raise Unusable(message) from None
