"""Cases, flows and findings beyond the stories: the machine as data, what does not tie out, what is held back."""

from __future__ import annotations

import json
import random

import pytest
from reconcile_world import SCHOOLS, Desk, number_of, run, world
from test_reconcile_links import P, a_district

from carelib import catalogue, reconcile
from carelib.reconcile.cases import Case, end_of, step
from carelib.reconcile.flows import INTO, OUT
from carelib.reconcile.statements import machine
from carelib.records import IN_STOCK, Decision
from carelib.world import School

STATES = set(catalogue.load().codes["case_state"].labels)


def found(out, *codes):
    return sorted((r["code"], r["field"], r["place"]) for r in out["discrepancies"] if r["code"] in codes)


def test_the_machine_knows_every_state_and_every_step():
    assert set(machine()["state"]) == STATES
    assert {s for s, row in machine()["state"].items() if row.get("stock")} == set(IN_STOCK)
    columns = {*INTO, *OUT, None}
    for before in (None, *STATES):
        for after in STATES - {before}:
            event, column = step(before, after)
            if before is not None or after in IN_STOCK:
                assert event != "disputed" and column in columns, (before, after)
            if before in IN_STOCK and after not in IN_STOCK:
                assert column in OUT
            if before is not None and before not in IN_STOCK:
                assert column == ("relapsed" if after in IN_STOCK else None)


def test_every_code_that_is_observed_has_a_rule_with_its_blanks():
    rules = {r.params["code"]: r for r in catalogue.load().rules if r.source == "reconcile.toml"}
    months = run(a_district())
    seen = {r["code"] for m in months for r in m["discrepancies"]}
    assert seen and seen <= set(rules)


def test_flows_tie_out_as_sets_over_any_mess():
    for seed in range(3):
        rng = random.Random(seed)
        desks = a_district(seed=seed)
        for desk in desks:
            for row in desk.tables["absent_list"]:
                row["status"] = rng.choice(
                    ["open", "open", "open", "returned", "suspended", "lost", None, "transferred"]
                )
            for row in desk.tables["follow_up"]:
                row["outcome"] = rng.choice(["未返校", "已复学", "转学至二中", "休学", "在校稳定", "不好说", None])
        stock: dict[str, int] = {}
        for out in run(desks):
            for row in (r for r in out["flows"] if r["closing"] is not None):
                assert row["opening"] == stock.get(row["school_code"], 0)
                into, gone = sum(row[n] for n in INTO), sum(row[n] for n in OUT)
                assert row["opening"] + into - gone == row["closing"] == row["reported_closing"] + row["difference"]
                stock[row["school_code"]] = row["closing"]
            assert (
                len({c["person_id"] for c in out["cases"]})
                == len(out["cases"])
                == len({c["case_id"] for c in out["cases"]})
            )
            explained = {s: sum(d["sign"] for d in out["differences"] if d["school_code"] == s) for s in stock}
            assert all(
                explained.get(r["school_code"], 0) == r["difference"] for r in out["flows"] if r["closing"] is not None
            )


def test_a_word_that_nobody_can_read_never_closes_a_case():
    march, april = Desk("2023-03", "m"), Desk("2023-04", "n")
    for desk in (march, april):
        raw = {"status": "已处理"} if desk is april else None
        desk.row("A", "absent_list", raw=raw, **{k: v for k, v in P.items() if k != "status" or not raw})
    case = run([march, april])[1]["cases"][0]
    assert case["state"] == "unknown" and case["closed_cycle"] is None


def test_a_follow_up_explains_a_status_that_nobody_can_read():
    march, april = Desk("2023-03", "m"), Desk("2023-04", "n")
    march.row("A", "absent_list", **P)
    april.row("A", "absent_list", raw={"status": "已处理"}, **{k: v for k, v in P.items() if k != "status"})
    april.row(
        "A",
        "follow_up",
        student_name="王小麦",
        grade="8",
        class_no=1,
        outcome="已复学",
        attempt_date="2023-04-10",
        return_date="2023-04-10",
        return_class="八（1）班",
    )
    out = run([march, april])[1]
    assert out["cases"][0]["state"] == "returned"
    flow = next(r for r in out["flows"] if r["school_code"] == SCHOOLS["A"].code)
    assert (flow["closing"], flow["reported_closing"], flow["difference"]) == (0, 1, -1)
    assert found(out, "flow_difference")


