"""Who is who across months: linked for certain, asked in doubt, ids that never change."""

from __future__ import annotations

import random

import pytest
from reconcile_world import Desk, decide, number_of, run, world

from carelib import tables
from carelib.reconcile import reconcile_month
from carelib.world import RosterPupil

P = {"student_name": "王小麦", "grade": "8", "class_no": 1, "status": "open", "left_date": "2023-02-20"}
NO = number_of(11)


def persons_of(out):
    return {r["row_id"]: r["person_id"] for r in out["links"]}


def two_months(first, second, *, forms=("absent_list", "absent_list"), schools=("A", "A"), decisions=()):
    """Links of one row in March and one in April: (link, link)."""
    desks = [Desk("2023-03", "m"), Desk("2023-04", "n")]
    for desk, cells, form, school in zip(desks, (first, second), forms, schools):
        raw = cells.pop("raw", None)
        desk.row(school, form, raw=raw, **cells)
    out = run(desks, decisions)
    return out[0]["links"][0], out[1]["links"][0]


@pytest.mark.parametrize(
    ("first", "second", "method"),
    [
        ({"id_number": NO}, {"id_number": NO, "class_no": 3}, "number"),
        ({"id_number": NO}, {"id_number": NO, "student_name": "王晓麦"}, "number_slip_name"),
        ({"id_number": NO}, {"raw": {"id_number": NO[:15] + "000"}, "class_no": 2}, "prefix"),
        ({"id_number": NO}, {"raw": {"id_number": NO[:6] + "*" * 8 + NO[14:]}}, "masked_number"),
        ({"id_number": NO}, {"raw": {"id_number": NO[:9] + NO[10:]}, "class_no": 2}, "slip_number"),
        ({"birth": "2009-03-07"}, {"birth": "2009-03-07", "class_no": 2}, "birth_school"),
        ({}, {"measures": "另有说明"}, "typed_again"),
        ({"guardian_phone": "19900000001"}, {"gender": "女"}, "class"),
        ({"guardian_name": "王大江"}, {"guardian_name": "王大江", "class_no": 2}, "family_school"),
        ({}, {"class_no": None}, "only_one"),
        ({"birth": "2009-03-07"}, {"birth": "2009-03-07", "student_name": "王晓麦"}, "slip_class"),
        ({}, {"student_name": "王晓麦"}, "slip_listed"),
    ],
)
def test_certain_links_are_made_and_say_how(first, second, method):
    one, other = two_months({**P, **first}, {**P, **second})
    assert (other["method"], other["state"]) == (method, "auto")
    assert one["person_id"] == other["person_id"] and other["why"].endswith("。")
    assert "王" not in other["why"] and NO[:6] not in other["why"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"id_number": NO}, {"id_number": number_of(99)}),
        ({"birth": "2009-03-07"}, {"birth": "2010-08-19"}),
        ({"id_number": NO}, {"id_number": NO, "student_name": "王小江"}),
        ({}, {"student_name": "王小江"}),
        ({}, {"student_name": "王**"}),
    ],
)
def test_doubt_is_asked_and_not_merged(first, second):
    one, other = two_months({**P, **first}, {**P, **second})
    assert other["state"] == "candidate" and other["maybe_person_id"] == one["person_id"] != other["person_id"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"student_name": "李大江"}),
        ({"gender": "男"}, {"gender": "女", "student_name": "王晓麦"}),
        ({"grade": "7"}, {"grade": "9", "student_name": "王晓麦"}),
    ],
)
def test_others_are_new_persons(first, second):
    one, other = two_months({**P, **first}, {**P, **second})
    assert other["method"] == "founding" and other["person_id"] != one["person_id"]


def test_the_same_name_at_another_school_is_not_merged_without_more():
    one, other = two_months({**P}, {**P}, schools=("A", "B"))
    assert other["state"] == "candidate" and other["person_id"] != one["person_id"]
    one, other = two_months(
        {**P, "guardian_phone": "19900000001"}, {**P, "guardian_phone": "19900000001"}, schools=("A", "B")
    )
    assert (other["method"], other["person_id"]) == ("phone", one["person_id"])


