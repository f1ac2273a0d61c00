"""What need not be read, but must never be read wrongly: `python bench/scan/free.py [--seed N] [--count N] [--only NAME] [--keep FOLDER] [-v]`.

Photos (as a page of a PDF and as .jpg or .png), values written by hand into printed forms, lists without a grid. Each file goes through
the whole reader; of every accepted value is asked whether it was printed in that row. Handwriting needs fonts that look written:
`--hands FOLDER` with .ttf or .woff files (Long Cang, Ma Shan Zheng, Liu Jian Mao Cao: SIL Open Font License); without it, Kai is shaken.
"""
from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

import cv2  # noqa: E402
import forms  # noqa: E402
import numpy as np  # noqa: E402
import printers  # noqa: E402
import spoil  # noqa: E402
from cases import STYLES  # noqa: E402
from forms import Sheet  # noqa: E402
from measure import plain  # noqa: E402
from printers import Looks  # noqa: E402
from spoil import Photo, Scan  # noqa: E402

from carelib import catalogue, values  # noqa: E402
from carelib.policy import Deadline, District, Policy, Term  # noqa: E402
from carelib.read.parse import parse_bytes  # noqa: E402
from carelib.read.understand import understand  # noqa: E402
from carelib.records import Row, Submission  # noqa: E402
from carelib.world import ReceivedFile, School, World  # noqa: E402

PRINTED = ["Noto Sans CJK SC", "Noto Serif CJK SC", "AR PL UMing CN", "AR PL UKai CN", "WenQuanYi Zen Hei", "AR PL SungtiL GB"]
DERIVED = frozenset({"dest_school", "return_date", "seq", "form_date", "attempt_no", "birth", "gender"})    # read out of another cell, or counted
SOME = ("student_name", "guardian_phone", "left_date", "reason", "status", "attempt_date", "mode", "disease", "remark")


@dataclass(frozen=True)
class Free:
    name: str
    kind: str                               # photo | hand | open
    sheet: Sheet
    looks: Looks
    scan: Scan
    photo: Photo | None = None
    suffix: str = "pdf"

    def data(self, seed: int) -> bytes:
        printed = printers.by_chromium([self.sheet], self.looks)
        if self.photo is None:
            return spoil.to_pdf(spoil.pictures(printed, self.scan, seed), self.scan)
        bare = Scan(dpi=300, noise=0)
        seen = [np.ascontiguousarray(np.rot90(spoil.photograph(page, self.photo, seed + n), -self.scan.turn))
                for n, page in enumerate(spoil.pictures(printed, bare, seed))]
        if self.suffix == "pdf":
            return spoil.to_pdf(seen, Scan(dpi=round(self.photo.wide / 11.69), jpeg=self.photo.jpeg))
        how = [cv2.IMWRITE_JPEG_QUALITY, self.photo.jpeg] if self.suffix == "jpg" else []
        return cv2.imencode("." + self.suffix, seen[0][:, :, ::-1], how)[1].tobytes()


def cases(seed: int, count: int, hands: list[str]) -> Iterator[Free]:
    """`count` of each kind."""
    for kind, make in (("photo", _photo), ("hand", _hand), ("open", _open)):
        for n in range(count):
            dice = random.Random(f"{seed}/{kind}/{n}")
            yield make(f"{kind}{seed}_{n:02d}", dice, n, hands)


def _sheet(dice: random.Random, cards: bool = True) -> Sheet:
    form = dice.choice(["absent_list", "absent_list", "follow_up", "health_roster", *(["card"] if cards else [])])
    if form == "card":
        return forms.card(dice)
    sheet = forms.list_sheet(form, dice, dice.randrange(5, 13), dice.randrange(4), dice.random() < 0.3, dice.choice(STYLES))
    march = [[re.sub(r"2023年\d月", "2023年3月", text) for text in line] for line in sheet.above]      # the month in which it is filed
    return replace(sheet, title=re.sub(r"2023年\d月", "2023年3月", sheet.title), above=march)


def _looks(dice: random.Random) -> Looks:
    return Looks(dice.choice(PRINTED), dice.choice((9, 10, 10.5, 11)), dice.choice((1.5, 3, 5)),
                 dice.choice(["0.75pt solid #000", "1pt solid #333"]), line=dice.choice((1.15, 1.25, 1.4)), align=dice.choice(["center", "left"]))


