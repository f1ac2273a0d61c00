"""The corpora: what is printed, by what, and how it is scanned. `dev` was looked at while building; `unseen` was not."""
from __future__ import annotations

import random
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import forms
import printers
import spoil
from forms import Sheet
from printers import Looks
from spoil import Scan

GOOD, POOR, FREE = "scan >= 200 dpi, ruled", "150 dpi, faint, JPEG", "no grid"      # rows of the bar


@dataclass(frozen=True)
class Case:
    name: str
    bar: str
    sheets: list[Sheet]
    printer: str
    looks: Looks
    scan: Scan
    font_file: str = ""

    def pdf(self, seed: int) -> bytes:
        """The scan as a PDF."""
        extra = (self.font_file,) if self.printer == "reportlab" else ()
        printed = printers.PRINTERS[self.printer](self.sheets, self.looks, *extra)
        return spoil.to_pdf(spoil.pictures(printed, self.scan, seed), self.scan)


# name, bar, form, which column set, rows, two header rows, printer, looks, scan
TABLE = [
    ("clean", GOOD, "absent_list", 0, 12, False, "chromium", Looks(), Scan()),
    ("skew_noise", GOOD, "absent_list", 3, 14, False, "chromium", Looks(size=11), Scan(skew=0.5, noise=8)),
    ("skew_back", GOOD, "absent_list", 1, 9, True, "chromium", Looks(size=8), Scan(skew=-1.0)),
    ("serif", GOOD, "absent_list", 0, 12, True, "chromium", Looks(font="Noto Serif CJK SC"), Scan(skew=0.3, jpeg=60)),
    ("serif_tight", GOOD, "absent_list", 1, 9, False, "chromium", Looks(font="Noto Serif CJK SC", size=7.5, pad=0.5, line=1.0), Scan(skew=-0.4, jpeg=45)),
    ("song_office", GOOD, "absent_list", 1, 10, False, "libreoffice", Looks(font="AR PL UMing CN", size=9), Scan(skew=-1.1, jpeg=60)),
    ("kai_office", GOOD, "follow_up", 0, 8, False, "libreoffice", Looks(font="AR PL UKai CN", size=10, align="left"), Scan(skew=0.7)),
    ("seal_over", GOOD, "absent_list", 0, 12, False, "chromium", Looks(), Scan(skew=1.3, seal="table")),
    ("seal_copied", GOOD, "absent_list", 2, 12, False, "chromium", Looks(), Scan(skew=0.2, seal="grey", grey=True)),
    ("bilevel", GOOD, "health_roster", 0, 12, False, "chromium", Looks(size=9.5), Scan(skew=0.4, bilevel=True)),
    ("turned", GOOD, "absent_list", 2, 10, True, "chromium", Looks(), Scan(turn=1, skew=0.6)),
    ("upside", GOOD, "health_roster", 1, 10, False, "chromium", Looks(), Scan(turn=2)),
    ("curled", GOOD, "absent_list", 0, 12, False, "chromium", Looks(), Scan(curl=2.0, skew=0.5)),
    ("lid_holes", GOOD, "absent_list", 2, 12, False, "chromium", Looks(), Scan(edge=True, holes=True, specks=150, fold=True)),
    ("dark_header", GOOD, "health_roster", 1, 11, False, "chromium", Looks(shade="#1f4e79", head_ink="#fff"), Scan(skew=0.3)),
    ("frame", GOOD, "absent_list", 2, 11, False, "chromium", Looks(frame="2.25pt solid #000", border="0.5pt solid #000"), Scan(skew=-0.7)),
    ("long_text", GOOD, "follow_up", 0, 8, False, "chromium", Looks(align="left", font="Noto Serif CJK SC"), Scan(skew=0.6)),
    ("hei_reportlab", GOOD, "absent_list", 0, 12, False, "reportlab", Looks(size=9), Scan(skew=0.9, shade=40)),
    ("fine_300", GOOD, "health_roster", 0, 12, False, "chromium", Looks(size=9), Scan(dpi=300, skew=0.5)),
    ("dotted_zebra", GOOD, "absent_list", 2, 12, False, "chromium", Looks(border="0.75pt dotted #000", zebra="#e8e8e8"), Scan(skew=0.4)),
    ("dashed_office", GOOD, "absent_list", 0, 10, False, "libreoffice", Looks(border="dashed", size=10, font="Noto Sans CJK SC"), Scan(skew=-0.5)),
    ("grey_150", POOR, "absent_list", 0, 12, False, "chromium", Looks(), Scan(dpi=150, grey=True, skew=0.8)),
    ("narrow_150", POOR, "absent_list", 1, 10, False, "chromium", Looks(size=8), Scan(dpi=150, skew=-0.5)),
    ("faint", POOR, "absent_list", 0, 12, False, "chromium", Looks(), Scan(faint=0.45, jpeg=40, blur=1.0)),
    ("jpeg40_serif", POOR, "health_roster", 0, 12, False, "chromium", Looks(font="Noto Serif CJK SC"), Scan(jpeg=40, blur=0.8, noise=6, dpi=150)),
    ("bilevel_150", POOR, "absent_list", 2, 12, False, "chromium", Looks(), Scan(dpi=150, bilevel=True, skew=0.3)),
    ("rows_only", FREE, "absent_list", 3, 12, False, "chromium", Looks(rules="rows", size=11), Scan(skew=0.5)),
    ("borderless", FREE, "absent_list", 3, 12, False, "chromium", Looks(rules="none", size=11), Scan(skew=-0.4)),
    ("separate", GOOD, "absent_list", 0, 11, False, "chromium", Looks(separate=True), Scan(skew=0.4)),
]
STYLES = "-./年月"


