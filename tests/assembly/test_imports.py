"""What each function imports before it begins with its first event: a start waits for it."""

import subprocess
import sys

import pytest

from benchmarks.cold_start import STARTS, imports
from tests.test_repository import HOUSE

#: What is heavy, or is one function's alone: by the name of the module that brings it.
HEAVY = (
    "aws_lambda_powertools.utilities.batch",
    "aws_lambda_powertools.utilities.data_classes",
    "aws_lambda_powertools.utilities.parameters",
    "boto3",
    "chalicelib.decoding.spreadsheets",
    "chalicelib.entrypoints.console",
    "chalicelib.messages.compose",
    "chalicelib.messages.console.pages",
    "chalicelib.messages.console.views",
    "chalicelib.messages.digest",
    "chalicelib.messages.pages",
    "chalicelib.pipeline.bulk_actions",
    "chalicelib.pipeline.eraser",
    "chalicelib.pipeline.intake",
    "chalicelib.pipeline.key_rotation",
    "chalicelib.pipeline.night",
    "chalicelib.pipeline.quarantines",
    "chalicelib.pipeline.sweep",
    "chalicelib.security.cognito",
    "icalendar",
    "jinja2",
    "phonenumbers",
    "s3transfer",
    "segno",
    "typst",
)

#: Of these, those that each function has. Nothing else of them may be there.
HAS = {
    "api_handler": {"messages.compose", "messages.pages", "pipeline.intake"},
    "begin_night": {"messages.compose"},
    "reconcile": {"messages.compose", "pipeline.eraser", "pipeline.night"},
    "record_delivery": {"messages.compose"},
    "rotate_keys": {"messages.compose", "pipeline.key_rotation"},
    "send_digest": {"messages.compose", "messages.digest"},
    "serve_dossier": {"messages.compose"},
    "sweep_due": {
        "decoding.spreadsheets",
        "messages.compose",
        "messages.console.views",
        "messages.digest",
        "pipeline.bulk_actions",
        "pipeline.intake",
        "pipeline.sweep",
    },
}

#: Asked twice for a page of the console that there is not: whether the sign-in is known before and
#: after.
FIRST_OF_THE_CONSOLE = """
from chalice.local import LambdaEventConverter, RouteMatcher
from local.aws.lambda_runtime import Context
request = LambdaEventConverter(RouteMatcher(["/desk/nowhere"])).create_lambda_event
known = ["/desk/sign-in" in app.app.routes]
for _ in range(2):
    event = request("GET", "/desk/nowhere", {})
    app.app(event, Context(function_name="app", region="eu-west-3"))
    known.append("/desk/sign-in" in app.app.routes)
print(*known)
"""


def printed(function: str, code: str) -> list[str]:
    """What a process prints that has started as Lambda starts this function."""
    start = STARTS[function]
    done = subprocess.run(
        [sys.executable, "-c", imports(start) + code, str(HOUSE)],
        env={"_HANDLER": start.handler}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.split()


@pytest.mark.parametrize("function", STARTS)
def test_a_function_imports_of_what_is_heavy_only_what_it_needs(function: str) -> None:
    has = {
        name.removeprefix("chalicelib.")
        for name in set(HEAVY) & {*printed(function, "print(*sys.modules)")}
    }
    assert has == HAS[function]


def test_the_console_is_imported_for_its_first_request() -> None:
    assert printed("api_handler", FIRST_OF_THE_CONSOLE)[-3:] == ["False", "True", "True"]
