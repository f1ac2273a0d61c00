"""The rules over a whole month: one mistake, one finding; silence is not a pass; a second run says the same."""

from __future__ import annotations

import random
import re
import time
from dataclasses import replace

import pytest
from check_kit import CATALOGUE, JUNIOR, KINDER, PRIMARY, SENIOR, TRAINING, Papers, person, pupil, world

from carelib import check
from carelib.catalogue import Catalogue, Rule
from carelib.check import prepare
from carelib.check.duty import scope_of
from carelib.check.word import spot
from carelib.records import FORMS, CatalogueError

GOOD = {
    "student_name": "李小禾",
    "gender": "男",
    "id_number": "990101200903070016",
    "birth": "2009-03-07",
    "grade": "8",
    "class_no": 1,
    "guardian_name": "李大田",
    "guardian_relation": "父亲",
    "guardian_phone": "19900001041",
    "family_type": "留守",
    "left_date": "2023-03-06",
    "reason": "R01",
    "whereabouts": "W01",
    "register_status": "在籍不在校",
    "plan_made": True,
    "measures": "班主任家访",
    "attempt_count": 1,
    "last_attempt": "2023-03-10",
    "status": "open",
}
VISIT = {
    "student_name": "李小禾",
    "grade": "8",
    "attempt_no": 1,
    "attempt_date": "2023-03-10",
    "mode": "入户",
    "parties": "学校、村居委会",
    "content": "与父亲谈话",
    "outcome": "未返校",
}
LISTS = ["absent_list", "follow_up", "case_file"]


def month(papers, collect=LISTS, earlier=None, **how):
    return check.check_month(
        world(papers.cycle, collect=collect, schools=how.pop("schools", (JUNIOR,)), **how), papers.tables, earlier or {}
    )


def listed(*rows, visits=({},)):
    """A month in which the school lists these rows (changes of a good one) and reports these visits."""
    papers = Papers()
    papers.add(JUNIOR, "absent_list", [GOOD | r for r in rows])
    papers.add(JUNIOR, "follow_up", [VISIT | v for v in visits])
    for name in dict.fromkeys((GOOD | r)["student_name"] for r in rows):
        papers.case(name, JUNIOR)
    return papers


def rules(tables, school=JUNIOR):
    return sorted(f["rule"] for f in tables["findings"] if f["school_code"] == school.code)


def said(tables, rule, school=JUNIOR):
    return next(j for j in tables["judgements"] if (j["rule"], j["school_code"]) == (rule, school.code))


def test_a_sound_month_has_nothing_to_say_but_the_retention_rate():
    assert rules(month(listed({}), roster=(pupil(JUNIOR, 1, "8"),))) == ["D7"]


def test_a_zero_report_that_is_signed_has_no_finding():
    papers = Papers()
    papers.add(JUNIOR, "absent_list")
    tables = month(papers)
    assert tables["findings"] == []
    assert said(tables, "D3")["outcome"] == "not_applicable" and said(tables, "X3")["outcome"] == "passed"


# ---- one mistake, one finding


