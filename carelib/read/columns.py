"""Gives the columns of a list to the fields of a form: by their words, their groups, their neighbours; a guess last."""
from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping

from rapidfuzz import fuzz

from carelib.read.headers import Column
from carelib.read.joined import LIST_SCHOOL, Match
from carelib.read.labels import key, keys
from carelib.read.lexicon import FOLDED, LOOSE, Lexicon
from carelib.read.rows import level_parts

ReadsWell = Callable[[Column, str], bool]       # does what stands under this column read well as that field?
COUNTS = "level_counts"
OTHER = ("其他", "其它")                         # beside columns of ticks: what is none of them is written here
CODED = ("code", "codes", "level", "bool")


def map_columns(columns: list[Column], form: str, lexicon: Lexicon, levels: Mapping[str, int], reads_well: ReadsWell) -> None:
    """Sets `use`, `match`, `code` and `why` of each column."""
    if COUNTS in lexicon.catalogue.forms[form].fields:
        for column in columns:
            _part_group(column, form, lexicon)
    for i, column in enumerate(columns):
        column.use, column.code, column.why = "", "", "unknown"
        ticked = _under_its_list(column, form, lexicon)
        column.match = None if ticked else _by_neighbour(columns, i, form, lexicon) or lexicon.find_loosely(form, column.path)
        if ticked:
            continue
        _as_it_reads(column, form, lexicon, reads_well)
        if column.match and _reads_as_said(column, form, lexicon, reads_well):
            column.use, column.why = "field", ""
        elif _is_label(column, lexicon.school_labels):
            column.use, column.why = "school", ""
        elif _is_label(column, lexicon.school_code_labels):
            column.use, column.why = "school_code", ""
        elif "seq" not in lexicon.catalogue.forms[form].fields and _is_label(column, lexicon.serials):
            column.use, column.why = "serial", ""
        elif _is_label(column, lexicon.items - lexicon.serials) and "grade" in lexicon.catalogue.forms[form].fields and reads_well(column, "grade"):
            column.use, column.why, column.match = "field", "", Match(("grade",), LOOSE)       # 项目 over 一年级, 二年级
        elif COUNTS in lexicon.catalogue.forms[form].fields and _is_level(column, lexicon, levels):
            column.use, column.why, column.match = "level", "", Match((COUNTS,), 0.5)
    _one_column_a_field(columns, form, lexicon)
    _persons_of_a_duty(columns, form, lexicon, reads_well)
    _flags(columns, form, lexicon, reads_well, levels)
    for column in columns:
        if column.why == "unknown":
            _guess(column, columns, form, lexicon, reads_well)


def _part_group(column: Column, form: str, lexicon: Lexicon) -> None:
    """预警人数一级预警: the group and its first level, printed above each other without a rule between; 人数 under a level is its
    number."""
    if len(column.path) > 1 and key(column.path[-1]) in lexicon.heads and lexicon.level.match(key(column.path[-2])):
        column.path = column.path[:-1]
        return
    said = "".join(column.path[-1].split())
    for word, match in lexicon.forms[form].labels.items():
        rest = said[len(word):]
        if match.fields == (COUNTS,) and key(said).startswith(word) and rest and lexicon.level.match(key(rest)):
            column.path = (*column.path[:-1], said[:len(word)], rest)
            return


def _reads_as_said(column: Column, form: str, lexicon: Lexicon, reads_well: ReadsWell) -> bool:
    """A label in its own words is believed; one in other words, or one that may mean another field too, if what stands below
    it reads well. A column of a code list in other words is believed too: what is not of the list is asked."""
    assert column.match is not None
    name = column.match.fields[0]
    doubtful = _is_label(column, lexicon.doubtful)
    own = column.match.rank < FOLDED or lexicon.catalogue.forms[form].fields[name].kind in CODED if name != LIST_SCHOOL else True
    if (own and not doubtful) or len(column.match.fields) > 1 or reads_well(column, name):
        return True
    column.match = None
    return False


def _as_it_reads(column: Column, form: str, lexicon: Lexicon, reads_well: ReadsWell) -> None:
    """Of two meanings of one label that which its cells have (班主任: a name, or whether he knows; 特殊情况 of a roster of diseases:
    groups of pupils); a column of ticks names nobody."""
    if column.match is None or len(column.match.fields) > 1 or column.match.fields[0] == LIST_SCHOOL or reads_well(column, column.match.fields[0]):
        return
    others = (lexicon.other_meaning(form, label) for label in dict.fromkeys(("".join(column.path[-2:]), column.path[-1])))
    other = next((m for m in others if m is not None and len(m.fields) == 1 and reads_well(column, m.fields[0])), None)
    if other is not None:
        column.match = other
    elif lexicon.catalogue.forms[form].fields[column.match.fields[0]].kind == "name" and reads_well(column, "bool"):
        column.match = None