def test_the_latest_dated_statement_wins_where_the_list_is_silent():
    for days, state in ((("2023-04-20", "2023-04-10"), "open"), (("2023-04-10", "2023-04-20"), "returned")):
        march, april = Desk("2023-03", "m"), Desk("2023-04", "n")
        march.row("A", "absent_list", **P)
        april.submission("A", "absent_list", is_zero=True)
        for outcome, day in zip(("未返校", "已复学"), days):
            april.row("A", "follow_up", student_name="王小麦", grade="8", class_no=1, outcome=outcome, attempt_date=day)
        assert run([march, april])[1]["cases"][0]["state"] == state


def test_a_list_that_says_returned_gives_way_to_a_later_visit_that_says_not():
    march = Desk("2023-03")
    march.row(
        "A", "absent_list", **{**P, "status": "returned", "return_date": "2023-03-06", "return_class": "八（1）班"}
    )
    march.row(
        "A", "follow_up", student_name="王小麦", grade="8", class_no=1, outcome="未返校", attempt_date="2023-03-20"
    )
    out = run([march])[0]
    assert out["cases"][0]["state"] == "open" and found(out, "back_but_open")


def test_a_school_that_closes_hands_its_open_cases_to_its_heir():
    march, april = Desk("2023-03", "m"), Desk("2023-04", "n")
    march.row("A", "absent_list", **P)
    april.submission("B", "absent_list", is_zero=True)
    first = reconcile.reconcile_month(world("2023-03"), march.tables, None)
    closed = School("3199010001", "示例第一中学", (), "初中", "公办", (), end_of("2023-03-31"), "示例第二中学")
    later = world("2023-04")
    later = type(later)(
        later.cycle, later.catalogue, later.policy, (closed, *later.schools[1:]), None, (), (), later.key
    )
    out = reconcile.reconcile_month(later, april.tables, first)
    assert out["cases"][0]["school_code"] == SCHOOLS["B"].code
    flow = next(r for r in out["flows"] if r["school_code"] == SCHOOLS["B"].code)
    assert (flow["opening"], flow["transferred_in"], flow["closing"]) == (0, 1, 1)
    assert all(r["school_code"] != closed.code for r in out["flows"])
    assert found(out, "vanished")


def test_a_row_that_waits_for_a_person_holds_the_alarm_of_its_name():
    march, april = Desk("2023-03", "m"), Desk("2023-04", "n")
    march.row("A", "absent_list", **P)
    april.row("A", "absent_list", **{**P, "student_name": "李大江", "grade": "9"})
    submission = april.tables["submissions"][0]["submission_id"]
    april.tables["held_rows"].append(
        {"row_id": "h", "submission_id": submission, "raw": '{"姓名": "王 小麦"}', "reason": "看不清"}
    )
    out = run([march, april])[1]
    assert not found(out, "vanished") and found(out, "identity_question")


def backdated(out) -> set[tuple[str, str | None]]:
    """(what changed, the pupil's name) of each change of a closed list."""
    name = {p["person_id"]: p["name"] for p in out["persons"]}
    told = [r for r in out["discrepancies"] if r["code"] == "backdated"]
    assert all(r["row_id"] and r["place"] for r in told)
    return {(json.loads(r["facts"])["change"], name.get(r["person_id"])) for r in told}


def test_a_version_after_the_next_deadline_that_changes_the_list_is_told_with_the_pupil_and_the_cell():
    desk = Desk("2023-03")
    old = desk.submission("A", "absent_list", state="superseded", received_at="2023-03-20")
    desk.row("A", "absent_list", old, **P)
    desk.row("A", "absent_list", old, **{**P, "id_number": number_of(12), "student_name": "李大江"})
    desk.tables["absent_list"].clear()
    new = desk.submission("A", "absent_list", received_at="2023-04-28")
    desk.row("A", "absent_list", new, **{**P, "status": "returned"})
    changes = {change for change, _ in backdated(run([desk])[0])}
    assert changes == {"去掉了这名学生", "改了这名学生的劝返情况"}


