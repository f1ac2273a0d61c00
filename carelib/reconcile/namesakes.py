"""Of pupils of one name, all equally good: which one a row is about by what it says of the case, and who are two for certain."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from carelib.reconcile.cases import Case, differ
from carelib.reconcile.evidence import Trace
from carelib.reconcile.persons import Person
from carelib.reconcile.statements import Statement


class Namesakes:
    """How last month left every case, what this month's rows say, and who stands on this month's lists so far."""

    def __init__(self, was: Callable[[str], Case | None], said: Mapping[str, Statement]) -> None:
        self._was, self._said = was, said
        self._listed: dict[tuple[str, str], Statement] = {}     # (person, school) -> what the list says
        self._filed: set[str] = set()

    def on_list(self, trace: Trace, person: Person) -> None:
        """A row of this month's list is this person's."""
        self._filed.add(trace.school)
        self._listed.setdefault((person.person_id, trace.school), self._said[trace.row_id])

    def of_whom(self, trace: Trace, persons: Iterable[Person]) -> list[Person]:
        """Those of whom the row can be true."""
        said = self._said.get(trace.row_id)
        return [p for p in persons if said is None or self._fits(trace, said, p)]

    def _fits(self, trace: Trace, said: Statement, person: Person) -> bool:
        """A list row: by its 离校时间. Not back yet: of who is on the list. A result: of who was and no longer is."""
        case = self._was(person.person_id)
        if trace.form == "absent_list":
            written, known = trace.row.get("left_date"), case.left_date if case else None
            return not (written and known and differ(written, known))
        if said.state is None:
            return True
        stock, listing = case is None or case.in_stock, self._listed.get((person.person_id, trace.school))
        filed, absent = trace.school in self._filed, listing is not None and not listing.exits
        if said.in_stock:
            return absent if filed else stock
        after = said.attending and said.state == "returned"     # a visit to who is back
        return not absent and trace.school in person.listed and stock != after


def are_two(one: Person, other: Person, school: str) -> bool:
    """Both stood on the same list of the school, each in a row of its own."""
    last = one.listed.get(school)
    return last is not None and last == other.listed.get(school)