def _under_its_list(column: Column, form: str, lexicon: Lexicon) -> bool:
    """电话 under the group 方式, 学校 under 参加单位: words of the group's list, to be ticked."""
    groups = column.path[:-1]
    named = [g for g in groups if (m := lexicon.find(form, (g,))) and len(m.fields) == 1]
    return bool(named) and bool(lexicon.flag(form, column.path[-1], named))


def _is_label(column: Column, labels: frozenset[str]) -> bool:
    return any(k in labels for k in keys(column.path[-1]))


def _is_level(column: Column, lexicon: Lexicon, levels: Mapping[str, int]) -> bool:
    said = key(column.path[-1])
    if said in {key(level) for level in levels} or said in {key(level + "人数") for level in levels}:
        return True
    parts = level_parts(column.path[-1])
    if len(parts) > 1:
        return all(lexicon.level.match(key(p)) for p in parts)
    group = "".join(column.path[:-1])
    counts = lexicon.forms["screening"].labels.get(key(group))
    return bool(lexicon.level.match(said)) and (not group or (counts is not None and COUNTS in counts.fields)
                                                or any(w in group for w in ("等级", "预警", "级别", "风险", "危机", "结果")))


def _is_level_of(column: Column, name: str, form: str, lexicon: Lexicon, levels: Mapping[str, int]) -> bool:
    """A level to be ticked: under the label of the field, or in the very words of the bureau's list."""
    named = any((m := lexicon.find(form, (g,))) is not None and m.fields == (name,) for g in column.path[:-1])
    said = key(column.path[-1])
    return said in {key(level) for level in levels} or (named and bool(lexicon.level.match(said)))


def _by_neighbour(columns: list[Column], i: int, form: str, lexicon: Lexicon) -> Match | None:
    """A bare 联系电话 is the number of the person named just before it, a bare 什么时候 the date of what stands just before it."""
    column = columns[i]
    last = columns[i - 1].match if i and columns[i - 1].use == "field" else None
    if len(column.path) == 1 and last and len(last.fields) == 1 and _is_label(column, lexicon.when):
        dated = lexicon.words["date_beside"]["field"].get(last.fields[0])
        return Match((dated,), LOOSE) if dated in lexicon.catalogue.forms[form].fields else None
    if len(column.path) > 1 or not any(k in lexicon.phones for k in keys(column.path[-1])):
        return None
    at = i - 1
    while at > 0 and columns[at].use == "field" and columns[at].match and columns[at].match.fields[0].endswith("relation"):    # type: ignore[union-attr]
        at -= 1                                 # 监护人 | 关系 | 号码
    before = columns[at].match if at >= 0 and columns[at].use == "field" else None
    if before is None or len(before.fields) > 1:
        return None
    fields = lexicon.catalogue.forms[form].fields
    roles = (*lexicon.words["role"], *lexicon.words["phone_beside"])
    role = next((r for r in roles if r["name"] == before.fields[0] and r["phone"] in fields), None)
    return Match((role["phone"],), 0.6) if role else None


def _one_column_a_field(columns: list[Column], form: str, lexicon: Lexicon) -> None:
    """Of two columns with one meaning the surer keeps it, else the first; the other takes what it may mean too. A combined
    one serves what is left."""
    best: dict[str, Column] = {}
    for column in columns:
        if column.use == "field" and column.match and len(column.match.fields) == 1:
            name = column.match.fields[0]
            if name not in best or column.match.rank < best[name].match.rank:     # type: ignore[union-attr]
                best[name] = column
    for column in columns:
        if column.use != "field" or column.match is None:
            continue
        if len(column.match.fields) == 1 and best[column.match.fields[0]] is not column:
            other = lexicon.other_meaning(form, column.path[-1])
            if other is not None and other.fields[0] not in best:
                column.match = other
                best[other.fields[0]] = column
        free = [f for f in column.match.fields if f != LIST_SCHOOL and best.get(f, column) is column]
        if not free:
            posts = column.match.fields == ("level",)           # 包保层次 | … | 职务: what the second says helps the first
            column.use, column.match, column.why = "post" if posts else "", None, "" if posts else "duplicate"
        else:
            for f in free:
                best.setdefault(f, column)


