"""Invented lists and label/value pages whose truth is known. Everything hangs on the seed; region 9901 does not exist."""
from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚"
GIVEN = "浩宇轩泽晨俊杰博文睿铭昊天皓子涵嘉懿煜城瑞霖明辉志强鹏程伟建国海峰思源景行一诺承逸飞凯乐欣怡梓雨桐诗琪雅若曦佳慧宁馨语嫣梦瑶婉清紫萱"
FAR = ("艾力·买买提", "阿依古丽·吐尔逊", "欧阳静怡", "司马一", "迪丽努尔")
PLACES = ("石桥镇东街12号", "青禾街道柳湾社区3幢502室", "桑园村七组", "清溪路88号（供销社家属院）", "云台新村5-1-301，现随祖父母住在石桥镇老街")
REASONS = ("厌学", "家庭经济困难", "因病休学", "外出务工", "沉迷网络，多次劝返无效", "心理问题，在市三院门诊治疗，家长申请休学一年", "转学未办手续")
STATES = ("劝返中", "已复学", "休学", "已转出", "失联", "未返校（第2次）")
WORK = ("班主任入户家访，与家长沟通", "联合镇政府、派出所上门劝返，学生外出，未见到本人", "每周电话联系", "送教上门，心理辅导跟进；家长签字确认", "")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
NOTES = ("说明：本表每月28日前报送，数据以学籍系统为准。", "制表人：侯敏    复核人：易明", "学校负责人（签字）：")
Dice = random.Random


@dataclass(frozen=True)
class Roll:
    """A list: `groups` are headings over some columns (first, last, text); equal texts under `merged` are one tall cell."""
    name: str
    title: str
    above: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    below: tuple[str, ...] = NOTES
    groups: tuple[tuple[int, int, str], ...] = ()
    merged: bool = False

    def runs(self) -> list[tuple[int, int]]:
        """First and last row of each tall cell in the first column."""
        starts = [n for n, row in enumerate(self.rows) if not n or row[0] != self.rows[n - 1][0]]
        return [(a, b - 1) for a, b in zip(starts, [*starts[1:], len(self.rows)])]


@dataclass(frozen=True)
class Card:
    """A label/value page: pairs; `wide` ones fill the width."""
    title: str
    pairs: tuple[tuple[str, str], ...]
    wide: tuple[tuple[str, str], ...]


def name(dice: Dice) -> str:
    return dice.choice(FAR) if dice.random() < 0.05 else dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2))))


def id_number(dice: Dice) -> str:
    body = f"9901{dice.randint(1, 29):02}{dice.randint(2008, 2016)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}{dice.randint(0, 999):03}"
    return body + "10X98765432"[sum(w * int(c) for w, c in zip(WEIGHTS, body)) % 11]


def day(dice: Dice) -> str:
    return dice.choice(("2023年{}月{}日", "2023-{:02}-{:02}", "2023.{}.{}", "2023/{}/{}")).format(dice.randint(1, 3), dice.randint(1, 28))


def phone(dice: Dice) -> str:
    return f"1990000{dice.randint(0, 9999):04}"


COLUMNS: dict[str, tuple[float, Callable[[Dice], str]]] = {
    "性别": (1.0, lambda d: d.choice("男女")), "民族": (1.2, lambda d: d.choice(("汉族", "回族", "维吾尔族", "土家族"))),
    "出生日期": (2.1, day), "年级": (1.5, lambda d: d.choice("一二三四五六七八九") + "年级"), "班级": (1.2, lambda d: f"（{d.randint(1, 12)}）班"),
    "学籍号": (3.4, lambda d: "G" + id_number(d)), "监护人姓名": (1.8, name), "与学生关系": (1.4, lambda d: d.choice(("父亲", "母亲", "祖父", "外祖母"))),
    "监护人联系电话": (2.3, phone), "家庭住址": (3.6, lambda d: d.choice(PLACES)), "离校时间": (2.1, day), "是否建档立卡": (1.2, lambda d: d.choice("是否")),
    "不在校原因": (3.0, lambda d: d.choice(REASONS)), "目前状态": (1.8, lambda d: d.choice(STATES)), "工作措施及进展": (3.8, lambda d: d.choice(WORK)),
    "家访次数": (1.1, lambda d: str(d.randint(0, 12))), "包联责任人": (1.7, name), "备注": (1.6, lambda d: d.choice(("", "", "", "低保户", "见附件2", "留守")))}
SCHOOLS = ("示例区石桥镇中心小学", "示例区清溪初级中学", "示例区云台九年一贯制学校")


def roll(seed: int, count: int, serial: bool = True, merged: bool = False, grouped: bool = False, ident: bool = True) -> Roll:
    """A list of `count` pupils with some of the columns in some order."""
    dice = random.Random(seed)
    some = [c for c in COLUMNS if c in set(dice.sample(sorted(COLUMNS), dice.randint(5, 9)))]
    makers = {"序号": (0.9, None), "学生姓名": (1.7, name), "身份证件号": (3.5, id_number)} | {c: COLUMNS[c] for c in some}
    head = [c for c in makers if (serial or c != "序号") and (ident or c != "身份证件号")]
    rows = []
    for n in range(count):
        values = {c: make(dice) if make else str(n + 1) for c, (_, make) in makers.items()}
        empty = {c for c in some if dice.random() < 0.06}
        rows.append(tuple("" if c in empty else values[c] for c in head))
    widths = [makers[c][0] for c in head]
    if merged:
        third = max(1, count // 3)
        rows = [(SCHOOLS[min(2, n // third)], *row) for n, row in enumerate(rows)]
        head, widths = ["学校名称", *head], [2.2, *widths]
    groups = ((head.index("学生姓名"), head.index("学生姓名") + 2, "学生基本情况"),) if grouped else ()
    return Roll(f"roll{seed}", f"示例区{dice.choice(('义务教育阶段未在校学生', '控辍保学重点关注学生', '学生离校去向'))}台账", ("学校名称：示例区清溪初级中学",
                "统计时间：2023年3月"), tuple(head), tuple(rows), tuple(widths), groups=groups, merged=merged)


def card(seed: int) -> Card:
    """A page of one pupil."""
    dice = random.Random(seed)
    names = dice.sample(["性别", "民族", "年级", "班级", "监护人姓名", "与学生关系", "监护人联系电话", "离校时间", "目前状态", "学籍号"], 6)
    pairs = [("学生姓名", name(dice)), ("身份证件号", id_number(dice)), *((n, COLUMNS[n][1](dice)) for n in names)]
    wide = [("家庭住址", dice.choice(PLACES)), ("不在校原因", dice.choice(REASONS)), ("工作措施及进展", "；".join(dice.choices([w for w in WORK if w], k=dice.randint(1, 5))))]
    return Card("学生控辍保学个案登记表", tuple(pairs), tuple(wide))
