"""Cells that hold two or three things at once: grade and class, school and grade, name and phone, name and relation.

Each takes the cell as well: what may not be trusted (a doubt, an error, a weak scan) gives questions, as in `parse`.
"""
from __future__ import annotations

import re
from collections.abc import Callable

from carelib.catalogue import Field
from carelib.records import Cell, Reading
from carelib.values.choices import parse_code
from carelib.values.context import Context
from carelib.values.grades import CLASS, GRADE, both
from carelib.values.names import is_han_name, paired, parse_name, without_office
from carelib.values.phones import parse_phone
from carelib.values.text import NUMERALS, clean, garbled, plain, says_nothing, split_outside
from carelib.values.words import LONGEST, NOTHING, UNREADABLE, alternation, ask, word_set, words

NAME = Field("guardian_name", "姓名", "name")
PHONE = Field("guardian_phone", "电话", "phone")
RELATION = Field("guardian_relation", "与学生关系", "code relation")
LEVEL = Field("level", "包保层级", "code duty_level")
ANY = Context({}, "2000-01")            # names and numbers do not depend on school and month
_NUMBERS = re.compile(r"(?:\(?\+|00)?(?:86)?[- )]*(?<!\d)(?:1[\d*xX]{2}[- ]?[\d*xX]{4}[- ]?[\d*xX]{4}"
                      r"|\(?0\d{2,3}\)?[- ]?\d{7,8}(?:[-转]\d{1,6})?|\d[\d*]{6,17})(?:\.0)?(?!\d)")
_PART_END = r"[\s、,;:/|\n]*"


def _trusted(readings: tuple[Reading, ...], fields: tuple[Field, ...], text: str, context: Context,
             cell: Cell | None) -> tuple[Reading, ...]:
    """The readings, or questions in their stead if the cell is not to be trusted."""
    if cell is None:
        return readings
    if cell.doubt:
        return tuple(Reading(None, cell.doubt, cell.suggestion or text or None) for _ in fields)
    if cell.kind in UNREADABLE:
        return tuple(ask("any", cell.kind, f, context, text) for f in fields)
    if cell.kind == "ocr" and cell.confidence < words()["ocr"]["strong"]:
        return tuple(r if r == NOTHING or r.problem else ask("any", "ocr", f, context, suggestion=r.value)
                     for r, f in zip(readings, fields))
    return readings


def _long(text: str, fields: tuple[Field, Field], context: Context) -> tuple[Reading, Reading] | None:
    """Questions if the cell holds a page of text or lost characters."""
    why = "long" if len(text) > LONGEST else "garbled" if garbled(text) else ""
    return (ask("any", why, fields[0], context), ask("any", why, fields[1], context)) if why else None


def _both_of(fields: tuple[Field, Field], read: Callable[[str, Context], tuple[Reading, Reading]], text: str, context: Context,
             cell: Cell | None) -> tuple[Reading, Reading]:
    """What `read` finds in a text that is not too long, as far as the cell can be trusted."""
    text = clean(text)
    first, second = _trusted(_long(text, fields, context) or read(text, context), fields, text, context, cell)
    return first, second


def grade_and_class(text: str, context: Context, cell: Cell | None = None) -> tuple[Reading, Reading]:
    """七(3)班, 703, 初一3班: (grade, class)."""
    return _both_of((GRADE, CLASS), lambda text, context: both(text, context, cell), text, context, cell)


def name_and_phone(text: str, context: Context = ANY, cell: Cell | None = None) -> tuple[Reading, Reading]:
    """联系人及电话 in any order: (name, the numbers joined by 、)."""
    return _both_of((NAME, PHONE), _name_and_phone, text, context, cell)


def _name_and_phone(text: str, context: Context) -> tuple[Reading, Reading]:
    """The numbers, and what is left over as the name."""
    if says_nothing(text):
        return NOTHING, NOTHING
    bare = plain(text)
    numbers = [m[0] for m in _NUMBERS.finditer(bare)]
    rest = _NUMBERS.sub("\n", bare)
    label = rf"(?:联系人姓名|联系人|联系电话|联系方式|电话号码|手机号码|手机号|手机|电话|tel)[:.]?{_PART_END}"
    rest = re.sub(label, "\n", rest, flags=re.IGNORECASE)
    rest = re.sub(r"\(\s*\)|\[\s*\]", "\n", rest)
    if rest.count("(") != rest.count(")"):
        rest = rest.replace("(", "\n").replace(")", "\n")
    name = re.sub(r"[\s、,;:/|\-.]*\n[\s、,;:/|\-.]*", "\n", rest).strip(" \n、,;:/|-.")
    phone = parse_phone("、".join(numbers), PHONE, context) if numbers else NOTHING
    return _name_part(re.sub(r"^\(([^()]+)\)$", r"\1", name), context), phone


def _name_part(name: str, context: Context) -> Reading:
    """The name, also behind a word for the relation (父亲 张三)."""
    match = re.fullmatch(rf"(?:{alternation('name', 'roles')})\n?(?P<name>\S{{2,4}})", name)
    reading = parse_name(name, NAME, context)
    if match and reading.value is None:
        inner = parse_name(match["name"], NAME, context)
        return inner if inner.value else reading
    return reading


def name_and_relation(text: str, context: Context, cell: Cell | None = None) -> tuple[Reading, Reading]:
    """张三（父亲）, 父亲：张三, 张三 父子: (name, relation)."""
    return _both_of((NAME, RELATION), _name_and_relation, text, context, cell)


