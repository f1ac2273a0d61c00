"""A cycle's tables as the verbs left them on disk, with the world they were made in: what report, show and notebooks read."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carelib import tables
from carelib.tables import Rows
from carelib.world import School, World

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Month:
    """One cycle of one workspace. `rows` gives dicts, `frame` a DataFrame; both are read once."""
    world: World
    folder: Path                                # outputs/<cycle>
    earlier: tuple[Month, ...] = ()           # oldest first
    _rows: dict[str, Rows] = field(default_factory=dict, repr=False)

    @property
    def cycle(self) -> str:
        return self.world.cycle

    def rows(self, name: str) -> Rows:
        if name not in self._rows:
            self._rows[name] = tables.read(self.folder / "tables", name)
        return self._rows[name]

    def frame(self, name: str) -> pd.DataFrame:
        form = self.world.catalogue.forms.get(name)
        schema = tables.wide_schema({f.name: f.type for f in form.fields.values()}) if form else None
        return tables.frame(name, self.rows(name), schema)

    def of_school(self, name: str, school: School | str) -> Rows:
        """The rows of one school, by the table's `school_code`."""
        code = school if isinstance(school, str) else school.code
        return [r for r in self.rows(name) if r["school_code"] == code]

    @cached_property
    def submission(self) -> Mapping[str, dict[str, Any]]:
        """submission_id -> its row."""
        return {r["submission_id"]: r for r in self.rows("submissions")}

    @cached_property
    def values_of(self) -> Mapping[str, Rows]:
        """row_id -> its rows of `values`."""
        out: dict[str, Rows] = {}
        for value in self.rows("values"):
            out.setdefault(value["row_id"], []).append(value)
        return out

    @cached_property
    def grounds_of(self) -> Mapping[str, Rows]:
        """finding_id -> the rows and cells that it rests on beyond this month's own: of earlier months, or several."""
        out: dict[str, Rows] = {}
        for ground in self.rows("grounds"):
            out.setdefault(ground["finding_id"], []).append(ground)
        return out

    @cached_property
    def person(self) -> Mapping[str, dict[str, Any]]:
        """person_id -> identity (restricted)."""
        return {r["person_id"]: r for r in self.rows("persons")}

    @cached_property
    def person_of(self) -> Mapping[str, str]:
        """row_id -> person_id."""
        return {r["row_id"]: r["person_id"] for r in self.rows("links")}
