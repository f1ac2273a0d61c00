"""Which pupils a school may see by name: those whom it listed itself and those on its own roster (contract §5)."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from carelib.month import Month
from carelib.show.words import class_words, said
from carelib.world import RosterPupil, School


class Names:
    """Names as this school writes them. A pupil whom only another school knows has none here."""

    def __init__(self, month: Month, school: School) -> None:
        self.month, self.school = month, school
        self._name: dict[str, str] = {}                 # person_id -> name
        self._class: dict[str, str] = {}                # person_id -> grade and class
        self._roster = {p for p in month.world.roster or () if p.school_code == school.code}
        self._keys = _roster_keys(self._roster)
        for past in (*month.earlier, month):
            self._learn(past)

    def one(self, person_id: str | None) -> str | None:
        """The person whom an id stands for now (a decision may have joined two)."""
        seen: set[str] = set()
        while person_id and person_id not in seen:
            seen.add(person_id)
            older = self.month.person.get(person_id, {}).get("same_as")
            if not older:
                break
            person_id = older
        return person_id

    def of_person(self, person_id: str | None) -> str | None:
        """The name; '' if the school lists the pupil without a legible one; None: this school may not see it."""
        known = self.one(person_id)
        pupil = self.on_roster(known)
        return self._name.get(known or "") or (pupil.name if pupil else self._name.get(known or ""))

    def class_of(self, person_id: str | None) -> str:
        known = self.one(person_id)
        if known in self._class:
            return self._class[known]
        pupil = self.on_roster(known)
        return class_words(self.month, pupil.grade, pupil.class_no) if pupil else ""

    def owns(self, row_id: str | None) -> bool:
        """Whether a row is one of this school's own."""
        return any(v["school_code"] == self.school.code for v in self.month.values_of.get(row_id or "", ()))

    def of_row(self, row_id: str | None) -> str | None:
        """The name in a row of this school's own, accepted or held."""
        values = self.month.values_of[row_id or ""] if self.owns(row_id) else []
        return next((v["value"] for v in values if v["field"] == "student_name"), None)

    def _has_name(self, row_id: str | None) -> bool:
        return any(v["field"] == "student_name" for v in self.month.values_of.get(row_id or "", ()))

    def shown(self, person_id: str | None, row_id: str | None = None) -> str:
        """What stands in a cell: the name, or words for why there is none."""
        heard = said(self.month)
        name = self.of_row(row_id) or self.of_person(person_id)
        if name is None and self.owns(row_id) and self._has_name(row_id):
            name = ""
        if name == "":
            return heard["name_of_row"]
        return name or (heard["hidden_name"] if person_id else heard["no_pupil"])

    def _learn(self, past: Month) -> None:
        for code, form in past.world.catalogue.forms.items():
            if not form.about_pupils:
                continue
            for row in past.of_school(code, self.school):
                person = self.one(past.person_of.get(row["row_id"]))
                if person:
                    self._name[person] = row.get("student_name") or self._name.get(person, "")
                if person and (words_ := class_words(past, row.get("grade"), row.get("class_no"))):
                    self._class[person] = words_

    def on_roster(self, person_id: str | None) -> RosterPupil | None:
        """The pupil of this school's own roster that a person is, by exact keys."""
        person = self.month.person.get(person_id or "")
        return next((self._keys[k] for k in _keys(person) if k in self._keys), None) if person else None


def _keys(person: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The exact keys by which a person is the same as a pupil of the roster."""
    keys: list[tuple[Any, ...]] = [(f, person[f]) for f in ("id_number", "student_no") if person.get(f)]
    if person.get("name") and person.get("birth") and person.get("gender"):
        keys.append((person["name"], person["birth"], person["gender"]))
    return keys


def _roster_keys(roster: set[RosterPupil]) -> dict[tuple[Any, ...], RosterPupil]:
    out: dict[tuple[Any, ...], RosterPupil] = {}
    twice: set[tuple[Any, ...]] = set()
    for pupil in roster:
        for key in _keys({"id_number": pupil.id_number, "student_no": pupil.student_no, "name": pupil.name,
                          "birth": pupil.birth, "gender": pupil.gender}):
            (twice.add(key) if key in out else out.__setitem__(key, pupil))
    return {k: p for k, p in out.items() if k not in twice}