def test_a_declared_move_brings_the_pupil_along():
    march, april = Desk("2023-03"), Desk("2023-04", "n")
    march.row("A", "absent_list", **P)
    march.row(
        "A",
        "follow_up",
        student_name="王小麦",
        grade="8",
        class_no=1,
        outcome="转学",
        dest_school="二中",
        attempt_date="2023-03-20",
    )
    april.row("B", "absent_list", **{**P, "class_no": 4})
    out = run([march, april])
    assert out[1]["links"][0]["method"] == "declared_move"
    assert len(out[1]["persons"]) == 1


def test_two_lines_of_one_list_are_two_pupils_unless_they_agree():
    desk = Desk("2023-03")
    first, second = (desk.row("A", "absent_list", **{**P, "id_number": n}) for n in (NO, number_of(77)))
    third, fourth = (
        desk.row("A", "absent_list", **{**P, "student_name": "李大江", "birth": "2009-05-05", "remark": r})
        for r in "ab"
    )
    who = persons_of(run([desk])[0])
    assert who[first] != who[second] and who[third] == who[fourth]


def test_twins_stay_two_even_with_one_number():
    desks = [Desk("2023-03", "m"), Desk("2023-04", "n")]
    twin = {**P, "birth": "2009-03-07", "guardian_name": "王大江", "guardian_phone": "19900000001"}
    for desk, number in zip(desks, (number_of(13), NO)):
        desk.row("A", "absent_list", **{**twin, "id_number": NO})
        desk.row("A", "absent_list", **{**twin, "student_name": "王小禾", "id_number": number})
    out = run(desks)
    assert len(out[1]["persons"]) == 2 and not [r for r in out[1]["links"] if r["state"] == "candidate"]
    assert {r["code"] for r in out[1]["discrepancies"]} >= {"id_shared"}


TWIN = {**P, "birth": "2009-03-07", "guardian_phone": "19900000001"}


@pytest.mark.parametrize("name", ["王小麦", "王晓麦"])
def test_a_damaged_number_that_only_begins_alike_needs_the_very_name(name):
    torn = NO[:15] + "91" + NO[16:]                             # a digit too many: what follows the 15 is not the pupil's
    known, row = {"raw": {"id_number": NO[:15] + "000"}, "class_no": 2}, {"raw": {"id_number": torn}, "student_name": name}
    one, other = two_months({**P, **known}, {**P, "class_no": 3, **row})
    assert (other["person_id"] == one["person_id"]) == (name == P["student_name"])
    assert other["state"] == ("auto" if name == P["student_name"] else "candidate")


@pytest.mark.parametrize("row", [{"student_name": "王某某"}, {"student_name": "王晓麦", "raw": {"id_number": NO[:15] + "000"}}])
@pytest.mark.parametrize("between", [False, True])
def test_half_a_name_is_the_pupil_who_is_missing_from_the_list_and_nobody_else(row, between):
    """It may be a twin who was never listed, if the known one did not stand on the last list."""
    desks = [Desk("2023-03", "l"), *([Desk("2023-04", "m")] if between else []), Desk("2023-05" if between else "2023-04", "n")]
    desks[0].row("A", "absent_list", **{**TWIN, "id_number": NO})
    if between:
        desks[1].row("A", "absent_list", **{**P, "student_name": "赵一山", "class_no": 2})
    cells = {k: v for k, v in row.items() if k != "raw"}
    desks[-1].row("A", "absent_list", raw=row.get("raw"), **{**TWIN, **cells})
    out = run(desks)
    assert out[-1]["links"][0]["state"] == ("candidate" if between else "auto")


def test_the_number_of_a_classmate_on_the_row_is_not_learned():
    desks = [Desk("2023-03", "m"), Desk("2023-04", "n")]
    desks[0].row("A", "absent_list", **{**P, "id_number": NO})
    desks[0].row(
        "A", "absent_list", **{**P, "student_name": "李大江", "id_number": number_of(55), "birth": "2009-03-07"}
    )
    row = desks[1].row("A", "absent_list", **{**P, "student_name": "李大江", "id_number": NO, "birth": "2009-03-07"})
    out = run(desks)
    who = persons_of(out[1])[row]
    assert next(p for p in out[1]["persons"] if p["person_id"] == who)["id_number"] == number_of(55)


