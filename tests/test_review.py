"""Decisions: append-only, remembered with what they saw, and nothing goes out unapproved."""
from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from carelib import catalogue, policy, review, tables
from carelib.month import Month
from carelib.records import UsageError
from carelib.world import School, World

SCHOOL = School("2132999101", "示例区青禾小学", ("青禾小学",), "小学", "公办", tuple("123456"))
FINDING = {"finding_id": "f_1", "cycle": "2023-03", "school_code": SCHOOL.code, "rule": "X5-double_listed", "clause": "三.1",
           "consequence": "tell_reviewer", "form": "absent_list", "row_id": "r_1", "found": "甲", "place": "Sheet1!B5",
           "case_id": None, "sentence": "这一行的学生同时出现在另一所学校。", "remedy": "请核实。", "state": "open"}
LINK = {"row_id": "r_1", "person_id": "p_b", "maybe_person_id": "p_a", "method": "name", "score": 0.5, "why": "姓名相同，号码不同", "state": "candidate"}
PERSONS = [{"person_id": "p_a", "name": "林晓舟", "birth": "2012-01-02"}, {"person_id": "p_b", "name": "林晓舟", "birth": "2012-01-02"}]
VALUE = {"row_id": "r_1", "submission_id": "s_1", "form": "absent_list", "school_code": SCHOOL.code, "cycle": "2023-03",
         "field": "left_date", "label": "离校时间", "raw": "2月30日", "problem": "没有这一天", "place": "Sheet1!F5"}


@pytest.fixture
def month(tmp_path: Path) -> Month:
    world = World("2023-03", catalogue.load(), policy.Policy(), (SCHOOL,), None, ())
    folder = tmp_path / "outputs" / "2023-03"
    row = {"row_id": "r_1", "submission_id": "s_1", "school_code": SCHOOL.code, "cycle": "2023-03", "student_name": "林晓舟"}
    form = world.catalogue.forms["absent_list"]
    tables.write(folder / "tables", "absent_list", [row], tables.wide_schema({f.name: f.type for f in form.fields.values()}))
    for name, rows in {"findings": [FINDING], "links": [LINK], "persons": PERSONS, "values": [VALUE]}.items():
        tables.write(folder / "tables", name, rows)
    return Month(world, folder)


def draft(month: Month) -> dict[str, Path]:
    path = month.folder / "draft.xlsx"
    path.write_bytes(b"the workbook")
    return {SCHOOL.code: path}


def answered(month: Month, *answers: tuple[str, ...]) -> Month:
    """The month after these answers (subject, verdict, by, use)."""
    made = review.decide(month, [review.Answer(s, v, by, "核对过", *use) for s, v, by, *use in answers], draft(month))
    return replace(month, world=replace(month.world, decisions=(*month.world.decisions, *made)), _rows={})


def settled(month: Month) -> Month:
    """Everything answered: the finding, and the candidate taken out of the queue by the next run."""
    done = answered(month, ("f_1", "confirmed", "张老师"), ("p_a+p_b", "same", "张老师"))
    done._rows["findings"] = review.with_states(done.rows("findings"), done.world.decisions)
    done._rows["links"] = [{**LINK, "state": "decided"}]
    return done


def test_a_finding_and_a_candidate_wait_for_a_person(month: Month) -> None:
    assert {q.subject for q in review.open_questions(month)} == {"f_1", "p_a+p_b"}


def test_nothing_goes_out_while_something_waits(month: Month) -> None:
    after = answered(month, (SCHOOL.code, "approve", "李主任"))
    assert any("等人决定" in r for r in review.why_not_release(after, SCHOOL, draft(after)[SCHOOL.code]))


def test_nothing_goes_out_unapproved(month: Month) -> None:
    done = settled(month)
    assert review.why_not_release(done, SCHOOL, draft(done)[SCHOOL.code]) == ["还没有审核人批准"]


def test_an_approved_report_goes_out(month: Month) -> None:
    done = settled(answered(month, (SCHOOL.code, "approve", "李主任")))
    assert review.why_not_release(done, SCHOOL, draft(done)[SCHOOL.code]) == []


