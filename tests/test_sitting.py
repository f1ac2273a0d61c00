"""Several answers about one pupil in one sitting: each was given on facts that the others do not change, and holds."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from reconcile_world import Desk, number_of, run, world

from carelib import review
from carelib.check.functions import seen_hits
from carelib.month import Month
from carelib.records import Decision

CLASS = {"grade": "8", "class_no": 1}


def desks(*, left: str = "2023-03-01", again: int = 0) -> list[Desk]:
    """王小麦 in March; in April 王小江 on the list and 王小河 in the follow-ups, each perhaps one of the two before."""
    march, april = Desk("2023-03"), Desk("2023-04", f"q{again}")
    march.row("A", "absent_list", student_name="王小麦", status="open", left_date=left, id_number=number_of(52), **CLASS)
    april.row("A", "absent_list", student_name="王小江", status="open", left_date="2023-03-01", **CLASS)
    april.row("A", "follow_up", student_name="王小河", attempt_date="2023-04-10", outcome="未返校", **CLASS)
    return [march, april]


def april(made: list[Desk], decisions: tuple[Decision, ...] = ()) -> Month:
    """The second month as it lies before the reviewer."""
    months: tuple[Month, ...] = ()
    for desk, out in zip(made, run(made, decisions)):
        months += (Month(world(desk.cycle, decisions), Path("nowhere"), months, {**desk.tables, **out}),)
    return months[-1]


def asked(month: Month) -> dict[str, bool]:
    """subject -> whether it is a decision that holds no more."""
    return {q.subject: q.stale for q in review.open_questions(month) if q.kind == "link"}


def answer(month: Month, *verdicts: str) -> tuple[Decision, ...]:
    answers = [review.Answer(s, v, "甲", "核对过") for s, v in zip(asked(month), verdicts)]
    return tuple(review.decide(month, answers, {}))


@pytest.mark.parametrize("verdicts", [("same", "same"), ("same", "different"), ("different", "same")])
@pytest.mark.parametrize("turned", [False, True])
def test_answers_of_one_sitting_hold_together(verdicts: tuple[str, str], turned: bool) -> None:
    decisions = answer(april(desks()), *verdicts)
    assert len(decisions) == 2
    assert asked(april(desks(), decisions[::-1] if turned else decisions)) == {}


def test_who_is_told_apart_from_both_is_asked_about_the_third() -> None:
    """王小河 was only told from 王小江, and 王小江 from 王小麦: whether 王小河 is 王小麦 nobody has said."""
    month = april(desks())
    assert list(asked(april(desks(), answer(month, "different", "different"))).values()) == [False]


@pytest.mark.parametrize("verdicts", list(product(("same", "different"), repeat=2)))
def test_the_same_rows_sent_again_change_nothing(verdicts: tuple[str, str]) -> None:
    decisions = answer(april(desks()), *verdicts)
    assert not any(asked(april(desks(again=1), decisions)).values())


def test_what_an_answer_saw_and_is_said_no_more_asks_again() -> None:
    decisions = answer(april(desks()), "same", "different")
    made = desks()
    for row in made[1].tables["absent_list"]:
        row["birth"] = "2009-03-08"
    assert True in asked(april(made, decisions)).values()


def test_two_alarms_that_wait_at_one_row_are_two_questions_whatever_becomes_of_the_other() -> None:
    """The id of a question does not hang on whether another one about the same row is still asked."""
    def hits(*alarms: str) -> dict[str, str]:
        seen = {("identity_question", "A"): [{"row_id": "r", "facts": {"alarm": a}} for a in alarms]}
        return {h.facts["alarm"]: h.about for h in seen_hits(seen, "identity_question", "A")}
    assert hits("中断后又列入", "在名单而没有劝返记录")["在名单而没有劝返记录"] == hits("在名单而没有劝返记录")["在名单而没有劝返记录"]
    assert len(set(hits("中断后又列入", "在名单而没有劝返记录").values())) == 2
