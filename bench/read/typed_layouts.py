"""The odder papers: turned lists, pages, several schools or forms in a file, zero reports, sheets that are no form."""
from __future__ import annotations

from typing import Any

import typed_forms as f
import typed_values as v
from typed_sheets import CYCLE, SCHOOLS, Column, Page, Truth, columns, foot, head, header, listing, looks, record
from typed_values import Dice

LISTS = ("absent_list", "follow_up", "psych_case", "health_roster", "screening", "responsibility", "retention")


def school_of(dice: Dice, form: str) -> str:
    return dice.choice(sorted(SCHOOLS))


def simple(dice: Dice) -> list[Page]:
    page, form = Page(dice.choice(("Sheet1", "情况表", "3月", "表一、学生"))), dice.choice(LISTS)
    listing(dice, page, form, school_of(dice, form))
    return [page]


def plain(dice: Dice) -> list[Page]:
    """Header and rows only, the school in a column of its own, the month nowhere."""
    page, form, school = Page("Sheet1"), dice.choice(("absent_list", "psych_case", "health_roster", "follow_up")), dice.choice(sorted(SCHOOLS))
    look, cols = looks(dice), columns(dice, form)
    cols.insert(1, Column(dice.choice(("学校", "学校名称", "所在学校")), ("_school",)))
    rest = [c for c in cols if c.fields != ("_school",)]
    row = 0 if dice.random() < 0.3 else head(dice, page, form, None, 0, len(cols))
    row = header(dice, page, cols, row, 0, False)
    schools = [school] if dice.random() < 0.4 else sorted(dice.sample(sorted(SCHOOLS), 3))
    n, merged = 0, dice.random() < 0.5
    for code in schools:
        truth = Truth(form, code)
        many = dice.randint(1, 5)
        for k in range(many):
            n += 1
            shown, said = record(dice, form, rest, look, n, code)
            shown.insert(1, dice.choice(SCHOOLS[code][:2]) if not merged else (SCHOOLS[code][0] if k == 0 else None))
            if merged and k == 0 and many > 1:
                page.merges.append((row, 1, many, 1))
            for i, value in enumerate(shown):
                page.put(row, i, value)
            truth.rows.append(said)
            row += 1
        page.truths.append(truth)
    return [page]


def turned(dice: Dice) -> list[Page]:
    """Labels below each other, a pupil a column."""
    page, form, school = Page("Sheet1"), dice.choice(("absent_list", "psych_case", "health_roster")), dice.choice(sorted(SCHOOLS))
    look, cols = looks(dice), [c for c in columns(dice, form) if not c.code and c.fields not in (("remark",), ())]
    count = dice.randint(2, 5)
    row = head(dice, page, form, school, 0, count + 1)
    truth = Truth(form, school)
    for n in range(1, count + 1):
        shown, said = record(dice, form, cols, look, n, school)
        truth.rows.append(said)
        for i, value in enumerate(shown):
            page.put(row + i, n, value)
    for i, c in enumerate(cols):
        page.put(row + i, 0, c.label)
    page.truths.append(truth)
    foot(dice, page, row + len(cols) + 1, count + 1)
    return [page]


def card(dice: Dice) -> list[Page]:
    """A page of labels and values: a pupil's file, or a school's report."""
    form, school = dice.choice(("case_file", "support_work", "safety_month")), dice.choice(sorted(SCHOOLS))
    page = Page(dice.choice(("Sheet1", "登记表")))
    look, cols = looks(dice), [c for c in columns(dice, form) if not c.code and c.fields not in (("seq",), ("remark",), ()) and c.how != "school"]
    across = dice.choice((1, 2, 3)) if form == "case_file" else dice.choice((1, 1, 2))
    width = 2 * across
    row = head(dice, page, form, school, 0, width)
    shown, said = record(dice, form, cols, look, 1, school)
    long = {"measures", "plan", "guardian_opinion", "address"}
    numbered = form != "case_file" and across == 1 and dice.random() < 0.4
    if numbered:
        for i, word in enumerate(("序号", "项目", "填报内容")):
            page.put(row, i, word)
        row += 1
    at = 0
    for c, value in zip(cols, shown):
        if numbered:
            page.put(row, 0, at + 1)
            page.put(row, 1, c.label)
            page.put(row, 2, value)
            at, row = at + 1, row + 1
            continue
        if c.fields[0] in long:
            row, at = row + (at > 0), 0
            page.put(row, 0, c.label)
            page.put(row, 1, value, 1, max(1, width - 1))
            row += 1
            continue
        page.put(row, 2 * at, c.label)
        page.put(row, 2 * at + 1, value)
        at += 1
        if at == across:
            row, at = row + 1, 0
    row += at > 0
    truth = Truth(form, school, [said])
    if form == "case_file" and dice.random() < 0.7:
        row = attempts(dice, page, row, truth, look)
    page.truths.append(truth)
    foot(dice, page, row, width)
    return [page]