def _persons_of_a_duty(columns: list[Column], form: str, lexicon: Lexicon, reads_well: ReadsWell) -> None:
    """班级 | 班主任 | 联系电话: the one column of persons says in its head what they are."""
    fields = lexicon.catalogue.forms[form].fields
    taken = {f for c in columns if c.match for f in c.match.fields}
    if not {"level", "person"} <= fields.keys() or taken & {"level", "person"}:
        return
    named = [c for c in columns if not c.use and key(c.path[-1]) in lexicon.list_words["duty_level"] and reads_well(c, "person")]
    if len(named) == 1:
        named[0].use, named[0].match, named[0].why, named[0].code = "field", Match(("person",), 0.5), "", named[0].path[-1]


def _flags(columns: list[Column], form: str, lexicon: Lexicon, reads_well: ReadsWell, levels: Mapping[str, int]) -> None:
    """One column a group with √: 贫困 | 单亲 | 留守 …, 责任督学 | 镇街 | 派出所 …, 红色 | 橙色 | 黄色."""
    taken = {f for c in columns if c.match and c.use == "field" for f in c.match.fields}
    may: dict[str, list[tuple[Column, str]]] = {}
    for column in columns:
        if column.use:
            continue
        for name, code in lexicon.flag(form, column.path[-1], column.path[:-1]):
            if name not in taken:
                may.setdefault(name, []).append((column, code))
        for name in (f.name for f in lexicon.catalogue.forms[form].fields.values() if f.kind == "level" and f.name not in taken):
            if _is_level_of(column, name, form, lexicon, levels):
                may.setdefault(name, []).append((column, "".join(column.path[-1].split())))
        for name, code in _yes_or_no(column, form, lexicon):
            if name not in taken:
                may.setdefault(name, []).append((column, code))
    for name, found in sorted(may.items(), key=lambda item: (-len(item[1]), item[0])):
        mine = [(c, code) for c, code in found if not c.use]
        grouped = [c for c, _ in mine if any(lexicon.find_loosely(form, (g,)) for g in c.path[:-1])]
        if len(mine) < 2 and not grouped:
            continue
        if not all(reads_well(c, "bool") or (key(c.path[-1]).startswith(OTHER) and reads_well(c, name)) for c, _ in mine):
            continue
        for column, code in mine:
            column.use, column.code, column.match, column.why = "flag", code, Match((name,), 0.5), ""


def _yes_or_no(column: Column, form: str, lexicon: Lexicon) -> list[tuple[str, str]]:
    """是 | 否 under 是否服药: (field, true or false)."""
    code = lexicon.catalogue.codes["yes_no"].words.get(key(column.path[-1]))
    groups = [lexicon.find_loosely(form, (g,)) for g in column.path[:-1]] if code else []
    fields = lexicon.catalogue.forms[form].fields
    return [(m.fields[0], code) for m in groups if code and m and len(m.fields) == 1 and fields[m.fields[0]].kind == "bool"]


def _guess(column: Column, columns: Iterable[Column], form: str, lexicon: Lexicon, reads_well: ReadsWell) -> None:
    """An unseen wording: the one field whose words are very like it and as which reads well what stands below."""
    ranks = lexicon.words["ranks"]
    taken = {f for c in columns if c.match for f in c.match.fields}
    for name, words in lexicon.words["maybe"].items():
        if name in lexicon.catalogue.forms[form].fields and name not in taken and _is_label(column, frozenset(map(key, words))) \
                and reads_well(column, name):
            column.use, column.match, column.why = "field", Match((name,), 5.0), "guessed"
            return
    if any(k in lexicon.personal for k in keys(column.path[-1])):
        return
    scores: dict[str, float] = {}
    for said in keys(column.path[-1]):
        if len(said) < ranks["guess_length"]:
            continue
        scores |= dict.fromkeys(lexicon.forms[form].alike.get(lexicon.fold.of(said), ()), 100.0)
        for word, match in lexicon.forms[form].labels.items():
            if len(match.fields) == 1 and len(word) >= ranks["guess_length"] and not contrary(said, word, lexicon):
                score = fuzz.ratio(said, word)
                if score >= ranks["guess_score"]:
                    scores[match.fields[0]] = max(scores.get(match.fields[0], 0.0), score)
    for chosen in (scores, lexicon.ends_like(form, column.path[-1])):
        likely = [name for name in chosen if name not in taken and reads_well(column, name)]
        if len(likely) == 1:
            column.use, column.match, column.why = "field", Match((likely[0],), 5.0), "guessed"
            return


def contrary(a: str, b: str, lexicon: Lexicon) -> bool:
    """Whether two labels differ just in a word that turns the meaning: 未到校天数 and 到校天数, 转入 and 转出."""
    a, b = unicodedata.normalize("NFKC", a), unicodedata.normalize("NFKC", b)
    if any((word in a) != (word in b) for word in lexicon.words["negations"]):
        return True
    return any((x in a and y in b and y not in a) or (y in a and x in b and x not in a)
               for x, y in lexicon.words["contrasts"])
