"""Where the CPU goes: two ways to look, and whom they charge."""

import json

import pytest

from benchmarks.profiled import by_calls, by_samples, family


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("/z/botocore/auth.py", "SDK: signing"),
        ("/z/botocore/useragent.py", "SDK: user agent"),
        ("/z/botocore/endpoint.py", "SDK: request objects"),
        ("/z/botocore/paginate.py", "SDK: other"),
        ("/z/urllib3/connectionpool.py", "HTTP"),
        ("/usr/lib/python3.13/http/client.py", "HTTP"),
        ("/z/chalicelib/domain/rules/table.py", "planning"),
        ("/z/chalicelib/pipeline/planning.py", "planning"),
        ("/z/chalicelib/pipeline/sender.py", "order of steps"),
        ("/z/chalicelib/messages/compose.py", "rendering"),
        ("/z/app.py", "Lambda's entrance"),
        ("/usr/lib/python3.13/json/encoder.py", None),
    ],
)
def test_a_module_is_of_one_family(module: str, name: str | None) -> None:
    assert family(module) == name


@pytest.mark.parametrize("look", [by_samples, by_calls])
def test_what_serves_all_is_charged_to_whoever_asked(look: object) -> None:
    named = {"json": json}
    written = "def work():\n    for _ in range(4_000): json.dumps(list(range(60)))\n"
    exec(compile(written, "/z/chalicelib/storage/document.py", "exec"), named)
    shares = look(named["work"])["shares"]  # type: ignore[operator]
    assert max(shares, key=lambda one: shares[one]) == "storage"
