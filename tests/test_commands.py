"""The commands when something in the workspace, or in how they are called, is wrong: exit status, a Chinese sentence, nothing done."""
from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
import types
from pathlib import Path

import pytest

from carelib import cli

HOME = Path(__file__).resolve().parent.parent
CYCLE = "2023-03"
REGISTER = "学校标识码,学校名称,简称,办学类型,性质,年级\n2132999101,示例区青禾小学,,小学,公办,1-6\n"
COMMANDS = [["run", CYCLE], ["run", "2023-Q1"], ["status", CYCLE], ["review", CYCLE], ["release", CYCLE], ["forms", CYCLE],
            ["review", CYCLE, "--answer", "2132999101", "--verdict", "approve", "--by", "甲", "--reason", "乙"]]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace with one school and nothing received."""
    root = tmp_path / "w"
    (root / "inputs" / CYCLE).mkdir(parents=True)
    (root / "inputs" / "schools.csv").write_text(REGISTER, "utf-8")
    shutil.copy(HOME / "inputs" / "district.toml", root / "inputs")
    return root


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What is said by a command that is refused as wrong use: whole Chinese sentences."""
    try:
        status = cli.main(words)
    except SystemExit as stop:
        status = stop.code
    said = capsys.readouterr().err
    assert status == 2 and "程序内部错误" not in said
    assert not re.search(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}", said.replace("pip install distributed", "")), "English inside"
    return said


def everything(root: Path) -> list[str]:
    return sorted(p.relative_to(root).as_posix() for p in root.rglob("*"))


# ---- the workspace

