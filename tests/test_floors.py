"""A module imports only from the floors below its own, and each outside library has one door."""
from __future__ import annotations

import ast
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent.parent / "carelib"
FLOORS = [{"records"}, {"kinds", "policy", "ledger"}, {"catalogue"}, {"values", "tables", "world", "month"},
          {"read", "filing", "reconcile", "check"}, {"review"}, {"show", "report"}, {"run"}, {"verbs", "cli"}]
FLOOR = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}
SIDEWAYS = {("month", "world"), ("month", "tables"), ("tables", "world"), ("reconcile", "filing"), ("check", "filing"),
            ("values", "world"), ("report", "show"), ("cli", "verbs")}
DOORS = {"pdfplumber": "read/pdf/plumber.py", "pypdfium2": "read/pdf/pdfium.py", "rapidocr": "read/scan.py",
         "xlsxwriter": "report/", "papermill": "run/execute.py", "sqlalchemy": "ledger.py", "filelock": "run/stages.py",
         "openpyxl": "read/excel/", "python_calamine": "read/excel/", "xlrd": "read/excel/", "pyarrow": "tables.py",
         "nbconvert": "report/pack.py", "rich": "run/"}
MODULES = sorted(HOME.rglob("*.py"))


def imports(path: Path) -> list[str]:
    """Dotted names that a module imports; those under TYPE_CHECKING do not run and do not count."""
    tree = ast.parse(path.read_text("utf-8"))
    idle = {id(n) for i in ast.walk(tree) if isinstance(i, ast.If) and "TYPE_CHECKING" in ast.unparse(i.test) for n in ast.walk(i)}
    out = []
    for node in ast.walk(tree):
        if id(node) in idle:
            continue
        if isinstance(node, ast.Import):
            out += [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            out += [f"{node.module}.{a.name}" for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            here = ["carelib", *path.relative_to(HOME).with_suffix("").parts][: -node.level]
            out += [".".join([*here, *filter(None, [node.module]), a.name]) for a in node.names]
    return out


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(HOME).as_posix())
def test_a_module_imports_only_from_below(path: Path) -> None:
    room = path.relative_to(HOME).parts[0].removesuffix(".py")
    if room == "__init__":
        return
    assert room in FLOOR, f"{room} has no floor"
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "carelib" and len(parts) > 1 and parts[1] in FLOOR and parts[1] != room:
            assert FLOOR[parts[1]] < FLOOR[room] or (room, parts[1]) in SIDEWAYS, f"{room} imports {parts[1]}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(HOME).as_posix())
def test_each_outside_library_has_one_door(path: Path) -> None:
    here = path.relative_to(HOME).as_posix()
    for name in imports(path):
        door = DOORS.get(name.split(".")[0])
        assert door is None or here.startswith(door), f"{name} may be imported in {door} only"