@pytest.mark.parametrize("verdict", ["same", "different"])
def test_an_answer_is_kept_and_replayed(verdict):
    def months(decisions=()):
        desks = [Desk("2023-03", "m"), Desk("2023-04", "n"), Desk("2023-05", "o")]
        desks[0].row("A", "absent_list", **{**P, "id_number": NO})
        for desk in desks[1:]:
            desk.row("A", "absent_list", **{**P, "id_number": number_of(99)})
        return run(desks, decisions)

    before = months()
    older, younger = before[0]["links"][0]["person_id"], before[1]["links"][0]["person_id"]
    after = months((decide(younger, older, verdict),))
    link = after[1]["links"][0]
    assert link["state"] == "decided" and link["maybe_person_id"] is None
    assert link["person_id"] == (older if verdict == "same" else younger)
    assert [p["person_id"] for p in after[2]["persons"]] == [older, younger]
    assert after[2]["persons"][1]["same_as"] == (older if verdict == "same" else None)
    assert after[2]["links"][0]["person_id"] == link["person_id"]
    assert len(after[2]["cases"]) == (1 if verdict == "same" else 2)
    seen = [{k: p[k] for k in ("name", "id_number", "birth", "gender")} for p in before[1]["persons"]]
    assert [{k: p[k] for k in ("name", "id_number", "birth", "gender")} for p in after[1]["persons"]] == seen


def test_with_a_roster_name_birth_and_gender_are_enough_if_only_one_has_them():
    roster = (RosterPupil("3199010001", "G" + NO, NO, "王小麦", "男", "2009-03-07", "8", "1"),)
    desks = [Desk("2023-03", "m"), Desk("2023-04", "n")]
    desks[0].row("A", "absent_list", **{**P, "birth": "2009-03-07", "gender": "男"})
    desks[1].row("B", "absent_list", **{**P, "id_number": NO})
    out = run(desks, roster=roster)
    assert out[1]["links"][0]["method"] == "number" and len(out[1]["persons"]) == 1


def test_the_attempts_of_a_page_follow_the_page():
    desk = Desk("2023-03")
    page = desk.row("A", "case_file", **{**P, "id_number": NO})
    submission = desk.tables["case_file"][0]["submission_id"]
    visit = desk.row("A", "follow_up", submission, attempt_date="2023-03-10", outcome="未返校")
    out = run([desk])[0]
    who = persons_of(out)
    assert who[page] == who[visit] and out["cases"][0]["attempts"] == 1


def test_a_corrected_version_gives_its_pupils_no_new_ids():
    def march(corrected):
        desk = Desk("2023-03")
        first = desk.submission(
            "A", "absent_list", state="superseded" if corrected else "accepted", received_at="2023-03-20"
        )
        row = desk.row("A", "absent_list", first, **P)
        if corrected:
            desk.tables["absent_list"].clear()
            second = desk.submission("A", "absent_list", received_at="2023-03-22")
            row = desk.row("A", "absent_list", second, **{**P, "id_number": NO, "birth": "2009-03-07"})
        return persons_of(run([desk])[0])[row]

    assert march(False) == march(True)


def a_district(prefix="r", seed=None):
    """Three months of a few schools with namesakes, twins, slips and moves; `seed` shuffles every table."""
    rng = random.Random(7)
    desks = [Desk(c, f"{prefix}{c}") for c in ("2023-03", "2023-04", "2023-05")]
    pupils = [
        {
            **P,
            "student_name": rng.choice("王李张") + rng.choice(("小麦", "晓麦", "小禾", "大江", "**")),
            "class_no": rng.randint(1, 2),
            "grade": rng.choice("789"),
            "id_number": number_of(100 + i) if i % 3 else None,
            "gender": rng.choice("男女"),
            "birth": "2009-03-07" if i % 4 else None,
            "school": rng.choice("AB"),
        }
        for i in range(40)
    ]
    for desk in desks:
        for pupil in pupils:
            cells = {k: v for k, v in pupil.items() if k != "school" and v is not None}
            if rng.random() < 0.2:
                cells.pop("id_number", None)
            if rng.random() < 0.9:
                desk.row(pupil["school"], "absent_list", **cells)
            if rng.random() < 0.7:
                desk.row(
                    pupil["school"],
                    "follow_up",
                    student_name=cells["student_name"],
                    grade=cells["grade"],
                    class_no=cells["class_no"],
                    outcome="未返校",
                    attempt_date=f"{desk.cycle}-1{rng.randint(0, 9)}",
                )
    if seed is not None:
        for desk in desks:
            for rows in desk.tables.values():
                random.Random(seed).shuffle(rows)
    return desks


