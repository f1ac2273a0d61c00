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
