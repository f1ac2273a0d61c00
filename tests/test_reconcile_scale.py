"""What makes a province possible: state that lies on disk between months, and pupils of long ago who cost nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from reconcile_world import Desk, number_of, run

from carelib import tables
from carelib.reconcile import reconcile_month
from carelib.run.stages import OnDisk

sys.path.insert(0, str(Path(__file__).parents[1] / "bench" / "reconcile"))      # before bench/read, which has a measure too

from measure import world as bench_world
from simulate import District

CYCLES = [f"{year}-{month:02d}" for year in (2022, 2023) for month in range(1, 13)]
PUPIL = {"student_name": "赵云溪", "id_number": number_of(121), "grade": "7", "class_no": 2}


@pytest.mark.parametrize("seed", [3, 4])
def test_a_month_from_disk_is_the_month_from_memory(seed, tmp_path):
    district = District(seed, "high", 5, 16)
    kept, last = None, None
    for month in district.run():
        world = bench_world(district, month.cycle)
        from_memory = reconcile_month(world, month.tables, kept)
        from_disk = reconcile_month(world, month.tables, last)
        assert from_disk == from_memory
        for name, rows in from_disk.items():
            tables.write(tmp_path / month.cycle, name, rows)
        kept, last = from_memory, OnDisk(tmp_path / month.cycle)
    assert len(kept["persons"]) > 50


def test_districts_know_nothing_of_each_other():
    def last(district: District) -> tables.Tables:
        before = None
        for month in district.run():
            before = reconcile_month(bench_world(district, month.cycle), month.tables, before)
        return before

    alone = last(District(5, "usual", 4, 3))
    last(District(6, "usual", 4, 3))
    assert last(District(5, "usual", 4, 3)) == alone


def desks(seen_again: dict[str, object]) -> tuple[list[Desk], str]:
    """Two years: a pupil who returns in the second month, then silence, and a row in the last month."""
    made = [Desk(cycle, f"r{cycle}-") for cycle in CYCLES]
    made[0].row("A", "absent_list", **PUPIL, left_date="2022-01-05", status="open")
    made[1].row("A", "absent_list", **PUPIL, left_date="2022-01-05", status="returned", return_date="2022-02-20")
    for desk in made[2:-1]:
        desk.submission("A", "absent_list", is_zero=True)
    return made, made[-1].row("A", "absent_list", **seen_again, left_date="2023-12-04", status="open")


def test_a_pupil_last_seen_long_ago_rests_unchanged():
    months = run(desks(PUPIL)[0])
    for name in ("persons", "person_facts", "case_facts"):
        assert all(m[name] == months[5][name] for m in months[5:-1])


@pytest.mark.parametrize("again", [PUPIL, PUPIL | {"student_name": "赵云西"}, PUPIL | {"grade": "8"}],
                         ids=["the same", "another character", "a grade on"])
def test_a_pupil_last_seen_long_ago_is_found_again(again):
    made, row_id = desks(again)
    months = run(made)
    link = next(r for r in months[-1]["links"] if r["row_id"] == row_id)
    assert [r["person_id"] for r in months[-1]["persons"]] == [link["person_id"]]
    assert [r["state"] for r in months[-1]["cases"]] == ["relapsed"]
