"""district.toml: defaults, deadlines, and mistakes named with the nearest key."""
from datetime import date
from pathlib import Path

import pytest

from carelib import policy
from carelib.records import CatalogueError


def load(tmp_path: Path, text: str) -> policy.Policy:
    (tmp_path / "district.toml").write_text(text, "utf-8")
    return policy.load(tmp_path / "district.toml")


def test_missing_keys_take_the_defaults(tmp_path: Path) -> None:
    made = load(tmp_path, '[district]\nname = "某区"\n')
    assert made.district.name == "某区" and made.deadline.day == 25 and made.thresholds.training_hours.counsellor == 40
    assert policy.load(tmp_path / "none.toml") == policy.Policy()


def test_an_unknown_key_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"deadline\.dai.*deadline\.day"):
        load(tmp_path, "[deadline]\ndai = 20\n")


def test_every_fault_is_listed_at_once(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as fault:
        load(tmp_path, '[forms]\ncollect = ["absent_lst"]\n[psych_levels]\n"红色" = 9\n[thresholds]\nstale_days = "30"\n')
    text = str(fault.value)
    assert "absent_list" in text and "红色" in text and "stale_days" in text


def test_a_term_without_dates_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="terms"):
        load(tmp_path, '[[terms]]\nname = "2022-2023-2"\n')


@pytest.mark.parametrize(("text", "cycle", "due"), [
    ("", "2023-03", date(2023, 3, 25)),
    ("[deadline]\nholiday_shift = true\n", "2023-03", date(2023, 3, 27)),           # the 25th is a Saturday
    ("[deadline]\ninclusive = false\n", "2023-03", date(2023, 3, 24)),
    ("[deadline]\nday = 31\n", "2023-02", date(2023, 2, 28)),
])
def test_the_deadline(tmp_path: Path, text: str, cycle: str, due: date) -> None:
    assert load(tmp_path, text).due_date(cycle) == due


def test_a_month_after_the_31st_is_the_last_day_of_the_next() -> None:
    assert policy.add_months(date(2023, 1, 31), 1) == date(2023, 2, 28)
    assert policy.add_months(date(2023, 11, 30), 3) == date(2024, 2, 29)


def test_the_school_year_begins_in_september() -> None:
    assert policy.school_year(date(2023, 8, 31)) == 2022 and policy.school_year(date(2023, 9, 1)) == 2023


@pytest.mark.parametrize(("text", "named"), [
    ("[deadline]\nday = 32\n", "deadline.day"), ("[deadline]\nday = 25.5\n", "deadline.day"), ("[deadline]\nreport_months = [2, 13]\n", "report_months"),
    ("[thresholds]\nstale_days = -3\n", "stale_days"), ("[thresholds]\nlessons_per_two_weeks = nan\n", "lessons_per_two_weeks"),
    ("[thresholds]\npupils_per_counsellor = 0\n", "pupils_per_counsellor"), ("[thresholds.training_hours]\ncounsellor = -1\n", "training_hours.counsellor"),
    ("[thresholds]\nscreening_days = \"soon\"\n", "screening_days"), ("[thresholds]\nsuspect_days = 20\n", "suspect_days"),
    ("[ages]\ncompulsory = [16, 6]\n", "compulsory"), ("[ages]\ncompulsory = [6]\n", "compulsory"), ("[people]\nanalysts = [3]\n", "analysts"),
    ("deadline = 3\n", "deadline"), ("terms = 3\n", "terms"), ("psych_levels = 3\n", "psych_levels")])
def test_what_no_bureau_can_mean_is_refused(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(CatalogueError, match=named):
        load(tmp_path, text)


def test_small_cells_below_three_would_tell_the_number(tmp_path: Path) -> None:
    assert load(tmp_path, "[thresholds]\nsmall_cell = 3\n").thresholds.small_cell == 3
    for few in (0, 1, 2):
        with pytest.raises(CatalogueError, match="small_cell"):
            load(tmp_path, f"[thresholds]\nsmall_cell = {few}\n")


def term(name: str, start: str, end: str, more: str = "") -> str:
    return f'[[terms]]\nname = "{name}"\nstart = {start}\nend = {end}\n{more}\n'


@pytest.mark.parametrize(("text", "said"), [
    (term("甲", "2023-09-13", "2023-06-30"), "甲.*晚于"), (term("甲", "2023-02-13", "2033-06-30"), "长过一年"),
    (term("甲", "2023-02-13", "2023-06-30") + term("乙", "2023-06-30", "2023-12-30"), "甲.*乙.*重叠"),
    (term("甲", "2022-09-01", "2023-01-10") + term("甲", "2023-02-13", "2023-06-30"), "甲.*不止一次"),
    (term("甲", "2023-02-13", "2023-06-30", "teaching_weeks = -1"), "teaching_weeks"),
    (term("甲", "2023-02-13", "2023-06-30", 'key_visit_windows = [ { name = "乙", from = 2023-03-09, to = 2023-03-01 } ]'), "晚于")])
def test_a_calendar_that_cannot_be_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CatalogueError, match=said):
        load(tmp_path, text)


@pytest.mark.parametrize(("text", "line"), [
    ("[district", 1), ('[district]\nname = "某区\n', 2), ('[district]\nname "某区"\n', 2), ("\n[district]\nname = “某区”\n", 3),
    ("[deadline]\nday = 3\n[deadline]\nday = 4\n", 3), ("[deadline]\nday = 3\nday = 4\n", 3), ('[forms]\ncollect = ["absent_list"\n', 2),
    (term("甲", "2023-02-30", "2023-06-30"), 3)])
def test_a_file_that_is_no_toml_is_told_in_chinese_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(CatalogueError) as fault:
        load(tmp_path, text)
    said = str(fault.value)
    assert f"第{line}行" in said and text.splitlines()[line - 1] in said and "请改正" in said
    assert not any(word in said for word in ("at line", "column", "Expected", "Invalid", "Cannot", "Illegal"))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_a_file_in_another_encoding_is_to_be_saved_as_utf8(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "district.toml").write_bytes('[district]\nname = "某区"\n'.encode(encoding))
    with pytest.raises(CatalogueError, match="UTF-8") as fault:
        policy.load(tmp_path / "district.toml")
    assert "codec" not in str(fault.value)
