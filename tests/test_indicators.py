"""The figures: numerators, denominators, verdicts, and what is said where there is no figure."""

from __future__ import annotations

import pytest
from check_kit import CATALOGUE, JUNIOR, KINDER, PRIMARY, SENIOR, TRAINING, Papers, pupil, world

from carelib import check
from carelib.check.indicators import FIGURES

ALL = (JUNIOR, PRIMARY, SENIOR, KINDER, TRAINING)


def figures(papers, schools=(JUNIOR,), earlier=None, **how):
    """(school or 'district', code) -> row of indicators."""
    tables = check.check_month(world(papers.cycle, schools=schools, **how), papers.tables, earlier or {})
    return {(r["school_code"], r["indicator"]): r for r in tables["indicators"]}


def of(papers, code, school=JUNIOR, **how):
    return figures(papers, **how)[getattr(school, "code", school), code]


def sent(form, *rows, cycle="2023-03", school=JUNIOR):
    papers = Papers(cycle)
    papers.add(school, form, list(rows))
    return papers


def parts(row):
    return row["numerator"], row["denominator"], row["outcome"]


def test_every_code_has_a_row_for_every_school_and_the_district():
    rows = figures(Papers(), schools=ALL)
    assert set(rows) == {(s, c) for c in FIGURES for s in (*(x.code for x in ALL), "district")}
    assert all(r["formula"] and r["clause"] for r in rows.values())
    assert all(
        r["outcome"] in ("not_judged", "not_applicable")
        for r in rows.values()
        if r["value"] is None and r["indicator"] != "counsellor_ratio"
    )


def test_nothing_that_was_not_filed_shows_a_figure():
    rows = figures(Papers())
    assert all(r["value"] is None for (_, code), r in rows.items() if code != "on_time_filing")
    assert of(Papers(), "retention_month")["formula"] == "《应在校不在校就读学生情况表》未报送"


@pytest.mark.parametrize(
    "full, part, expected",
    [
        (1, 0, (500.0, 1.0, "passed")),
        (0, 2, (500.0, 2.0, "passed")),
        (0, 0, (500.0, 0.0, "failed")),
        (1, None, (500.0, 1.0, "passed")),
    ],
)
def test_five_hundred_pupils_need_one_counsellor(full, part, expected):
    row = of(sent("support_work", {"student_count": 500, "psych_full": full, "psych_part": part}), "counsellor_ratio")
    assert parts(row) == expected
    assert (row["value"] is None) == (expected[1] == 0)


def test_one_pupil_more_needs_another():
    assert (
        of(sent("support_work", {"student_count": 501, "psych_full": 1, "psych_part": 0}), "counsellor_ratio")[
            "outcome"
        ]
        == "failed"
    )


def test_a_kindergarten_needs_no_counsellor():
    assert of(Papers(), "counsellor_ratio", KINDER, schools=(KINDER,))["outcome"] == "not_applicable"


def test_training_hours_are_progress_until_the_year_ends():
    papers = sent(
        "support_work",
        {
            "psych_full": 2,
            "psych_part": 0,
            "psych_hours": "12、44",
            "headteacher_count": 20,
            "headteacher_hours_min": 8.0,
            "other_teacher_count": 60,
            "other_hours_min": 1.0,
        },
    )
    rows = figures(papers)
    assert rows[JUNIOR.code, "hours_counsellor"]["value"] == 12
    assert rows[JUNIOR.code, "hours_counsellor"]["outcome"] == "not_judged"
    assert rows[JUNIOR.code, "hours_head_teacher"]["outcome"] == "passed"
    assert rows[JUNIOR.code, "hours_other_teacher"]["outcome"] == "not_judged"
    august = figures(Papers("2023-08"), earlier={"2023-03": papers.tables})
    assert august[JUNIOR.code, "hours_counsellor"]["outcome"] == "failed"
    assert august["district", "hours_counsellor"]["outcome"] == "failed"


def test_hours_that_are_not_given_for_everybody_are_not_judged():
    papers = sent("support_work", {"psych_full": 3, "psych_part": 0, "psych_hours": "44、44"})
    assert of(papers, "hours_counsellor")["outcome"] == "not_judged"


def test_screening_counts_classes_or_grades_never_both():
    papers = sent(
        "screening",
        {"grade": "7", "enrolled": 90, "screened": 88},
        {"grade": "7", "class_no": 1, "enrolled": 45, "screened": 44},
        {"grade": "7", "class_no": 2, "enrolled": 45, "screened": 44},
        {"grade": "8", "enrolled": 80, "screened": 80},
        {"enrolled": 170, "screened": 168},
    )
    assert parts(of(papers, "screening_coverage")) == (168, 170, "failed")