def attempts(dice: Dice, page: Page, row: int, truth: Truth, look: dict[str, Any]) -> int:
    """The table of attempts below a pupil's page."""
    if dice.random() < 0.6:
        page.put(row, 0, dice.choice(("四、劝返记录", "劝返记录")))
        row += 1
    names = ["attempt_no", "attempt_date", "mode", "content", "outcome"]
    cols = [Column(dice.choice(f.FORMS["follow_up"][n][0]) if n != "attempt_no" else dice.choice(("第几次", "劝返次序")), (n,)) for n in names]
    for i, c in enumerate(cols):
        page.put(row, i, c.label)
    for n in range(1, dice.randint(2, 4)):
        row += 1
        for i, name in enumerate(names):
            said = (n, str(n)) if name == "attempt_no" else f.FORMS["follow_up"][name][1](dice, look)     # type: ignore[misc]
            page.put(row, i, said[0])
            if i == 0:
                truth.attempts.append({})
            truth.attempts[-1][name] = said[1]
    return row + 1


def side_by_side(dice: Dice) -> list[Page]:
    """第一次劝返, 第二次劝返, 第三次劝返 beside each other in a pupil's row."""
    page, school = Page("Sheet1"), dice.choice(sorted(SCHOOLS))
    look = looks(dice)
    cols = [Column("序号", ("seq",)), Column("姓名", ("student_name",)), Column("身份证号", ("id_number",)), Column("年级", ("grade",)), Column("班级", ("class_no",))]
    parts = dice.sample(("attempt_date", "mode", "content", "outcome"), dice.randint(2, 4))
    parts = [p for p in ("attempt_date", "mode", "content", "outcome") if p in {*parts, "attempt_date"}]
    short = {"attempt_date": ("时间", "日期", "劝返时间"), "mode": ("方式", "劝返方式"), "content": ("内容", "工作情况"), "outcome": ("结果", "劝返结果")}
    words = {p: dice.choice(short[p]) for p in parts}
    nth = dice.choice(("第{}次劝返", "第{}次", "第{}次家访", "第{}次劝返情况"))
    row = head(dice, page, "follow_up", school, 0, len(cols) + 3 * len(parts))
    for i, c in enumerate(cols):
        page.put(row, i, c.label, 2, 1)
    for k in range(3):
        at = len(cols) + k * len(parts)
        page.put(row, at, nth.format("一二三"[k]), 1, len(parts))
        for i, p in enumerate(parts):
            page.put(row + 1, at + i, words[p])
    truth = Truth("follow_up", school)
    row += 2
    for n in range(1, dice.randint(2, 7)):
        shown, said = record(dice, "follow_up", cols, look, n, school)
        for i, value in enumerate(shown):
            page.put(row, i, value)
        for k in range(dice.randint(1, 3)):
            one = dict(said) | {"attempt_no": str(k + 1)}
            for i, p in enumerate(parts):
                written = f.FORMS["follow_up"][p][1](dice, look)     # type: ignore[misc]
                page.put(row, len(cols) + k * len(parts) + i, written[0])
                one[p] = written[1]
            truth.rows.append(one)
        row += 1
    page.truths.append(truth)
    foot(dice, page, row, len(cols) + 3 * len(parts))
    return [page]


def stacked(dice: Dice) -> list[Page]:
    """Two forms under each other."""
    page, school = Page("Sheet1"), dice.choice(sorted(SCHOOLS))
    row = listing(dice, page, "absent_list", school, plain=True, count=dice.randint(1, 5))
    listing(dice, page, dice.choice(("follow_up", "psych_case", "retention")), school, row + dice.randint(1, 3), plain=True, count=dice.randint(1, 4))
    return [page]


def beside(dice: Dice) -> list[Page]:
    """One list set in two halves beside each other."""
    page, school = Page("Sheet1"), dice.choice(sorted(SCHOOLS))
    look, form = looks(dice), dice.choice(("absent_list", "health_roster"))
    names = ["seq", "student_name", "grade", "class_no", *f.NEEDED[form]]
    table = {**f.PUPIL, **f.FORMS[form]}
    cols = [Column(dice.choice(table[n][0]), (n,)) for n in names]
    row, gap = head(dice, page, form, school, 0, 2 * len(cols)), dice.choice((0, 0, 1))
    truth, many = Truth(form, school), dice.randint(2, 6)
    for half in range(2):
        left = half * (len(cols) + gap)
        header(dice, page, cols, row, left, False)
        for k in range(many - half * dice.choice((0, 1))):
            shown, said = record(dice, form, cols, look, half * many + k + 1, school)
            truth.rows.append(said)
            for i, value in enumerate(shown):
                page.put(row + 1 + k, left + i, value)
    page.truths.append(truth)
    foot(dice, page, page.bottom + 1, 2 * len(cols))
    return [page]


