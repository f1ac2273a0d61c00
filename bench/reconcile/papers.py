"""What an invented school's clerks make of its pupils: lists and follow-ups, with the noise of a level (see simulate)."""

from __future__ import annotations

import zlib
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from characters import COMMON, LOOKALIKE

from carelib.policy import add_months, last_day, school_year
from carelib.reconcile.names import sounds
from carelib.world import School

if TYPE_CHECKING:
    from simulate import District, Month, Pupil, Style

LEVELS = {
    "low": {
        "damaged": 0.02,
        "masked": 0.01,
        "bare": 0.10,
        "no_number": 0.03,
        "slip": 0.006,
        "parent": 0.001,
        "twin": 0.01,
        "homophone": 0.003,
        "lookalike": 0.002,
        "hidden": 0.001,
        "no_birth": 0.03,
        "no_family": 0.05,
        "drop_birth": 0.02,
        "lean": 0.2,
        "no_class": 0.03,
    },
    "usual": {
        "damaged": 0.12,
        "masked": 0.04,
        "bare": 0.35,
        "no_number": 0.10,
        "slip": 0.029,
        "parent": 0.004,
        "twin": 0.03,
        "homophone": 0.012,
        "lookalike": 0.010,
        "hidden": 0.004,
        "no_birth": 0.12,
        "no_family": 0.12,
        "drop_birth": 0.06,
        "lean": 0.4,
        "no_class": 0.06,
    },
    "high": {
        "damaged": 0.28,
        "masked": 0.09,
        "bare": 0.60,
        "no_number": 0.25,
        "slip": 0.062,
        "parent": 0.010,
        "twin": 0.06,
        "homophone": 0.030,
        "lookalike": 0.025,
        "hidden": 0.012,
        "no_birth": 0.30,
        "no_family": 0.25,
        "drop_birth": 0.15,
        "lean": 0.6,
        "no_class": 0.10,
    },
}


