"""The demo's story, before it is played."""

from local.demo.story import LEA, LEA_AGAIN, PROMISES, SAM, begins, ends, steps


def story() -> list[str]:
    return [step.at.isoformat() for step in steps(lambda _name, _content: None)]


def test_steps_come_in_order_between_beginning_and_end() -> None:
    assert story() == sorted(story())
    assert begins().isoformat() < story()[0]
    assert story()[-1] < ends().isoformat()


def test_no_two_steps_happen_at_once() -> None:
    assert len(set(story())) == len(story())


def test_nothing_is_promised_twice() -> None:
    assert len(set(PROMISES)) == len(PROMISES)


def test_a_renewal_is_the_same_student_with_another_dossier() -> None:
    assert LEA_AGAIN.block == LEA.block
    assert len({LEA.dossier_id, LEA_AGAIN.dossier_id, SAM.dossier_id}) == 3


def test_there_is_one_lost_sms_and_a_second_try_at_it() -> None:
    [lost] = [promise for promise in PROMISES if promise.status == "lost"]
    assert (lost.notice, lost.channel) == ("card_ready", "sms")
    again = [p for p in PROMISES if p.attempt == 2]
    assert [(p.dossier_id, p.notice, p.channel, p.status) for p in again] == [
        (lost.dossier_id, "card_ready", "sms", "delivered")
    ]


def test_six_weeks_without_news_are_part_of_it() -> None:
    assert [p.at for p in PROMISES if p.notice == "no_news" and p.dossier_id == LEA.dossier_id] == [
        "2019-06-17 09:00",
        "2019-06-17 09:00",
    ]
