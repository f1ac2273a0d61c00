"""Sheets of typed forms in the layouts of many offices, with what is truly on them."""
from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

import typed_forms as f
import typed_values as v
from typed_values import CN, Dice

SCHOOLS = {"3199990201": ("示例区柳塘初级中学", "柳塘初中", (7, 8, 9)), "2199990202": ("示例区河西小学", "河西小学", (1, 2, 3, 4, 5, 6)),
           "3199990203": ("示例区新桥九年一贯制学校", "新桥学校", tuple(range(1, 10))), "2199990204": ("示例区望湖中心小学", "望湖小学", (1, 2, 3, 4, 5, 6)),
           "3199990205": ("示例区长堤初级中学", "长堤中学", (7, 8, 9))}
CYCLE = "2023-03"


@dataclass
class Truth:
    """One submission that must come of a file."""
    form: str | None
    school: str | None
    rows: list[dict[str, str | None]] = field(default_factory=list)
    state: str = "accepted"
    zero: bool = False
    period: str = CYCLE
    attempts: list[dict[str, str | None]] = field(default_factory=list)


@dataclass
class Page:
    """One sheet: values by place, merged ranges (row, col, height, width)."""
    name: str
    cells: dict[tuple[int, int], Any] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: bool = False
    truths: list[Truth] = field(default_factory=list)

    @property
    def bottom(self) -> int:
        return max((r for r, _ in self.cells), default=-1)

    def put(self, row: int, col: int, value: Any, height: int = 1, width: int = 1) -> None:
        if value not in (None, ""):
            self.cells[row, col] = value
        if height > 1 or width > 1:
            self.merges.append((row, col, height, width))


@dataclass
class Column:
    label: str
    fields: tuple[str, ...]
    group: str = ""
    code: str = ""                              # of a column to be ticked
    how: str = ""                               # combined: both | contact | school


def looks(dice: Dice) -> dict[str, Any]:
    """The habits of one paper."""
    return {"day": dice.choice(v.DAY_STYLES), "phone": dice.choice(v.PHONE_STYLES), "count": dice.choice(("number", "number", "text", "unit", "wide")),
            "bool": dice.choice(v.YES_NO), "id": dice.choice(("text", "text", "text", "spaces", "quote", "wide", "lower", "number", "science")),
            "grade": dice.choice(("cn", "cn", "digit", "bare", "junior")), "class": dice.choice(("bare", "ban", "bracket", "wide")),
            "both": dice.choice(v.BOTH_STYLES)}


def columns(dice: Dice, form: str) -> list[Column]:
    """Which fields the office asks for, in which words and order."""
    own = f.FORMS[form]
    names = [n for n in own if n in f.NEEDED[form] or dice.random() < 0.55]
    out: list[Column] = []
    if form in f.ABOUT_PUPILS:
        kept = [n for n in f.PUPIL if n in ("student_name", "grade", "class_no") or dice.random() < (0.85 if n in ("seq", "id_number") else 0.4)]
        if "owner_phone" in kept and "owner_name" not in kept:
            kept.remove("owner_phone")
        if "guardian_phone" in kept and "guardian_name" not in kept:
            kept.insert(kept.index("guardian_phone"), "guardian_name")
        first = [n for n in kept if not n.startswith("owner")]
        names = [*first, *names, *(n for n in kept if n.startswith("owner"))]
    elif form in ("screening", "responsibility", "retention") and dice.random() < 0.6:
        names = ["seq", *names]
    table = {**f.PUPIL, **own}
    out = [Column(dice.choice(table[n][0]), (n,)) for n in names]
    if form in f.ABOUT_PUPILS:
        out = _combined(dice, out)
    if dice.random() < 0.3:
        out.append(Column("备注", ("remark",)) if form in f.ABOUT_PUPILS else Column("备注", ()))
    return out


