"""What a row says about the case: the state, as of which day, and where the pupil is said to go."""
from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from carelib import values
from carelib.catalogue import HERE, Catalogue, fold
from carelib.records import IN_STOCK
from carelib.world import School

CASE_FORMS = ("absent_list", "case_file", "follow_up")
EVIDENCE = {"returned": ("return_date", "return_class"), "transferred": ("dest_school",), "elsewhere": ("dest_school",),
            "suspended": ("suspend_to", "suspend_from", "proof_no"), "out_of_scope": ("proof_no",),
            "deferred": ("proof_no",)}
SHORT = 12                              # a longer 工作情况 tells a story, not a result


@functools.cache
def machine() -> Mapping[str, Any]:
    """notice/case_states.toml: states, steps and words."""
    return tomllib.loads((HERE / "case_states.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Statement:
    """One row's word on a case. `state` None: it says nothing that can be read for certain."""
    form: str
    school: str
    row_id: str
    state: str | None
    said_on: str | None             # the day (or month) as of which it speaks, as written
    row: Mapping[str, Any]
    attending: bool = False         # says that the pupil is in class
    unreadable: bool = False        # a status stands there and could not be read

    @property
    def in_stock(self) -> bool:
        return self.state in IN_STOCK

    @property
    def exits(self) -> bool:
        return self.state is not None and self.state not in IN_STOCK


class Words:
    """Reads states in free text with the catalogue's words. One per run: it remembers what it has read."""

    def __init__(self, catalogue: Catalogue, cycle: str) -> None:
        codes, more = catalogue.codes["case_state"], machine()["words"]
        self._context = values.Context(catalogue.codes, cycle)
        self._field = catalogue.forms["absent_list"].fields["status"]
        self.exact, self.ambiguous = dict(codes.words), codes.ambiguous
        pairs = [(w, s) for w, s in codes.words.items() if len(w) > 1 and not w.isascii()]
        pairs += [(fold(w), s) for s in machine()["state"] for w in more.get(s, ())]
        self.words = sorted(dict(pairs).items(), key=lambda p: (-len(p[0]), p[0]))
        self._negation = re.compile("(?:" + "|".join(map(fold, more["negation"])) + ").{0,4}$")
        self._intent = re.compile("|".join(map(fold, more["intent"])))
        self._attending = re.compile("|".join(map(fold, more["attending"])))
        self._read: dict[str, tuple[str | None, str | None]] = {}

    def state(self, text: str | None, evidence: Mapping[str, Any] | None = None) -> str | None:
        """The state that a text says for certain, else None: read like a status, then clause by clause.

        An exit that only a clause says needs what such an exit leaves behind on the row (`evidence`).
        """
        if not text:
            return None
        if text not in self._read:
            read = values.parse(text, self._field, self._context).value
            self._read[text] = (read, None if read else self._state(fold(text)))
        read, loose = self._read[text]
        needed = EVIDENCE.get(loose or "", ())
        sure = loose in IN_STOCK or any((evidence or {}).get(name) for name in needed)
        return read or (loose if sure else None)

    def _state(self, text: str) -> str | None:
        if text in self.ambiguous:
            return None
        if text in self.exact:
            return self.exact[text]
        said = [s for clause in re.split("[。；;，,！!、\n]", text) if clause and (s := self._clause(clause))]
        if not said:
            return None
        if len(set(said)) == 1 or said[-1] == "relapsed" or all(s in IN_STOCK for s in said):
            return said[-1]
        exits = [s for s in said if s not in IN_STOCK]
        return exits[-1] if len(exits) == len(said) and said[-1] != "returned" else None

    def _clause(self, clause: str) -> str | None:
        if clause in self.ambiguous:
            return None
        for word, state in self.words:
            at = clause.find(word)
            if at < 0:
                continue
            before = clause[:at]
            if state in IN_STOCK:
                return state
            if self._negation.search(before):
                return "open" if state in ("returned",) else None
            return None if self._intent.search(before) else state
        return None

    def attending(self, text: str | None) -> bool:
        """Whether a text says that the pupil is in class: a visit after the return, or a school that took the pupil in."""
        folded = fold(text or "")
        found = self._attending.search(folded)
        if found is None or self._negation.search(folded[:found.start()]):
            return False
        return self.state(text) in ("returned", "transferred", None)


def of_row(form: str, row: Mapping[str, Any], words: Words, filled: Mapping[str, str | None], last_day: str,
           unreadable: frozenset[str] | set[str]) -> Statement:
    """What a row of list, page or follow-up says. `filled`: submission -> its 填报日期."""
    if form == "follow_up":
        text = row.get("outcome") or (row.get("content") if len(row.get("content") or "") <= SHORT else None)
        state = words.state(text, row) or ("returned" if _came_back(row) else None)
        return Statement(form, row["school_code"], row["row_id"], state, row.get("attempt_date"), row,
                         words.attending(row.get("outcome")) or words.attending(row.get("content")))
    state = row.get("status")
    said = row.get("form_date") or filled.get(row["submission_id"]) or last_day
    if state == "returned" and row.get("return_date"):
        said = row["return_date"]
    return Statement(form, row["school_code"], row["row_id"], state, said, row,
                     state == "returned" or words.attending(row.get("remark")), row["row_id"] in unreadable)


def _came_back(row: Mapping[str, Any]) -> bool:
    """A follow-up without a readable outcome that gives both the day and the class of the return."""
    return bool(row.get("return_date") and row.get("return_class") and not row.get("outcome"))


def core(name: str) -> str:
    """A school's name without the places before it: 示例区云台初级中学 -> 云台初级中学."""
    return re.sub("^(?:[\u4e00-\u9fff]{1,6}?[省市县区镇乡])+", "", name) or name


class Schools:
    """Finds the register's school that a text names."""

    def __init__(self, schools: Sequence[School], district: str = "") -> None:
        self._exact: dict[str, str] = {}
        for school in schools:
            for name in (school.name, *school.short_names, school.code):
                self._exact.setdefault(fold(name), school.code)
        cores: dict[str, set[str]] = {}
        for name, code in self._exact.items():
            cores.setdefault(core(name), set()).add(code)
        for name, codes in cores.items():               # the short form of a name, if only one school is called so
            if len(codes) == 1 and len(name) >= 4:
                self._exact.setdefault(name, min(codes))
        self._longest = sorted((n for n in self._exact if len(n) >= 3), key=lambda n: (-len(n), n))
        self._found: dict[str, str | None] = {}

    def find(self, text: str | None) -> str | None:
        """The code of the school, None if the text names none of the register."""
        if not text:
            return None
        if text not in self._found:
            folded = fold(text)
            self._found[text] = self._exact.get(folded) or self._exact.get(core(folded)) or self._inside(folded)
        return self._found[text]

    def _inside(self, text: str) -> str | None:
        if code := next((self._exact[n] for n in self._longest if n in text), None):
            return code
        short = (n for n in self._exact if len(n) == 2)         # 二中: only where the words before it point to a school
        return next((self._exact[n] for n in short if re.search(f"[转至到入往]{re.escape(n)}(?!学)", text)), None)


def destination(statement: Statement, schools: Schools) -> str | None:
    """The school of the register to which the pupil is said to move."""
    row = statement.row
    if statement.state not in ("transferred", "elsewhere"):
        return schools.find(row.get("dest_school")) if statement.exits else None
    texts = (row.get("dest_school"), row.get("outcome"), row.get("remark"), row.get("return_class"))
    found = next((code for text in texts if (code := schools.find(text))), None)
    return None if found == statement.school else found


_A_SCHOOL = re.compile(r"([\u4e00-\u9fff0-9]+?)(?:小学|中学|学校|初中|高中|职校|职中|中专|学院|幼儿园|校区)|[一二三四五六七八九十实附][中小](?!学)")

@functools.cache
def _around_schools() -> tuple[frozenset[str], re.Pattern[str]]:
    """Words that make a school none in particular, and what may stand before one that is named."""
    words = machine()["words"]
    return frozenset(words["no_school"]), re.compile(f".*(?:{'|'.join(words['to_school'])})")


def names_a_school(row: Mapping[str, Any]) -> bool:
    """Whether 接收学校, 结果 or 备注 names any receiving school, of the register or not; 参加学校的活动 names none."""
    if row.get("dest_school"):
        return True
    none, before = _around_schools()
    texts = (str(row.get(f) or "") for f in ("outcome", "remark", "whereabouts_text"))
    return any(not m[1] or before.sub("", m[1]) not in ("", *none) for text in texts for m in _A_SCHOOL.finditer(text))