def test_an_approval_holds_for_exactly_what_was_approved(month: Month) -> None:
    done = settled(answered(month, (SCHOOL.code, "approve", "李主任")))
    path = draft(done)[SCHOOL.code]
    path.write_bytes(b"another workbook")
    assert any("重新批准" in r for r in review.why_not_release(done, SCHOOL, path))


def test_who_answered_may_not_approve(month: Month) -> None:
    with pytest.raises(UsageError, match="同一个人"):
        answered(answered(month, ("f_1", "confirmed", "张老师")), (SCHOOL.code, "approve", "张老师"))


def test_who_approved_and_answers_afterwards_voids_it(month: Month) -> None:
    done = settled(answered(month, (SCHOOL.code, "approve", "张老师")))
    assert any("另一位审核人" in r for r in review.why_not_release(done, SCHOOL, draft(done)[SCHOOL.code]))


def test_a_named_reviewer_may_decide_and_approve_but_an_analyst_may_not(month: Month) -> None:
    people = policy.People(analysts=("张老师",), reviewers=("李主任",))
    named = replace(month, world=replace(month.world, policy=replace(month.world.policy, people=people)))
    answered(answered(named, ("f_1", "confirmed", "李主任")), (SCHOOL.code, "approve", "李主任"))
    for someone in ("张老师", "王老师"):
        with pytest.raises(UsageError):
            answered(named, (SCHOOL.code, "approve", someone))


def test_a_decision_goes_stale_when_what_it_saw_changes(month: Month) -> None:
    after = answered(month, ("f_1", "dismissed", "张老师"))
    assert review.with_states([FINDING], after.world.decisions)[0]["state"] == "dismissed"
    assert review.with_states([{**FINDING, "found": "乙"}], after.world.decisions)[0]["state"] == "stale"


def test_a_changed_pupil_makes_the_answer_about_it_stale(month: Month) -> None:
    after = settled(month)
    after._rows["absent_list"] = [{**row, "birth": "2011-01-02"} for row in after.rows("absent_list")]
    assert [q.stale for q in review.open_questions(after)] == [True]


def test_a_value_must_be_readable_itself(month: Month) -> None:
    with pytest.raises(UsageError, match="读不出来"):
        answered(month, ("r_1:left_date", "value", "张老师", "2023-02-31"))
    assert answered(month, ("r_1:left_date", "value", "张老师", "2023-02-28")).world.decisions[0].use == "2023-02-28"


@pytest.mark.parametrize(("subject", "verdict"), [("f_1", "approve"), ("f_9", "confirmed"), ("p_a+p_z", "same"), ("r_1:nothing", "value")])
def test_a_wrong_answer_is_refused(month: Month, subject: str, verdict: str) -> None:
    with pytest.raises(UsageError):
        answered(month, (subject, verdict, "张老师", "x"))


def test_one_wrong_answer_in_a_file_and_none_is_recorded(month: Month, tmp_path: Path) -> None:
    answers = review.answers_from_csv("subject,verdict,by,reason,use\nf_1,confirmed,张老师,看过,\nf_9,confirmed,张老师,看过,\n".encode("gb18030"))
    with pytest.raises(UsageError, match="第 2 条"):
        review.decide(month, answers, {})


def test_the_ledger_keeps_order_and_refuses_change(month: Month, tmp_path: Path) -> None:
    ledger = review.Ledger(tmp_path / "ledger.sqlite")
    assert ledger.decisions() == ()
    first = answered(month, ("f_1", "confirmed", "张老师"))
    second = answered(first, ("f_1", "dismissed", "李主任"))
    ledger.add(first.world.decisions)
    ledger.add(second.world.decisions[1:])
    assert ledger.decisions() == second.world.decisions
    assert second.world.decisions[1].previous == first.world.decisions[0].decision_id
    with sqlite3.connect(tmp_path / "ledger.sqlite") as raw, pytest.raises(sqlite3.DatabaseError, match="append-only"):
        raw.execute("update ledger set by = 'x'")
    with sqlite3.connect(tmp_path / "ledger.sqlite") as raw, pytest.raises(sqlite3.DatabaseError, match="append-only"):
        raw.execute("delete from ledger")
