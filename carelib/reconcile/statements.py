"""What a row says about the case: the state, as of which day, and where the pupil is said to go."""
from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from carelib.catalogue import HERE, Catalogue, fold
from carelib.records import IN_STOCK
from carelib.world import School, World

CASE_FORMS = ("absent_list", "case_file", "follow_up")


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

    def __init__(self, catalogue: Catalogue) -> None:
        codes = catalogue.codes["case_state"]
        more = machine()["words"]
        self.exact, self.ambiguous = dict(codes.words), codes.ambiguous
        pairs = [(w, s) for w, s in codes.words.items() if len(w) > 1 and not w.isascii()]
        pairs += [(fold(w), s) for s in machine()["state"] for w in more.get(s, ())]
        self.words = sorted(dict(pairs).items(), key=lambda p: (-len(p[0]), p[0]))
        self._negation = re.compile("(?:" + "|".join(map(fold, more["negation"])) + ").{0,4}$")
        self._intent = re.compile("|".join(map(fold, more["intent"])))
        self._attending = re.compile("|".join(map(fold, more["attending"])))
        self._read: dict[str, str | None] = {}

    def state(self, text: str | None) -> str | None:
        """The state that a text says for certain, else None."""
        if not text:
            return None
        if text not in self._read:
            self._read[text] = self._state(fold(text))
        return self._read[text]

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
        return bool(text and self._attending.search(fold(text)) and self.state(text) in ("returned", "transferred", None)
                    and not self._negation.search(fold(text)[:self._attending.search(fold(text)).start()]))


def of_row(form: str, row: Mapping[str, Any], words: Words, filled: Mapping[str, str | None], last_day: str,
           unreadable: frozenset[str] | set[str]) -> Statement:
    """What a row of list, page or follow-up says. `filled`: submission -> its 填报日期."""
    if form == "follow_up":
        state = words.state(row.get("outcome")) or ("returned" if _came_back(row) else None)
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


class Schools:
    """Finds the register's school that a text names."""

    def __init__(self, schools: Sequence[School], district: str = "") -> None:
        self._exact: dict[str, str] = {}
        for school in schools:
            for name in (school.name, *school.short_names, school.code):
                self._exact.setdefault(fold(name), school.code)
        self._longest = sorted((n for n in self._exact if len(n) >= 3), key=lambda n: (-len(n), n))
        self._found: dict[str, str | None] = {}

    def find(self, text: str | None) -> str | None:
        """The code of the school, None if the text names none of the register."""
        if not text:
            return None
        if text not in self._found:
            folded = fold(text)
            self._found[text] = self._exact.get(folded) or self._inside(folded)
        return self._found[text]

    def _inside(self, text: str) -> str | None:
        return next((self._exact[n] for n in self._longest if n in text), None)


def destination(statement: Statement, schools: Schools) -> str | None:
    """The school of the register to which the pupil is said to move."""
    row = statement.row
    if statement.state not in ("transferred", "elsewhere"):
        return schools.find(row.get("dest_school")) if statement.exits else None
    texts = (row.get("dest_school"), row.get("outcome"), row.get("remark"), row.get("return_class"))
    found = next((code for text in texts if (code := schools.find(text))), None)
    return None if found == statement.school else found


def names_a_school(row: Mapping[str, Any]) -> bool:
    """Whether any receiving school is named, of the register or not."""
    if row.get("dest_school"):
        return True
    text = "".join(str(row.get(f) or "") for f in ("outcome", "remark", "whereabouts_text", "content"))
    return bool(re.search(r"[\u4e00-\u9fff]{2,}(小学|中学|学校|初中|高中|职校|中专|学院|幼儿园|实小|实中|校区)", text))


def words_of(world: World) -> Words:
    return Words(world.catalogue)