def partition(desks, out):
    """Every row by what it says -> its person's id."""
    found = []
    for desk, made in zip(desks, out):
        who = persons_of(made)
        found += [
            (
                desk.cycle,
                form,
                *sorted((k, str(v)) for k, v in row.items() if k not in ("row_id", "submission_id")),
                who[row["row_id"]],
            )
            for form in ("absent_list", "follow_up")
            for row in desk.tables[form]
        ]
    return sorted(map(str, found))


def test_order_of_rows_and_other_row_ids_change_nothing():
    first, second = a_district(), a_district("zz", seed=3)
    one, other = run(first), run(second)
    assert partition(first, one) == partition(second, other)
    for a, b in zip(one, other):
        assert a["cases"] == b["cases"] and a["flows"] == b["flows"] and a["persons"] == b["persons"]


def test_a_new_month_changes_no_id_that_was_given():
    whole, part = run(a_district()), run(a_district()[:2])
    for a, b in zip(whole, part):
        assert a == b
    ids = [{p["person_id"] for p in m["persons"]} for m in whole]
    assert ids[0] <= ids[1] <= ids[2]


def test_what_one_month_leaves_on_disk_is_enough_for_the_next(tmp_path):
    desks, before = a_district(), None
    for desk, straight in zip(desks, run(a_district())):
        out = reconcile_month(world(desk.cycle), desk.tables, before)
        assert out == straight
        for name, rows in out.items():
            tables.write(tmp_path, name, rows)
        before = {name: tables.read(tmp_path, name) for name in out}


def test_every_accepted_row_about_a_pupil_has_one_link():
    desk = Desk("2023-03")
    rows = [
        desk.row("A", form, student_name=f"学生{form}", grade="8")
        for form in ("absent_list", "follow_up", "case_file", "psych_case", "health_roster")
    ]
    rows.append(desk.row("A", "absent_list", raw={"student_name": "?"}))
    rows.append(desk.row("A", "absent_list"))
    out = run([desk])[0]
    assert sorted(r["row_id"] for r in out["links"]) == sorted(rows)
    assert {r["person_id"] for r in out["links"]} <= {p["person_id"] for p in out["persons"]}


def of_a_name(april, visit, second=None):
    """Two 王小麦 of one class, both on March's list; April's list holds those named; a bare follow-up of April. Returns
    (March's persons, April's link of the follow-up)."""
    pupils = ({**P, "id_number": NO}, {**P, "id_number": number_of(77, "2009-05-05"), **(second or {})})
    desks = [Desk("2023-03", "m"), Desk("2023-04", "n")]
    rows = [desks[0].row("A", "absent_list", **pupil) for pupil in pupils]
    for i in april:
        desks[1].row("A", "absent_list", **pupils[i])
    if not april:
        desks[1].row("A", "absent_list", **{**P, "student_name": "赵一山", "class_no": 2})
    bare = {"student_name": "王小麦", "grade": "8", "class_no": 1, "attempt_date": "2023-04-11"}
    row = desks[1].row("A", "follow_up", **bare, **visit)
    out = run(desks)
    who = persons_of(out[0])
    return [who[r] for r in rows], next(link for link in out[1]["links"] if link["row_id"] == row)


def test_a_bare_name_of_two_who_stood_on_one_list_is_asked():
    """Also if the second is still asked about: a row of the other's own on the same list is enough to ask."""
    known, link = of_a_name((0, 1), {"outcome": "未返校"}, second={"id_number": None})
    assert known[0] != known[1]
    assert link["state"] == "candidate" and link["person_id"] not in known and link["maybe_person_id"] in known