def test_what_was_corrected_in_time_is_no_change_of_a_closed_list():
    desk = Desk("2023-03")
    old = desk.submission("A", "absent_list", state="superseded", received_at="2023-03-18")
    desk.row("A", "absent_list", old, **{**P, "id_number": number_of(12), "student_name": "李大江"})
    desk.row("A", "absent_list", old, **P)
    desk.tables["absent_list"].clear()
    desk.row("A", "absent_list", desk.submission("A", "absent_list", received_at="2023-03-20"), **P)
    more = desk.submission("A", "absent_list", received_at="2023-04-28")
    desk.row("A", "absent_list", more, **{**P, "id_number": number_of(13), "student_name": "何小溪"})
    assert backdated(run([desk])[0]) == {("新增了这名学生", "何小溪")}


def closed_in_march(received: str) -> Desk:
    """March as filed in time with one pupil, and again with another pupil and the first one back."""
    desk = Desk("2023-03")
    old = desk.submission("A", "absent_list", state="superseded", received_at="2023-03-20")
    desk.row("A", "absent_list", old, **P)
    desk.tables["absent_list"].clear()
    new = desk.submission("A", "absent_list", received_at=received)
    desk.row("A", "absent_list", new, **{**P, "status": "returned"})
    desk.row("A", "absent_list", new, **{**P, "id_number": number_of(12), "student_name": "李大江"})
    return desk


def test_a_month_filed_anew_after_the_next_deadline_shows_its_figures_before_and_after_with_their_pupils():
    out = run([closed_in_march("2023-04-28")])[0]
    assert [r["facts"] for r in out["discrepancies"] if r["code"] == "restated"] == [
        '{"changes": "新增由1改为2，复学由0改为1", "pupils": 2}'
    ]
    case = {c["person_id"]: c["case_id"] for c in out["cases"]}
    name = {p["person_id"]: p["name"] for p in out["persons"]}
    who = {case[p]: name[p] for p in case}
    told = {(r["figure"], r["before"], r["after"], who[r["case_id"]], r["sign"]) for r in out["restated"]}
    assert told == {("new", 1, 2, "李大江", 1), ("returned", 0, 1, P["student_name"], 1),
                    ("closing", 1, 1, P["student_name"], -1), ("closing", 1, 1, "李大江", 1)}


@pytest.mark.parametrize(("received", "told"), [("2023-04-28", []), ("2023-05-28", [("opening", 1, 2), ("closing", 1, 2)])])
def test_a_later_month_that_was_closed_too_when_the_file_came_is_compared_as_well(received, told):
    """Restated in May, March changes April's figures only if April was closed by then; May was not."""
    march = Desk("2023-03")
    old = march.submission("A", "absent_list", state="superseded", received_at="2023-03-20")
    march.row("A", "absent_list", old, **P)
    march.tables["absent_list"].clear()
    new = march.submission("A", "absent_list", received_at=received)
    march.row("A", "absent_list", new, **P)
    march.row("A", "absent_list", new, **{**P, "id_number": number_of(12), "student_name": "李大江"})
    later = [Desk("2023-04", "a"), Desk("2023-05", "b")]
    for desk in later:
        desk.row("A", "absent_list", desk.submission("A", "absent_list", received_at=f"{desk.cycle}-20"), **P)
    out = run([march, *later])
    assert [(r["figure"], r["before"], r["after"]) for r in out[1]["restated"]] == told
    assert out[0]["restated"] and not out[2]["restated"]
    assert bool(out[1]["past"]) == bool(told) and not out[2]["past"]


def test_a_correction_before_the_next_deadline_restates_nothing():
    out = run([closed_in_march("2023-04-20")])[0]
    assert out["restated"] == [] and not found(out, "restated")


