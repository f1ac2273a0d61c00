"""Invented districts whose truth is known: pupils, schools, months, and the mess that clerks and spreadsheets make of them.

    district = District(seed=1, level="usual", schools=100, months=12)
    for month in district.run():    # Month(cycle, tables, truth)

Noise is assumed, not measured at a bureau: shares follow the study of linking on which reconcile was designed (how often
numbers are damaged, masked, missing, mistyped or copied; names misheard or misread; columns missing; files rolled forward).
Everything hangs on the seed: the same arguments give the same district.
"""
from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from carelib.policy import add_months, last_day, school_year
from carelib.reconcile.names import sounds
from carelib.reconcile.numbers import CHECK, WEIGHTS
from carelib.world import School

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
BOYS = "轩浩宇子博文泽俊杰宸睿铭昊天明志强磊伟涛军辉勇鹏飞龙翔恒毅航嘉晨旭凯瑞霖皓哲然诚鑫宁远阳东亮波斌超豪奕辰逸帆承翰启峰建国平安乐成林森泉锐锋振华荣"
GIRLS = "涵萱怡欣梓悦诗雨雅琪婷静佳妍思语梦瑶颖雪莹慧敏芳丽娜倩玲洁燕霞蕾薇琳璐晴菲馨彤艺可心若瑾萌露娟红梅兰英淑珍秀秋月桂香芸茜蓉莉婉清柔曼媛"
BOTH = "子梓嘉雨一思文晨佳宇明安乐辰依沐若语然之"
ETHNIC = ("阿依古丽·买买提", "古丽娜尔·艾合买提", "买买提·依明", "阿卜杜拉·吐尔逊", "迪丽努尔·阿不都", "次仁卓玛", "扎西顿珠", "巴特尔·孟和")
LOOKALIKE = ("梓样 勇男 晨辰 宇字 瑶遥 思恩 佳住 明朋 婷停 浩洁 欣欢 轩斩 涵函 昊吴 雷雪 泽译 杨扬 瑾谨 豪毫 奕弈 莹萤 晴睛 萱宣 宸晨 琪淇 铭名 琳林 悦说 "
             "若苦 俊峻 诗待 怡恰 博搏 峰锋 强张 静净 雅稚 航抗 凯岂 颖颗 慧惠 辉挥 瑞端 龙尤 皓浩 伟纬 涛淘 磊石 霖雷 菲非 蓉容 薇微 倩情 媛缓 妍研 娜那 婉碗 "
             "嘉喜 彤丹 睿容 哲折 恒桓 锐税 翔祥 翰韩 艺艾 荣荥 超赵 远运 逸免 阳阴 霞露 飞气 鹏朋 志忘 军车 国团 平干 天夫 文丈 子孑 丽两 芳芬 敏梅 露霞 心必 月用 "
             "秀季 清情 可司 波坡 斌武 东车 林材 森淼 泉帛 然燃 诚城 启后 建健 安女 乐东 振报 华毕 毅殷 旭旮 语悟 梦焚 雪雷 洁浩 燕热 蕾雷 璐露 馨声 萌荫 英莫 桂挂 香杳 茜西 莉利 曼慢 柔矛 辰展 逸逃 "
             "帆机 承永 豪毫 亮高 宁宇 鑫淼 成戍 东冻 沐休 依衣 之乏 一丁")

LEVELS = {
    "low": {"damaged": .02, "masked": .01, "bare": .10, "no_number": .03, "slip": .006, "parent": .001, "twin": .01,
            "homophone": .003, "lookalike": .002, "hidden": .001, "no_birth": .03, "no_family": .05, "drop_birth": .02, "lean": .2, "no_class": .03},
    "usual": {"damaged": .12, "masked": .04, "bare": .35, "no_number": .10, "slip": .029, "parent": .004, "twin": .03,
              "homophone": .012, "lookalike": .010, "hidden": .004, "no_birth": .12, "no_family": .12, "drop_birth": .06, "lean": .4, "no_class": .06},
    "high": {"damaged": .28, "masked": .09, "bare": .60, "no_number": .25, "slip": .062, "parent": .010, "twin": .06,
             "homophone": .030, "lookalike": .025, "hidden": .012, "no_birth": .30, "no_family": .25, "drop_birth": .15, "lean": .6, "no_class": .10}}


@dataclass(slots=True)
class Pupil:
    pid: int
    name: str
    gender: str
    birth: date
    number: str
    school: str
    cohort: int
    class_no: int
    guardian: str
    phone: str
    left: date
    state: str = "new"                  # new open vanished returned suspended moving gone orphan
    since: int = 0
    back: int | None = None             # month in which a vanished pupil is listed again
    dest: str | None = None
    visit: int = 0
    twin: int | None = None
    namesake: bool = False
    orphan: bool = False
    arrives: str = ""                   # how a moved pupil shows up at the receiving school


