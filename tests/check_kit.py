"""A hand-made district for the tests of filing, rules and indicators: a few schools, papers and pupils as tables."""

from __future__ import annotations

from datetime import date

from carelib.catalogue import load
from carelib.policy import Deadline, Forms, Policy, Term, Window
from carelib.records import FORMS
from carelib.tables import Rows, Tables
from carelib.world import RosterPupil, School, World

CATALOGUE = load()
SPRING = Term(
    "2022-2023-2", date(2023, 2, 13), date(2023, 6, 30), 20, (Window("开学前后", date(2023, 2, 6), date(2023, 2, 26)),)
)
AUTUMN = Term("2023-2024-1", date(2023, 9, 1), date(2024, 1, 20), 20)
JUNIOR = School("3132990001", "示例初级中学", ("示例初中",), "初中", "公办", ("7", "8", "9"))
PRIMARY = School("2132990002", "示例小学", ("示例小学",), "小学", "公办", ("1", "2", "3", "4", "5", "6"))
SENIOR = School("3432990003", "示例高级中学", (), "高中", "公办", ("10", "11", "12"))
KINDER = School("1132990004", "示例幼儿园", (), "幼儿园", "公办", ("小班", "中班", "大班"))
TRAINING = School("9332990005", "示例培训学校", (), "民办教育机构", "民办", ())
SCHOOLS = (JUNIOR, PRIMARY, SENIOR, KINDER, TRAINING)


def world(
    cycle="2023-03", schools=SCHOOLS, roster=None, collect=FORMS, deadline=None, terms=(SPRING, AUTUMN), **policy
):
    rules = Policy(forms=Forms(tuple(collect)), deadline=deadline or Deadline(), terms=terms, **policy)
    return World(cycle, CATALOGUE, rules, tuple(schools), roster, (), key=b"test")


def paper(school, form, cycle="2023-03", **changes):
    """One submission."""
    name = changes.pop("name", f"{school.code}.{form}.{cycle}")
    row = dict.fromkeys(("term", "received_at", "filled_by", "approved_by", "filled_date", "reason_code", "reason"))
    return (
        row
        | {
            "submission_id": name,
            "cycle": cycle,
            "file": f"{name}.xlsx",
            "sheet": "Sheet1",
            "form": form,
            "school_code": school.code,
            "state": "accepted",
            "is_zero": False,
            "on_time": True,
            "filled_by": "何敏",
            "approved_by": "丁国平",
            "filled_date": f"{cycle}-20",
        }
        | changes
    )


class Papers:
    """Collects the tables of one cycle."""

    def __init__(self, cycle="2023-03"):
        self.cycle = cycle
        self.tables: Tables = {
            n: []
            for n in (
                "submissions",
                "values",
                "links",
                "persons",
                "cases",
                "flows",
                "remarks",
                "discrepancies",
                "leftovers",
            )
        }

    def add(self, school, form, rows: Rows = (), **changes):
        """A submission with its rows; a value that is a dict is a cell of `values` (raw, problem)."""
        sent = paper(school, form, self.cycle, **({"is_zero": not rows} | changes))
        self.tables["submissions"].append(sent)
        fields = CATALOGUE.forms[form].fields
        for number, given in enumerate(rows):
            row_id = f"{sent['submission_id']}.{number}"
            wide = {
                "row_id": row_id,
                "submission_id": sent["submission_id"],
                "school_code": school.code,
                "cycle": self.cycle,
            }
            wide |= dict.fromkeys(fields)
            for place, (name, said) in enumerate(given.items()):
                cell = said if isinstance(said, dict) else {"raw": None if said is None else str(said), "value": said}
                wide[name] = cell.get("value")
                self.tables["values"].append(
                    {
                        "row_id": row_id,
                        "submission_id": sent["submission_id"],
                        "form": form,
                        "field": name,
                        "label": fields[name].label,
                        "problem": None,
                        "place": f"Sheet1!{chr(65 + place)}{number + 5}",
                    }
                    | cell
                )
            self.tables.setdefault(form, []).append(wide)
            if CATALOGUE.forms[form].about_pupils:
                self.tables["links"].append({"row_id": row_id, "person_id": person(given.get("student_name", row_id))})
        return sent

    def case(self, name, school, **changes):
        self.tables["cases"].append(
            {
                "case_id": f"k_{name}",
                "person_id": person(name),
                "school_code": school.code,
                "opened_cycle": self.cycle,
                "state": "open",
                "state_since": None,
                "attempts": 0,
                "last_attempt": None,
                "days_open": 10,
                "closed_cycle": None,
                "owner": None,
            }
            | changes
        )


def person(name):
    return f"p_{name}"


def pupil(school, number, grade="7", class_no="1", **changes):
    """A pupil of the roster."""
    made = {
        "student_no": f"G{number}",
        "id_number": None,
        "name": f"学生{number}",
        "gender": None,
        "birth": None,
    } | changes
    return RosterPupil(school.code, grade=grade, class_no=class_no, **made)
