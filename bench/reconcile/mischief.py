"""Mistakes planted in the papers of an invented district, each written down: what a reviewer ought to be told.

    for month, planted in mischief(district.run(), seed): ...       # planted: {(code, pupil or None, school)}

The papers of `simulate` hold moves, returns and gaps; here come texts of visits (honest ones, and copies of last month's or of
another pupil's), false zeros, contradictory forms, dates and numbers that cannot be. A district's own dice are not touched.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from simulate import Month

from carelib.policy import add_months, last_day

Row = dict[str, Any]
Planted = set[tuple[str, int | None, str]]
SHARE = 0.02  # of the pupils of a month, for each kind of mistake

WHO = ["班主任", "年级主任", "分管副校长", "德育处老师", "任课老师与班主任", "校长带队"]
HOW = ["上门走访", "电话联系家长", "在村委会见面", "约家长到校", "通过微信视频", "到其打工的店里"]
MET = ["父母均在家", "只有祖父在家", "母亲在外地务工", "本人不愿见面", "本人在房内打游戏", "家长刚下班", "姑姑代为接待", "本人出来谈了半小时"]
SAID = """孩子表示对数学听不懂，坐在教室里难受|家长说管不住孩子，希望学校多想办法|本人提出想去学理发，不想再读书|
家长担心孩子返校后被同学笑话|本人愿意先从每周来校两天试起|家长同意下周带孩子去医院看睡眠问题|孩子说与同桌闹过矛盾，不敢进班|
祖父说父母离异后孩子一直沉默|本人承认沉迷手机，答应交给家长保管|家长对义务教育法的规定表示知晓|孩子提出换一个班级|
本人说早上起不来，已三周没有出门""".replace("\n", "").split("|")
PLAN = """安排心理老师每周辅导一次|由科任老师送作业上门并讲解|请社区网格员协同走访|学校为其减免午餐费用|安排同村同学结伴上学|
与镇关工委联系帮扶|先参加下午的美术社团|由年级主任另行制定学习计划|请家长签收劝返通知书|报教育局普教科备案""".replace("\n", "").split("|")
SHORT = ["已上门家访，家长表示会配合。", "电话联系，仍不愿返校。", "继续跟踪劝返。", "家长不配合，劝返无果。"]


def mischief(months: Iterable[Month], seed: int) -> Iterator[tuple[Month, Planted]]:
    """Each month with its mistakes put in, and what they are."""
    clerk = Clerk(seed)
    for month in months:
        yield month, clerk.spoil(month)


class Clerk:
    """Goes through the months in order; remembers what it wrote of each pupil."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(f"mischief-{seed}")
        self.texts: dict[tuple[int, str], str] = {}  # pupil, school -> last month's text
        self.numbers: dict[tuple[int, str], int] = {}  # highest visit number so far
        self.left: dict[int, str] = {}
        self.moved: dict[tuple[int, str], str] = {}  # pupil, true date -> the date that is written from now on

    def spoil(self, month: Month) -> Planted:
        self.month, self.out, self.models = month, set(), set()
        self.end = last_day(month.cycle)
        lists, visits = self._by_pupil("absent_list"), self._by_pupil("follow_up")
        for (pupil, _), rows in lists.items():
            for row in rows:
                row["left_date"] = self.moved.get((pupil, row["left_date"]), row["left_date"])
        self._write(visits)
        free = [k for k in sorted(lists) if len(lists[k]) == 1 and lists[k][0]["status"] == "open"]
        free = [k for k in free if all(v["outcome"] == "未返校" for v in visits[k])]
        self.rng.shuffle(free)
        often = int(len(free) * SHARE) + 1
        for kind in (self._closed_but_listed, self._copy_self, self._copy_cross, self._remark, self._stale, self._regress, self._twice, self._onset):
            self._some(kind, free, often, lists, visits)
        self._bad_returns(lists, visits)
        self._false_zeros()
        self._remember()
        return self.out

    def _remember(self) -> None:
        """What next month's mistakes need; texts and numbers begin anew after an exit."""
        for key, rows in self._by_pupil("follow_up").items():
            if any(r["outcome"] != "未返校" for r in rows):
                self.texts.pop(key, None)
                self.numbers.pop(key, None)
                continue
            self.texts[key] = rows[0]["content"]
            if ("count_regress", *key) not in self.out:
                self.numbers[key] = max(r["attempt_no"] for r in rows)
        for (pupil, _), rows in self._by_pupil("absent_list").items():
            self.left[pupil] = rows[0]["left_date"]

    def _by_pupil(self, form: str) -> dict[tuple[int, str], list[Row]]:
        out: dict[tuple[int, str], list[Row]] = defaultdict(list)
        for row in self.month.tables[form]:
            out[self.month.truth[row["row_id"]], row["school_code"]].append(row)
        return out

    @staticmethod
    def _some(kind: Any, free: list[tuple[int, str]], often: int, lists: Any, visits: Any) -> None:
        """Plant one kind in as many pupils as asked, each pupil with one mistake only."""
        done = 0
        for key in free[:]:
            if done == often:
                return
            if kind(key, lists[key], visits[key]):
                free.remove(key)
                done += 1

    # ---- texts

    def _write(self, visits: dict[tuple[int, str], list[Row]]) -> None:
        for key in sorted(visits):
            for row in visits[key]:
                row["content"] = self.rng.choice(SHORT) if self.rng.random() < 0.4 else self._text(row)

    def _text(self, row: Row) -> str:
        rng = self.rng
        said, plan = rng.sample(SAID, 2), rng.sample(PLAN, rng.choice((1, 2, 2)))
        day = date.fromisoformat(row["attempt_date"])
        return f"{day.month}月{day.day}日{rng.choice(WHO)}{rng.choice(HOW)}，{rng.choice(MET)}。{'；'.join(said)}。下一步：{'，'.join(plan)}。"

    def _touched(self, text: str) -> str:
        """As a copyist leaves it: another date, perhaps a word more or less."""
        text = "".join(str(self.rng.randrange(10)) if c.isdigit() else c for c in text)
        chance = self.rng.random()
        if chance < 0.4:
            return text
        if chance < 0.7:
            return text.replace("家长", "监护人", 1).replace("本人", "该生", 1)
        return text + self.rng.choice(("家长表示感谢。", "将继续跟进。", "已告知家长。"))

    def _copy_self(self, key: tuple[int, str], listed: list[Row], seen: list[Row]) -> bool:
        old = self.texts.get(key, "")
        if not seen or len(old) < 50 or key in self.models:
            return False
        for row in seen:
            row["content"] = self._touched(old)
        return self._plant("copied_self", key)

    def _copy_cross(self, key: tuple[int, str], listed: list[Row], seen: list[Row]) -> bool:
        mine = [r for r in self.month.tables["follow_up"] if r["school_code"] == key[1] and r["outcome"] == "未返校"
                and len(r["content"]) >= 50 and self.month.truth[r["row_id"]] != key[0]]
        if not seen or not mine or key in self.models:
            return False
        model = self.rng.choice(mine)
        self.models.add((self.month.truth[model["row_id"]], key[1]))
        for row in seen:
            row["content"] = self._touched(model["content"])
        self._plant("copy_cross", (self.month.truth[model["row_id"]], key[1]))
        return self._plant("copy_cross", key)

    # ---- forms that contradict themselves or each other

    def _closed_but_listed(self, key: tuple[int, str], listed: list[Row], seen: list[Row]) -> bool:
        if not seen:
            return False
        last = max(seen, key=lambda r: (r["attempt_date"], r["attempt_no"]))
        last |= {"outcome": self.rng.choice(("已复学", "已返校就读", "复学")), "return_date": last["attempt_date"], "return_class": "原班"}
        return self._plant("closed_but_listed", key)

    def _remark(self, key: tuple[int, str], listed: list[Row], seen: list[Row]) -> bool:
        listed[0]["remark"] = self.rng.choice(("已返校上课", "本月已复学", "已回校就读"))
        return self._plant("remark_contradicts", key)

    def _stale(self, key: tuple[int, str], listed: list[Row], seen: list[Row]) -> bool:
        if not seen:
            return False
        for row in seen:
            row["attempt_date"] = add_months(self.end - timedelta(days=self.rng.randrange(20)), -3).isoformat()
        return self._plant("stale_visit", key)

    def _regress(self, key: tuple[int, str], listed: list[Row], seen: list[Row]) -> bool:
        before = self.numbers.get(key, 0)
        if not seen or before < 2:
            return False
        for row in seen:
            row["attempt_no"] = self.rng.randrange(1, before)
        return self._plant("count_regress", key)

    def _twice(self, key: tuple[int, str], listed: list[Row], seen: list[Row]) -> bool:
        first = listed[0]
        if not ((first["birth"] and len(first["birth"]) == 10) or first["guardian_phone"]):
            return False
        again = {**first, "row_id": first["row_id"] + "b", "id_number": None, "remark": "重复登记"}
        self.month.tables["absent_list"].append(again)
        self.month.truth[again["row_id"]] = key[0]
        return self._plant("dup_in_form", key)

    def _onset(self, key: tuple[int, str], listed: list[Row], seen: list[Row]) -> bool:
        true = listed[0]["left_date"]
        if self.left.get(key[0]) != true or true in self.moved.values():
            return False
        listed[0]["left_date"] = self.moved[key[0], true] = (date.fromisoformat(listed[0]["left_date"]) - timedelta(days=self.rng.randrange(20, 60))).isoformat()
        return self._plant("onset_changed", key)

    def _bad_returns(self, lists: dict[tuple[int, str], list[Row]], visits: dict[tuple[int, str], list[Row]]) -> None:
        """Of those who come back this month, some without date and class, some before they left; some suspended without a paper."""
        for key in sorted(visits):
            for row in visits[key]:
                chance = self.rng.random()
                if row["outcome"] == "已复学" and ("closed_but_listed", *key) not in self.out:
                    listed = lists.get(key, [])
                    if chance < 0.15:
                        for r in [row, *listed]:
                            r |= {"return_date": None, "return_class": None}
                        self._plant("return_no_evidence", key)
                    elif chance < 0.3 and self.left.get(key[0]):
                        early = (date.fromisoformat(self.left[key[0]]) - timedelta(days=20)).isoformat()
                        for r in [row, *(r for r in listed if r["status"] == "returned")]:
                            r["return_date"] = early
                            if r is not row:
                                r["left_date"] = None
                        self._plant("return_before_left", key)
                elif row["outcome"] == "已办理休学" and chance < 0.3:
                    row["proof_no"] = None
                    self._plant("suspend_no_cert", key)

    def _false_zeros(self) -> None:
        """Schools that list pupils, were listed last month too, and report that there is nobody."""
        of_school: dict[str, list[Row]] = defaultdict(list)
        for row in self.month.tables["absent_list"]:
            of_school[row["school_code"]].append(row)
        for sub in (s for s in self.month.tables["submissions"] if s["form"] == "absent_list"):
            rows = of_school[sub["school_code"]]
            known = any(self.month.truth[r["row_id"]] in self.left for r in rows if r["status"] == "open")
            if known and self.rng.random() < 0.01:
                sub["is_zero"] = True
                gone = {r["row_id"] for r in rows}
                self.month.tables["absent_list"] = [r for r in self.month.tables["absent_list"] if r["row_id"] not in gone]
                for row_id in gone:
                    del self.month.truth[row_id]
                unseen = {p[1] for p in self.out if p[0] == "onset_changed" and p[2] == sub["school_code"]}
                self.moved = {k: v for k, v in self.moved.items() if k[0] not in unseen}
                self.out = {p for p in self.out if p[2] != sub["school_code"] or p[0] in ("copied_self", "copy_cross", "stale_visit", "count_regress")}
                self.out.add(("false_zero", None, sub["school_code"]))

    def _plant(self, code: str, key: tuple[int, str]) -> bool:
        self.out.add((code, *key))
        return True
