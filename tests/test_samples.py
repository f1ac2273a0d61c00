"""The invented district in inputs/ is what tools/make_samples.py tells, and it matches its answer key."""
import csv
import io
import re
import sys
import tomllib
import unicodedata
import zipfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import docx
import openpyxl
import pdfplumber
import pytest
import xlrd

from carelib import policy

ROOT = Path(__file__).resolve().parents[1]
INPUTS = ROOT / "inputs"
GOLDEN = Path(__file__).with_name("golden")
CYCLES = ("2023-03", "2023-04", "2023-05")
sys.path.insert(0, str(ROOT / "tools"))

import make_samples  # noqa: E402
from samples import broken, people, story  # noqa: E402

TOLD = story.read()
ID_NUMBER = re.compile(r"(?<!\d)(\d{17}[\dXx])(?!\d)")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A fresh copy of everything that needs no office suite."""
    folder = tmp_path_factory.mktemp("inputs")
    for paper in TOLD.papers:
        if paper["maker"] == "copy" and not (folder / paper["copy_of"]).exists():
            target = folder / paper["copy_of"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((INPUTS / paper["copy_of"]).read_bytes())
    make_samples.make(folder, with_office=False)
    return folder


def sheets_of(source):
    """A workbook as {sheet: (state, cells, merged ranges)}; types as stored."""
    book = openpyxl.load_workbook(source)
    return {s.title: (s.sheet_state,
                      {c.coordinate: c.value for row in s.iter_rows() for c in row if c.value is not None},
                      {str(r) for r in s.merged_cells.ranges}) for s in book}


def old_sheets_of(source):
    book = xlrd.open_workbook(source, formatting_info=True)
    return {s.name: ({(r, c): s.cell_value(r, c) for r in range(s.nrows) for c in range(s.ncols)
                      if s.cell_type(r, c) not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)}, set(s.merged_cells))
            for s in book.sheets()}


def words_of(source):
    paper = docx.Document(source)
    return [p.text for p in paper.paragraphs], [[c.text for c in r.cells] for t in paper.tables for r in t.rows]


def letters(text):
    return Counter("".join(unicodedata.normalize("NFKC", text).split()))


def written(paper):
    """All text a paper shows, in no order."""
    return "".join(str(b.value) for d in make_samples.drawings(TOLD, paper) for b in d.boxes if b.value is not None)


def papers(*makers):
    return [pytest.param(p, id=f"{p['cycle']}/{Path(p['file']).name}") for p in TOLD.papers if p["maker"] in makers]


def test_every_committed_file_is_told_by_the_story():
    told = {f"{p['cycle']}/{p['file']}" for p in TOLD.papers} | {f"{c}/received.csv" for c in CYCLES}
    there = {p.relative_to(INPUTS).as_posix() for c in CYCLES for p in (INPUTS / c).rglob("*") if p.is_file()}
    assert there == told


@pytest.mark.parametrize("name", ["schools.xlsx", "roster/2023-02-20.xlsx"])
def test_the_registers_are_what_the_script_makes(made, name):
    assert sheets_of(INPUTS / name) == sheets_of(made / name)


@pytest.mark.parametrize("paper", papers("openpyxl", "xlsxwriter"))
def test_a_workbook_is_what_the_script_makes(made, paper):
    place = f"{paper['cycle']}/{paper['file']}"
    assert sheets_of(INPUTS / place) == sheets_of(made / place)


@pytest.mark.parametrize("paper", papers("xlwt"))
def test_an_old_workbook_is_what_the_script_makes(made, paper):
    place = f"{paper['cycle']}/{paper['file']}"
    assert old_sheets_of(INPUTS / place) == old_sheets_of(made / place)


@pytest.mark.parametrize("paper", papers("csv", "html", "copy"))
def test_a_plain_file_is_what_the_script_makes(made, paper):
    place = f"{paper['cycle']}/{paper['file']}"
    assert (INPUTS / place).read_bytes() == (made / place).read_bytes()


@pytest.mark.parametrize("paper", papers("docx"))
def test_a_document_is_what_the_script_makes(made, paper):
    place = f"{paper['cycle']}/{paper['file']}"
    assert words_of(INPUTS / place) == words_of(made / place)


@pytest.mark.parametrize("cycle", CYCLES)
def test_the_receipts_are_what_the_script_makes(made, cycle):
    assert (INPUTS / cycle / "received.csv").read_bytes() == (made / cycle / "received.csv").read_bytes()


@pytest.mark.parametrize("paper", papers("calc pdf", "writer pdf"))
def test_a_printed_file_shows_every_letter_of_the_story_and_no_other(paper):
    with pdfplumber.open(INPUTS / paper["cycle"] / paper["file"]) as printed:
        shown = "".join(c["text"] for page in printed.pages for c in page.chars)
    assert letters(shown) == letters(written(paper))


@pytest.mark.parametrize("paper", papers("calc xls"))
def test_a_resaved_workbook_shows_what_the_story_tells(paper):
    cells = next(iter(old_sheets_of(INPUTS / paper["cycle"] / paper["file"]).values()))[0]
    told = [b.value for d in make_samples.drawings(TOLD, paper) for b in d.boxes if isinstance(b.value, str)]
    assert sorted(v for v in cells.values() if isinstance(v, str)) == sorted(told)


def test_the_locked_workbook_opens_with_its_password_only():
    [paper] = [p for p in TOLD.papers if p["maker"] == "locked"]
    path = INPUTS / paper["cycle"] / paper["file"]
    assert not zipfile.is_zipfile(path)
    cells = [c for _, sheet, _ in sheets_of(io.BytesIO(broken.unlocked(path))).values() for c in sheet.values()]
    assert sorted(map(str, cells)) == sorted(str(b.value) for d in make_samples.drawings(TOLD, paper)
                                             for b in d.boxes if b.value is not None)


@pytest.mark.parametrize(("maker", "start"), [("writer doc", b"\xd0\xcf\x11\xe0"), ("photo", b"\xff\xd8\xff"),
                                              ("cut", b"PK\x03\x04")])
def test_a_file_nobody_reads_is_what_its_name_says(maker, start):
    [paper] = [p for p in TOLD.papers if p["maker"] == maker]
    path = INPUTS / paper["cycle"] / paper["file"]
    assert path.read_bytes().startswith(start) and not zipfile.is_zipfile(path)


def test_no_file_is_large():
    sizes = {p.relative_to(INPUTS).as_posix(): p.stat().st_size for p in INPUTS.rglob("*") if p.is_file()
             and p.name != "id.key" and "ledger" not in p.name}
    assert max(sizes.values()) <= 150_000 and sum(sizes.values()) < 2_000_000


def test_no_number_belongs_to_a_region_that_exists():
    roster = [r for sheet in sheets_of(INPUTS / "roster/2023-02-20.xlsx").values() for r in sheet[1].values()]
    text = " ".join(map(str, roster)) + " ".join(f"{p.id_number} {p.phone}" for p in TOLD.pupils.values())
    text += " ".join(written(p) for p in TOLD.papers if "copy_of" not in p)
    numbers = {n for n in ID_NUMBER.findall(text.replace("G", " ")) if not n.startswith("1990000")}
    assert len(numbers) > 1000
    assert {n[:6] for n in numbers} == {"990101", "990102"}
    phones = set(re.findall(r"(?<!\d)1[3-9]\d{8,9}(?!\d)", text))
    assert phones and all(p.startswith("1990000") for p in phones)


def roster_rows():
    book = openpyxl.load_workbook(INPUTS / "roster/2023-02-20.xlsx", read_only=True)
    header, *rows = book.active.iter_rows(values_only=True)
    return [dict(zip(header, r)) for r in rows]


def test_the_roster_keeps_every_rule_of_a_number():
    rows = roster_rows()
    assert 1400 < len(rows) < 1700
    assert len({r["身份证件号"] for r in rows}) == len(rows)
    for row in rows:
        number = row["身份证件号"]
        birth = date.fromisoformat(row["出生日期"])
        assert number == people.id_number(number[:6], birth, int(number[14:17]))
        assert row["学籍号"] == "G" + number
        assert row["性别"] == "女男"[int(number[16]) % 2]


def test_every_pupil_of_the_roster_has_an_age_that_fits_the_grade():
    words = {people.grade_words(g): g for g in [str(n) for n in range(1, 13)] + ["小班", "中班", "大班"]}
    for row in roster_rows():
        first = people.first_birthday(words[row["年级"]])
        assert first - timedelta(days=366) <= date.fromisoformat(row["出生日期"]) < first + timedelta(days=366)


def test_one_class_has_two_namesakes_and_no_other_school_has_any():
    twice = [k for k, n in Counter((r["学校标识码"], r["姓名"]) for r in roster_rows()).items() if n > 1]
    assert twice == [("3132999102", "王浩然")]


def test_every_absent_pupil_but_one_stands_on_the_roster():
    known = {r["身份证件号"] for r in roster_rows()}
    assert [p.key for p in TOLD.pupils.values() if p.id_number not in known] == ["bao"]


def test_the_district_has_every_kind_of_school_and_a_policy_that_loads():
    kinds = Counter(s["kind"] for s in TOLD.schools if "closed" not in s)
    assert kinds == {"小学": 4, "初中": 2, "九年一贯制": 2, "高中": 1, "中职": 1, "特教": 1, "幼儿园": 2,
                     "民办教育机构": 1}
    rules = policy.load(INPUTS / "district.toml")
    assert rules.forms.collect == ("absent_list", "follow_up", "case_file") and rules.terms


def test_every_file_and_every_open_school_has_an_answer():
    submissions = tomllib.loads((GOLDEN / "expected_submissions.toml").read_text(encoding="utf-8"))["submission"]
    assert {(s["cycle"], s["file"]) for s in submissions} == {(p["cycle"], p["file"]) for p in TOLD.papers}
    months = tomllib.loads((GOLDEN / "expected_findings.toml").read_text(encoding="utf-8"))["month"]
    keys = [(m["cycle"], m["school_code"]) for m in months]
    assert sorted(keys) == sorted((c, s["code"]) for c in CYCLES for s in TOLD.schools if "closed" not in s)


def test_the_answers_do_not_contradict_themselves():
    """Flows balance, the month opens as the last one closed, and no rule both must and must not occur."""
    months = tomllib.loads((GOLDEN / "expected_findings.toml").read_text(encoding="utf-8"))["month"]
    closed = {}
    for month in sorted(months, key=lambda m: m["cycle"]):
        assert not set(month["must"]) & set(month["must_not"])
        assert month["must_not"] != ["*"] or not month["must"]
        if isinstance(flows := month.get("flows"), list):
            opening, new, relapsed, came, returned, left, other, closing, reported, difference = flows
            assert opening == closed.get(month["school_code"], 0)
            assert opening + new + relapsed + came - returned - left - other == closing
            assert closing - reported == difference
            closed[month["school_code"]] = closing


def test_every_kind_of_finding_occurs_in_the_answers():
    data = tomllib.loads((GOLDEN / "expected_findings.toml").read_text(encoding="utf-8"))
    seen = {r for m in data["month"] for r in [*m["must"], *(r for g in m.get("one_of", []) for r in g)]}
    seen |= {r for rules in data["somewhere"].values() for r in rules}
    wanted = {f"C{n}" for n in range(1, 24)} | {f"X{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13)}
    wanted |= {f"D{n}" for n in (1, 2, 3, 4, 5, 8, 9, 10, 12, 14, 16)}
    assert wanted - seen == set()


@pytest.mark.parametrize("cycle", CYCLES)
def test_a_receipt_names_a_file_that_is_there(cycle):
    with (INPUTS / cycle / "received.csv").open(encoding="utf-8-sig", newline="") as handle:
        assert all((INPUTS / cycle / row["file"]).is_file() for row in csv.DictReader(handle))
