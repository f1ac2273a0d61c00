"""A rule's own examples: a few invented rows become the tables of a small month, and the rule is run on them.

The tests run every example of every rule; the rule book shows what they say.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from carelib.catalogue import Catalogue, Form, Rule
from carelib.check.archive import Archive
from carelib.check.desk import Desk
from carelib.check.judge import Judgement, judge_all, prepare_one
from carelib.check.word import finding
from carelib.policy import Forms, Policy, Term, Thresholds, Window
from carelib.records import FORMS
from carelib.tables import Tables
from carelib.world import RosterPupil, School, World

CYCLE = "2023-03"
SCHOOL = School("3132990001", "示例初级中学", ("示例初中",), "初中", "公办", ("7", "8", "9"))
ELSEWHERE = School("3132990002", "另一所初级中学", ("另一初中",), "初中", "公办", ("7", "8", "9"))
TERMS = (
    Term(
        "2022-2023-2",
        date(2023, 2, 13),
        date(2023, 6, 30),
        20,
        (Window("开学前后", date(2023, 2, 6), date(2023, 3, 5)),),
    ),
)
KEYS = {
    "name",
    "form",
    "row",
    "rows",
    "other",
    "elsewhere",
    "roster",
    "school",
    "case",
    "submission",
    "earlier",
    "policy",
    "collect",
    "cycle",
    "seen",
    "leftover",
    "hits",
    "sentence",
    "outcome",
}


OBSERVED = ("other_school_code", "submission_id", "row_id", "case_id", "person_id", "field", "place", "found")


def run(rule: Rule, example: Mapping[str, Any], catalogue: Catalogue) -> tuple[list[dict[str, Any]], Judgement]:
    """The findings of this rule in the example, and its judgement."""
    example = _plain(example)
    if strange := set(example) - KEYS:
        raise ValueError(f"{rule.source} {rule.id}：例子里有不认识的键 {'、'.join(sorted(strange))}")
    world = _world(catalogue, example)
    archive = Archive(world, _tables(rule, example, world), _earlier(rule, example, world))
    judgement = judge_all([prepare_one(catalogue, rule)], Desk(archive, world.schools[0]))[0]
    return [finding(archive, rule, world.schools[0].code, h) for h in judgement.hits], judgement


def _plain(example: Mapping[str, Any]) -> dict[str, Any]:
    """An example of kind `observed` may be written shorter: verdict, observation (columns and facts in one), says."""
    plain = dict(example)
    if "verdict" in plain:
        plain["hits"] = int(plain.pop("verdict") == "fails")
    if "says" in plain:
        plain["sentence"] = plain.pop("says")
    if "observation" in plain:
        said = dict(plain.pop("observation"))
        columns = {k: said.pop(k) for k in list(said) if k in OBSERVED}
        plain["seen"] = {**columns, "facts": said}
    return plain


def hits(example: Mapping[str, Any]) -> int:
    """How many findings the example must give."""
    return _plain(example).get("hits", 0)


def says(example: Mapping[str, Any]) -> str | None:
    """The sentence that the (first) finding must say, if the example states it."""
    return _plain(example).get("sentence")


def first_sentence(rule: Rule, catalogue: Catalogue) -> tuple[str, str]:
    """(sentence, remedy) of the first example that breaks the rule; the bare templates if there is none."""
    for example in rule.examples:
        if hits(example):
            found = run(rule, example, catalogue)[0]
            if found:
                return found[0]["sentence"], found[0]["remedy"]
    return rule.sentence, rule.remedy


def _world(catalogue: Catalogue, example: Mapping[str, Any]) -> World:
    wanted = dict(example.get("policy", {}))
    policy = Policy(
        forms=Forms(tuple(example.get("collect", FORMS))),
        terms=TERMS,
        psych_levels=wanted.pop("psych_levels", {}),
        thresholds=Thresholds(**wanted),
    )
    school = dataclasses.replace(SCHOOL, **_frozen(example.get("school", {})))
    roster = tuple(_pupil(school, p) for p in example["roster"]) if "roster" in example else None
    return World(example.get("cycle", CYCLE), catalogue, policy, (school, ELSEWHERE), roster, ())


def _pupil(school: School, given: Mapping[str, Any]) -> RosterPupil:
    names = ("student_no", "id_number", "gender", "birth", "grade", "class_no")
    return RosterPupil(**{"school_code": school.code, "name": "某某", **dict.fromkeys(names), **_frozen(given)})


def _frozen(given: Mapping[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}


def _tables(rule: Rule, example: Mapping[str, Any], world: World) -> Tables:
    school, form = world.schools[0], _form(rule, example, world.catalogue)
    maker = _Maker(world, world.cycle)
    rows = example.get("rows", [example["row"]] if "row" in example else [])
    if rows or "submission" in example:
        maker.add(school.code, example.get("submission", {}).get("form", form), rows, example.get("submission", {}))
    for other, lines in example.get("other", {}).items():
        maker.add(school.code, other, lines)
    for other, lines in example.get("elsewhere", {}).items():
        maker.add(ELSEWHERE.code, other, lines)
    maker.tables["cases"] = [_case(c, school, world.cycle) for c in _list(example.get("case"))]
    maker.tables["leftovers"] = [
        {"submission_id": "s1", "place": "Sheet1!Z9", "raw": x} for x in _list(example.get("leftover"))
    ]
    maker.tables["remarks"] = [_seen(rule, s, school) for s in _list(example.get("seen"))]
    return maker.tables


def _earlier(rule: Rule, example: Mapping[str, Any], world: World) -> dict[str, Tables]:
    out = {}
    for cycle, forms in example.get("earlier", {}).items():
        maker = _Maker(world, cycle)
        for form, lines in forms.items():
            maker.add(world.schools[0].code, form, lines)
        out[cycle] = maker.tables
    return out


def _form(rule: Rule, example: Mapping[str, Any], catalogue: Catalogue) -> str:
    own = [f for f in (example.get("form"), rule.form, *rule.params.get("forms", ())) if f in catalogue.forms]
    return own[0] if own else "absent_list"


def _list(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, (list, tuple)) else [value]


def _person(name: str | None, row_id: str) -> str:
    return f"p_{name or row_id}"


def _case(given: Mapping[str, Any], school: School, cycle: str) -> dict[str, Any]:
    usual = {
        "case_id": "k1",
        "school_code": school.code,
        "opened_cycle": cycle,
        "state": "open",
        "state_since": None,
        "attempts": 0,
        "last_attempt": None,
        "days_open": 10,
        "closed_cycle": None,
        "owner": None,
    }
    own = {k: v for k, v in given.items() if k != "student_name"}
    return {**usual, "person_id": _person(given.get("student_name"), "case"), **own}


def _seen(rule: Rule, given: Mapping[str, Any], school: School) -> dict[str, Any]:
    usual = dict.fromkeys(OBSERVED)
    code = rule.params.get("code", "")
    return usual | {
        "school_code": school.code,
        "code": code if isinstance(code, str) else code[0],
        "facts": {},
        **given,
    }


class _Maker:
    """Turns rows as an example writes them into submissions, values, a wide table and links."""

    def __init__(self, world: World, cycle: str) -> None:
        self.world, self.cycle = world, cycle
        self.tables: Tables = {"submissions": [], "values": [], "links": []}

    def add(
        self, school_code: str, form: str, rows: Iterable[Mapping[str, Any]], given: Mapping[str, Any] | None = None
    ) -> None:
        lines = list(rows)
        said = {k: None if v == "" else v for k, v in (given or {}).items()}
        submission = self._submission(school_code, form, len(lines)) | said
        self.tables["submissions"].append(submission)
        for number, row in enumerate(lines):
            self._line(submission, self.world.catalogue.forms[form], number, row)

    def _submission(self, school_code: str, form: str, rows: int) -> dict[str, Any]:
        number = len(self.tables["submissions"]) + 1
        usual = dict.fromkeys(
            ("term", "received_at", "filled_by", "approved_by", "filled_date", "reason_code", "reason")
        )
        return {
            **usual,
            "submission_id": f"s{number}",
            "cycle": self.cycle,
            "file": f"{number}.xlsx",
            "form": form,
            "school_code": school_code,
            "on_time": True,
            "is_zero": False,
            "state": "accepted",
            "rows_found": rows,
        }

    def _line(self, submission: Mapping[str, Any], form: Form, number: int, given: Mapping[str, Any]) -> None:
        row_id = f"{self.cycle}.{submission['submission_id']}.{number}"
        wide: dict[str, Any] = {
            "row_id": row_id,
            "submission_id": submission["submission_id"],
            "cycle": self.cycle,
            "school_code": submission["school_code"],
            **dict.fromkeys(form.fields),
        }
        for name, said in given.items():
            cell = dict(said) if isinstance(said, Mapping) else {"value": None if said == "" else said}
            wide[name] = cell.get("value")
            raw = cell.get("raw", None if cell.get("value") is None else str(cell["value"]))
            self.tables["values"].append(
                {
                    "row_id": row_id,
                    "submission_id": submission["submission_id"],
                    "form": form.code,
                    "field": name,
                    "label": form.fields[name].label,
                    "raw": raw,
                    "value": None if wide[name] is None else str(wide[name]),
                    "problem": cell.get("problem"),
                    "place": f"Sheet1!{_column(list(form.fields).index(name))}{7 + number}",
                }
            )
        self.tables.setdefault(form.code, []).append(wide)
        if form.about_pupils:
            self.tables["links"].append({"row_id": row_id, "person_id": _person(wide.get("student_name"), row_id)})


def _column(number: int) -> str:
    return (chr(64 + number // 26) if number >= 26 else "") + chr(65 + number % 26)
