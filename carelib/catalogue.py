"""Loads `notice/`, checks all of it, refuses with every fault listed. The notice is data; this is its only reader.

    forms.toml      the ten forms: title, title words, cycle, who owes them
    fields.csv      form, field, label, type, required, note ('*' = every form about pupils)
    synonyms.csv    form, field, synonym: other words for a label
    codes/*.csv     one list a file: code, label, synonyms (、), ambiguous words (、)
    phrases.toml    by list and code: patterns of what people write in their own words
    clauses.toml    the clauses of the notice, in our own words
    rules/*.toml    the rules, each with its own passing and failing examples
    indicators.toml the indicators
    wording.toml    words the reader looks for, sentences the product says
    looks.toml      colours, fonts, widths of what people see
"""
from __future__ import annotations

import csv
import functools
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from carelib.records import FORMS, CatalogueError

HERE = Path(__file__).with_name("notice")
_PIECE = re.compile(r"<([A-Z]+)>")      # of a pattern, in labels.toml and phrases.toml
_REPEATED = re.compile(r"\)\*(?![+?])")  # a group as often as it comes: what it took is not given back
CONSEQUENCES = {"return_form": "须更正", "ask_school": "请核实或说明", "tell_reviewer": "供审核"}


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    label: str
    type: str                               # date, int, 'code reason', 'codes family' …
    required: bool = False
    note: str = ""
    synonyms: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The first word of the type: 'code' of 'code reason'."""
        return self.type.split()[0]

    @property
    def list(self) -> str | None:
        """The code list's name: 'reason' of 'code reason'."""
        return self.type.partition(" ")[2] or None


@dataclass(frozen=True, slots=True)
class Form:
    code: str
    title: str
    cycle: str                              # month | term
    fields: Mapping[str, Field]
    titles: tuple[str, ...] = ()            # other titles it goes by
    about_pupils: bool = False
    owed_by: tuple[str, ...] = ()           # 办学类型 that owe it
    owed_when: str = ""                     # '' every school of owed_by | open_case | compulsory (grades 1–9)
    due: str = ""                           # '' the first cycle of the term | screening_days
    short: str = ""                         # how sentences name it


@dataclass(frozen=True, slots=True)
class CodeList:
    name: str
    labels: Mapping[str, str]               # code -> Chinese label
    words: Mapping[str, str]                # normalised word -> code (labels and synonyms)
    ambiguous: frozenset[str] = frozenset() # normalised words that always need a question
    phrases: Mapping[str, tuple[re.Pattern[str], ...]] = field(default_factory=dict)    # code, or code! -> patterns (phrases.toml)
    around: tuple[str, ...] = ()            # words that may stand round a phrase


@dataclass(frozen=True, slots=True)
class Clause:
    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of data over the kinds of `kinds.py` (house.md). `form`: a form's code, 'case', 'school' or '*'."""
    id: str
    clause: str
    form: str
    consequence: str
    title: str
    kind: str
    sentence: str
    remedy: str
    params: Mapping[str, Any] = field(default_factory=dict)
    applies: tuple[str, ...] = ()           # 办学类型; empty: all
    needs: tuple[str, ...] = ()             # forms, 'roster' or 'terms' without which it is not judged
    since: str = ""                         # first and last cycle in which it holds
    until: str = ""
    examples: tuple[Mapping[str, Any], ...] = ()
    source: str = ""                        # the file it stands in


@dataclass(frozen=True, slots=True)
class Indicator:
    code: str
    title: str
    clause: str
    target: str                             # how the target reads, '' if none
    unit: str = ""                          # '%', '人', '学时' …
    applies: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    formula: str = ""                       # in words, with blanks {numerator}, {denominator}, {value}
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Catalogue:
    forms: Mapping[str, Form]
    codes: Mapping[str, CodeList]
    clauses: Mapping[str, Clause]
    rules: tuple[Rule, ...]
    indicators: Mapping[str, Indicator]
    wording: Mapping[str, Any]
    looks: Mapping[str, Any]

    def label(self, code_list: str, code: str | None) -> str:
        """What people read for a code ('' for none)."""
        return "" if code is None else self.codes[code_list].labels.get(code, code)


