"""Who owes what, what came, and whether it came in time."""

from __future__ import annotations

import random
from datetime import date

import pytest
from check_kit import AUTUMN, JUNIOR, KINDER, PRIMARY, SCHOOLS, SENIOR, SPRING, TRAINING, paper, world

from carelib import filing
from carelib.policy import Deadline
from carelib.world import School


def told(submissions=(), open_cases=(), earlier=None, **how):
    """(school, form) -> row of filing."""
    rows = filing.filing(world(**how), list(submissions), set(open_cases), earlier or {})
    return {(r["school_code"], r["form"]): r for r in rows}


def owed(school, **how):
    return {form for (code, form), row in told(schools=(school,), **how).items() if code == school.code and row["due"]}


@pytest.mark.parametrize(
    "school, forms",
    [
        (
            JUNIOR,
            {
                "absent_list",
                "psych_case",
                "safety_month",
                "health_roster",
                "support_work",
                "responsibility",
                "retention",
            },
        ),
        (SENIOR, {"absent_list", "psych_case", "safety_month", "health_roster", "support_work", "responsibility"}),
        (KINDER, {"absent_list", "safety_month", "health_roster", "responsibility"}),
        (TRAINING, {"absent_list", "safety_month"}),
    ],
    ids=["初中", "高中", "幼儿园", "民办教育机构"],
)
def test_each_kind_of_school_owes_its_own_forms(school, forms):
    assert owed(school, cycle="2023-02") == forms


def test_nothing_is_due_of_a_school_that_has_closed():
    closed = School("3132990009", "停办初中", kind="初中", grades=("7",), closed_on=date(2023, 1, 31))
    assert owed(closed) == set()


def test_what_is_not_collected_has_no_row():
    rows = told([paper(JUNIOR, "psych_case")], collect=["absent_list"])
    assert {form for _, form in rows} == {"absent_list"}


def test_july_and_august_owe_nothing_monthly():
    assert "absent_list" not in owed(JUNIOR, cycle="2023-07")


def test_an_open_case_owes_a_follow_up_or_a_page():
    assert "follow_up" not in owed(JUNIOR)
    assert "follow_up" in owed(JUNIOR, open_cases=[JUNIOR.code])
    rows = told([paper(JUNIOR, "case_file")], open_cases=[JUNIOR.code], schools=(JUNIOR,))
    assert rows[JUNIOR.code, "case_file"]["due"] and (JUNIOR.code, "follow_up") not in rows
    both = told([paper(JUNIOR, "case_file"), paper(JUNIOR, "follow_up")], open_cases=[JUNIOR.code], schools=(JUNIOR,))
    assert both[JUNIOR.code, "case_file"]["state"] == both[JUNIOR.code, "follow_up"]["state"] == "filed"


def test_a_bureau_that_collects_only_pages_misses_the_page():
    rows = told(open_cases=[JUNIOR.code], schools=(JUNIOR,), collect=["absent_list", "case_file"])
    assert rows[JUNIOR.code, "case_file"]["state"] == "missing"


def test_what_came_without_being_due_has_a_row_that_says_so():
    row = told([paper(JUNIOR, "follow_up")])[JUNIOR.code, "follow_up"]
    assert (row["due"], row["state"]) == (False, "filed")


@pytest.mark.parametrize(
    "changes, state",
    [
        ({}, "filed"),
        ({"is_zero": True}, "zero"),
        ({"state": "unreadable"}, "unreadable"),
        ({"state": "held"}, "missing"),
        ({"state": "hidden"}, "missing"),
        ({"state": "not_a_form"}, "missing"),
    ],
)
def test_a_month_is_one_of_four_things(changes, state):
    assert told([paper(JUNIOR, "absent_list", **changes)])[JUNIOR.code, "absent_list"]["state"] == state


def test_what_is_held_is_missing_and_named():
    row = told([paper(JUNIOR, "absent_list", state="held", name="h1")])[JUNIOR.code, "absent_list"]
    assert (row["state"], row["submission_id"]) == ("missing", "h1")
    assert told()[JUNIOR.code, "absent_list"]["submission_id"] is None


def test_rows_beside_a_zero_are_a_filing():
    sent = [paper(JUNIOR, "absent_list", is_zero=True, name="a"), paper(JUNIOR, "absent_list", name="b")]
    assert told(sent)[JUNIOR.code, "absent_list"]["state"] == "filed"


def test_an_unreadable_file_known_from_its_folder_counts_for_its_school():
    sent = [paper(KINDER, None, state="unreadable", name="u1")]
    rows = told(sent, schools=(KINDER,), collect=["absent_list", "safety_month"])
    assert rows[KINDER.code, "absent_list"]["state"] == "unreadable"
    assert rows[KINDER.code, "safety_month"]["state"] == "missing"


def test_an_unreadable_file_does_not_hide_what_came():
    sent = [paper(KINDER, None, state="unreadable", name="u1"), paper(KINDER, "absent_list")]
    assert told(sent, schools=(KINDER,), collect=["absent_list"])[KINDER.code, "absent_list"]["state"] == "filed"


def test_a_late_form_counts_its_days_from_the_first_readable_version():
    first = paper(
        JUNIOR, "absent_list", state="superseded", on_time=False, received_at="2023-03-27T08:00:00+08:00", name="a"
    )
    last = paper(JUNIOR, "absent_list", on_time=False, received_at="2023-04-02T08:00:00+08:00", name="b")
    row = told([last, first])[JUNIOR.code, "absent_list"]
    assert (row["on_time"], row["days_late"], row["submission_id"]) == (False, 2, "b")


