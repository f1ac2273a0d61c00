"""Invented people: numbers that keep every rule of GB 11643 in regions that do not exist, and the district's roster."""
from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

REGIONS = ("990101", "990102")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SCHOOL_YEAR = 2022
NURSERY = {"小班": -2, "中班": -1, "大班": 0}
GRADE_WORDS = "一二三四五六七八九"


def number(*key: object) -> int:
    """A large whole number that depends on nothing but the key: our only dice."""
    return int.from_bytes(hashlib.blake2b("/".join(map(str, key)).encode(), digest_size=8).digest(), "big")


def pick(choices: Sequence[Any], *key: object) -> Any:
    return choices[number(*key) % len(choices)]


def id_number(region: str, birth: date, sequence: int) -> str:
    """The 18 characters with their check digit; an odd sequence is a boy's."""
    body = f"{region}{birth:%Y%m%d}{sequence:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS)) % 11]


def first_birthday(grade: str) -> date:
    """The earliest birth date that fits a grade of the school year 2022/23."""
    return date(SCHOOL_YEAR - 6 - (NURSERY[grade] if grade in NURSERY else int(grade)), 9, 1)


def grade_words(grade: str) -> str:
    if grade in NURSERY:
        return grade
    step = int(grade)
    return f"{GRADE_WORDS[step - 1]}年级" if step <= 9 else f"高{GRADE_WORDS[step - 10]}"


@dataclass(frozen=True, slots=True)
class Pupil:
    """Someone of the story, or one of the many about whom nothing has to be reported."""
    school: str
    name: str
    gender: str
    birth: date
    grade: str
    class_no: int
    id_number: str
    key: str = ""
    on_roster: bool = True
    roster: dict[str, str] = field(default_factory=dict)    # what the roster says otherwise
    groups: tuple[str, ...] = ()
    guardian: str = ""
    relation: str = ""
    phone: str = ""
    address: str = ""
    owner: str = ""
    owner_phone: str = ""

    @property
    def student_no(self) -> str:
        return "G" + self.id_number


def from_story(school: str, raw: dict[str, Any]) -> Pupil:
    """A named pupil; the number follows from region, birth, gender unless the story says otherwise."""
    birth, key = raw["birth"], raw["key"]
    sequence = raw.get("sequence", 100 + number("sequence", school, key) % 400 * 2 + (raw["gender"] == "男"))
    made = id_number(raw.get("region", REGIONS[0]), birth, sequence)
    return Pupil(school, raw["name"], raw["gender"], birth, str(raw["grade"]), raw["class"], made, key,
                 raw.get("on_roster", True), raw.get("roster", {}), tuple(raw.get("groups", ())),
                 raw.get("guardian", ""), raw.get("relation", ""), raw.get("phone", ""), raw.get("address", ""),
                 raw.get("owner", ""), raw.get("owner_phone", ""))


def grades_of(school: dict[str, Any]) -> list[str]:
    words = school["grades"]
    if "-" in words:
        low, high = map(int, words.split("-"))
        return [str(g) for g in range(low, high + 1)]
    return [w for w in words.split("、") if w]


def roster(schools: list[dict[str, Any]], story: list[Pupil], names: dict[str, Any]) -> list[Pupil]:
    """Every class filled up to its size around the pupils of the story; no name twice in a school but by intent."""
    out: list[Pupil] = []
    for school in schools:
        if "classes" not in school:
            continue
        taken = {p.name for p in story if p.school == school["code"]}
        for grade in grades_of(school):
            for class_no in range(1, school["classes"] + 1):
                known = [p for p in story if p.on_roster and (p.school, p.grade, p.class_no)
                         == (school["code"], grade, class_no)]
                others = [_other(school["code"], grade, class_no, i, names, taken)
                          for i in range(max(0, school["size"] - len(known)))]
                out += sorted([*known, *others], key=lambda p: number("seat", p.id_number))
    return out


def _other(school: str, grade: str, class_no: int, index: int, names: dict[str, Any], taken: set[str]) -> Pupil:
    key = (school, grade, class_no, index)
    gender = pick("男女", "gender", *key)
    birth = first_birthday(grade) + timedelta(days=number("birth", *key) % 365)
    if number("late", *key) % 12 == 0:
        birth -= timedelta(days=300)                        # a child that went to school a year later
    salt = 0
    while (name := _name(gender, names, salt, *key)) in taken:
        salt += 1
    taken.add(name)
    sequence = 100 + number("sequence", *key) % 400 * 2 + (gender == "男")
    region = REGIONS[number("region", *key) % 10 == 0]
    groups = tuple(g for g, one_in in (("留守", 14), ("单亲", 18), ("流动人口", 15), ("贫困", 40))
                   if number(g, *key) % one_in == 0)
    return Pupil(school, name, gender, birth, grade, class_no, id_number(region, birth, sequence), groups=groups)


def _name(gender: str, names: dict[str, Any], salt: int, *key: object) -> str:
    surname = pick(names["surnames"], "surname", salt, *key)
    if number("compound", salt, *key) % 90 == 0:
        surname = pick(names["compound"], "which", *key)
    characters = names["boys"] if gender == "男" else names["girls"]
    first, second = pick(characters, "first", salt, *key), pick(characters, "second", salt, *key)
    return surname + (first if number("single", salt, *key) % 6 == 0 else first + second)
