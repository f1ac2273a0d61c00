"""Which of several versions counts, and whether it came in time."""
from __future__ import annotations

import pytest
from grids import codes, grid, read, table, world

from carelib.read.versions import settle

HEAD = "序号|姓名|年级|班级|未到校原因|劝返情况"
LIN, GAO, JIANG = "林晓舟|七年级|2|厌学|劝返中", "高远|八年级|3|外出务工|劝返中", "江一禾|七年级|5|因病|休学"


def sent(file: str, *rows: str, at: str | None = None, filled: str = "", title: str = "", form: str = "应在校不在校就读学生情况表", unit="云溪初级中学"):
    """The submissions of one file; no rows: a zero report."""
    body = "\n".join(f"{i}|{r}" for i, r in enumerate(rows, 1)) or "无"
    foot = f"\n填报日期：{filled}" if filled else ""
    return read(grid(table(f"2023年3月{form}{title}\n填报单位：{unit}\n{HEAD}\n{body}{foot}")), file=file, received=at)


def settled(*files) -> dict[str, tuple[str, bool | None]]:
    """file -> (state, on_time); the order in which files are given does not matter."""
    subs = [s for f in files for s in f]
    one = {s.submission_id: s for s in settle(subs, world())}
    assert {s.submission_id: s for s in settle(reversed(subs), world())} == one
    assert [s.submission_id for s in settle(subs, world())] == [s.submission_id for s in subs]
    return {s.file: s for s in one.values()}


def states(found) -> dict[str, str]:
    return {f: s.state for f, s in found.items()}


def test_the_latest_received_replaces_whatever_its_name():
    found = settled(sent("终稿.xlsx", LIN, at="2023-03-20T09:00:00+08:00"), sent("情况表.xlsx", LIN, GAO, at="2023-03-22T09:00:00+08:00"))
    assert states(found) == {"终稿.xlsx": "superseded", "情况表.xlsx": "accepted"}
    assert found["终稿.xlsx"].superseded_by == found["情况表.xlsx"].submission_id and found["终稿.xlsx"].reason
    assert not codes(found["情况表.xlsx"])


def test_of_three_versions_the_last_counts_and_all_are_as_punctual_as_the_first():
    found = settled(sent("a.xlsx", LIN, at="2023-03-25T23:00:00+08:00"), sent("a(修改).xlsx", LIN, GAO, at="2023-03-27T09:00:00+08:00"),
                    sent("a终稿.xlsx", LIN, GAO, JIANG, at="2023-03-28T09:00:00+08:00"))
    assert states(found) == {"a.xlsx": "superseded", "a(修改).xlsx": "superseded", "a终稿.xlsx": "accepted"}
    assert {s.on_time for s in found.values()} == {True}


def test_identical_content_counts_once_and_the_first_stays():
    found = settled(sent("b.xlsx", LIN, at="2023-03-22T09:00:00+08:00"), sent("a.xlsx", LIN, at="2023-03-23T09:00:00+08:00"))
    assert states(found) == {"b.xlsx": "accepted", "a.xlsx": "superseded"} and found["a.xlsx"].reason_code == "duplicate"
    found = settled(sent("b.xlsx", LIN), sent("a.xlsx", LIN))
    assert states(found) == {"a.xlsx": "accepted", "b.xlsx": "superseded"} and not codes(found["a.xlsx"])


def test_additions_are_added():
    found = settled(sent("情况表.xlsx", LIN, at="2023-03-20T09:00:00+08:00"), sent("情况表（补报）.xlsx", GAO, at="2023-03-22T09:00:00+08:00"))
    assert set(states(found).values()) == {"accepted"}
    found = settled(sent("a.xlsx", LIN, at="2023-03-20T09:00:00+08:00"), sent("b.xlsx", GAO, at="2023-03-22T09:00:00+08:00", title="（补充）"))
    assert set(states(found).values()) == {"accepted"}


def test_an_addition_after_a_zero_report_ends_the_zero_and_one_that_repeats_all_replaces():
    found = settled(sent("零报告.xlsx", at="2023-03-20T09:00:00+08:00"), sent("补报.xlsx", GAO, at="2023-03-22T09:00:00+08:00"))
    assert states(found) == {"零报告.xlsx": "superseded", "补报.xlsx": "accepted"}
    found = settled(sent("a.xlsx", LIN, at="2023-03-20T09:00:00+08:00"), sent("a补报.xlsx", LIN, GAO, at="2023-03-22T09:00:00+08:00"))
    assert states(found) == {"a.xlsx": "superseded", "a补报.xlsx": "accepted"}


def test_an_addition_that_came_first_is_not_lost_but_asked():
    found = settled(sent("补报.xlsx", GAO, at="2023-03-20T09:00:00+08:00"), sent("情况表.xlsx", LIN, at="2023-03-22T09:00:00+08:00"))
    assert set(states(found).values()) == {"accepted"} and "versions_unclear" in codes(found["情况表.xlsx"])


