"""The golden months: the invented district from files to workbooks, held against the answer key and the contract."""
from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import CYCLES, HOME

from carelib import cli, tables

GOLDEN = Path(__file__).with_name("golden")
KEY = tomllib.loads((GOLDEN / "expected_findings.toml").read_text("utf-8"))
FILES = tomllib.loads((GOLDEN / "expected_submissions.toml").read_text("utf-8"))["submission"]
FLOW = ("opening", "new", "relapsed", "transferred_in", "returned", "transferred_out", "other_exit", "closing", "reported_closing", "difference")
MONTHS = [pytest.param(m, id=f"{m['cycle']}-{m['school_code']}") for m in KEY["month"]]


def rows(district: Path, cycle: str, name: str) -> tables.Rows:
    return tables.read(district / "outputs" / cycle / "tables", name)


def fits(rule: str, wanted: str) -> bool:
    return rule == wanted or rule.startswith(wanted + "-")


def rules_of(district: Path, month: dict[str, Any]) -> set[str]:
    return {f["rule"] for f in rows(district, month["cycle"], "findings") if f["school_code"] == month["school_code"]}


@pytest.mark.parametrize("month", MONTHS)
def test_what_was_filed(district: Path, month: dict[str, Any]) -> None:
    filed = {r["form"]: r for r in rows(district, month["cycle"], "filing") if r["school_code"] == month["school_code"]}
    assert {f: filed[f]["state"] for f in month["filing"]} == month["filing"]
    assert {f: r["days_late"] for f, r in filed.items() if r["days_late"]} == month.get("late", {})


@pytest.mark.parametrize("month", [m for m in MONTHS if "flows" in m.values[0]])
def test_the_flow_statement(district: Path, month: dict[str, Any]) -> None:
    flow = next(r for r in rows(district, month["cycle"], "flows") if r["school_code"] == month["school_code"])
    expected = [None] * len(FLOW) if month["flows"] == "null" else month["flows"]
    assert [flow[k] for k in FLOW] == expected


@pytest.mark.parametrize("month", MONTHS)
def test_what_must_be_found_and_what_must_not(district: Path, month: dict[str, Any]) -> None:
    found = rules_of(district, month)
    assert [w for w in month.get("must", []) if not any(fits(r, w) for r in found)] == []
    for group in month.get("one_of", []):
        assert any(fits(r, w) for r in found for w in group), group
    forbidden = month.get("must_not", [])
    assert not (found if "*" in forbidden else {r for r in found for w in forbidden if fits(r, w)})


@pytest.mark.parametrize("cycle", KEY["somewhere"])
def test_what_must_be_found_somewhere(district: Path, cycle: str) -> None:
    found = {f["rule"] for f in rows(district, cycle, "findings")}
    assert all(any(fits(r, w) for r in found) for w in KEY["somewhere"][cycle])


def fate(s: dict[str, Any]) -> tuple[Any, ...]:
    """File, state, and what must be known of it: of a sheet that is no form its name, of a file nobody can read its school."""
    known = {"not_a_form": (s.get("sheet"),), "unreadable": (s.get("school_code"),)}
    return s["file"], s["state"], *known.get(s["state"], (s.get("form"), s.get("school_code")))


@pytest.mark.parametrize("cycle", CYCLES)
def test_every_form_in_every_file(district: Path, cycle: str) -> None:
    seen = Counter(fate(s) for s in rows(district, cycle, "submissions"))
    wanted = Counter(fate(s) for s in FILES if s["cycle"] == cycle)
    assert dict(wanted - seen) == {}


@pytest.mark.parametrize("cycle", CYCLES)
def test_every_cell_is_accounted_for(district: Path, cycle: str) -> None:
    places = {name: Counter() for name in ("values", "furniture", "leftovers")}
    claimed: dict[str, set[str]] = {}
    for v in rows(district, cycle, "values"):
        if v["raw"] is not None:
            claimed.setdefault(v["submission_id"], set()).update(v["place"].split("、"))
    for name in ("furniture", "leftovers"):
        places[name] = Counter(r["submission_id"] for r in rows(district, cycle, name))
    read = [s for s in rows(district, cycle, "submissions") if s["cells_total"] is not None and s["state"] != "unreadable"]
    assert read
    for s in read:
        counts = (len(claimed.get(s["submission_id"], ())), places["furniture"][s["submission_id"]], places["leftovers"][s["submission_id"]])
        assert counts == (s["cells_claimed"], s["cells_furniture"], s["cells_left"])
        assert sum(counts) == s["cells_total"]


