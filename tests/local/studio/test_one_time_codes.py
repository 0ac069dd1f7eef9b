"""Codes, against the standard's own table and another implementation."""

import base64
from datetime import UTC, datetime

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.studio.one_time_codes import code, step_at

#: RFC 6238, appendix B, for SHA-1: the last six of its eight digits.
SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_table_of_the_standard(seconds: int, expected: str) -> None:
    assert code(SECRET, step_at(datetime.fromtimestamp(seconds, UTC))) == expected


@given(st.binary(min_size=16, max_size=64), st.integers(0, 2**33))
def test_another_implementation_says_the_same(key: bytes, seconds: int) -> None:
    secret = base64.b32encode(key).decode().rstrip("=")
    at = datetime.fromtimestamp(seconds, UTC)
    assert code(secret, step_at(at)) == pyotp.TOTP(secret).at(at)
