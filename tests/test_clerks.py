"""Files as clerks make them, against what an official reads in them (see bench/read/clerks.py)."""
from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "bench" / "read"))
import clerks

FLOOR = {"fourth": (0.98, 0.85), "fifth": (0.99, 0.92), "sixth": (0.975, 0.8), "seventh": (0.985, 0.85), "eighth": (0.99, 0.92), "ninth": (0.99, 0.92), "tenth": (0.995, 0.95)}      # of cells and of rows: not all was repaired for
ARCHIVES = sorted(clerks.ARCHIVES.glob("*.zip"))


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda p: p.stem)
def test_the_files_of_clerks_are_read_as_an_official_reads_them(archive: Path) -> None:
    counts, told = clerks.score(archive)
    judged = sum(counts[k] for k in ("exact", "asked", "absent", "wrong"))
    cells, rows = FLOOR.get(archive.stem, (0.995, 0.95))
    assert judged > 1900 and counts["wrong"] == 0, told
    assert counts["found"] == counts["rows"] and counts["whole"] >= rows * counts["rows"], told
    assert counts["exact"] >= cells * judged and counts["extra"] <= 5 and counts["signed", "wrong"] <= 2, told
    assert min(counts["named"], counts["state"]) >= 0.98 * counts["submissions"], told


def test_a_wrong_a_missing_and_an_invented_value_are_told_apart() -> None:
    said = {"value": "2023-02-20", "problem": None}
    verdicts = [clerks._verdict(*pair) for pair in (
        ("2023-02-20", said), ("2023-02-21", said), ("2023-02-20", None), ("2023-02-20", {"value": None, "problem": "?"}), (None, said),
        ({"value": None, "problem": True}, said), ({"value": None, "problem": True}, {"value": None, "problem": "?"}),
        ({"value": "x", "also": [None]}, None), ("单亲、留守", {"value": "留守、单亲", "problem": None}), ("any", said))]
    assert verdicts == ["exact", "wrong", "absent", "asked", "wrong", "wrong", "exact", "exact", "exact", "any"]