def _name_and_relation(text: str, context: Context) -> tuple[Reading, Reading]:
    """The part that is a word for a relation, and the rest as the name."""
    if says_nothing(text):
        return NOTHING, NOTHING
    parts = split_outside(re.sub(r"[()\[\]]", "、", plain(text)), "、,;:/\n |-")
    pair = paired(parts[0]) if len(parts) == 1 else None
    parts = list(pair) if pair else parts
    relations = [(p, r) for p in parts if (r := parse_code(p, RELATION, context)).value]
    names = [p for p in parts if p not in {w for w, _ in relations}]
    if len(relations) == 1 and len(names) == 1:
        return parse_name(names[0], NAME, context), relations[0][1]
    if not relations:
        return parse_name(text, NAME, context), NOTHING
    if len({r.value for _, r in relations}) > 1 or len(names) > 1:
        return (ask("name", "two" if len(names) > 1 else "mixed", NAME, context),
                ask("code", "several", RELATION, context, text))
    return (parse_name(names[0], NAME, context) if names else NOTHING), relations[0][1]


def name_and_post(text: str, context: Context, cell: Cell | None = None) -> tuple[Reading, Reading]:
    """田野（副校长）, 副校长 秦朗, 秦朗/副校长, 班主任：李敏: (name, the level of the post); no level for a post that has none."""
    return _both_of((NAME, LEVEL), _name_and_post, text, context, cell)


def _name_and_post(text: str, context: Context) -> tuple[Reading, Reading]:
    """The one part that ends like a post (or two of them that say one level), and the rest as the name."""
    if says_nothing(text):
        return NOTHING, NOTHING
    bare = re.sub(rf"[(]([0-9{NUMERALS}]{{1,3}})[)](?=班)", r"\1", plain(text))              # 七（2）班班主任
    parts = split_outside(re.sub(r"[()\[\]]", "、", bare), "、,;:/\n |-")
    ends = rf"(?:{alternation('name', 'posts')})"
    if len(parts) == 1 and (glued := re.fullmatch(rf"(\S{{2,3}}?)((?:副|分管|常务)*{ends})|(\S*?{ends})(\S{{2,3}})", parts[0])):
        parts = [p for p in glued.groups() if p] if is_han_name(glued[1] or glued[4]) or _behind_a_level(glued, context) else parts
    offices = word_set("name", "offices")
    posts = [p for p in parts if re.search(f"{ends}$", p)]
    names = [without_office(p) for p in parts if p not in posts and p not in offices]
    if len(names) != 1 or (not posts and names == parts):
        return parse_name(text, NAME, context), NOTHING
    if not posts:
        return parse_name(names[0], NAME, context), NOTHING
    read = {parse_code(p, LEVEL, context) for p in posts}
    return parse_name(names[0], NAME, context), read.pop() if len(read) == 1 and all(r.value for r in read) else NOTHING


def _behind_a_level(glued: re.Match[str], context: Context) -> bool:
    """园长霜降, 大二班班主任芒种: a name without a usual surname, behind a post that is one of the levels."""
    return bool(glued[4]) and parse_name(glued[4], NAME, context).value == glued[4] and bool(parse_code(glued[3], LEVEL, context).value)


def school_and_grade(text: str, context: Context, cell: Cell | None = None) -> tuple[str, Reading, Reading]:
    """就读学校及年级: (the words for the school, grade, class)."""
    text = clean(text)
    asked = _long(text, (GRADE, CLASS), context)
    school, grade, class_no = (text, *asked) if asked else _school_and_grade(text, context)
    grade, class_no = _trusted((grade, class_no), (GRADE, CLASS), text, context, cell)
    return school, grade, class_no


def _school_and_grade(text: str, context: Context) -> tuple[str, Reading, Reading]:
    if says_nothing(text):
        return "", NOTHING, NOTHING
    parts = split_outside(text, "、，,；;/\n |")
    for cut in range(1, len(parts)):
        for school, rest in (("".join(parts[:cut]), parts[cut:]), ("".join(parts[cut:]), parts[:cut])):
            found = _grade_part("".join(rest), school, context)
            if found:
                return school, *found
    return _unseparated("".join(parts), text, context)


def _grade_part(rest: str, school: str, context: Context) -> tuple[Reading, Reading] | None:
    """Grade and class if the words say them; a school named 初中 or 高中 counts its grades itself."""
    if not re.search(r"[级班)]|初[一二三]|高[一二三]|^小[一二三四五六]$", plain(rest)):
        return None
    if re.search(r"校|[中小]学|幼儿园", rest):
        return None
    staged = re.match(r"[一二三123](?:年级|[(]|\d?班)", plain(rest))
    if staged and school.endswith(("初中", "高中", "初级中学", "高级中学", "小学")):
        rest = ("小学" if school.endswith("小学") else "高中" if "高" in school[-4:] else "初中") + rest
    grade, class_no = both(rest, context)
    return (grade, class_no) if grade.value or class_no.value else None


def _unseparated(text: str, shown: str, context: Context) -> tuple[str, Reading, Reading]:
    """示例区云溪初级中学七(3)班: the longest name of a school in front of a grade."""
    ends = tuple(words()["grade"]["school_words"])
    for cut in range(len(text) - 1, 1, -1):
        if text[:cut].endswith(ends):
            found = _grade_part(text[cut:], text[:cut], context)
            if found:
                return text[:cut], *found
    grade, class_no = both(text, context)
    if grade.value or class_no.value:
        return "", grade, class_no
    return text, ask("grade", "none", GRADE, context, shown), NOTHING if grade.value else ask(
        "grade", "class_none", CLASS, context, shown)