def test_a_day_is_counted_where_the_bureau_is():
    sent = paper(JUNIOR, "absent_list", on_time=None, received_at="2023-03-25T15:30:00+00:00")  # 23:30 in Shanghai
    assert told([sent])[JUNIOR.code, "absent_list"]["on_time"] is True
    sent = paper(JUNIOR, "absent_list", on_time=None, received_at="2023-03-25T16:30:00+00:00")  # the 26th
    assert told([sent])[JUNIOR.code, "absent_list"]["days_late"] == 1


def test_a_receipt_that_nobody_knows_is_neither_late_nor_in_time():
    sent = paper(JUNIOR, "absent_list", on_time=None, filled_date=None)
    row = told([sent])[JUNIOR.code, "absent_list"]
    assert (row["on_time"], row["days_late"]) == (None, None)


def test_one_late_page_makes_the_pages_late():
    pages = [
        paper(JUNIOR, "case_file", name="a"),
        paper(JUNIOR, "case_file", name="b", on_time=False, received_at="2023-03-28T08:00:00+08:00"),
    ]
    assert told(pages, open_cases=[JUNIOR.code])[JUNIOR.code, "case_file"]["days_late"] == 3


def test_a_term_form_is_due_in_the_first_cycle_whose_deadline_falls_in_the_term():
    assert "support_work" in owed(JUNIOR, cycle="2023-02")
    assert "support_work" not in owed(JUNIOR, cycle="2023-01")
    assert "support_work" in owed(JUNIOR, cycle="2023-09", earlier={"2023-05": {}})


def test_the_screening_is_due_when_its_month_has_passed():
    assert "screening" not in owed(JUNIOR, cycle="2023-02")
    assert "screening" in owed(JUNIOR, cycle="2023-03", earlier={"2023-02": {"submissions": []}})


def test_a_term_form_stays_missing_until_it_comes_and_then_has_no_row():
    nothing = {"submissions": []}
    row = told(cycle="2023-04", earlier={"2023-02": nothing, "2023-03": nothing}, schools=(JUNIOR,))[
        JUNIOR.code, "support_work"
    ]
    assert (row["due"], row["state"]) == (True, "missing")
    came = {"2023-02": nothing, "2023-03": {"submissions": [paper(JUNIOR, "support_work", "2023-03")]}}
    assert (JUNIOR.code, "support_work") not in told(cycle="2023-04", earlier=came, schools=(JUNIOR,))


def test_a_term_form_that_comes_a_month_late_is_late():
    earlier = {"2023-02": {"submissions": []}}
    sent = paper(JUNIOR, "support_work", received_at="2023-03-10T08:00:00+08:00")
    row = told([sent], earlier=earlier, schools=(JUNIOR,))[JUNIOR.code, "support_work"]
    assert (row["state"], row["on_time"], row["days_late"]) == ("filed", False, 13)


def test_a_term_form_is_in_time_in_the_first_cycle_that_inputs_hold():
    row = told([paper(JUNIOR, "support_work")], cycle="2023-03", schools=(JUNIOR,))[JUNIOR.code, "support_work"]
    assert (row["due"], row["on_time"]) == (True, True)


def test_what_could_not_be_read_is_still_owed():
    earlier = {"2023-02": {"submissions": [paper(JUNIOR, "support_work", "2023-02", state="unreadable")]}}
    assert "support_work" in owed(JUNIOR, earlier=earlier)


def test_an_early_screening_is_not_asked_for_again():
    earlier = {"2023-02": {"submissions": [paper(JUNIOR, "screening", "2023-02")]}}
    assert "screening" not in owed(JUNIOR, earlier=earlier)


def test_last_terms_form_does_not_answer_for_this_term():
    earlier = {"2023-03": {"submissions": [paper(JUNIOR, "support_work", "2023-03")]}}
    assert "support_work" in owed(JUNIOR, cycle="2023-09", earlier=earlier)


def test_without_a_calendar_no_term_form_is_due():
    assert not owed(JUNIOR, terms=()) & {"support_work", "screening", "retention"}


def test_a_school_whose_register_names_no_grades_is_known_by_its_roster():
    from check_kit import pupil

    bare = School("3332990007", "示例完全中学", kind="高中")
    assert "retention" not in owed(bare, cycle="2023-02")
    assert "retention" in owed(bare, cycle="2023-02", roster=(pupil(bare, 1, "9"), pupil(bare, 2, "10")))


def test_a_deadline_may_leave_out_the_day_itself():
    sent = paper(JUNIOR, "absent_list", on_time=None, received_at="2023-03-25T08:00:00+08:00")
    assert told([sent], deadline=Deadline(inclusive=False))[JUNIOR.code, "absent_list"]["days_late"] == 1


def test_the_order_of_files_and_schools_does_not_matter():
    sent = [paper(s, f) for s in SCHOOLS for f in ("absent_list", "safety_month")] + [
        paper(PRIMARY, None, state="unreadable", name="u")
    ]
    mixed, shuffled = sent[:], list(SCHOOLS)
    random.Random(7).shuffle(mixed)
    random.Random(8).shuffle(shuffled)
    one = filing.filing(world(), sent, {JUNIOR.code}, {})
    assert one == filing.filing(world(schools=shuffled), mixed, {JUNIOR.code}, {})


def test_a_term_begins_to_collect_when_a_deadline_falls_in_it():
    assert filing.first_cycle(world().policy, SPRING) == "2023-02"
    assert filing.first_cycle(world().policy, AUTUMN) == "2023-09"