def _photo(name: str, dice: random.Random, n: int, hands: list[str]) -> Free:
    """From a page that a scanning app has cropped and flattened badly, to a picture of a desk with a page on it."""
    strong = dice.random() < 0.5
    how = Photo(tilt=dice.uniform(0.02, 0.06) if strong else dice.uniform(0.0, 0.012), margin=dice.choice((0.06, 0.1)) if strong else dice.choice((0.0, 0.01)),
                desk=dice.choice(((62, 48, 40), (150, 120, 90), (205, 200, 195), (30, 30, 32))), light=dice.uniform(0.1, 0.6) if strong else dice.uniform(0.0, 0.25),
                shadow=dice.choice((0, 0.3, 0.5)) if strong else dice.choice((0, 0, 0.15)), blur=dice.choice((0.6, 1.0, 1.6)),
                bulge=dice.choice((0, 0, 0.004, 0.012)), warm=dice.choice((0, 0.5, 1.0)), noise=dice.choice((2, 4, 8)), jpeg=dice.choice((50, 70, 85)),
                wide=dice.choice((1600, 2339, 3300)))
    return Free(name, "photo", _sheet(dice), _looks(dice), Scan(turn=dice.choice((0, 0, 0, 1))), how, ("pdf", "pdf", "jpg", "png")[n % 4])


def _hand(name: str, dice: random.Random, n: int, hands: list[str]) -> Free:
    """All values, or only some columns, written into a printed form: a neat hand or an unsteady one, black or blue."""
    looks = replace(_looks(dice), hand=dice.choice(hands), sway=dice.choice((0.0, 0.01, 0.02, 0.04, 0.07)), pen=dice.choice(("#111", "#111", "#222a66", "#555")),
                    by_hand=SOME if dice.random() < 0.4 else ())
    scan = Scan(dice.choice((150, 200, 200, 300)), dice.uniform(-1, 1), dice.choice((0, 0.5, 0.8)), dice.choice((2, 4)), dice.choice((50, 75)), grey=dice.random() < 0.4)
    return Free(name, "hand", _sheet(dice), looks, scan)


def _open(name: str, dice: random.Random, n: int, hands: list[str]) -> Free:
    """Lists with horizontal rules only, with a rule under the header only, with none."""
    looks = replace(_looks(dice), rules=("none", "rows", "header")[n % 3])
    scan = Scan(dice.choice((150, 200, 200, 300)), dice.uniform(-1, 1), dice.choice((0, 0.5, 0.8)), dice.choice((2, 4)), dice.choice((50, 75)),
                seal=dice.choice(("", "", "red", "table")), grey=dice.random() < 0.3)
    return Free(name, "open", _sheet(dice), looks, scan)


def world() -> World:
    """The invented district of these forms; every school has all grades."""
    named = ("柳湾小学", "清溪初级中学", "石桥镇中心小学", "桑园九年一贯制学校")
    schools = tuple(School(f"313299910{n}", name, (name[:4], name[:2] + "学校"), "九年一贯制", "公办", tuple("123456789")) for n, name in enumerate(named))
    policy = Policy(District("示例区教育局", ("990101",)), deadline=Deadline(), terms=(Term("2022-2023-2", date(2023, 2, 13), date(2023, 6, 30), 20),),
                    psych_levels={"红色": 4, "橙色": 3, "黄色": 2, "蓝色": 1})
    return World("2023-03", catalogue.load(), policy, schools, None, ())


@dataclass
class Count:
    accepted: int = 0
    wrong: int = 0
    asked: int = 0
    rows: int = 0
    printed: int = 0                        # values on the paper
    said: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def count(sheet: Sheet, subs: list[Submission], of: World) -> Count:
    """Every accepted value against the record that its row is most like."""
    out = Count(printed=sum(bool(b.text and b.field) for b in sheet.boxes))
    context = values.Context(of.catalogue.codes, of.cycle, "九年一贯制", tuple("123456789"))
    for sub in subs:
        if sub.reason:
            out.said.append(f"{sub.state}/{sub.reason_code}: {sub.reason}")
        for row in sub.rows:
            _count_row(row, _truths(sheet, row.form, of, context), out)
        for what, value in (("filled_by", sub.filled_by), ("approved_by", sub.approved_by)):
            if value and value not in "".join(t for line in sheet.below for t in line):
                out.faults.append(f"beside the table: {what} {value!r}")
    return out


