"""Notebooks are letters: their shape. (That they run, and say what they said, nbval holds on the files themselves.)"""
from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest

HOME = Path(__file__).resolve().parent.parent / "notebooks"
NOTEBOOKS = sorted(HOME.glob("*.ipynb"))


def cells(path: Path, kind: str) -> list[nbformat.NotebookNode]:
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == kind]


def test_there_is_one_notebook_a_verb_one_a_school_one_for_the_district() -> None:
    assert [p.stem for p in NOTEBOOKS] == ["0_start", "1_read", "2_reconcile", "3_check", "4_report", "5_review", "district", "rulebook", "school"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_opens_with_a_letter_and_its_parameters(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert notebook.cells[0].cell_type == "markdown" and notebook.cells[0].source.startswith("# ")
    tagged = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    assert tagged == [notebook.cells[1]]
    for line in tagged[0].source.splitlines():
        value = ast.parse(line).body[0].value
        assert isinstance(value, ast.Constant) and "#" in line, "a parameter is a literal with a comment"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_no_cell_holds_logic(path: Path) -> None:
    for cell in cells(path, "code"):
        kinds = {type(n) for n in ast.walk(ast.parse(cell.source))}
        assert not kinds & {ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try}, cell.source
        assert len(cell.source.splitlines()) <= 4 and "sys.path" not in cell.source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_committed_notebook_keeps_its_outputs(path: Path) -> None:
    shown = [c for c in cells(path, "code") if c.source.startswith("show.")]
    assert shown and all(c.outputs for c in shown)
    assert not any(o.output_type == "error" for c in shown for o in c.outputs)