def dev(seed: int, font_file: str = "") -> list[Case]:
    """Every case of the table, and pages about one pupil, filled by the dice."""
    dice = random.Random(seed)
    out = []
    for n, (name, bar, form, which, rows, grouped, printer, looks, scan) in enumerate(TABLE):
        if printer == "reportlab" and not font_file:
            continue
        sheet = forms.list_sheet(form, dice, rows, which, grouped, STYLES[(n + seed) % 4])
        out.append(Case(name, bar, [sheet], printer, looks, scan, font_file))
    out.append(Case("card", GOOD, [forms.card(dice)], "chromium", Looks(), Scan(skew=0.5, seal="red")))
    out.append(Case("card_kai", GOOD, [forms.card(dice)], "chromium", Looks(font="AR PL UKai CN"), Scan(skew=-0.6)))
    out.append(Case("card_seal_150", POOR, [forms.card(dice)], "chromium", Looks(font="Noto Serif CJK SC"), Scan(dpi=150, seal="table", skew=0.3)))
    return out


def unseen(seed: int, count: int, font_files: list[str]) -> list[Case]:
    """Forms, looks and scanners drawn by the dice."""
    dice = random.Random(seed)
    out = []
    for n in range(count):
        form = dice.choice(["absent_list", "absent_list", "follow_up", "health_roster", "card"])
        printer = dice.choice(["chromium", "chromium", "libreoffice", *(["reportlab"] if font_files else [])])
        poor = dice.random() < 0.35
        size = dice.choice((8, 8.5, 9, 10, 10.5, 11))
        looks = Looks(dice.choice(["Noto Sans CJK SC", "Noto Serif CJK SC", "AR PL UMing CN", "AR PL UKai CN", "WenQuanYi Zen Hei", "AR PL SungtiL GB"]),
                      size, dice.choice((0.5, 1.5, 3, 5)), dice.choice(["0.75pt solid #000", "0.5pt solid #000", "1pt solid #333", "0.75pt dashed #000", "0.75pt dotted #000"]),
                      dice.choice(["", "", "2pt solid #000"]), dice.choice(["", "", "#e7e6e6", "#ddebf7"]), line=dice.choice((1.0, 1.15, 1.25, 1.4)),
                      align=dice.choice(["center", "center", "left"]), width=dice.choice((1.0, 1.0, 0.9)))
        scan = Scan(150 if poor and dice.random() < 0.6 else dice.choice((200, 200, 300)), dice.uniform(-1.3, 1.3), dice.choice((0, 0, 0.5, 0.8)),
                    dice.choice((2, 4, 7)), dice.choice((40, 50, 60, 75)), dice.uniform(0.2, 0.5) if poor else 0.0, dice.choice(["", "", "red", "table"]),
                    dice.choice((0, 0, 25)), dice.random() < 0.25, not poor and dice.random() < 0.1, dice.choice((0, 0, 60)), dice.random() < 0.15,
                    dice.choice((0, 0, 0, 0, 1, 3)), dice.choice((0, 0, 0, 1.2)), dice.random() < 0.1, dice.random() < 0.1)
        small = scan.dpi * size < 1600                      # letters of fewer pixels than 8 pt has at 200 dpi
        bar = POOR if poor or small or scan.jpeg < 50 or (scan.seal == "table" and scan.grey) else GOOD
        if form == "card":
            printer = "chromium" if printer == "reportlab" else printer     # its fonts lack the boxes
            sheet = forms.card(dice)
        else:
            sheet = forms.list_sheet(form, dice, dice.randrange(6, 14), dice.randrange(4), dice.random() < 0.4, dice.choice(STYLES))
        out.append(Case(f"u{seed}_{n:02d}", bar, [sheet], printer, looks, scan, dice.choice(font_files) if font_files else ""))
    return out


CHOICES = {"gender": ("男", "女"), "plan_made": ("是", "否"), "shared_head_teacher": ("是", "否"), "shared_pe": ("是", "否"),
           "register_status": ("在籍", "休学", "转学"), "mode": ("入户", "电话", "约谈"), "status": ("劝返中", "已复学", "失联"), "family_type": ("留守", "单亲", "贫困")}


def boxed(seed: int, count: int, font_files: list[str]) -> list[Case]:
    """The cases of `unseen`, with printed boxes to tick where a form lets one choose; few are ticked with a black box or not at all."""
    dice = random.Random(seed + 7)
    return [replace(case, name=case.name + "b", printer="chromium" if case.printer == "reportlab" else case.printer, sheets=[_with_boxes(s, dice) for s in case.sheets])
            for case in unseen(seed, count, font_files)]


def _with_boxes(sheet: Sheet, dice: random.Random) -> Sheet:
    def ticked(words: tuple[str, ...]) -> str:
        chosen, mark = dice.randrange(len(words)) if dice.random() < 0.95 else -1, "☑" if dice.random() < 0.9 else "■"
        return " ".join((mark if i == chosen else "□") + w for i, w in enumerate(words))
    return replace(sheet, boxes=[replace(b, text=ticked(CHOICES[b.field])) if b.field in CHOICES and b.text else b for b in sheet.boxes])


def font_files() -> list[str]:
    """TrueType fonts for reportlab, wherever fontconfig finds them."""
    listed = subprocess.run(["fc-list", ":lang=zh", "file"], check=True, capture_output=True, text=True).stdout.split("\n")
    found = {Path(line.rstrip(": ")).name: line.rstrip(": ") for line in listed}
    return [found[n] for n in ("wqy-zenhei.ttc", "gbsn00lp.ttf", "gkai00mp.ttf", "uming.ttc") if n in found]