def test_screening_in_time_counts_rows_that_ended_by_the_limit():
    papers = sent(
        "screening",
        {"grade": "7", "enrolled": 90, "screened": 90, "date_to": "2023-03-13"},
        {"grade": "8", "enrolled": 80, "screened": 80, "date_to": "2023-03-14"},
    )
    assert parts(of(papers, "screening_in_time")) == (90, 170, "failed")


def test_plans_are_counted_over_the_rows_of_the_month():
    papers = sent("absent_list", {"plan_made": True}, {"plan_made": False}, {"plan_made": None})
    assert parts(of(papers, "plan_coverage_absent")) == (1, 3, "failed")


def test_a_zero_report_has_nobody_to_plan_for():
    row = of(sent("absent_list"), "plan_coverage_absent")
    assert (row["value"], row["outcome"]) == (None, "not_applicable")


def test_a_term_form_counts_until_the_next_terms():
    papers = sent(
        "health_roster",
        {
            "pe_allowed": "免修",
            "shared_head_teacher": True,
            "shared_pe": True,
            "shared_subject": None,
            "peer_pair": "王小麦",
            "plan_made": True,
        },
        {"pe_allowed": None},
        cycle="2023-02",
    )
    march = figures(Papers(), earlier={"2023-02": papers.tables})
    assert parts(march[JUNIOR.code, "pe_judged"]) == (1, 2, "failed")
    assert parts(march[JUNIOR.code, "health_shared"]) == (0, 2, "failed")
    assert parts(march[JUNIOR.code, "peer_paired"]) == (1, 2, "failed")
    september = figures(Papers("2023-09"), earlier={"2023-02": papers.tables})
    assert september[JUNIOR.code, "pe_judged"]["value"] is None


def test_last_terms_screening_counts_until_this_terms_is_due():
    old = sent("screening", {"grade": "7", "enrolled": 10, "screened": 9}, cycle="2023-03")
    september = figures(Papers("2023-09"), earlier={"2023-03": old.tables})
    assert september[JUNIOR.code, "screening_coverage"]["value"] == 0.9
    october = figures(Papers("2023-10"), earlier={"2023-03": old.tables, "2023-09": Papers("2023-09").tables})
    assert october[JUNIOR.code, "screening_coverage"]["outcome"] == "not_judged"


def duty(level, scope, name="何敏"):
    return {"level": level, "scope": scope, "person": name}


def test_the_chain_counts_each_duty_once():
    roster = (pupil(JUNIOR, 1, "7", "1"), pupil(JUNIOR, 2, "7", "2"), pupil(JUNIOR, 3, "8", "1"))
    papers = sent(
        "responsibility",
        duty("校长", "全校"),
        duty("分管校长", "七、八年级"),
        duty("年级主任", "七年级"),
        duty("班主任", "七（1）班"),
        duty("班主任", "七（2）班"),
        duty("任课教师", "李小禾"),
    )
    papers.add(
        JUNIOR, "absent_list", [{"student_name": "李小禾", "grade": "7"}, {"student_name": "王小麦", "grade": "8"}]
    )
    # 1 校长 + 2 × (分管校长 + 年级主任) + 3 班主任 + 2 任课教师
    assert parts(of(papers, "duty_chain", roster=roster)) == (7, 10, "failed")
    assert of(papers, "duty_chain")["formula"] == "没有学籍名册"


def test_retention_counts_open_cases_of_grades_one_to_nine():
    papers = sent("absent_list", {"student_name": "李小禾", "grade": "7"}, {"student_name": "王小麦", "grade": "9"})
    papers.case("李小禾", JUNIOR)
    papers.case("王小麦", JUNIOR, state="returned")
    roster = (*tuple(pupil(JUNIOR, n, "8") for n in range(3)), pupil(JUNIOR, 9, "10"))
    row = of(papers, "retention_month", roster=roster)
    assert parts(row) == (1, 3, "failed") and row["value"] == pytest.approx(2 / 3)
    assert "1 ÷" not in row["formula"] and row["formula"].startswith("1 − ")


def test_a_case_of_a_senior_school_is_no_compulsory_case():
    papers = sent("absent_list", {"student_name": "李小禾", "grade": "10"}, school=SENIOR)
    papers.case("李小禾", SENIOR)
    assert (
        of(papers, "retention_month", SENIOR, schools=(SENIOR,), roster=(pupil(SENIOR, 1, "10"),))["outcome"]
        == "not_applicable"
    )


def test_without_a_roster_the_retention_form_gives_the_pupils():
    papers = sent("absent_list")
    papers.add(
        JUNIOR, "retention", [{"base_count": 100, "in_transfer": 3, "in_total": 3, "out_transfer": 2, "out_total": 2}]
    )
    assert parts(of(papers, "retention_month")) == (0, 101, "passed")


