"""Every desk notice has its reason and its advice."""

import pytest

from chalicelib.domain.attempts import Kind
from chalicelib.domain.errors import TextFailed
from chalicelib.messages.work import describe_work
from tests.messages.samples import AT_THE_DESK


@pytest.mark.parametrize("kind", AT_THE_DESK)
def test_every_desk_notice_is_a_reason_and_an_advice(kind: Kind) -> None:
    words = describe_work(kind)

    assert words.count(". ") + words.count(" ; ") >= 1
    assert words.endswith(".")
    assert "'" not in words


def test_a_student_notice_is_not_the_desks_work() -> None:
    with pytest.raises(TextFailed, match=r"convocation/advice\.txt"):
        describe_work(Kind.CONVOCATION)