@pytest.mark.parametrize("listed", [0, 1])
def test_of_two_of_one_name_an_open_visit_is_about_who_is_listed_and_a_return_about_who_is_not(listed):
    known, link = of_a_name((listed,), {"outcome": "未返校"})
    assert (link["method"], link["person_id"]) == ("namesake", known[listed])
    known, link = of_a_name((listed,), {"outcome": "已复学", "return_date": "2023-04-10", "return_class": "原班"})
    assert (link["method"], link["person_id"]) == ("namesake", known[1 - listed])


def test_last_years_class_is_not_the_class_of_who_is_listed_in_another():
    desks = [Desk("2023-06", "m"), Desk("2023-09", "n")]
    for desk, grade, classes in zip(desks, "78", ((1, 2), (3, 1))):
        for number, class_no in zip((NO, number_of(77, "2009-05-05")), classes):
            desk.row("A", "absent_list", **{**P, "grade": grade, "class_no": class_no, "id_number": number})
    row = desks[1].row("A", "follow_up", student_name="王小麦", grade="8", class_no=1, outcome="未返校")
    out = run(desks)
    who = persons_of(out[1])
    assert who[row] == who[out[1]["links"][1]["row_id"]] != who[out[1]["links"][0]["row_id"]]
    assert {r["row_id"]: r["method"] for r in out[1]["links"]}[row] == "class"


def test_a_move_that_was_made_speaks_for_nobody_any_more():
    desks = [Desk("2023-03", "l"), Desk("2023-04", "m"), Desk("2023-05", "n")]
    came, new = {**P, "id_number": NO, "class_no": 4}, {**P, "id_number": number_of(77, "2009-05-05"), "class_no": 3}
    desks[0].row("A", "absent_list", **{**P, "id_number": NO})
    desks[0].row("A", "follow_up", **{k: P[k] for k in ("student_name", "grade", "class_no")}, outcome="转学", dest_school="二中")
    for desk in desks[1:]:
        desk.row("B", "absent_list", **came)
    other = desks[2].row("B", "absent_list", **new)
    visit = desks[2].row("B", "follow_up", student_name="王小麦", grade="8", class_no=3, outcome="未返校")
    who = persons_of(run(desks)[2])
    assert who[visit] == who[other]


@pytest.mark.parametrize(("phone", "state"), [("19900000002", "candidate"), ("19900000001", "auto")])
def test_year_and_month_of_birth_are_little_against_another_class_and_telephone(phone, state):
    _, other = two_months({**TWIN, "id_number": NO}, {**TWIN, "birth": "2009-03", "class_no": 2, "guardian_phone": phone})
    assert other["state"] == state


def test_a_known_day_of_birth_is_not_forgotten_over_its_month():
    desks = [Desk(c, c) for c in ("2023-03", "2023-04", "2023-05")]
    for desk, birth in zip(desks, ("2009-03-07", "2009-03", "2009-03-21")):
        cells = {"class_no": 3, "guardian_phone": "19900000002"} if birth == "2009-03-21" else {}
        desk.row("A", "absent_list", **{**TWIN, **cells, "birth": birth})
    links = [month["links"][0] for month in run(desks)]
    assert links[0]["person_id"] == links[1]["person_id"] != links[2]["person_id"]
    assert links[2]["state"] == "candidate"


def test_half_a_name_does_not_choose_between_twins_one_of_whom_is_written_without_a_birth():
    desks = [Desk("2023-03", "m"), Desk("2023-04", "n")]
    desks[0].row("A", "absent_list", **{**TWIN, "id_number": NO})
    desks[0].row("A", "absent_list", **{**P, "student_name": "王大禾", "guardian_phone": "19900000001"})
    row = desks[1].row("A", "follow_up", **{k: v for k, v in TWIN.items() if k not in ("status", "left_date", "student_name")},
                       student_name="王某", outcome="未返校")
    link = next(r for r in run(desks)[1]["links"] if r["row_id"] == row)
    assert link["state"] == "candidate"