@pytest.mark.parametrize(
    "change, rule, field",
    [
        ({"id_number": "990101200903070014", "birth": "2009-04-07", "gender": "女"}, "C1", "id_number"),
        ({"id_number": {"raw": "9.90101E+17", "problem": "写成了科学记数法"}}, "C6", "id_number"),
        ({"left_date": {"raw": "2月30日", "problem": "写的是“2月30日”，没有这一天。"}}, "C21", "left_date"),
        ({"left_date": None}, "C16", "left_date"),
        ({"status": {"raw": "已做工作", "problem": "说不清"}}, "C17", "status"),
        ({"status": None}, "C16", "status"),
        ({"reason": None}, "C16", "reason"),
        ({"reason": {"raw": "其他", "value": "R98"}}, "D3-other", "reason"),
        ({"plan_made": {"raw": "否", "value": False}}, "D8", "plan_made"),
        ({"guardian_relation": "祖父", "family_type": None}, "D12-grandparents", "family_type"),
        ({"guardian_phone": "1990000104"}, "C9", "guardian_phone"),
        ({"birth": "2004-05-06", "id_number": None}, "C10-far", "grade"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_one_mistake_is_told_by_one_rule(change, rule, field):
    found = month(listed(change))["findings"]
    assert [(f["rule"], f["field"]) for f in found] == [(rule, field)]


def test_a_row_with_nothing_but_a_name_is_told_once():
    papers = listed({})
    papers.add(JUNIOR, "absent_list", [{"student_name": "王小麦", "grade": "7", "class_no": 2}], name="second")
    assert rules(month(papers)) == ["C20"]


def test_a_blank_column_is_one_finding_not_a_form_full():
    names = ["李小禾", "王小麦", "赵小树", "钱小果"]
    rows = [{"student_name": n, "id_number": None, "plan_made": None} for n in names]
    found = [f for f in month(listed(*rows))["findings"] if f["rule"] == "D8"]
    assert len(found) == 1 and found[0]["row_id"] is None
    assert found[0]["sentence"].startswith("情况表 全部 4 行：")


def test_two_blanks_of_many_rows_are_two_findings():
    rows = [
        {"student_name": n, "id_number": None, "plan_made": p}
        for n, p in [("李小禾", True), ("王小麦", None), ("赵小树", None), ("钱小果", True)]
    ]
    assert [f["rule"] for f in month(listed(*rows))["findings"]] == ["D8", "D8"]


def test_a_cell_shared_by_merged_rows_is_told_once():
    papers = listed({}, {"student_name": "王小麦", "id_number": None})
    for value in papers.tables["values"]:
        if value["field"] == "guardian_phone":
            value.update(place="Sheet1!M5", raw="123456", value="123456")
    for row in papers.tables["absent_list"]:
        row["guardian_phone"] = "123456"
    assert rules(month(papers)) == ["C9"]


def test_the_attempts_on_a_page_do_not_repeat_what_the_page_lacks():
    papers = Papers()
    papers.add(JUNIOR, "absent_list", [GOOD])
    page = papers.add(JUNIOR, "case_file", [{"student_name": "李小禾", "plan": "每周家访", "guardian_name": "李大田"}])
    papers.add(JUNIOR, "follow_up", [VISIT | {"grade": None}], name="attempts")
    papers.tables["submissions"].pop()
    for row in papers.tables["follow_up"]:
        row["submission_id"] = page["submission_id"]
    papers.case("李小禾", JUNIOR)
    assert rules(month(papers)) == ["C16"]


ROSTER = tuple(pupil(JUNIOR, f"99010120090{g}01{n:04}", str(g), "1") for g in (7, 8, 9) for n in range(10))


def all_ten_forms():
    """A school that does everything the notice asks, in the month in which all of it is due."""
    who = {
        "student_name": "李小禾",
        "gender": "男",
        "id_number": "990101200903070016",
        "birth": "2009-03-07",
        "grade": "8",
        "class_no": 1,
        "guardian_name": "李大田",
        "guardian_phone": "19900001041",
        "family_type": "留守",
    }
    papers = Papers("2023-03")
    papers.add(JUNIOR, "absent_list")
    papers.add(
        JUNIOR, "safety_month", [{"monthly_analysis_date": "2023-03-08", "drills": 1, "report_box": "教学楼东侧"}]
    )
    papers.add(
        JUNIOR,
        "psych_case",
        [
            who
            | {
                "risk_level": "黄色",
                "found_date": "2023-02-15",
                "plan_made": True,
                "plan_date": "2023-02-18",
                "status": "在跟踪",
                "guardian_informed": True,
                "last_followup": "2023-03-20",
            }
        ],
    )
    papers.add(
        JUNIOR,
        "health_roster",
        [
            who
            | {
                "disease": "D05",
                "pe_allowed": "适当减量",
                "judged_by": "孙大民",
                "judged_on": "2023-02-20",
                "plan_made": True,
                "shared_head_teacher": True,
                "shared_pe": True,
                "shared_subject": True,
                "peer_pair": "王小麦",
                "last_contact": "2023-03-01",
            }
        ],
    )
    papers.add(
        JUNIOR,
        "screening",
        [
            {
                "grade": str(g),
                "enrolled": 10,
                "screened": 10,
                "not_screened": 0,
                "tool": "MSSMHS",
                "valid": 10,
                "invalid_lie": 0,
                "level_counts": "红色=0、黄色=1" if g == 8 else "红色=0、黄色=0",
                "date_from": "2023-02-20",
                "date_to": "2023-03-03",
            }
            for g in (7, 8, 9)
        ],
    )
    papers.add(
        JUNIOR,
        "support_work",
        [
            {
                "student_count": 30,
                "class_count": 3,
                "psych_full": 1,
                "psych_part": 0,
                "psych_hours": "42",
                "headteacher_count": 3,
                "headteacher_hours_min": 8.0,
                "other_teacher_count": 9,
                "other_hours_min": 4.0,
                "lesson_per_two_weeks": 1.0,
                "room": True,
                "room_open_hours": 5.0,
                "hotline_posted": True,
                "centre_phone_posted": True,
            }
        ],
    )
    duties = [("校长", "全校"), ("分管校长", "七至九年级"), ("任课教师", "李小禾")]
    duties += [
        (level, scope) for g in "七八九" for level, scope in (("年级主任", f"{g}年级"), ("班主任", f"{g}（1）班"))
    ]
    papers.add(
        JUNIOR,
        "responsibility",
        [{"level": a, "scope": b, "person": "何敏", "phone": "19900001001"} for a, b in duties],
    )
    papers.add(
        JUNIOR,
        "retention",
        [
            {
                "base_count": 30,
                "in_transfer": 1,
                "in_total": 1,
                "out_transfer": 1,
                "out_total": 1,
                "net": 0,
                "retention_rate": 1.0,
            }
        ],
    )
    return papers


def test_a_school_that_does_everything_has_nothing_to_answer():
    tables = month(all_ten_forms(), collect=CATALOGUE.forms, roster=ROSTER, psych_levels={"红色": 4, "黄色": 2})
    assert [f["sentence"] for f in tables["findings"]] == []
    figures = {i["indicator"]: i["outcome"] for i in tables["indicators"] if i["school_code"] == JUNIOR.code}
    good = {c for c, outcome in figures.items() if outcome == "passed"}
    rest = {"plan_coverage_absent", "joint_visit", "return_rate", "home_visits_in_windows"}
    assert good == set(figures) - rest
    said_of = {j["rule"]: j["outcome"] for j in tables["judgements"]}
    assert "failed" not in said_of.values() and said_of["M15"] == "not_judged"


# ---- where, and without names


def test_a_finding_names_its_cell_and_hides_the_number():
    found = month(listed({"id_number": "990101200903070014"}))["findings"][0]
    assert found["place"] == "Sheet1!C5" and found["sentence"].startswith("情况表 C5：")
    assert found["found"] == "9901************14"
    assert found["person_id"] == person("李小禾") and found["row_id"]


@pytest.mark.parametrize(
    "place, words",
    [
        ("Sheet1!F7", "Sheet1!F7"),
        ("七年级!F7", "七年级!F7"),
        ("李小禾!F7", "F7"),
        ("F7", "F7"),
        ("t2!C3", "第2个表 C3"),
        ("p2@10,20,30,40", "第2页"),
        ("Sheet1!A1、Sheet1!B1", "Sheet1!A1"),
        (None, ""),
    ],
)
def test_a_place_reads_without_a_sheets_private_name(place, words):
    assert spot(place) == words


def test_no_sentence_of_a_month_names_a_pupil():
    broken = {
        "id_number": "990101200903070014",
        "guardian_phone": "12",
        "left_date": None,
        "plan_made": None,
        "reason": None,
    }
    tables = month(listed(broken, broken | {"student_name": "王小麦"}, visits=[{"mode": "电话"}]))
    assert len(tables["findings"]) > 6
    for f in tables["findings"]:
        assert not re.search("李小禾|王小麦|李大田|990101|1990000", f["sentence"] + f["remedy"])
        assert "{" not in f["sentence"] and "未注明" not in f["sentence"] + f["remedy"]


def test_another_schools_data_stays_there():
    papers = Papers()
    for school in (JUNIOR, SENIOR):
        papers.add(school, "psych_case", [{"student_name": "李小禾", "id_number": "990101200903070016", "grade": "8"}])
    tables = month(papers, collect=["psych_case"], schools=(JUNIOR, SENIOR))
    found = {f["school_code"]: f for f in tables["findings"] if f["rule"] == "C5"}
    assert found[JUNIOR.code]["other_school_code"] == SENIOR.code
    assert found[SENIOR.code]["other_school_code"] == JUNIOR.code
    assert SENIOR.name not in found[JUNIOR.code]["sentence"]


# ---- judgements


def test_every_rule_says_something_of_every_open_school():
    tables = month(listed({}), schools=(JUNIOR, PRIMARY, KINDER, TRAINING))
    expected = {(r.id, s.code) for r in CATALOGUE.rules for s in (JUNIOR, PRIMARY, KINDER, TRAINING)}
    assert {(j["rule"], j["school_code"]) for j in tables["judgements"]} == expected
    assert {j["outcome"] for j in tables["judgements"]} == {"passed", "failed", "not_judged", "not_applicable"}
    assert all(j["why"] for j in tables["judgements"] if j["outcome"] in ("not_judged", "not_applicable"))
    assert all(j["n"] for j in tables["judgements"] if j["outcome"] in ("passed", "failed"))


def test_silence_is_not_a_pass():
    tables = month(Papers())
    assert said(tables, "D3")["outcome"] == "not_judged" and "未报送" in said(tables, "D3")["why"]
    assert said(tables, "M6")["outcome"] == "not_judged" and "不收集" in said(tables, "M6")["why"]
    assert said(tables, "C19")["why"] == "没有学籍名册"
    assert not [j for j in tables["judgements"] if j["outcome"] == "passed"]


def test_without_terms_what_hangs_on_them_is_not_judged():
    tables = month(Papers(), collect=FORMS, terms=(), schools=(JUNIOR, KINDER))
    for rule in ("M1", "T7", "M17", "X15-vacation", "M10", "C12-in"):
        assert said(tables, rule)["outcome"] == "not_judged" and said(tables, rule)["why"], rule
    assert "学期" in said(tables, "T7")["why"] and "没到" not in said(tables, "T7")["why"]
    assert said(tables, "M1", KINDER) | {"n": 0} == said(month(Papers(), collect=FORMS, schools=(KINDER,)), "M1", KINDER)
    figures = {i["indicator"]: i for i in tables["indicators"] if i["school_code"] == JUNIOR.code}
    assert figures["pe_judged"]["outcome"] == "not_judged" and "没有写学期" in figures["pe_judged"]["formula"]


def test_a_rule_for_other_schools_does_not_apply():
    tables = month(Papers(), collect=["support_work"], schools=(KINDER,))
    assert said(tables, "M13", KINDER)["outcome"] == "not_applicable"


def test_a_finding_is_a_failed_judgement():
    tables = month(listed({"plan_made": False}, {"student_name": "王小麦", "id_number": None}))
    failed = {(j["school_code"], j["rule"]) for j in tables["judgements"] if j["outcome"] == "failed"}
    assert {(f["school_code"], f["rule"]) for f in tables["findings"]} <= failed
    assert said(tables, "D8")["n"] == 2


def test_what_another_rule_tells_still_fails():
    tables = month(listed({"guardian_relation": "祖父", "family_type": None}))
    assert said(tables, "M12")["outcome"] == "failed" and said(tables, "M12")["why"] == "已由别的规则指出"


def test_a_rule_holds_from_its_first_to_its_last_month():
    later = tuple(replace(r, since="2023-09") if r.id == "D3" else r for r in CATALOGUE.rules)
    papers = listed({"reason": None})
    there = world(collect=LISTS, schools=(JUNIOR,))
    tables = check.check_month(replace(there, catalogue=replace(CATALOGUE, rules=later)), papers.tables, {})
    assert said(tables, "D3")["outcome"] == "not_applicable"


def test_a_term_form_is_asked_about_once_and_judged_until_the_next():
    february = Papers("2023-02")
    february.add(JUNIOR, "support_work", [{"student_count": 900, "psych_full": 1, "psych_part": 0}])
    first = month(february, collect=["support_work"])
    assert rules(first) == ["M13", "M16"]
    march = month(Papers(), collect=["support_work"], earlier={"2023-02": february.tables | first})
    assert march["findings"] == []
    assert said(march, "M13")["outcome"] == "failed" and "2023-02" in said(march, "M13")["why"]


def test_a_term_form_that_comes_late_names_the_day_on_which_it_was_due():
    papers = Papers()
    papers.add(
        JUNIOR, "support_work", [{"student_count": 30, "psych_full": 1}], received_at="2023-03-10T08:00:00+08:00"
    )
    tables = month(papers, collect=["support_work"], earlier={"2023-02": Papers("2023-02").tables})
    late = next(f for f in tables["findings"] if f["rule"] == "D1")
    assert late["sentence"] == "《心理健康教育工作统计表》应在2月25日前报送，迟了 13 天。" and late["clause"] == "一.2"


def test_what_another_rule_says_of_a_file_is_not_said_twice():
    papers = Papers()
    sent = papers.add(JUNIOR, "absent_list", state="unreadable", reason="文件设了打开密码。")
    papers.tables["remarks"].append(
        seen("unreadable_file", submission_id=sent["submission_id"], facts='{"why": "有密码。"}')
    )
    tables = month(papers)
    assert rules(tables) == ["C21-unreadable"] and said(tables, "X3-unreadable")["outcome"] == "failed"


def test_while_an_identity_question_is_open_nothing_is_asked_about_visits():
    papers = listed({"left_date": "2023-02-01"}, visits=[{"mode": "电话"}])
    papers.tables["cases"][0] |= {"days_open": 58}
    assert rules(month(papers)) == ["D10", "D9"]
    papers.tables["links"][0] |= {"state": "candidate", "maybe_person_id": "p_elder"}
    assert rules(month(papers)) == []


def test_a_blank_cell_is_named_by_its_column_and_row():
    papers = listed({}, {"student_name": "王小麦", "id_number": None, "left_date": None})
    for value in papers.tables["values"]:
        if value["raw"] is None:
            value["place"] = None
    found = next(f for f in month(papers)["findings"] if f["rule"] == "C16")
    assert found["place"] == "Sheet1!K6" and found["sentence"].startswith("情况表 K6：")


# ---- stability


def test_a_second_run_gives_the_same_findings():
    papers = listed({"plan_made": False, "reason": None}, {"student_name": "王小麦", "id_number": "990101200903070014"})
    assert month(papers) == month(papers)


def test_the_order_of_rows_and_files_does_not_matter():
    rows = [
        {"student_name": n, "id_number": None, "plan_made": n != "王小麦", "reason": r}
        for n, r in [("李小禾", "R01"), ("王小麦", None), ("赵小树", "R99")]
    ]
    papers = listed(*rows)
    one = month(papers)
    for table in papers.tables.values():
        random.Random(3).shuffle(table)
    two = month(papers)
    for name in one:
        assert sorted(map(str, one[name])) == sorted(map(str, two[name]))


def test_finding_ids_are_unique_and_belong_to_the_month():
    tables = month(
        listed({"plan_made": False, "reason": None}, {"student_name": "王小麦", "id_number": None, "reason": None})
    )
    ids = [f["finding_id"] for f in tables["findings"]]
    assert len(ids) == len(set(ids)) == 3
    april = Papers("2023-04")
    april.tables = {k: [dict(r) for r in v] for k, v in listed({"plan_made": False}).tables.items()}
    assert not set(ids) & {f["finding_id"] for f in month(april)["findings"]}


# ---- observations


def seen(code, **more):
    return (
        dict.fromkeys(
            ("other_school_code", "submission_id", "row_id", "case_id", "person_id", "field", "place", "found")
        )
        | {"code": code, "school_code": JUNIOR.code, "facts": "{}"}
        | more
    )


def test_an_observation_becomes_a_finding():
    papers = listed({})
    papers.tables["discrepancies"].append(seen("false_zero", facts='{"count": 2}'))
    found = month(papers)["findings"]
    assert [(f["rule"], f["clause"]) for f in found] == [("X2-false_zero", "三.1")] and "2" in found[0]["sentence"]


def test_an_observation_that_no_rule_words_is_refused():
    papers = listed({})
    papers.tables["remarks"].append(seen("something_new"))
    with pytest.raises(CatalogueError, match="something_new"):
        month(papers)


def test_an_observation_about_no_school_does_not_vanish():
    papers = listed({})
    papers.tables["discrepancies"].append(seen("false_zero", school_code=None, facts='{"count": 2}'))
    assert [f["school_code"] for f in month(papers)["findings"]] == [None]


def test_an_observation_of_a_row_takes_its_cell_and_pupil():
    papers = listed({})
    papers.tables["discrepancies"].append(
        seen(
            "onset_changed",
            row_id=papers.tables["absent_list"][0]["row_id"],
            field="left_date",
            facts='{"before": "2023年2月"}',
        )
    )
    found = month(papers)["findings"][0]
    assert (found["form"], found["place"], found["person_id"]) == ("absent_list", "Sheet1!K5", person("李小禾"))


# ---- cases


def test_a_joint_visit_of_an_earlier_month_counts():
    four = VISIT | {"parties": "学校、责任督学、镇街、派出所、村居委会", "attempt_date": "2023-02-20"}
    february = Papers("2023-02")
    february.add(JUNIOR, "follow_up", [four])
    papers = listed({"left_date": "2023-02-01", "attempt_count": 2})
    papers.tables["cases"][0] |= {"opened_cycle": "2023-02", "days_open": 58}
    assert rules(month(papers, earlier={"2023-02": february.tables})) == []
    assert rules(month(papers)) == ["D9"]


def test_a_case_without_a_row_is_told_by_its_case():
    papers = Papers()
    papers.add(JUNIOR, "absent_list")
    papers.add(JUNIOR, "follow_up", [VISIT])
    papers.case("李小禾", JUNIOR, days_open=50)
    found = [f for f in month(papers)["findings"] if f["rule"] == "D9"]
    assert [(f["case_id"], f["row_id"], f["place"]) for f in found] == [("k_李小禾", None, None)]


def test_fewer_attempts_than_reported_are_asked_about():
    tables = month(listed({"attempt_count": 1}, visits=[{}, {"attempt_no": 2, "attempt_date": "2023-03-17"}]))
    assert rules(tables) == ["C15"]


def test_the_same_visit_on_list_and_page_counts_once():
    assert rules(month(listed({"attempt_count": 1}, visits=[{}, {}]))) == []


# ---- the catalogue


def test_a_rule_that_no_kind_can_run_is_refused_with_its_file():
    strange = Rule("D99", "三.1", "absent_list", "ask_school", "t", "no_such_kind", "s", "r", source="dropout.toml")
    wrong = replace(strange, id="D98", kind="required", params={"fields": ["no_such_field"]})
    broken: Catalogue = replace(CATALOGUE, rules=(*CATALOGUE.rules, strange, wrong))
    with pytest.raises(CatalogueError) as fault:
        prepare(broken)
    assert "dropout.toml D99" in str(fault.value) and "no_such_field" in str(fault.value)


# ---- scopes


@pytest.mark.parametrize(
    "text, grades, classes",
    [
        ("七年级", {"7"}, set()),
        ("七、八年级", {"7", "8"}, set()),
        ("一至三年级", {"1", "2", "3"}, set()),
        ("1-3年级", {"1", "2", "3"}, set()),
        ("初一", {"7"}, set()),
        ("高二年级", {"11"}, set()),
        ("七（3）班", set(), {("7", "3")}),
        ("七年级3班", set(), {("7", "3")}),
        ("初二(1)班", set(), {("8", "1")}),
        ("703班", set(), {("7", "3")}),
        ("大一班", set(), {("大班", "1")}),
        ("中班", {"中班"}, set()),
        ("十二班", set(), set()),
        ("李小禾", set(), set()),
    ],
)
def test_a_scope_says_which_grades_and_classes(text, grades, classes):
    scope = scope_of(text)
    assert (scope.grades, scope.classes) == (grades, classes)


# ---- speed


def test_a_district_is_checked_in_a_moment():
    papers = Papers()
    schools = [replace(JUNIOR, code=f"31329{n:05}") for n in range(20)]
    for school in schools:
        papers.add(school, "absent_list", [GOOD | {"student_name": f"学生{i}"} for i in range(60)])
        papers.add(school, "follow_up", [VISIT | {"student_name": f"学生{i}"} for i in range(60)])
    started = time.process_time()
    month(papers, schools=schools)
    assert time.process_time() - started < 2