@pytest.mark.parametrize("older,newer", [
    ("情况表.xlsx", "情况表（更正）.xlsx"), ("情况表修改.xlsx", "情况表终稿.xlsx"), ("情况表v1.xlsx", "情况表v2.xlsx"), ("情况表终稿.xlsx", "情况表终稿2.xlsx"),
    ("情况表(1).xlsx", "情况表(2).xlsx"), ("情况表第一稿.xlsx", "情况表第二稿.xlsx"), ("情况表初稿.xlsx", "情况表.xlsx"), ("情况表2023年3月.xlsx", "情况表2023年3月(2).xlsx")])
def test_without_receipts_the_higher_word_or_number_counts_and_the_reviewer_is_asked(older, newer):
    found = settled(sent(older, LIN), sent(newer, LIN, GAO))
    assert states(found) == {older: "superseded", newer: "accepted"} and "versions_unclear" in codes(found[newer])


def test_without_receipts_the_date_of_filling_in_tells():
    found = settled(sent("b.xlsx", LIN, filled="2023年3月20日"), sent("a.xlsx", LIN, GAO, filled="2023年3月22日"))
    assert states(found) == {"b.xlsx": "superseded", "a.xlsx": "accepted"} and not codes(found["a.xlsx"])


def test_a_later_zero_report_replaces_a_list_and_is_asked():
    found = settled(sent("a.xlsx", LIN, at="2023-03-20T09:00:00+08:00"), sent("b.xlsx", at="2023-03-22T09:00:00+08:00"))
    assert states(found) == {"a.xlsx": "superseded", "b.xlsx": "accepted"} and "versions_unclear" in codes(found["b.xlsx"])


def test_sheets_of_one_file_add_up_but_a_copy_of_a_sheet_counts_once():
    one = read(*(grid(table(f"2023年3月应在校不在校学生情况表\n填报单位：云溪初级中学\n{HEAD}\n1|{row}"), name=name)
                 for name, row in (("七年级", LIN), ("八年级", GAO), ("八年级 (2)", GAO))))
    assert [s.state for s in settle(one, world())] == ["accepted", "accepted", "superseded"]
    again = sent("新.xlsx", LIN, GAO, JIANG, at="2023-03-22T09:00:00+08:00")
    found = settle([*one, *again], world())
    assert [s.state for s in found] == ["superseded", "superseded", "superseded", "accepted"]


def test_two_campuses_are_no_versions_of_each_other():
    found = settled(sent("东.xlsx", LIN, unit="云溪初级中学（东校区）"), sent("西.xlsx", GAO, unit="云溪初级中学（西校区）"))
    assert set(states(found).values()) == {"accepted"}


def test_other_forms_schools_and_months_do_not_meet():
    found = settled(sent("a.xlsx", LIN), sent("b.xlsx", LIN, unit="青禾小学"), sent("c.xlsx", LIN, form="疑似辍学学生台账", unit="白石初中"))
    assert set(states(found).values()) == {"accepted"}


def page(file: str, name: str, number: str = "", status: str = "劝返中", at: str | None = None):
    return read(grid(table(f"一生一档 2023年3月\n学校|云溪初级中学||\n姓名|{name}|身份证号|{number}\n年级|七年级|目前状态|{status}")), file=file, received=at)


def test_pages_are_versions_only_of_the_same_pupil():
    a, b = "990101201003050436", "990102201009111021"
    early, late = "2023-03-20T09:00:00+08:00", "2023-03-22T09:00:00+08:00"
    assert set(states(settled(page("1.pdf", "林晓舟", a, at=early), page("2.pdf", "江一禾", b, at=late))).values()) == {"accepted"}
    assert set(states(settled(page("1.pdf", "林晓舟", a, at=early), page("2.pdf", "林晓舟", b, at=late))).values()) == {"accepted"}
    found = settled(page("1.pdf", "林晓舟", a, at=early), page("2.pdf", "林晓舟", "", "已返校", at=late))
    assert states(found) == {"1.pdf": "superseded", "2.pdf": "accepted"}


@pytest.mark.parametrize("at,filled,want", [
    ("2023-03-25T23:59:59+08:00", "", True), ("2023-03-26T00:00:00+08:00", "", False), ("2023-03-25T16:30:00+00:00", "", False),
    (None, "2023年3月25日", True), (None, "2023年3月26日", False), (None, "2023年3月", None), (None, "", None),
    ("2023-03-24T09:00:00+08:00", "2023年3月28日", True)])
def test_in_time_is_by_receipt_in_shanghai_else_by_the_date_of_filling_in(at, filled, want):
    assert settled(sent("a.xlsx", LIN, at=at, filled=filled))["a.xlsx"].on_time is want