@pytest.mark.parametrize(("at", "told"), [("2023-05-28T10:00:00", {("new", 2, 1), ("closing", 2, 1)}), ("2023-04-20T10:00:00", set())])
def test_figures_that_an_answer_changed_after_the_month_was_closed_are_shown_before_and_after(at, told):
    bare = {k: v for k, v in P.items() if k not in ("id_number", "student_no", "guardian_phone", "guardian_name")}
    march, april = Desk("2023-03"), Desk("2023-04", "b")
    sub = march.submission("A", "absent_list", received_at="2023-03-20")
    march.row("A", "absent_list", sub, **P)
    april.row("A", "absent_list", april.submission("A", "absent_list", received_at="2023-04-20"), **P)
    march.row("A", "absent_list", sub, **{**bare, "birth": None, "class_no": 9})
    first = run([march, april])
    persons = sorted({link["person_id"] for link in first[0]["links"]}, key=lambda p: p != first[1]["links"][0]["person_id"])
    assert len(persons) == 2
    decision = Decision("d_1", at, "甲", "2023-04", "A", "link", "+".join(persons), "same", "")
    out = run([march, april], (decision,))
    assert {link["person_id"] for link in out[0]["links"]} == {persons[0]}
    assert {(r["figure"], r["before"], r["after"]) for r in out[0]["restated"]} == told


def test_a_list_that_came_late_but_in_place_of_no_other_restates_nothing():
    desk = Desk("2023-03")
    desk.row("A", "absent_list", desk.submission("A", "absent_list", received_at="2023-04-28"), **P)
    assert run([desk])[0]["restated"] == []


def test_pupils_added_after_the_next_deadline_are_not_in_the_month_as_it_closed():
    desk = Desk("2023-03")
    desk.row("A", "absent_list", desk.submission("A", "absent_list", received_at="2023-03-20"), **P)
    more = desk.submission("A", "absent_list", received_at="2023-04-28")
    desk.row("A", "absent_list", more, **{**P, "id_number": number_of(12), "student_name": "李大江"})
    out = run([desk])[0]
    assert [r["facts"] for r in out["discrepancies"] if r["code"] == "restated"] == [
        '{"changes": "新增由1改为2，月底由1改为2", "pupils": 1}'
    ]


@pytest.mark.parametrize(
    ("left", "state", "since", "days"),
    [
        ("2023-03-01", "open", "2023-03-01", 30),
        ("2023-03", "open", "2023-03", 0),
        ("2022", "open", "2022", 90),
        (None, "open", "2023-03", None),
        ("2023-03-01", "returned", "2023-03-21", 30),
    ],
)
def test_days_open_run_from_the_last_day_that_the_date_may_mean(left, state, since, days):
    case = Case("k", "p", "s", "2023-03", state, since, left_date=left)
    assert case.days_open(end_of("2023-03")) == days


def test_a_line_that_is_sent_again_with_the_next_page_counts_once():
    desks = [Desk("2023-03", "m"), Desk("2023-04", "n")]
    for i, desk in enumerate(desks):
        page = desk.submission("A", "case_file")
        desk.row(
            "A", "case_file", page, student_name="王小麦", grade="8", class_no=1, status="open", id_number=number_of(11)
        )
        for day in ("2023-03-10", "2023-04-10")[: i + 1]:
            desk.row("A", "follow_up", page, attempt_date=day, outcome="未返校", content="上门")
    out = run(desks)
    assert [m["cases"][0]["attempts"] for m in out] == [1, 2]


def test_no_name_and_no_number_stands_in_what_people_read():
    for out in run(a_district()):
        for row in (*out["links"], *out["events"], *out["discrepancies"]):
            text = "".join(str(row.get(k) or "") for k in ("why", "evidence", "facts"))
            assert not any(part in text for part in ("小麦", "晓麦", "大江", "990101"))


def test_the_quarter_has_three_ledgers_and_a_list_to_check_again():
    desks = a_district()
    months = [{**desk.tables, **out} for desk, out in zip(desks, run(desks))]
    made = reconcile.quarter(months)
    stock = [c for c in months[-1]["cases"] if c["state"] in IN_STOCK]
    ledgers = [*made["ledger_suspected"], *made["ledger_dropout"]]
    assert sorted(r["case_id"] for r in ledgers) == sorted(c["case_id"] for c in stock)
    assert made["ledger_children"] and all(r["reason"].strip() for r in made["recheck"])
    assert {r["months_published"] for r in made["quarter_flows"]} == {0, 3}
    for row in made["quarter_flows"]:
        if row["months_published"]:
            assert row["opening"] + sum(row[n] for n in INTO) - sum(row[n] for n in OUT) == row["closing"]