def test_a_vanished_pupils_grade_comes_from_an_earlier_month_and_moves_up():
    june = sent("absent_list", {"student_name": "李小禾", "grade": "9"}, cycle="2023-06")
    papers = sent("absent_list", cycle="2023-09")
    papers.case("李小禾", JUNIOR, opened_cycle="2023-06")
    roster = (pupil(JUNIOR, 1, "7"),)
    assert parts(of(papers, "retention_month", roster=roster, earlier={"2023-06": june.tables})) == (0, 1, "passed")


def test_the_schools_own_rate_is_shown_as_it_is():
    row = of(sent("retention", {"base_count": 100, "retention_rate": 0.9916}), "retention_reported")
    assert (row["value"], row["outcome"]) == (0.9916, "failed") and "99.16%" in row["formula"]
    assert (
        of(sent("retention", {"base_count": 100, "retention_rate": 1.1292}), "retention_reported")["outcome"]
        == "not_judged"
    )


def test_on_time_filing_leaves_out_what_nobody_knows():
    papers = sent("absent_list")
    papers.add(JUNIOR, "psych_case", on_time=None, filled_date=None)
    row = of(papers, "on_time_filing", collect=["absent_list", "psych_case", "safety_month"])
    assert parts(row) == (1, 2, "failed")


def test_a_joint_visit_needs_all_four():
    papers = sent("absent_list", {"student_name": "李小禾"}, {"student_name": "王小麦"}, {"student_name": "赵小树"})
    papers.add(
        JUNIOR,
        "follow_up",
        [
            {"student_name": "李小禾", "parties": "责任督学、镇街、派出所、村居委会、学校"},
            {"student_name": "王小麦", "parties": "镇街、派出所、村居委会"},
        ],
    )
    papers.case("李小禾", JUNIOR, days_open=31)
    papers.case("王小麦", JUNIOR, days_open=45)
    papers.case("赵小树", JUNIOR, days_open=30)
    assert parts(of(papers, "joint_visit")) == (1, 2, "failed")


def test_no_long_case_is_no_hundred_per_cent():
    row = of(sent("absent_list"), "joint_visit")
    assert (row["value"], row["outcome"]) == (None, "not_applicable")


def test_the_return_rate_is_of_all_who_were_out():
    papers = sent("absent_list", {"student_name": "李小禾"})
    flow = {
        "opening": 3,
        "new": 1,
        "relapsed": 0,
        "transferred_in": 0,
        "returned": 1,
        "transferred_out": 0,
        "other_exit": 0,
    }
    papers.tables["flows"].append({"school_code": JUNIOR.code, "cycle": "2023-03", "closing": 3} | flow)
    row = of(papers, "return_rate")
    assert (row["numerator"], row["denominator"], row["value"], row["target"]) == (1, 4, 0.25, None)


def test_home_visits_are_looked_for_in_the_last_window_and_in_earlier_months():
    february = sent("psych_case", {"student_name": "王小麦", "last_followup": "2023-02-20"}, cycle="2023-02")
    papers = sent(
        "psych_case",
        {"student_name": "李小禾", "last_followup": "2023-02-10", "status": "在跟踪"},
        {"student_name": "王小麦", "last_followup": "2023-03-20"},
        {"student_name": "赵小树", "last_followup": "2023-03-01"},
        {"student_name": "钱小果", "last_followup": "2023-01-01", "status": "解除"},
    )
    assert parts(of(papers, "home_visits_in_windows", earlier={"2023-02": february.tables})) == (2, 3, "failed")


def test_the_district_is_sum_over_sum_of_the_schools_that_filed():
    papers = sent("absent_list", {"plan_made": True}, {"plan_made": False})
    papers.add(PRIMARY, "absent_list", [{"plan_made": True}] * 4)
    papers.add(KINDER, "absent_list")
    row = of(papers, "plan_coverage_absent", "district", schools=ALL)
    assert parts(row) == (5, 6, "failed") and "2 所学校合计" in row["formula"]


def test_a_mean_that_reaches_the_target_does_not_hide_a_school_that_does_not():
    papers = sent("support_work", {"lesson_per_two_weeks": 0.5})
    papers.add(PRIMARY, "support_work", [{"lesson_per_two_weeks": 3.0}])
    row = of(papers, "lessons", "district", schools=(JUNIOR, PRIMARY))
    assert (row["value"], row["outcome"]) == (1.75, "failed") and "1 所未达到" in row["formula"]


@pytest.mark.parametrize("code", CATALOGUE.indicators)
def test_an_indicator_says_its_clause_and_how_it_is_counted(code):
    indicator = CATALOGUE.indicators[code]
    assert indicator.clause in CATALOGUE.clauses
    assert "{numerator}" in indicator.formula and "{denominator}" in indicator.formula and indicator.title