def _combined(dice: Dice, cols: list[Column]) -> list[Column]:
    spots = {c.fields[0]: i for i, c in enumerate(cols)}
    out = list(cols)
    if dice.random() < 0.4:
        label, how = dice.choice((("年级班级", "both"), ("班级", "both"), ("所在班级", "both"), ("年级及班级", "both"), ("就读学校及年级", "school"), ("学校及班级", "school")))
        out[spots["grade"]] = Column(label, ("grade", "class_no"), how=how)
        out[spots["class_no"]] = None                                # type: ignore[call-overload]
    if "guardian_name" in spots and "guardian_phone" in spots and dice.random() < 0.3:
        out[spots["guardian_name"]] = Column(dice.choice(("联系人及电话", "家长姓名及联系电话", "监护人及联系方式", "家长姓名、电话")), ("guardian_name", "guardian_phone"), how="contact")
        out[spots["guardian_phone"]] = None                          # type: ignore[call-overload]
    if "family_type" in spots and dice.random() < 0.4:
        at = spots["family_type"]
        words = dice.sample(("贫困", "单亲", "离异", "留守", "残疾", "隔代监护"), dice.randint(2, 5))
        out[at:at + 1] = [Column(w, ("family_type",), group="特殊群体类别（打√）", code=w) for w in words]
    return [c for c in out if c is not None]


def record(dice: Dice, form: str, cols: list[Column], look: dict[str, Any], number: int, school: str) -> tuple[list[Any], dict[str, str | None]]:
    """One row: what stands under each column, and the truth."""
    official, short, grades = SCHOOLS[school]
    grade, clas = dice.choice(grades), dice.randint(1, 12)
    boy, year = dice.random() < 0.5, 2016 - grade
    plain_id = v.id_number(dice, boy, year)
    shown: list[Any] = []
    truth: dict[str, str | None] = {}
    ticks: list[str] = []
    own = {**f.PUPIL, **f.FORMS[form]}
    enrolled = dice.randint(30, 50)
    screened = enrolled - dice.choice((0, 0, 1, 2))
    levels = ("校长", "分管校长", "年级主任", "班主任", "任课教师")
    duty = levels[min(number - 1, 4)]
    for col in cols:
        said: v.Written
        name = col.fields[0] if col.fields else ""
        if col.code:
            on = dice.random() < 0.3
            shown.append("√" if on else None)
            ticks += [col.code] if on else []
            continue
        if col.how in ("both", "school"):
            text = v.both(grade, clas, look["both"])
            if col.how == "school":
                text = short + (v.both(grade, clas, "bracket") if look["both"] == "three" else text)
            elif look["both"] == "three" and col.label in ("班级", "所在班级"):
                text = v.both(grade, clas, "three")
            shown.append(text)
            truth |= {"grade": str(grade), "class_no": str(clas)}
            continue
        if col.how == "contact":
            who, number_ = v.name(dice)[1], v.phone(dice, "text")[1]
            shown.append(dice.choice(("{} {}", "{}{}", "{}，{}", "{}\n{}", "{}/{}", "{}：{}")).format(who, number_))
            truth |= {"guardian_name": who, "guardian_phone": number_}
            continue
        if name in ("", "remark"):
            text = dice.choice(("", "", "", "已上报镇政府", "父母在外务工"))
            shown.append(text)
            if text and name:
                truth[name] = text
            continue
        if name == "seq" or name == "attempt_no":
            said = (number, str(number))
        elif name == "gender":
            said = (dice.choice(("男", "男", "男生")) if boy else dice.choice(("女", "女", "女生"))), "男" if boy else "女"
        elif name == "id_number":
            said = v.identity(dice, plain_id, look["id"])
        elif name == "student_no":
            said = ("G" + plain_id, "G" + plain_id)
        elif name == "birth":
            said = v.written_day(datetime.date(int(plain_id[6:10]), int(plain_id[10:12]), int(plain_id[12:14])), look["day"])
        elif name == "grade":
            said = v.grade(grade, look["grade"])
        elif name == "class_no":
            said = v.class_no(clas, look["class"])
        elif name == "student_name":
            said = v.name(dice)
        elif name == "level":
            said = (duty, duty)
        elif name == "scope":
            text = {"校长": "全校", "分管校长": f"{CN[grade]}年级", "年级主任": f"{CN[grade]}年级", "班主任": f"{CN[grade]}年级{clas}班", "任课教师": "学生" + v.name(dice)[1]}[duty]
            said = (text, text)
        elif name == "enrolled":
            said = (enrolled, str(enrolled))
        elif name == "screened":
            said = (screened, str(screened))
        elif name == "not_screened":
            said = (enrolled - screened, str(enrolled - screened))
        else:
            make = own[name][1]
            assert make is not None
            if name not in f.NEEDED[form] and dice.random() < 0.08:
                shown.append(dice.choice((None, None, "/")))
                continue
            said = make(dice, look)
        shown.append(said[0])
        truth[name] = said[1]
    if ticks:
        order = list(v.FAMILY)
        truth["family_type"] = "、".join(sorted(ticks, key=lambda t: ("贫困", "单亲", "离异", "重组", "流动人口", "留守", "孤儿", "残疾", "隔代监护").index(t)))
        assert order
    return shown, truth