def fold(text: str) -> str:
    """The form in which labels and words are compared: NFKC, no white space, lower case, one kind of bracket."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


@functools.lru_cache(maxsize=4)
def load(folder: Path = HERE) -> Catalogue:
    """The whole catalogue; raises `CatalogueError` naming every fault with its file."""
    faults: list[str] = []
    phrases = _toml(folder / "phrases.toml", faults)
    codes = {p.stem: _code_list(p, phrases, faults) for p in sorted((folder / "codes").glob("*.csv"))}
    faults += [f"phrases.toml：没有代码表 codes/{name}.csv" for name in phrases.keys() - codes.keys() - {"word", "around"}]
    fields = _fields(folder, codes, faults)
    forms = _forms(folder, fields, faults)
    clauses = {k: Clause(k, **v) for k, v in _toml(folder / "clauses.toml", faults).get("clause", {}).items()}
    rules = tuple(r for p in sorted((folder / "rules").glob("*.toml")) for r in _rules(p, clauses, forms, faults))
    _unique("rules", [r.id for r in rules], faults)
    indicators = {k: _build(Indicator, {"code": k, **v}, f"indicators.toml [{k}]", faults)
                  for k, v in _toml(folder / "indicators.toml", faults).items()}
    if faults:
        raise CatalogueError("\n".join(faults))
    return Catalogue(forms, codes, clauses, rules, indicators, _toml(folder / "wording.toml", faults),
                     _toml(folder / "looks.toml", faults))


def _toml(path: Path, faults: list[str]) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        faults.append(f"{path.name}：{fault}")
        return {}


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def _words(cell: str | None) -> tuple[str, ...]:
    return tuple(w.strip() for w in (cell or "").split("、") if w.strip())


def _unique(where: str, names: list[str], faults: list[str]) -> None:
    faults += [f"{where}：“{n}”出现了不止一次" for n in sorted({n for n in names if names.count(n) > 1})]


def _code_list(path: Path, phrases: Mapping[str, Any], faults: list[str]) -> CodeList:
    labels: dict[str, str] = {}
    words: dict[str, str] = {}
    ambiguous: set[str] = set()
    for line, row in enumerate(_csv(path), 2):
        code, label = row["code"], row["label"]
        if code:
            labels[code] = label
        for word in (code, label, *_words(row.get("synonyms"))) if code else ():
            if words.setdefault(fold(word), code) != code:
                faults.append(f"codes/{path.name} 第{line}行：“{word}”既是 {words[fold(word)]} 又是 {code}")
        ambiguous |= {fold(w) for w in _words(row.get("ambiguous"))}
    around = phrases.get("around", {})
    return CodeList(path.stem, labels, words, frozenset(ambiguous), _phrases(path.stem, labels, phrases, faults),
                    (*around.get("*", ()), *around.get(path.stem, ())))


def _phrases(name: str, labels: Mapping[str, str], data: Mapping[str, Any], faults: list[str]) -> dict[str, tuple[re.Pattern[str], ...]]:
    out = {}
    for code, patterns in data.get(name, {}).items():
        if code.removesuffix("!") not in labels:
            faults.append(f"phrases.toml [{name}]：代码表里没有“{code}”")
        try:
            out[code] = tuple(re.compile(_REPEATED.sub(")*+", spelled(p, data.get("word", {})))) for p in patterns)
        except (KeyError, re.error) as fault:
            faults.append(f"phrases.toml [{name}] {code}：{fault}")
    return out


def spelled(text: str, words: Mapping[str, str]) -> str:
    """A pattern with its pieces <NAME> written out, those inside of pieces too."""
    while _PIECE.search(text):
        text = _PIECE.sub(lambda found: f"(?:{words[found[1]]})", text)
    return text


def _fields(folder: Path, codes: Mapping[str, CodeList], faults: list[str]) -> dict[str, dict[str, Field]]:
    synonyms: dict[tuple[str, str], list[str]] = {}
    for row in _csv(folder / "synonyms.csv") if (folder / "synonyms.csv").exists() else []:
        synonyms.setdefault((row["form"], row["field"]), []).append(row["synonym"])
    out: dict[str, dict[str, Field]] = {}
    for line, row in enumerate(_csv(folder / "fields.csv"), 2):
        field_ = Field(row["field"], row["label"], row["type"], row["required"] == "yes", row["note"],
                       tuple(synonyms.pop((row["form"], row["field"]), [])))
        if field_.list and field_.list not in codes:
            faults.append(f"fields.csv 第{line}行：没有代码表 codes/{field_.list}.csv")
        if row["form"] not in ("*", *FORMS):
            faults.append(f"fields.csv 第{line}行：没有“{row['form']}”这种表")
        out.setdefault(row["form"], {})[field_.name] = field_
    faults += [f"synonyms.csv：fields.csv 里没有 {form}.{name}" for form, name in synonyms]
    return out


def _forms(folder: Path, fields: Mapping[str, dict[str, Field]], faults: list[str]) -> dict[str, Form]:
    data = _toml(folder / "forms.toml", faults)
    forms = {}
    for code in FORMS:
        if code not in data:
            faults.append(f"forms.toml：缺少 [{code}]")
            continue
        common = fields.get("*", {}) if data[code].get("about_pupils") else {}
        forms[code] = _build(Form, {**data[code], "code": code, "fields": {**common, **fields.get(code, {})}},
                             f"forms.toml [{code}]", faults)
    return forms


def _rules(path: Path, clauses: Mapping[str, Clause], forms: Mapping[str, Form], faults: list[str]) -> list[Rule]:
    rules = []
    for raw in _toml(path, faults).get("rule", []):
        where = f"rules/{path.name} {raw.get('id', '?')}"
        examples = tuple(raw.pop("example", ()))
        raw = {**raw, "examples": examples, "source": path.name}
        rule = _build(Rule, raw, where, faults)
        if rule is None:
            continue
        if rule.clause and rule.clause not in clauses:
            faults.append(f"{where}：没有条款“{rule.clause}”")
        if rule.form not in ("*", "case", "school", *forms):
            faults.append(f"{where}：没有“{rule.form}”这种表")
        if rule.consequence not in CONSEQUENCES:
            faults.append(f"{where}：consequence 应为 {'、'.join(CONSEQUENCES)}")
        if not rule.clause and not rule.id.startswith("C"):
            faults.append(f"{where}：缺少条款")
        rules.append(rule)
    return rules


def _build(kind: type, raw: Mapping[str, Any], where: str, faults: list[str]) -> Any:
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()}
    try:
        return kind(**values)
    except TypeError as fault:
        faults.append(f"{where}：{fault}")
        return None