@pytest.mark.parametrize("cycle", CYCLES)
def test_every_file_has_a_submission_and_every_refusal_a_reason(district: Path, cycle: str) -> None:
    folder = district / "inputs" / cycle
    subs = rows(district, cycle, "submissions")
    assert {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {"received.csv"} == {s["file"] for s in subs}
    assert all(s["reason"] and s["reason_code"] for s in subs if s["state"] in ("held", "unreadable", "not_a_form"))


@pytest.mark.parametrize("cycle", CYCLES)
def test_the_statement_adds_up_and_no_value_has_a_problem_too(district: Path, cycle: str) -> None:
    for f in rows(district, cycle, "flows"):
        if f["closing"] is not None:
            assert f["opening"] + f["new"] + f["relapsed"] + f["transferred_in"] - f["returned"] - f["transferred_out"] - f["other_exit"] == f["closing"]
    assert not [v for v in rows(district, cycle, "values") if v["value"] is not None and v["problem"] is not None]


def test_ids_of_earlier_months_never_change(district: Path) -> None:
    seen: set[str] = set()
    for cycle in CYCLES:
        now = {p["person_id"] for p in rows(district, cycle, "persons")}
        assert seen <= now
        seen = now


def digests(district: Path, cycle: str) -> dict[str, str]:
    out = district / "outputs" / cycle
    files = [p for part in ("tables", "reports", "district") for p in (out / part).rglob("*") if p.is_file()]
    return {p.relative_to(out).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_a_second_run_from_nothing_makes_the_same_bytes(district: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    (again / "inputs").symlink_to(district / "inputs")
    assert cli.main(["run", CYCLES[-1], "--workspace", str(again), "--until", "check", "--json"]) == 0
    for cycle in CYCLES:
        made = {k: v for k, v in digests(again, cycle).items() if k.startswith("tables/")}
        assert made
        assert made == {k: v for k, v in digests(district, cycle).items() if k in made}


NAMED = re.compile(r"99010[12](19|20)\d{2}")


@pytest.mark.parametrize("cycle", CYCLES)
def test_no_pupil_stands_where_none_may(district: Path, cycle: str) -> None:
    out = district / "outputs" / cycle
    persons = rows(district, cycle, "persons")
    names = {p["name"] for p in persons if p["name"] and len(p["name"]) > 1}
    numbers = {p["id_number"] for p in persons if p["id_number"]}
    masked = [out / "run.json", *(out / "review").glob("*.html"), *(out / "notebooks").glob("*.ipynb")]
    assert len(masked) >= 14 and names and numbers
    for path in masked:
        text = path.read_text("utf-8")
        told = {x for x in names | numbers if x in text}
        assert not told, f"{path.name} tells of {len(told)} pupils"
    for name in ("findings", "links", "judgements", "indicators"):
        for row in rows(district, cycle, name):
            text = " ".join(str(row.get(k) or "") for k in ("sentence", "remedy", "why", "formula"))
            assert not any(x in text for x in names | numbers), f"{name} tells a pupil's name or number"


@pytest.mark.parametrize("cycle", CYCLES)
def test_the_run_is_accounted_for(district: Path, cycle: str) -> None:
    told = json.loads((district / "outputs" / cycle / "run.json").read_text("utf-8"))
    assert told["notebooks"] == {"done": 20, "failed": 0} and told["failures"] == []
    assert told["counts"]["files"] == len(told["inputs"])
    names = {p.name for p in (district / "inputs" / cycle).rglob("*") if p.is_file()}
    assert not any(n in json.dumps(told, ensure_ascii=False) for n in names)


def test_the_district_can_be_opened_by_pandas(district: Path) -> None:
    flows = pd.read_parquet(district / "outputs" / CYCLES[0] / "tables" / "flows.parquet")
    assert pd.api.types.is_numeric_dtype(flows["opening"])


def test_plain_papermill_makes_the_same_tables(district: Path, tmp_path: Path) -> None:
    from carelib.run.execute import execute
    other = tmp_path / "other"
    other.mkdir()
    (other / "inputs").symlink_to(district / "inputs")
    done = execute(HOME / "notebooks" / "3_check.ipynb", tmp_path / "out.ipynb", {"cycle": CYCLES[0], "workspace": str(other)})
    assert done.ok, done.why
    assert {k: v for k, v in digests(other, CYCLES[0]).items() if k.startswith("tables/")} == \
        {k: v for k, v in digests(district, CYCLES[0]).items() if k.startswith("tables/")}


@pytest.mark.parametrize("writable", [True, False])
def test_a_finished_notebook_is_trusted_if_that_can_be_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writable: bool) -> None:
    import nbformat
    from nbformat.sign import NotebookNotary

    from carelib.run.execute import DONE, execute
    place = tmp_path / "jupyter"
    if not writable:
        place.write_text("a file where a folder is wanted")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(place))
    cells = [nbformat.v4.new_code_cell(f"print('{DONE}')", metadata={"tags": ["parameters"]})]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), tmp_path / "in.ipynb")
    assert execute(tmp_path / "in.ipynb", tmp_path / "out.ipynb", {}).ok
    if writable:
        made = nbformat.read(tmp_path / "out.ipynb", as_version=4)
        assert NotebookNotary().check_signature(made)
        made.cells[-1].outputs[0].text += "<b>"
        assert not NotebookNotary().check_signature(made)


@pytest.mark.parametrize("parameters", [{"cycle": "2023-13"}, {"cycle": "2023-03", "cylce": "2023-04"}])
def test_a_notebook_refuses_a_wrong_parameter(district: Path, tmp_path: Path, parameters: dict[str, str]) -> None:
    from carelib.run.execute import execute
    done = execute(HOME / "notebooks" / "1_read.ipynb", tmp_path / "a" / "out.ipynb", {"workspace": str(district), **parameters})
    assert not done.ok and "UsageError" in done.why
    assert not (tmp_path / "a" / "out.ipynb").exists()