# ---- head and foot ----------------------------------------------------------------------------------------------------

def head(dice: Dice, page: Page, form: str, school: str | None, row: int, width: int, month: str = CYCLE, title: str | None = None) -> int:
    """附件, title, line of information; the next free row."""
    y, m = month.split("-")
    when = dice.choice((f"{y}年{int(m)}月", f"{y}年{int(m)}月份", f"{y}.{m}"))
    if dice.random() < 0.3:
        page.put(row, 0, dice.choice(("附件1", "附件2：", "附表3")))
        row += 1
    in_title = dice.random() < 0.6
    named = title or dice.choice(f.TITLES[form])
    said = SCHOOLS[school] if school else ("", "", ())
    front = dice.choice((said[0], said[1], "", "")) if school else "示例区"
    page.put(row, 0, dice.choice((front + when + named, when + front + named)) if in_title else front + named, 1, width if dice.random() < 0.8 else 1)
    row += 1
    if not in_title and dice.random() < 0.4:
        page.put(row, 0, f"（{when}）", 1, width)
        row += 1
        in_title = True
    unit = dice.choice(said[:2]) if school else ""
    pieces = []
    if school and (not front or dice.random() < 0.7):
        pieces.append((dice.choice(("填报单位（盖章）", "填报单位", "填报学校", "单位", "学校名称", "报送单位（公章）")), unit))
    if not in_title:
        pieces.append((dice.choice(("报送月份", "填报月份", "月份")), when))
    d = datetime.date(2023, 3, dice.randint(10, 24)) if month == CYCLE else datetime.date(int(y), int(m), 22)
    if dice.random() < 0.5:
        pieces.append((dice.choice(("填报时间", "填报日期", "填表日期")), f"{d.year}年{d.month}月{d.day}日"))
    if pieces:
        how = dice.choice(("one", "cells", "apart"))
        if how == "one":
            page.put(row, 0, dice.choice(("    ", "　　")).join(f"{a}：{b}" for a, b in pieces), 1, width)
        else:
            col = 0
            for a, b in pieces:
                if how == "cells" or width < 2 * len(pieces):
                    page.put(row, col, f"{a}：{b}")
                    col += max(1, width // len(pieces))
                else:
                    page.put(row, col, a + dice.choice(("：", ":", "")))
                    page.put(row, col + 1, b)
                    col += max(2, width // len(pieces))
        row += 1
    return row + (dice.random() < 0.15)


def foot(dice: Dice, page: Page, row: int, width: int) -> int:
    """Notes and signatures."""
    if dice.random() < 0.35:
        for i, line in enumerate(dice.sample(("注：1.本表每月25日前报送。", "填表说明：一人一行，不得空项。", "备注：本表一式两份，学校留存一份。", "说明：如无此类学生，请填写“零报告”。"), dice.choice((1, 1, 2)))):
            page.put(row + i, 0, line, 1, width)
        row += 2
    if dice.random() < 0.75:
        names = [v.name(dice)[1] for _ in range(3)]
        labels = dice.choice((("填报人", "审核人", "负责人"), ("填表人", "分管校长", "校长"), ("制表人", "复核人", "学校负责人（签字）")))
        d = datetime.date(2023, 3, dice.randint(10, 24))
        when = dice.choice(("", f"填报日期：{d.year}年{d.month}月{d.day}日", f"{d.year}年{d.month}月{d.day}日", f"日期：{d.isoformat()}"))
        parts = [f"{a}：{b}" for a, b in zip(labels, names)] + ([when] if when else [])
        if dice.random() < 0.2:
            parts.insert(1, "联系电话：13900012345")
        if dice.random() < 0.6:
            page.put(row, 0, "      ".join(parts), 1, width)
        else:
            for i, part in enumerate(parts):
                page.put(row, i * max(1, width // len(parts)), part)
        row += 1
    return row


# ---- lists ------------------------------------------------------------------------------------------------------------

GROUPS = {"student_name": "学生基本情况", "gender": "学生基本情况", "id_number": "学生基本情况", "student_no": "学生基本情况", "birth": "学生基本情况", "grade": "学生基本情况",
          "class_no": "学生基本情况", "guardian_name": "监护人情况", "guardian_relation": "监护人情况", "guardian_phone": "监护人情况", "owner_name": "包保责任人", "owner_phone": "包保责任人",
          "in_transfer": "增加人数", "in_resume": "增加人数", "in_total": "增加人数", "out_transfer": "减少人数", "out_suspend": "减少人数", "out_death": "减少人数",
          "out_dropout": "减少人数", "out_total": "减少人数"}


def header(dice: Dice, page: Page, cols: list[Column], row: int, left: int, grouped: bool) -> int:
    """One or two rows of labels."""
    groups = [c.group or (GROUPS.get(c.fields[0], "") if grouped and c.fields else "") for c in cols]
    if not any(groups):
        for i, c in enumerate(cols):
            page.put(row, left + i, c.label)
        return row + 1
    i = 0
    while i < len(cols):
        end = i + 1
        while groups[i] and end < len(cols) and groups[end] == groups[i]:
            end += 1
        if groups[i] and end - i > 1:
            page.put(row, left + i, groups[i], 1, end - i)
            for k in range(i, end):
                page.put(row + 1, left + k, cols[k].label)
        else:
            for k in range(i, end):
                page.put(row, left + k, cols[k].label, 2, 1)
        i = end
    return row + 2


def listing(dice: Dice, page: Page, form: str, school: str, row: int = 0, left: int = 0, count: int | None = None, month: str = CYCLE,
            plain: bool = False, state: str = "accepted") -> int:
    """A whole list with head and foot; returns the next free row."""
    look, cols = looks(dice), columns(dice, form)
    row = head(dice, page, form, school, row, len(cols) + left, month)
    row = header(dice, page, cols, row, left, not plain and dice.random() < 0.35)
    if not plain and dice.random() < 0.15:
        for i in range(len(cols)):
            page.put(row, left + i, i + 1)
        row += 1
    count = dice.randint(1, 12) if count is None else count
    if form == "retention":
        count = 1
    truth = Truth(form, school, period=month if form not in ("screening", "responsibility", "retention", "health_roster") else CYCLE, state=state)
    seqs = [i for i, c in enumerate(cols) if c.fields == ("seq",)]
    for n in range(1, count + 1):
        shown, said = record(dice, form, cols, look, n, school)
        if form == "follow_up" and "attempt_no" in said:
            said["attempt_no"] = str(n)
        if not plain and form in f.ABOUT_PUPILS and dice.random() < 0.04:
            page.put(row, left, dice.choice(("七年级", "（二）八年级", "初中部")), 1, len(cols))
            row += 1
        for i, value in enumerate(shown):
            page.put(row, left + i, value)
        truth.rows.append({k: x for k, x in said.items() if k != "seq" or form in f.ABOUT_PUPILS})
        row += 1
    if seqs and not plain and dice.random() < 0.3:
        for n in range(count + 1, count + dice.randint(2, 5)):
            page.put(row, left + seqs[0], n)
            row += 1
    if not plain and form in f.ABOUT_PUPILS and dice.random() < 0.15:
        page.put(row, left, dice.choice(("合计", "合计：", "共计")))
        page.put(row, left + 1, dice.choice((count, f"{count}人")))
        row += 1
    page.truths.append(truth)
    return foot(dice, page, row, len(cols) + left)