def _truths(sheet: Sheet, form: str, of: World, context: values.Context) -> list[dict[str, str | None]]:
    """What the records say, as values of a form's fields."""
    fields = of.catalogue.forms[form].fields if form in of.catalogue.forms else {}
    if sheet.form == "case_file":           # a page about one pupil: rows of attempts share its values
        own = {b.field: b for b in sheet.boxes if b.field}
        lines = [{b.field: b for b in sheet.boxes if b.field and b.row == r} for r in sorted({b.row for b in sheet.boxes if b.field == "attempt_no"})]
        records = [own, *({**{k: v for k, v in own.items() if not k.startswith("attempt") and k not in ("people", "mode", "content")}, **line} for line in lines)]
    else:
        records = [{b.field: b for b in sheet.boxes if b.row == r and b.field} for r in sheet.records]
    return [{f: values.parse(b.text, fields[f], context).value for f, b in record.items() if f in fields} for record in records]


def _count_row(row: Row, truths: list[dict[str, str | None]], out: Count) -> None:
    out.rows += 1
    said = {v.field: v for v in row.values}
    out.asked += sum(v.problem is not None for v in row.values)
    best = max(truths, key=lambda t: sum(t.get(f) is not None and plain(v.value or v.suggestion or "") == plain(t[f] or "") for f, v in said.items()))
    for name, v in said.items():
        if v.value is None or (name in DERIVED and name not in best):
            continue
        out.accepted += 1
        if plain(v.value) != plain(best.get(name) or ""):
            out.wrong += 1
            out.faults.append(f"WRONG {name} {best.get(name)!r} -> {v.value!r} ({v.confidence}) {'held: ' + row.held if row.held else ''}")


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--count", type=int, default=10, help="files of each kind")
    ask.add_argument("--only", default="")
    ask.add_argument("--keep", type=Path, help="folder in which the files are kept for the next time")
    ask.add_argument("--hands", type=Path, help="folder of fonts that look written by hand")
    ask.add_argument("-v", action="store_true", help="show what is said")
    given = ask.parse_args()
    hands = sorted(str(p) for p in given.hands.glob("*.[tw]*f*")) if given.hands else []
    if not hands:
        hands = ["/usr/share/fonts/truetype/arphic/ukai.ttc"]
    of = world()
    totals: dict[str, Counter[str]] = {}
    for case in cases(given.seed, given.count, hands):
        if given.only in case.name:
            _one(case, given, of, totals.setdefault(case.kind, Counter()))
    for kind, total in totals.items():
        print(f"{kind:6} files {total['files']}, values printed {total['printed']}, rows {total['rows']}, accepted {total['accepted']}, "
              f"WRONG {total['wrong']}, asked {total['asked']}, files said to be unread or asked about {total['said']}, silent {total['silent']}")


def _one(case: Free, given: argparse.Namespace, of: World, total: Counter[str]) -> None:
    kept = given.keep / f"{case.name}.{case.suffix}" if given.keep else None
    if kept and kept.exists():
        data = kept.read_bytes()
    else:
        data = case.data(given.seed * 1000 + int(case.name[-2:]))
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(data)
    start = time.process_time()
    subs = understand(parse_bytes(data, f"{case.name}.{case.suffix}"), ReceivedFile(f"{case.name}.{case.suffix}", Path(case.name), "00" + case.name, 1, None), of)
    spent = time.process_time() - start
    found = count(case.sheet, subs, of)
    silent = not found.said and not found.asked
    total.update(files=1, printed=found.printed, rows=found.rows, accepted=found.accepted, wrong=found.wrong, asked=found.asked,
                 said=bool(found.said or found.asked), silent=silent)
    print(f"{case.name:12} {case.suffix} of {found.printed:3}: rows {found.rows:2} accepted {found.accepted:3} asked {found.asked:3} WRONG {found.wrong}"
          f"  {spent:.1f} s  {'SILENT' if silent else ''} {Counter(s.state for s in subs)}", flush=True)
    for line in (*(found.said if given.v else ()), *found.faults):
        print("     ", line)


if __name__ == "__main__":
    main()
