"""From findings to a released workbook by the command line, on the invented district."""
from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from carelib import cli

CYCLE, SCHOOL = "2023-03", "3432999110"          # 青禾高中: nothing to correct
ASKED = "3632999111"                             # 清溪中专: something for the reviewer


@pytest.fixture
def workspace(district: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(district, tmp_path / "w"))


def call(workspace: Path, capsysbinary: pytest.CaptureFixture[bytes], *words: str) -> tuple[int, object]:
    status = cli.main([words[0], CYCLE, *words[1:], "--workspace", str(workspace), "--json"])
    out = capsysbinary.readouterr().out
    return status, json.loads(out) if out.strip() else None


def answer(subject: str, verdict: str, by: str) -> list[str]:
    return ["review", "--answer", subject, "--verdict", verdict, "--by", by, "--reason", "核对过"]


def reviewer(workspace: Path) -> str:
    """A reviewer of the district's own policy."""
    import tomllib
    people = tomllib.loads((workspace / "inputs" / "district.toml").read_text("utf-8"))["people"]
    return people["reviewers"][0]


def test_the_approved_workbook_is_what_was_sent(workspace: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert call(workspace, capsysbinary, *answer(SCHOOL, "approve", reviewer(workspace)))[0] == 0
    status, told = call(workspace, capsysbinary, "release", "--school", SCHOOL)
    assert status == 0 and told[0]["reasons"] == []
    folder = workspace / "outputs" / CYCLE / "reports"
    released = folder / "released" / told[0]["file"]
    assert released.read_bytes() == (folder / "draft" / told[0]["file"]).read_bytes()


def test_nothing_is_released_while_a_reviewer_is_asked(workspace: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    waiting = call(workspace, capsysbinary, "review", "--school", ASKED)[1]
    assert waiting
    assert call(workspace, capsysbinary, *answer(ASKED, "approve", reviewer(workspace)))[0] == 0
    status, told = call(workspace, capsysbinary, "release", "--school", ASKED)
    assert status == 1 and "等人决定" in told[0]["reasons"][0]


def test_an_answer_is_respected_by_the_next_run(workspace: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    waiting = [q for q in call(workspace, capsysbinary, "review", "--school", ASKED)[1] if q["kind"] == "finding"]
    for q in waiting:
        assert call(workspace, capsysbinary, *answer(q["subject"], "dismissed", reviewer(workspace)))[0] == 0
    left = {q["subject"] for q in call(workspace, capsysbinary, "review", "--school", ASKED)[1]}
    assert waiting and not left & {q["subject"] for q in waiting}


@pytest.mark.parametrize("words", [["review", "--answer", "f_none", "--verdict", "confirmed", "--by", "甲", "--reason", "乙"],
                                   ["review", "--answer", "f_none"], ["release", "--school", "没有的学校"], ["status", "--school", "x"]])
def test_wrong_use_is_status_2(workspace: Path, words: list[str]) -> None:
    try:
        status = cli.main([words[0], CYCLE, *words[1:], "--workspace", str(workspace)])
    except SystemExit as stop:
        status = stop.code
    assert status == 2


def test_a_run_that_finds_another_one_running_stops(workspace: Path) -> None:
    import filelock
    with filelock.FileLock(str(workspace / "outputs" / ".run.lock")):
        assert cli.main(["run", CYCLE, "--workspace", str(workspace), "--until", "read"]) != 0


def test_an_approved_draft_that_is_older_than_the_tables_does_not_go_out(workspace: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert call(workspace, capsysbinary, *answer(SCHOOL, "approve", reviewer(workspace)))[0] == 0
    policy = workspace / "inputs" / "district.toml"
    policy.write_text(policy.read_text("utf-8").replace('name = "示例区教育局"', 'name = "柳湾区教育局"'), "utf-8")
    assert call(workspace, capsysbinary, "run", "--until", "read")[0] == 0
    status, told = call(workspace, capsysbinary, "release", "--school", SCHOOL)
    assert status == 1 and any("重新批准" in reason for reason in told[0]["reasons"])


def test_outputs_may_be_deleted_between_approval_and_release(workspace: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert call(workspace, capsysbinary, *answer(SCHOOL, "approve", reviewer(workspace)))[0] == 0
    shutil.rmtree(workspace / "outputs" / CYCLE / "reports" / "draft")
    assert call(workspace, capsysbinary, "release", "--school", SCHOOL)[0] == 0