@dataclass(slots=True)
class Style:
    """How one school's clerks work."""
    rolls: bool
    damaged: bool
    masked: bool
    bare: bool                          # follow-ups without any number
    columns: dict[str, set[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Month:
    cycle: str
    tables: dict[str, list[dict[str, Any]]]
    truth: dict[str, int]               # row -> pupil
    planted: list[tuple[str, int, str]] # (code, pupil, school)


class District:
    def __init__(self, seed: int, level: str = "usual", schools: int = 100, months: int = 12, start: str = "2023-03") -> None:
        self.seed, self.level, self.p = seed, level, LEVELS[level]
        self.rng = random.Random(f"{seed}-{schools}")
        self.months, self.start = months, start
        self.schools = [self._school(i) for i in range(schools)]
        self.by_code = {s.code: s for s in self.schools}
        self.style = {s.code: self._style() for s in self.schools}
        self.pupils: list[Pupil] = []
        self.typed: dict[tuple[int, str, str], dict[str, Any]] = {}
        self.rows = 0

    def _school(self, i: int) -> School:
        kind = ("小学", "小学", "初中", "小学", "九年一贯制")[i % 5]
        grades = {"小学": range(1, 7), "初中": range(7, 10), "九年一贯制": range(1, 10)}[kind]
        head = {"小学": "21", "初中": "31", "九年一贯制": "31"}[kind]
        return School(f"{head}99{i:06d}", f"示例第{i + 1}{'小学' if kind == '小学' else '学校'}", (), kind, "公办", tuple(map(str, grades)))

    def _style(self) -> Style:
        rng, p = self.rng, self.p
        style = Style(rng.random() < .6, rng.random() < p["damaged"], rng.random() < p["masked"], rng.random() < p["bare"])
        for form in ("absent_list", "follow_up"):
            lacking = {"birth"} if rng.random() < p["no_birth"] else set()
            lacking |= {"guardian_name"} if rng.random() < p["no_family"] else set()
            lacking |= {"guardian_phone"} if rng.random() < p["no_family"] else set()
            if form == "follow_up" and rng.random() < p["lean"]:
                lacking |= {"birth", "guardian_name", "guardian_phone"}
            if form == "follow_up" and rng.random() < p["no_class"]:
                lacking |= {"class_no"}
            style.columns[form] = lacking
        return style

    # pupils

    def _given(self, gender: str) -> str:
        pool = (BOYS if gender == "男" else GIRLS) + BOTH
        weight = [1 / (3 + i) for i in range(len(pool))]
        return "".join(self.rng.choices(pool, weight, k=1 if self.rng.random() < .12 else 2))

    def _name(self, gender: str) -> str:
        if self.rng.random() < .004:
            return self.rng.choice(ETHNIC)
        return self.rng.choices(SURNAMES, [1 / (4 + i) for i in range(len(SURNAMES))])[0] + self._given(gender)

    def _number(self, birth: date, gender: str) -> str:
        order = self.rng.randrange(0, 999) // 2 * 2 + (gender == "男")
        base = f"9901{self.rng.randrange(1, 8):02d}{birth:%Y%m%d}{order:03d}"
        return base + CHECK[sum(int(d) * w for d, w in zip(base, WEIGHTS)) % 11]

    def _new(self, school: School, month: int) -> list[Pupil]:
        rng, cycle = self.rng, self.cycle(month)
        grade = int(rng.choice(school.grades))
        cohort = school_year(last_day(cycle)) - grade
        gender = rng.choice("男女")
        birth = date(cohort - 6, 9, 1) + timedelta(days=rng.randrange(365))
        left = last_day(cycle) - timedelta(days=rng.randrange(2, 40))
        pupil = Pupil(len(self.pupils), self._name(gender), gender, birth, self._number(birth, gender), school.code, cohort,
                      rng.randrange(1, 7), rng.choice(SURNAMES) + self._given(rng.choice("男女")), f"1990{rng.randrange(10**7):07d}",
                      left, since=month, orphan=rng.random() < .012)
        mates = [q for q in self.pupils if q.school == school.code and q.gender == gender]
        if mates and rng.random() < .012:
            mate = rng.choice(mates)
            pupil.name, pupil.namesake, mate.namesake = mate.name, True, True
            if rng.random() < .3:
                pupil.cohort, pupil.class_no, pupil.birth = mate.cohort, mate.class_no, \
                    date(mate.cohort - 6, 9, 1) + timedelta(days=rng.randrange(365))
                pupil.number = self._number(pupil.birth, gender)
        self.pupils.append(pupil)
        return [pupil, self._twin(pupil)] if rng.random() < .02 else [pupil]

    def _twin(self, one: Pupil) -> Pupil:
        rng = self.rng
        gender = one.gender if rng.random() < .7 else ("女" if one.gender == "男" else "男")
        given = one.name[1:]
        for _ in range(50):
            other = self._given(gender)
            name = one.name[:1] + (given[0] + other[-1] if len(given) == 2 and rng.random() < .6 else other)
            if name != one.name:
                break
        twin = Pupil(len(self.pupils), name, gender, one.birth, self._number(one.birth, gender), one.school, one.cohort,
                     one.class_no if rng.random() < .7 else one.class_no % 6 + 1, one.guardian, one.phone, one.left, since=one.since)
        one.twin, twin.twin = twin.pid, one.pid
        self.pupils.append(twin)
        return twin

    def cycle(self, month: int) -> str:
        return f"{add_months(date.fromisoformat(self.start + '-01'), month):%Y-%m}"

    # the months

    def run(self) -> Iterator[Month]:
        for month in range(self.months):
            yield self._month(month)

    def _month(self, month: int) -> Month:
        rng, cycle = self.rng, self.cycle(month)
        out = Month(cycle, {n: [] for n in ("submissions", "values", "absent_list", "follow_up", "case_file", "psych_case",
                                            "health_roster", "held_rows", "remarks")}, {}, [])
        if cycle.endswith("-09") and month:
            self._rollover(month)
        for school in self.schools:
            for _ in range(rng.randrange(8, 15) if month == 0 else rng.choice((1, 2, 2, 3, 4, 4))):
                self._new(school, month)
        silent = {s.code for s in self.schools if rng.random() < .0175}
        mine: dict[str, list[Pupil]] = {s.code: [] for s in self.schools}
        for pupil in self.pupils:
            mine[pupil.school].append(pupil)
            if pupil.dest:
                mine[pupil.dest].append(pupil)
        for school in self.schools:
            papers = Papers(self, school, cycle, month, out, school.code not in silent)
            pupils = mine[school.code][:]
            rng.shuffle(pupils)
            for pupil in pupils:
                papers.tell(pupil)
            papers.file()
        return out

    def _rollover(self, month: int) -> None:
        """September: a new class for everyone; primary school ends after grade 6, junior school after grade 9."""
        year = school_year(last_day(self.cycle(month)))
        junior = [s.code for s in self.schools if s.kind != "小学"]
        for pupil in self.pupils:
            grade = year - pupil.cohort
            if pupil.state == "returned" and (grade > 9 or (grade == 7 and self.by_code[pupil.school].kind == "小学")):
                pupil.state = "gone"
            if pupil.state not in ("open", "vanished", "new"):
                continue
            pupil.class_no = self.rng.randrange(1, 7)
            if grade > 9:
                pupil.state = "gone"
            elif grade == 7 and self.by_code[pupil.school].kind == "小学":
                pupil.dest, pupil.arrives, pupil.state = self.rng.choice(junior), "listed", "moving"
                pupil.since = month


class Papers:
    """One school's list and follow-ups of one month."""

    def __init__(self, district: District, school: School, cycle: str, month: int, out: Month, files_list: bool) -> None:
        self.d, self.school, self.cycle, self.month, self.out, self.files_list = district, school, cycle, month, out, files_list
        self.rng, self.listed, self.visits = district.rng, [], []
        self.end = last_day(cycle)

    def file(self) -> None:
        for form, rows in (("absent_list", self.listed), ("follow_up", self.visits)):
            if form == "absent_list" and not self.files_list:
                continue
            sub = f"{self.cycle}-{self.school.code}-{form}"
            self.out.tables["submissions"].append(
                {"submission_id": sub, "form": form, "school_code": self.school.code, "cycle": self.cycle, "state": "accepted",
                 "is_zero": not rows, "filled_date": f"{self.cycle}-22", "received_at": f"{self.cycle}-23", "sha256": "0"})
            for pupil, row in rows:
                self.d.rows += 1
                row_id = f"w{zlib.crc32(str(self.d.rows).encode()):08x}{self.d.rows}"
                raw = row.pop("_raw", {})
                self.out.tables[form].append({"row_id": row_id, "submission_id": sub, "school_code": self.school.code,
                                              "cycle": self.cycle, **row})
                self.out.truth[row_id] = pupil.pid
                for name, text in raw.items():
                    self.out.tables["values"].append(
                        {"row_id": row_id, "submission_id": sub, "form": form, "school_code": self.school.code, "field": name,
                         "raw": text, "value": None, "problem": "读不出来", "place": None})

    # what happens to a pupil this month

    def tell(self, pupil: Pupil) -> None:
        if pupil.dest == self.school.code:
            self._arrive(pupil)
        elif pupil.state == "new" and pupil.orphan and pupil.since == self.month:
            self._visits(pupil, "未返校")
        elif pupil.state in ("new", "open"):
            self._open(pupil)
        elif pupil.state == "vanished" and pupil.back == self.month:
            pupil.state = "open"
            self._list(pupil, "open")
            self._visits(pupil, "未返校")
        elif pupil.state == "returned" and self.month - pupil.since < 6:
            self._after_return(pupil)
        elif pupil.state == "moving" and pupil.since == self.month and pupil.school == self.school.code:
            if self.rng.random() < .7:
                self._visits(pupil, "转学", dest_school=self.d.by_code[pupil.dest].name)

    def _open(self, pupil: Pupil) -> None:
        rng, fresh = self.rng, pupil.state == "new"
        pupil.state = "open"
        chance = rng.random()
        if fresh or chance > .135:
            self._list(pupil, "open")
            if rng.random() > .02:
                self._visits(pupil, "未返校")
        elif chance < .075:
            pupil.state, pupil.since = "returned", self.month
            back = self.end - timedelta(days=rng.randrange(8, 25))
            if rng.random() < .4:
                self._list(pupil, "returned", return_date=back.isoformat(), return_class="原班")
            self._visits(pupil, "已复学", return_date=back.isoformat(), return_class="原班")
        elif chance < .09:
            pupil.state = "suspended"
            self._visits(pupil, "已办理休学", proof_no="休1", suspend_to=add_months(self.end, 12).isoformat())
        elif chance < .105:
            grade = school_year(self.end) - pupil.cohort
            fit = [s.code for s in self.d.schools if str(min(grade, 9)) in s.grades and s.code != pupil.school]
            pupil.dest, pupil.state, pupil.since = rng.choice(fit), "moving", self.month
            pupil.arrives = rng.choices(("listed", "attends", "silent"), (5, 3, 2))[0]
            self._visits(pupil, "转学", dest_school=self.d.by_code[pupil.dest].name)
        elif chance < .12:
            pupil.state = "gone"
            self._visits(pupil, rng.choice(("送教上门", "转学至外省", "已出国")))
        else:
            pupil.state = "vanished"
            pupil.back = self.month + rng.choice((1, 2, 2, 99, 99))
            self.out.planted.append(("vanished", pupil.pid, self.school.code))
            if rng.random() < .3:
                self._visits(pupil, "未返校")

    def _after_return(self, pupil: Pupil) -> None:
        if self.rng.random() < .03:
            pupil.state, pupil.left = "open", self.end - timedelta(days=self.rng.randrange(3, 20))
            pupil.visit = 0
            self._list(pupil, "open")
            self._visits(pupil, "未返校")
        elif self.rng.random() < .3:
            self._visits(pupil, "在校稳定")

    def _arrive(self, pupil: Pupil) -> None:
        due = pupil.since + (0 if self.cycle.endswith("-09") else 1)
        if self.month < due or pupil.arrives == "silent":
            return
        pupil.school, pupil.dest = self.school.code, None
        pupil.class_no, pupil.visit = self.rng.randrange(1, 7), 0
        if pupil.arrives == "listed":
            pupil.state = "open"
            self._list(pupil, "open")
            self._visits(pupil, "未返校")
        else:
            pupil.state, pupil.since = "returned", self.month
            self._visits(pupil, "转入就读")

    def _list(self, pupil: Pupil, status: str, **more: Any) -> None:
        self.listed.append((pupil, {**self._typed(pupil, "absent_list"), "status": status, "left_date": pupil.left.isoformat(),
                                    "reason": "R01", **more}))

    def _visits(self, pupil: Pupil, outcome: str, **more: Any) -> None:
        for _ in range(1 if outcome != "未返校" or self.rng.random() < .7 else 2):
            pupil.visit += 1
            day = self.end - timedelta(days=self.rng.randrange(6, 25))
            self.visits.append((pupil, {**self._typed(pupil, "follow_up"), "attempt_no": pupil.visit, "outcome": outcome,
                                        "attempt_date": day.isoformat(), **more}))

    # what the clerk types

    def _typed(self, pupil: Pupil, form: str) -> dict[str, Any]:
        key, style = (pupil.pid, self.school.code, form), self.d.style[self.school.code]
        place = {"grade": str(school_year(self.end) - pupil.cohort), "class_no": pupil.class_no}
        if not style.rolls or key not in self.d.typed:
            self.d.typed[key] = self._type(pupil, form, style)
        if "class_no" in style.columns[form]:
            place["class_no"] = None
        made = {**self.d.typed[key], **place}
        if "_raw" in made:
            made["_raw"] = dict(made["_raw"])
        return made

    def _type(self, pupil: Pupil, form: str, style: Style) -> dict[str, Any]:
        rng, p = self.rng, self.d.p
        row: dict[str, Any] = {"student_name": self._written(pupil.name), "gender": pupil.gender, "id_number": None,
                               "birth": pupil.birth.isoformat(), "guardian_name": pupil.guardian, "guardian_phone": pupil.phone}
        if rng.random() < p["drop_birth"] or "birth" in style.columns[form]:
            row["birth"] = None
        elif rng.random() < .1:
            row["birth"] = row["birth"][:7]
        elif rng.random() < .006:
            row["birth"] = (pupil.birth + timedelta(days=rng.choice((1, 10, 31)))).isoformat()
        for name in ("guardian_name", "guardian_phone"):
            if name in style.columns[form] or rng.random() < .04:
                row[name] = None
        if rng.random() < .03:
            row["guardian_phone"] = row["guardian_phone"] and f"1990{rng.randrange(10**7):07d}"
        if rng.random() < .003:
            row["class_no"] = None
        if not (form == "follow_up" and style.bare) and rng.random() >= p["no_number"]:
            self._number(row, pupil, style)
        return row

    def _number(self, row: dict[str, Any], pupil: Pupil, style: Style) -> None:
        rng, p, number = self.rng, self.d.p, pupil.number
        if pupil.twin is not None and rng.random() < p["twin"]:
            number = self.d.pupils[pupil.twin].number
        elif rng.random() < p["parent"]:
            number = self.d._number(date(1982, 1, 1) + timedelta(days=rng.randrange(3000)), "女")
        elif rng.random() < p["slip"]:
            at = rng.randrange(17)
            number = rng.choice((number[:at] + str(rng.randrange(10)) + number[at + 1:], number[:at] + number[at + 1] + number[at] + number[at + 2:],
                                 number[:at] + number[at + 1:], number[:at] + number[at] + number[at:]))
        if style.masked:
            row["_raw"] = {"id_number": number[:6] + "*" * 8 + number[14:]}
        elif style.damaged and number.isdigit() and len(number) == 18:
            text = rng.choice((number[:15] + "000", str(int(float(number[:15] + "000"))), f"{float(number):.14E}", f"{float(number):.2E}"))
            row["_raw"] = {"id_number": text}
        elif len(number) == 18:
            row["id_number"] = number
        else:
            row["_raw"] = {"id_number": number}

    def _written(self, name: str) -> str:
        rng, p = self.rng, self.d.p
        chance, i = rng.random(), rng.randrange(1, len(name))
        if chance < p["homophone"]:
            alike = [c for c in SURNAMES + BOYS + GIRLS + BOTH + "悦怿昕晰滢潆珞洛歆炘钰煜郁裕忻辛昱熠" if c != name[i] and sounds(c) & sounds(name[i])]
            return name[:i] + rng.choice(alike) + name[i + 1:] if alike else name
        if chance < p["homophone"] + p["lookalike"]:
            alike = [pair.replace(name[i], "") for pair in LOOKALIKE.split() if name[i] in pair]
            return name[:i] + rng.choice(alike) + name[i + 1:] if alike else name
        if chance < p["homophone"] + p["lookalike"] + p["hidden"]:
            return name[:1] + rng.choice(("*", "某")) * (len(name) - 1)
        chance = rng.random()
        if chance < .04:
            return name[:1] + " " + name[1:] if len(name) == 2 else name[:i] + "　" + name[i:]
        if chance < .05:
            return name + rng.choice(("（已劝返）", "同学", "(转)", "1"))
        if chance < .056:
            return name.replace("张", "張").replace("陈", "陳").replace("刘", "劉").replace("杨", "楊").replace("轩", "軒").replace("诗", "詩")
        if chance < .058:
            return name[:i] + rng.choice("\ue863？□") + name[i + 1:]
        if "·" in name and rng.random() < .3:
            return rng.choice((name.split("·")[0], name.replace("·", "."), name.replace("·", "")))
        return name