@pytest.mark.parametrize("words", COMMANDS, ids=lambda w: "_".join(w[:3]))
def test_a_folder_that_is_no_workspace_never_falls_back_to_one_above(place: Path, capsys: pytest.CaptureFixture[str],
                                                                     monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    before = everything(place)
    assert "没有" in refused(capsys, *words, "--workspace", str(place / "typo"))
    assert "不是文件夹" in refused(capsys, *words, "--workspace", str(place / "inputs" / "district.toml"))
    assert "没有 inputs 文件夹" in refused(capsys, *words, "--workspace", str(place / "inputs"))
    monkeypatch.chdir(place / "inputs")
    assert "没有 inputs 文件夹" in refused(capsys, *words, "--workspace", ".")
    assert everything(place) == before


def test_where_no_workspace_is_named_the_nearest_above_will_do(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place / "inputs")
    assert cli.main(["review", CYCLE]) == 0


@pytest.mark.parametrize("many", ["0", "-1", "1.5", "许多"])
def test_a_number_of_cores_is_at_least_one(place: Path, capsys: pytest.CaptureFixture[str], many: str) -> None:
    assert "--jobs" in refused(capsys, "run", CYCLE, "--workspace", str(place), f"--jobs={many}")


# ---- the ledger and the key

@pytest.mark.parametrize("words", [["status"], ["run"], ["review", "--answer", "f_1", "--verdict", "confirmed", "--by", "甲", "--reason", "乙"]])
def test_a_broken_ledger_is_told_and_left_as_it_is(place: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    ledger = place / "inputs" / "ledger.sqlite"
    ledger.write_bytes(b"junk, no database\n" * 100)
    said = refused(capsys, words[0], CYCLE, *words[1:], "--workspace", str(place))
    assert "ledger.sqlite 已损坏" in said and "备份" in said
    assert ledger.read_bytes() == b"junk, no database\n" * 100


def test_a_ledger_that_others_hold_or_made_is_told(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(place / "inputs" / "ledger.sqlite") as other:
        other.execute("create table ledger (something)")
    assert "ledger.sqlite 打不开" in refused(capsys, "status", CYCLE, "--workspace", str(place))


def test_another_database_that_is_not_there_is_told_without_its_address(place: Path, capsys: pytest.CaptureFixture[str],
                                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARELIB_LEDGER", "nonsense://user:secret@nowhere/x")
    said = refused(capsys, "status", CYCLE, "--workspace", str(place))
    assert "CARELIB_LEDGER" in said and "secret" not in said


@pytest.mark.parametrize("text", ["", "\n", "abc", "ab" * 16, "xy" * 32, "钥匙"])
def test_a_key_that_is_not_whole_keys_no_id(place: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    path = place / "inputs" / "id.key"
    path.write_text(text, "utf-8")
    said = refused(capsys, "status", CYCLE, "--workspace", str(place))
    assert "id.key" in said and "备份" in said
    assert path.read_text("utf-8") == text and not list((place / "outputs").rglob("*.parquet"))


# ---- the cluster and the answers

def test_without_dask_a_scheduler_is_refused_before_anything_is_made(place: Path, capsys: pytest.CaptureFixture[str],
                                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = refused(capsys, "run", CYCLE, "--workspace", str(place), "--scheduler", "nowhere:1")
    assert "distributed" in said and not list((place / "outputs").rglob("*.parquet"))


def test_a_scheduler_that_does_not_answer_is_told(place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: str) -> None:
        raise OSError("Timed out trying to connect")
    monkeypatch.setitem(sys.modules, "distributed", types.SimpleNamespace(Client=nobody))
    assert "nowhere:1" in refused(capsys, "run", CYCLE, "--workspace", str(place), "--scheduler", "nowhere:1")


@pytest.mark.parametrize(("content", "said"), [
    (None, "没有这个文件"), (b"", "缺少列"), (b"subject,verdict\nf_1,confirmed\n", "缺少列"), (b"PK\x03\x04\xff\xfe\x00\x81", "第 1 行"),
    (b"subject,verdict,by,reason,use\n,,,,\n", "一条答复也没有")])
def test_a_file_of_answers_that_holds_none_is_told(place: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, said: str) -> None:
    path = place / "answers.csv"
    if content is not None:
        path.write_bytes(content)
    assert said in refused(capsys, "review", CYCLE, "--workspace", str(place), "--answers", str(path))
    assert not (place / "inputs" / "ledger.sqlite").exists()


def test_one_bad_line_and_none_of_the_answers_is_recorded_which_is_said(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = place / "answers.csv"
    path.write_text("subject,verdict,by,reason,use\n2132999101,return,方正行,退回重报,\n,,,,\nf_9,confirmed,方正行,看过,\n", "utf-8")
    said = refused(capsys, "review", CYCLE, "--workspace", str(place), "--answers", str(path))
    assert "第 2 条答复（f_9，文件第 4 行）" in said and "第 1 条" not in said and "一条也没有记下" in said
    assert not (place / "inputs" / "ledger.sqlite").exists()


# ---- the register and the policy

@pytest.mark.parametrize(("kind", "near"), [("初级中学", "初中"), ("职业中学", ""), ("", "")])
def test_a_kind_of_school_outside_the_list_is_refused(place: Path, capsys: pytest.CaptureFixture[str], kind: str, near: str) -> None:
    (place / "inputs" / "schools.csv").write_text(REGISTER + f"3132999102,示例区柳湾中学,,{kind},公办,7-9\n", "utf-8")
    said = refused(capsys, "status", CYCLE, "--workspace", str(place))
    assert "示例区柳湾中学" in said and "九年一贯制" in said and (not kind or f"“{kind}”" in said) and near in said


def test_what_cannot_be_judged_without_a_district_file_is_said(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["status", CYCLE, "--workspace", str(place)]) == 0
    assert "注意" not in capsys.readouterr().err
    os.remove(place / "inputs" / "district.toml")
    assert cli.main(["status", CYCLE, "--workspace", str(place)]) == 0
    said = capsys.readouterr().err
    assert "没有 district.toml" in said and "没有写学期" in said and "包保责任表" in said


def test_trouble_with_a_file_is_told_in_chinese(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "outputs").write_text("in the way")
    assert cli.main(["status", CYCLE, "--workspace", str(place)]) == 1
    said = capsys.readouterr().err
    assert "文件读写失败" in said and not re.search("[a-z]{3}", said)
