"""API Gateway in front of the product, played in this process."""

from contextlib import AbstractContextManager
from typing import Any

import pytest
from chalice.app import Chalice, Response

from local.aws.gateway import MOST_BYTES, Gateway
from local.faults.calls import WorkerDied

RAW = ["application/json", "application/octet-stream", "text/plain"]


def small_app() -> Any:
    app: Any = Chalice(app_name="small", configure_logs=False)

    def echo() -> Response:
        body = app.current_request.raw_body
        return Response(body.hex(), headers={"Content-Type": "text/plain", "X-One": "1"})

    def page(name: str) -> Response:
        query = app.current_request.query_params or {}
        return Response(f"{name} {query.get('q')}", headers={"Content-Type": "text/html"})

    def cookies() -> Response:
        return Response("", headers={"Set-Cookie": ["a=1", "b=2"]}, status_code=303)

    def picture() -> Response:
        return Response(b"\x89PNG\xff", headers={"Content-Type": "image/png"})

    def header() -> Any:
        return {"got": app.current_request.headers["webhook-id"]}

    app.route("/echo", methods=["POST"], content_types=RAW)(echo)
    app.route("/page/{name}", methods=["GET", "HEAD"])(page)
    app.route("/cookies")(cookies)
    app.route("/picture")(picture)
    app.route("/header")(header)
    return app


@pytest.fixture
def gateway() -> Gateway:
    return Gateway(small_app())


@pytest.mark.parametrize(
    "body", [b"plain", b"\xff\xfe not UTF-8", b"", b"\x00", "é".encode(), b'{"a": 1}\r\n']
)
def test_a_body_arrives_byte_for_byte(gateway: Gateway, body: bytes) -> None:
    reply = gateway.request("POST", "/echo", {"Content-Type": "application/json"}, body)
    assert (reply.status, reply.text) == (200, body.hex())


def test_path_and_query_reach_the_view(gateway: Gateway) -> None:
    reply = gateway.request("GET", "/page/lea?q=a%20b")
    assert (reply.status, reply.text) == (200, "lea a b")
    assert reply.header("content-type") == "text/html"


@pytest.mark.parametrize("target", ["/nowhere", "/page", "//page/lea", "/", "//[", "/%ff"])
def test_an_unknown_route_is_not_found(gateway: Gateway, target: str) -> None:
    assert gateway.request("GET", target).status == 404


def test_where_no_route_leads_a_browser_is_told_in_two_languages(gateway: Gateway) -> None:
    reply = gateway.request("GET", "/nowhere", {"Accept": "text/html,*/*;q=0.8"})
    assert (reply.status, reply.header("Content-Type")) == (404, "text/html")
    assert "Page introuvable" in reply.text
    assert "Page not found" in reply.text
    assert gateway.request("GET", "/nowhere").header("Content-Type") == "application/json"


def test_an_unknown_route_is_not_found_with_any_credentials_either(gateway: Gateway) -> None:
    reply = gateway.request("GET", "/nowhere", {"Authorization": "Bearer é"})
    assert reply.status == 404


def test_a_method_that_the_route_does_not_have_is_refused(gateway: Gateway) -> None:
    assert gateway.request("PUT", "/page/lea").status == 405


def test_headers_are_found_whatever_their_case(gateway: Gateway) -> None:
    assert gateway.request("GET", "/header", {"Webhook-Id": "e-1"}).text == '{"got":"e-1"}'


def test_json_is_what_a_function_means_that_does_not_say() -> None:
    reply = Gateway(small_app()).request("GET", "/header", {"Webhook-Id": "e-1"})
    assert reply.header("Content-Type") == "application/json"


def test_a_header_may_come_more_than_once(gateway: Gateway) -> None:
    reply = gateway.request("GET", "/cookies")
    assert reply.status == 303
    assert [value for name, value in reply.headers if name == "Set-Cookie"] == ["a=1", "b=2"]


def test_a_binary_body_comes_out_as_bytes(gateway: Gateway) -> None:
    assert gateway.request("GET", "/picture", {"Accept": "image/png"}).body == b"\x89PNG\xff"


def test_more_than_ten_megabytes_never_reach_the_product(gateway: Gateway) -> None:
    assert gateway.request("POST", "/echo", {}, bytes(MOST_BYTES + 1)).status == 413


def test_a_view_that_breaks_is_a_500() -> None:
    app = small_app()

    def broken() -> None:
        raise KeyError

    app.route("/broken")(broken)
    assert Gateway(app).request("GET", "/broken").status == 500


def test_a_worker_that_dies_is_a_502() -> None:
    def dying(_function: str) -> AbstractContextManager[None]:
        raise WorkerDied

    reply = Gateway(small_app(), dying).request("GET", "/header")
    assert (reply.status, reply.text) == (502, '{"message": "Internal server error"}')
