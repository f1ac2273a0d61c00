"""A small district for tests of reconcile: invented schools, rows written by hand, the tables that reading would make."""

from __future__ import annotations

from datetime import date
from typing import Any

from carelib import catalogue
from carelib.policy import Policy, Term
from carelib.reconcile import reconcile_month
from carelib.reconcile.numbers import CHECK, WEIGHTS
from carelib.records import Decision
from carelib.world import School, World

SCHOOLS = {
    "A": School("3199010001", "示例第一中学", ("一中",), "初中"),
    "B": School("3199010002", "示例第二中学", ("二中",), "初中"),
    "C": School("2199010003", "示例实验小学", ("实小",), "小学"),
    "D": School("2199010004", "示例中心小学", ("中心小学",), "小学"),
}
TERMS = (
    Term("2022-2023-1", date(2022, 9, 1), date(2023, 1, 18)),
    Term("2022-2023-2", date(2023, 2, 13), date(2023, 6, 30)),
    Term("2023-2024-1", date(2023, 9, 1), date(2024, 1, 20)),
)
FORMS = ("absent_list", "follow_up", "case_file", "psych_case", "health_roster")


def number_of(order: int, birth: str = "2009-03-07") -> str:
    """A valid citizen's number of the invented region 990101."""
    base = f"990101{birth.replace('-', '')}{order:03d}"
    return base + CHECK[sum(int(d) * w for d, w in zip(base, WEIGHTS)) % 11]


def world(cycle: str, decisions: tuple[Decision, ...] = (), roster: Any = None) -> World:
    return World(
        cycle, catalogue.load(), Policy(terms=TERMS), tuple(SCHOOLS.values()), roster, (), decisions, b"test key"
    )


def decide(one: str, other: str, verdict: str) -> Decision:
    return Decision("d1", "2023-06-01", "审核人", "2023-03", None, "link", f"{one}+{other}", verdict, "")


class Desk:
    """Builds the read tables of one cycle, row by row."""

    def __init__(self, cycle: str, prefix: str = "r") -> None:
        self.cycle, self.prefix, self.count = cycle, prefix, 0
        self.tables: dict[str, list[dict[str, Any]]] = {
            n: [] for n in (*FORMS, "submissions", "values", "held_rows", "remarks")
        }
        self._open: dict[tuple[str, str], str] = {}

    def submission(self, school: str, form: str, **more: Any) -> str:
        self.count += 1
        made = {
            "submission_id": f"{self.prefix}s{self.count}",
            "cycle": self.cycle,
            "form": form,
            "state": "accepted",
            "school_code": SCHOOLS[school].code,
            "is_zero": False,
            "filled_date": None,
            "received_at": None,
            "sha256": "0",
            "file": "f.xlsx",
            **more,
        }
        self.tables["submissions"].append(made)
        return made["submission_id"]

    def row(
        self, school: str, form: str, submission: str | None = None, raw: dict[str, str] | None = None, **cells: Any
    ) -> str:
        """One accepted row; `raw` holds cells that were written and could not be read."""
        key = (school, form)
        if submission is None:
            if key not in self._open or form == "case_file":
                self._open[key] = self.submission(school, form)
            submission = self._open[key]
        self.count += 1
        row_id, code = f"{self.prefix}{self.count}", SCHOOLS[school].code
        self.tables[form].append(
            {"row_id": row_id, "submission_id": submission, "school_code": code, "cycle": self.cycle, **cells}
        )
        for name, value in [*cells.items(), *(raw or {}).items()]:
            seen = raw is not None and name in raw
            self.tables["values"].append(
                {
                    "row_id": row_id,
                    "submission_id": submission,
                    "form": form,
                    "school_code": code,
                    "field": name,
                    "raw": str(value),
                    "value": None if seen else str(value),
                    "problem": "读不出来" if seen else None,
                    "place": f"S!{name}{self.count}",
                }
            )
        return row_id


def run(
    desks: list[Desk], decisions: tuple[Decision, ...] = (), roster: Any = None
) -> list[dict[str, list[dict[str, Any]]]]:
    """Reconcile the months one after another."""
    before, out = None, []
    for desk in desks:
        before = reconcile_month(world(desk.cycle, decisions, roster), desk.tables, before)
        out.append(before)
    return out
