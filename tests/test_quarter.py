"""`carelib run 2023-Q2`: the county's ledgers and the list to check again, made of the quarter's months."""
from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from carelib import cli, tables
from carelib.records import IN_STOCK


@pytest.fixture(scope="module")
def quarter(district: Path) -> Path:
    assert cli.main(["run", "2023-Q2", "--workspace", str(district)]) == 0
    return district / "outputs" / "2023-Q2"


def rows(district: Path, folder: str, name: str) -> list[dict]:
    return tables.read(district / "outputs" / folder / "tables", name)


def test_suspected_and_dropout_are_the_open_cases_parted_by_days(district: Path, quarter: Path) -> None:
    cases = {c["case_id"]: c for c in rows(district, "2023-05", "cases") if c["state"] in IN_STOCK}
    suspected, dropout = (rows(district, "2023-Q2", n) for n in ("ledger_suspected", "ledger_dropout"))
    assert {r["case_id"] for r in suspected} | {r["case_id"] for r in dropout} == set(cases) and suspected + dropout
    assert all(r["days_open"] >= 14 for r in dropout) and all(r["days_open"] is None or r["days_open"] < 14 for r in suspected)


def test_the_quarter_s_statement_ties_out_to_its_months(district: Path, quarter: Path) -> None:
    april, may = ({f["school_code"]: f for f in rows(district, c, "flows")} for c in ("2023-04", "2023-05"))
    for row in rows(district, "2023-Q2", "quarter_flows"):
        filed = [m[row["school_code"]] for m in (april, may) if m[row["school_code"]]["closing"] is not None]
        assert row["months_published"] == len(filed)
        if filed:
            assert (row["opening"], row["closing"]) == (filed[0]["opening"], filed[-1]["closing"])
            assert row["returned"] == sum(f["returned"] for f in filed) and row["new"] == sum(f["new"] for f in filed)


def test_every_case_that_was_closed_in_the_quarter_is_to_be_checked_again(district: Path, quarter: Path) -> None:
    closed = {c["case_id"] for c in rows(district, "2023-05", "cases") if (c["closed_cycle"] or "") >= "2023-04" and c["state"] not in IN_STOCK}
    told = rows(district, "2023-Q2", "recheck")
    assert closed and closed <= {r["case_id"] for r in told if r["reason_code"].startswith("closed_")}
    assert all(r["reason"] and not r["reason"].isascii() for r in told)


def test_its_workbook_says_as_much_as_its_tables(district: Path, quarter: Path) -> None:
    book = openpyxl.load_workbook(quarter / "district" / "2023-Q2.xlsx")
    texts = {str(c.value) for sheet in book for line in sheet.iter_rows() for c in line if c.value is not None}
    assert any("第 2 季度" in t or "第2季度" in t for t in texts)
    names = {p["person_id"]: p["name"] for p in rows(district, "2023-05", "persons")}
    assert {names[r["person_id"]] for r in rows(district, "2023-Q2", "ledger_dropout")} <= texts


def test_every_reason_names_the_cell_that_it_rests_on_and_schools_stand_together(district: Path, quarter: Path) -> None:
    told = rows(district, "2023-Q2", "recheck")
    values = {v["row_id"] for c in ("2023-03", "2023-04", "2023-05") for v in rows(district, c, "values")}
    proven = [r for r in told if r["row_id"]]
    assert proven and all(r["row_id"] in values for r in proven)
    assert all(r["row_id"] for r in told if r["reason_code"].startswith("closed_"))
    for table in ("recheck", "ledger_dropout", "ledger_suspected"):
        schools = [r["school_code"] for r in rows(district, "2023-Q2", table)]
        assert schools == sorted(schools)
    sheet = openpyxl.load_workbook(quarter / "district" / "2023-Q2.xlsx")["复核清单"]
    texts = [str(c.value) for line in sheet.iter_rows() for c in line if c.value]
    assert sum("→" in t and t.startswith("2023-0") for t in texts) == len(proven)


def test_missing_and_unreleased_months_are_said(district: Path, quarter: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for sheet in openpyxl.load_workbook(quarter / "district" / "2023-Q2.xlsx"):
        said = " ".join(str(c.value) for line in sheet.iter_rows(max_row=5) for c in line if c.value)
        assert "缺 2023-06" in said and "还没有发布" in said
    assert cli.main(["run", "2023-Q2", "--workspace", str(district)]) == 0
    assert "缺 2023-06" in capsys.readouterr().out


def test_a_quarter_without_months_is_said_in_words(district: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", "2024-Q1", "--workspace", str(district)]) == 2
    assert "季度" in capsys.readouterr().err


def test_a_second_run_makes_the_same_bytes(district: Path, quarter: Path) -> None:
    files = [quarter / "district" / "2023-Q2.xlsx", *sorted((quarter / "tables").glob("*.parquet"))]
    before = [f.read_bytes() for f in files]
    assert cli.main(["run", "2023-Q2", "--workspace", str(district)]) == 0 and [f.read_bytes() for f in files] == before