def months(dice: Dice) -> list[Page]:
    """A sheet a month; last month's perhaps hidden."""
    school, form, out = dice.choice(sorted(SCHOOLS)), dice.choice(("absent_list", "psych_case")), []
    hidden = dice.random() < 0.5
    for month in ("2023-02", CYCLE):
        page = Page(f"{int(month[5:])}月", hidden=hidden and month != CYCLE)
        listing(dice, page, form, school, month=month, plain=True, state="accepted" if month == CYCLE else "hidden" if hidden else "held")
        out.append(page)
    return out


def schools(dice: Dice) -> list[Page]:
    """A sheet a school."""
    out = []
    form = dice.choice(("absent_list", "health_roster", "psych_case"))
    for code in dice.sample(sorted(SCHOOLS), dice.randint(2, 3)):
        page = Page(SCHOOLS[code][1])
        listing(dice, page, form, code, plain=dice.random() < 0.5, count=dice.randint(1, 6))
        out.append(page)
    return out


def zero(dice: Dice) -> list[Page]:
    """Nobody to list, said in some way."""
    page, form, school = Page("Sheet1"), dice.choice(("absent_list", "psych_case", "health_roster", "follow_up")), dice.choice(sorted(SCHOOLS))
    cols, how = columns(dice, form), dice.choice(("below", "seq", "merged", "slashes", "word", "line"))
    how = "word" if how == "seq" and cols[0].fields != ("seq",) else how
    said = dice.choice([z for z in f.ZEROS if form == "absent_list" or not any(w in z for w in ("辍学", "不在校"))])
    if how == "line":
        page.put(0, 0, f"{SCHOOLS[school][0]}2023年3月{f.TITLES[form][0]}：{dice.choice(('无', '零报告'))}。")
    else:
        row = head(dice, page, form, school, 0, len(cols))
        row = header(dice, page, cols, row, 0, False)
        if how == "below":
            page.put(row, 0, said)
        elif how == "seq":
            page.put(row, 0, 1)
            page.put(row, 1, "无")
        elif how == "merged":
            page.put(row, 0, said, 2, len(cols))
            row += 1
        elif how == "slashes":
            for i in range(len(cols)):
                page.put(row, i, dice.choice(("/", "无")) if i else "无")
        else:
            page.put(row, 1, said)
        foot(dice, page, row + 1, len(cols))
    page.truths.append(Truth(form, school, zero=True))
    return [page]


def no_form(dice: Dice) -> list[Page]:
    """Morning checks, lists of absence through illness, classes, teachers: not ours."""
    page = Page("Sheet1")
    kind = dice.choice(("morning", "ill", "marks", "staff"))
    labels = {"morning": ("序号", "姓名", "性别", "年龄", "班别", "体温", "症状", "缺勤原因", "发病时间", "离校时间", "跟踪情况", "返校时间", "追踪人"),
              "ill": ("序号", "姓名", "性别", "班级", "家庭地址", "家长电话", "缺课原因", "发病时间", "离校时间", "是否就诊", "返校时间"),
              "marks": ("序号", "姓名", "班级", "语文", "数学", "英语", "总分"), "staff": ("序号", "姓名", "性别", "职务", "任教学科", "联系电话")}[kind]
    title = {"morning": dice.choice(("晨午检登记表", "学生晨检记录表", "晨检及因病缺勤登记表")), "ill": dice.choice(("因病缺课登记追踪表", "学生因病缺课登记表", "学生因病缺勤追查登记簿")),
             "marks": "期中考试成绩统计表", "staff": "教职工通讯录"}[kind]
    page.put(0, 0, dice.choice((title, "2023年3月" + title, "柳塘初级中学" + title)), 1, len(labels))
    page.put(1, 0, dice.choice(("班别：七（3）班  应到：45人  实到：43人  缺课：2人  记录人：周一可  日期：2023年3月6日", "填报单位：柳塘初中", "学校：柳塘初级中学")), 1, len(labels))
    for i, label in enumerate(labels):
        page.put(2, i, label)
    for n in range(1, dice.randint(2, 6)):
        made = {"序号": n, "姓名": v.name(dice)[0], "性别": dice.choice("男女"), "年龄": 13, "班别": "七3班", "班级": "七（3）班", "体温": 37.8, "症状": "咳嗽", "缺勤原因": "感冒", "缺课原因": "水痘",
                "发病时间": "2023-03-05", "离校时间": "2023-03-06", "跟踪情况": "已就医", "返校时间": "2023-03-08", "追踪人": "周老师", "家庭地址": v.ADDRESSES[0], "家长电话": "13900012345",
                "是否就诊": "是", "语文": 90, "数学": 88, "英语": 77, "总分": 255, "职务": "教师", "任教学科": "语文", "联系电话": "13900012345"}
        for i, label in enumerate(labels):
            page.put(2 + n, i, made[label])
    page.truths.append(Truth(None, None, state="not_a_form"))
    return [page]


LAYOUTS = {"simple": (simple, 10), "plain": (plain, 4), "turned": (turned, 2), "card": (card, 4), "side_by_side": (side_by_side, 2), "stacked": (stacked, 2),
           "beside": (beside, 1), "months": (months, 2), "schools": (schools, 2), "zero": (zero, 4), "no_form": (no_form, 2)}
