"""A list that comes late for an earlier month moves ids; what people decided about the pupils holds all the same."""
from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from carelib import cli, tables
from carelib.run import stages
from carelib.run import workspace as places

REGISTER = "学校标识码,学校名称,简称,办学类型,性质,年级,停办日期,并入学校\n3199010001,示例第一中学,一中,初中,公办,7-9,,\n"
POLICY = '[district]\nname = "示例区教育局"\n[forms]\ncollect = ["absent_list"]\n'
HEAD = "学生姓名,性别,出生日期,年级,班级,离校时间,未到校原因,目前状态\n"
OLDER = "王小麦,男,2009-03-07,八年级,1班,2023-02-20,厌学,劝返中\n"
YOUNGER = "王小麦,男,2010-08-19,八年级,1班,2023-02-20,厌学,劝返中\n"


def file_list(workspace: Path, month: int, *rows: str, name: str = "一中情况表.csv", head: str = HEAD) -> None:
    folder = workspace / "inputs" / f"2023-{month:02d}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"应在校不在校就读学生情况表（2023年{month}月）\n填报单位：示例第一中学\n{head}{''.join(rows)}", "utf-8")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "schools.csv").write_text(REGISTER, "utf-8")
    (tmp_path / "inputs" / "district.toml").write_text(POLICY, "utf-8")
    file_list(tmp_path, 4, OLDER)
    file_list(tmp_path, 5, YOUNGER)
    return tmp_path


def run(workspace: Path, cycle: str = "2023-05") -> list[dict]:
    """The links of a cycle after a run."""
    assert cli.main(["run", cycle, "--workspace", str(workspace), "--until", "reconcile"]) == 0
    return tables.read(workspace / "outputs" / cycle / "tables", "links")


def decide(workspace: Path, verdict: str) -> str:
    (link,) = run(workspace)
    assert link["state"] == "candidate"
    subject = f"{link['maybe_person_id']}+{link['person_id']}"
    assert cli.main(["review", "2023-05", "--workspace", str(workspace), "--answer", subject, "--verdict", verdict, "--by", "甲",
                     "--reason", "电话核实"]) == 0
    return subject


def open_links(workspace: Path) -> list[str]:
    month = stages.ensure(places.find(workspace), "2023-05", "check")
    from carelib import review
    return [q.subject for q in review.open_questions(month) if q.kind == "link"]


LATE = {"the older one": (OLDER,), "the younger one": (YOUNGER,), "both": (OLDER, YOUNGER)}


@pytest.mark.parametrize("rows", LATE.values(), ids=LATE.keys())
def test_an_answer_follows_the_two_pupils_whose_ids_a_late_list_moved(workspace: Path, rows: tuple[str, ...]) -> None:
    subject = decide(workspace, "same")
    assert {p["person_id"] for p in run(workspace)} == {subject.split("+")[0]}
    file_list(workspace, 3, *rows)
    after = run(workspace)
    april = tables.read(workspace / "outputs" / "2023-04" / "tables", "links")
    assert {p["person_id"] for p in after} == {p["person_id"] for p in april}        # one pupil still
    assert after[0]["person_id"] not in subject.split("+") and open_links(workspace) == []
    moved = json.loads((workspace / "outputs" / "2023-05" / "run.json").read_text("utf-8"))["moved_ids"]
    assert subject.split("+")[0] in {old for old, _ in moved}


@pytest.mark.parametrize("rows", LATE.values(), ids=LATE.keys())
def test_two_pupils_whom_somebody_told_apart_stay_apart(workspace: Path, rows: tuple[str, ...]) -> None:
    decide(workspace, "different")
    file_list(workspace, 3, *rows)
    after = run(workspace)
    april = tables.read(workspace / "outputs" / "2023-04" / "tables", "links")
    assert {p["person_id"] for p in after}.isdisjoint(p["person_id"] for p in april) and open_links(workspace) == []


def test_what_follows_hangs_on_the_inputs_alone(workspace: Path) -> None:
    decide(workspace, "same")
    file_list(workspace, 3, *LATE["both"])
    once = run(workspace)
    earlier = run(workspace, "2023-03")                      # an earlier cycle alone changes nothing later
    shutil.rmtree(workspace / "outputs")
    assert run(workspace) == once and run(workspace, "2023-03") == earlier and run(workspace) == once


def test_an_answer_to_a_finding_holds_when_the_case_has_another_id(workspace: Path) -> None:
    cli.main(["run", "2023-05", "--workspace", str(workspace), "--until", "check"])
    folder = workspace / "outputs" / "2023-05" / "tables"
    asked = [f for f in tables.read(folder, "findings") if f["case_id"] and f["row_id"]]
    answers = workspace / "answers.csv"
    answers.write_text("subject,verdict,by,reason\n" + "".join(f"{f['finding_id']},answered,甲,学校已说明\n" for f in asked), "utf-8")
    assert asked and cli.main(["review", "2023-05", "--workspace", str(workspace), "--answers", str(answers)]) == 0
    file_list(workspace, 3, *LATE["both"])
    cli.main(["run", "2023-05", "--workspace", str(workspace), "--until", "check"])
    now = {(f["rule"], f["row_id"]): f for f in tables.read(folder, "findings")}
    same = [now[f["rule"], f["row_id"]] for f in asked if now.get((f["rule"], f["row_id"]), {}).get("sentence") == f["sentence"]]
    assert same and {f["state"] for f in same} == {"answered"} and all(f["case_id"] not in {a["case_id"] for a in asked} for f in same)


def test_an_answer_about_a_case_without_a_row_this_month_follows_the_case_to_its_new_id(workspace: Path) -> None:
    file_list(workspace, 4, OLDER)
    file_list(workspace, 5, "李大麦,男,2010-08-19,八年级,2班,2023-02-20,厌学,劝返中\n")
    cli.main(["run", "2023-05", "--workspace", str(workspace), "--until", "check"])
    folder = workspace / "outputs" / "2023-05" / "tables"
    (asked,) = [f for f in tables.read(folder, "findings") if f["case_id"] and f["rule"].startswith("X9") and f["sentence"].startswith("2023年4月")][:1]
    assert cli.main(["review", "2023-05", "--workspace", str(workspace), "--answer", asked["finding_id"], "--verdict", "dismissed",
                     "--by", "甲", "--reason", "学校已说明"]) == 0
    file_list(workspace, 3, OLDER)
    cli.main(["run", "2023-05", "--workspace", str(workspace), "--until", "check"])
    (now,) = [f for f in tables.read(folder, "findings") if f["state"] == "dismissed"]
    assert (now["rule"], now["sentence"]) == (asked["rule"], asked["sentence"]) and now["finding_id"] != asked["finding_id"]
    moved = json.loads((workspace / "outputs" / "2023-05" / "run.json").read_text("utf-8"))["moved_ids"]
    assert [asked["case_id"], now["case_id"]] in moved and len(set(map(tuple, moved))) == len(moved)