class Papers:
    """One school's list and follow-ups of one month."""

    def __init__(
        self, district: District, school: School, cycle: str, month: int, out: Month, files_list: bool
    ) -> None:
        self.d, self.school, self.cycle, self.month, self.out, self.files_list = (
            district,
            school,
            cycle,
            month,
            out,
            files_list,
        )
        self.rng, self.listed, self.visits = district.rng, [], []
        self.end = last_day(cycle)

    def file(self) -> None:
        for form, rows in (("absent_list", self.listed), ("follow_up", self.visits)):
            if form == "absent_list" and not self.files_list:
                continue
            sub = f"{self.cycle}-{self.school.code}-{form}"
            self.out.tables["submissions"].append(
                {
                    "submission_id": sub,
                    "form": form,
                    "school_code": self.school.code,
                    "cycle": self.cycle,
                    "state": "accepted",
                    "is_zero": not rows,
                    "filled_date": f"{self.cycle}-22",
                    "received_at": f"{self.cycle}-23",
                    "sha256": "0",
                }
            )
            for pupil, row in rows:
                self.d.rows += 1
                row_id = f"w{zlib.crc32(str(self.d.rows).encode()):08x}{self.d.rows}"
                raw = row.pop("_raw", {})
                self.out.tables[form].append(
                    {
                        "row_id": row_id,
                        "submission_id": sub,
                        "school_code": self.school.code,
                        "cycle": self.cycle,
                        **row,
                    }
                )
                self.out.truth[row_id] = pupil.pid
                for name, text in raw.items():
                    self.out.tables["values"].append(
                        {
                            "row_id": row_id,
                            "submission_id": sub,
                            "form": form,
                            "school_code": self.school.code,
                            "field": name,
                            "raw": text,
                            "value": None,
                            "problem": "读不出来",
                            "place": None,
                        }
                    )

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
        elif pupil.state == "moving" and pupil.since == self.month and self.rng.random() < 0.7:
            self._visits(pupil, "转学", dest_school=self.d.by_code[pupil.dest].name)

    def _open(self, pupil: Pupil) -> None:
        rng, fresh = self.rng, pupil.state == "new"
        pupil.state = "open"
        chance = rng.random()
        if fresh or chance > 0.135:
            self._list(pupil, "open")
            if rng.random() > 0.02:
                self._visits(pupil, "未返校")
        elif chance < 0.075:
            pupil.state, pupil.since = "returned", self.month
            back = self.end - timedelta(days=rng.randrange(8, 25))
            if rng.random() < 0.4:
                self._list(pupil, "returned", return_date=back.isoformat(), return_class="原班")
            self._visits(pupil, "已复学", return_date=back.isoformat(), return_class="原班")
        elif chance < 0.09:
            pupil.state = "suspended"
            self._visits(pupil, "已办理休学", proof_no="休1", suspend_to=add_months(self.end, 12).isoformat())
        elif chance < 0.105:
            grade = school_year(self.end) - pupil.cohort
            fit = [s.code for s in self.d.schools if str(min(grade, 9)) in s.grades and s.code != pupil.school]
            pupil.dest, pupil.state, pupil.since = rng.choice(fit), "moving", self.month
            pupil.arrives = rng.choices(("listed", "attends", "silent"), (5, 3, 2))[0]
            self._visits(pupil, "转学", dest_school=self.d.by_code[pupil.dest].name)
        elif chance < 0.12:
            pupil.state = "gone"
            self._visits(pupil, rng.choice(("送教上门", "转学至外省", "已出国")))
        else:
            pupil.state = "vanished"
            pupil.back = self.month + rng.choice((1, 2, 2, 99, 99))
            self.out.planted.append(("vanished", pupil.pid, self.school.code))
            if rng.random() < 0.3:
                self._visits(pupil, "未返校")

    def _after_return(self, pupil: Pupil) -> None:
        if self.rng.random() < 0.03:
            pupil.state, pupil.left = "open", self.end - timedelta(days=self.rng.randrange(3, 20))
            pupil.visit = 0
            self._list(pupil, "open")
            self._visits(pupil, "未返校")
        elif self.rng.random() < 0.3:
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
        self.listed.append(
            (
                pupil,
                {
                    **self._typed(pupil, "absent_list"),
                    "status": status,
                    "left_date": pupil.left.isoformat(),
                    "reason": "R01",
                    **more,
                },
            )
        )

    def _visits(self, pupil: Pupil, outcome: str, **more: Any) -> None:
        for _ in range(1 if outcome != "未返校" or self.rng.random() < 0.7 else 2):
            pupil.visit += 1
            day = self.end - timedelta(days=self.rng.randrange(6, 25))
            self.visits.append(
                (
                    pupil,
                    {
                        **self._typed(pupil, "follow_up"),
                        "attempt_no": pupil.visit,
                        "outcome": outcome,
                        "attempt_date": day.isoformat(),
                        **more,
                    },
                )
            )

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
        row: dict[str, Any] = {
            "student_name": self._written(pupil.name),
            "gender": pupil.gender,
            "id_number": None,
            "birth": pupil.birth.isoformat(),
            "guardian_name": pupil.guardian,
            "guardian_phone": pupil.phone,
        }
        if rng.random() < p["drop_birth"] or "birth" in style.columns[form]:
            row["birth"] = None
        elif rng.random() < 0.1:
            row["birth"] = row["birth"][:7]
        elif rng.random() < 0.006:
            row["birth"] = (pupil.birth + timedelta(days=rng.choice((1, 10, 31)))).isoformat()
        for name in ("guardian_name", "guardian_phone"):
            if name in style.columns[form] or rng.random() < 0.04:
                row[name] = None
        if rng.random() < 0.03:
            row["guardian_phone"] = row["guardian_phone"] and f"1990{rng.randrange(10**7):07d}"
        if rng.random() < 0.003:
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
            number = rng.choice(
                (
                    number[:at] + str(rng.randrange(10)) + number[at + 1 :],
                    number[:at] + number[at + 1] + number[at] + number[at + 2 :],
                    number[:at] + number[at + 1 :],
                    number[:at] + number[at] + number[at:],
                )
            )
        if style.masked:
            row["_raw"] = {"id_number": number[:6] + "*" * 8 + number[14:]}
        elif style.damaged and number.isdigit() and len(number) == 18:
            text = rng.choice(
                (
                    number[:15] + "000",
                    str(int(float(number[:15] + "000"))),
                    f"{float(number):.14E}",
                    f"{float(number):.2E}",
                )
            )
            row["_raw"] = {"id_number": text}
        elif len(number) == 18:
            row["id_number"] = number
        else:
            row["_raw"] = {"id_number": number}

    def _written(self, name: str) -> str:
        rng, p = self.rng, self.d.p
        chance, i = rng.random(), rng.randrange(1, len(name))
        if chance < p["homophone"]:
            alike = [
                c
                for c in COMMON + "悦怿昕晰滢潆珞洛歆炘钰煜郁裕忻辛昱熠"
                if c != name[i] and sounds(c) & sounds(name[i])
            ]
            return name[:i] + rng.choice(alike) + name[i + 1 :] if alike else name
        if chance < p["homophone"] + p["lookalike"]:
            alike = [pair.replace(name[i], "") for pair in LOOKALIKE.split() if name[i] in pair]
            return name[:i] + rng.choice(alike) + name[i + 1 :] if alike else name
        if chance < p["homophone"] + p["lookalike"] + p["hidden"]:
            return name[:1] + rng.choice(("*", "某")) * (len(name) - 1)
        chance = rng.random()
        if chance < 0.04:
            return name[:1] + " " + name[1:] if len(name) == 2 else name[:i] + "　" + name[i:]
        if chance < 0.05:
            return name + rng.choice(("（已劝返）", "同学", "(转)", "1"))
        if chance < 0.056:
            return (
                name.replace("张", "張")
                .replace("陈", "陳")
                .replace("刘", "劉")
                .replace("杨", "楊")
                .replace("轩", "軒")
                .replace("诗", "詩")
            )
        if chance < 0.058:
            return name[:i] + rng.choice("\ue863？□") + name[i + 1 :]
        if "·" in name and rng.random() < 0.3:
            return rng.choice((name.split("·")[0], name.replace("·", "."), name.replace("·", "")))
        return name
