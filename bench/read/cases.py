"""The papers of a run: which roll, printed by what, looking how. Nothing in `carelib` was fitted to them."""
from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import printers
from printers import Looks
from rolls import Card, Roll, card, roll

Printer = Callable[[Roll | Card, Looks], bytes]
FONTS = ("Noto Sans CJK SC", "Noto Serif CJK SC", "WenQuanYi Zen Hei", "AR PL SungtiL GB")
RULED, POOR = ("all", "dotted", "open"), ("rows", "columns", "three", "zebra", "none", "frame", "header")
CAN = {"reportlab": printers.RULES, "Chromium": printers.RULES, "Calc": ("all", "dotted", "rows", "columns", "none"),
       "Writer": ("all", "dotted", "open", "rows", "columns", "three", "none", "frame")}
GROUPS = {"ruled": "ruled lists", "poor": "rule-poor lists", "serial-free": "borderless, no serial column", "cards": "label/value pages"}


@dataclass(frozen=True)
class Case:
    name: str
    group: str
    paper: Roll | Card
    looks: Looks
    printer: str

    def pdf(self) -> bytes:
        return available()[self.printer](self.paper, self.looks)


def available() -> dict[str, Printer]:
    found: dict[str, Printer] = {"reportlab": printers.by_reportlab}
    if shutil.which("chromium"):
        found["Chromium"] = printers.by_chromium
    if shutil.which("soffice"):
        found |= {"Calc": printers.by_calc, "Writer": printers.by_writer}
    return found


def cases(seed: int, count: int) -> Iterator[Case]:
    """`count` papers of each group and printer."""
    for printer in available():
        for group in GROUPS:
            for n in range(count):
                dice = random.Random(f"{seed} {printer} {group} {n}")
                yield _case(dice, f"{group}-{printer}-{n}", group, printer)


def _case(dice: random.Random, name: str, group: str, printer: str) -> Case:
    wanted = {"ruled": RULED, "poor": POOR, "serial-free": ("three", "zebra", "none", "frame", "header"), "cards": ("all", "dotted")}[group]
    twist = random.Random(f"twist {dice.random()}").choice([t for t in printers.TWISTS if group != "cards" or t not in ("narrow", "split", "stacked", "portrait")])
    ruled = group in ("ruled", "cards")
    looks = Looks(dice.choice([r for r in wanted if r in CAN[printer]]), dice.choice(FONTS), dice.choice((7.5, 8, 9, 9, 10, 10.5)), dice.choice((2, 3, 4, 6)),
                  dice.choice(("left", "center")) if ruled else "left", dice.random() < 0.5, dice.random() < 0.6, twist)
    seed = dice.randrange(10 ** 6)
    if group == "cards":
        return Case(name, group, card(seed), looks, printer)
    paper = roll(seed, dice.choice((1, 3, 7, 12, 25, 40)), group != "serial-free", ruled and dice.random() < 0.25, ruled and dice.random() < 0.25)
    return Case(name, group, paper, looks, printer)
