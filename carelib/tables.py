"""Records <-> Parquet and pandas: the only such place.

Inside the library a table is a list of dicts (`Rows`), `None` where there is nothing. On disk it is Parquet with the
schema of contract §5; rows are written in the order given, which every verb makes independent of the clock.
"""
from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from carelib.records import Observation, grounds_text

if TYPE_CHECKING:
    import pandas as pd

Rows = list[dict[str, Any]]
Tables = dict[str, Rows]

TEXT, INT, FLOAT, BOOL = pa.string(), pa.int64(), pa.float64(), pa.bool_()


def _schema(text: str) -> pa.Schema:
    kinds = {"i": INT, "f": FLOAT, "b": BOOL}
    pairs = (word.partition(":") for word in text.split())
    return pa.schema([(name, kinds.get(kind, TEXT)) for name, _, kind in pairs])


OBSERVATION = _schema("""cycle code school_code other_school_code submission_id row_id case_id person_id field place found
    facts grounds""")

SCHEMAS: dict[str, pa.Schema] = {name: _schema(text) for name, text in {
    # read
    "submissions": """submission_id cycle file sheet sha256 medium form school_code period term received_at filled_by
        approved_by filled_date on_time:b is_zero:b state reason_code reason superseded_by rows_found:i rows_accepted:i
        rows_held:i cells_total:i cells_claimed:i cells_furniture:i cells_left:i zero_at""",
    "values": """row_id submission_id form school_code cycle field label raw value problem place confidence:f suggestion
        decision_id""",
    "held_rows": "row_id submission_id raw reason",
    "furniture": "submission_id place raw kind",
    "leftovers": "submission_id place raw",
    # reconcile
    "persons": "person_id same_as name id_number student_no birth gender first_cycle",
    "links": "row_id person_id maybe_person_id method score:f why state",
    "cases": """case_id person_id school_code opened_cycle state state_since attempts:i last_attempt days_open:i
        closed_cycle owner""",
    "events": "case_id cycle event from_state to_state date row_id evidence",
    "flows": """school_code cycle opening:i new:i relapsed:i transferred_in:i returned:i transferred_out:i other_exit:i
        closing:i reported_closing:i difference:i""",
    # check
    "filing": "cycle school_code form due:b state on_time:b days_late:i submission_id",
    "findings": """finding_id cycle school_code rule clause consequence form row_id case_id person_id other_school_code
        field place found sentence remedy state""",
    "grounds": "finding_id cycle school_code submission_id file form row_id place",
    "judgements": "cycle school_code rule outcome n:i why",
    "indicators": """cycle school_code indicator numerator:f denominator:f value:f target:f outcome formula clause""",
}.items()}
SCHEMAS["remarks"] = OBSERVATION          # what reading noticed; check makes findings of it
SCHEMAS["discrepancies"] = OBSERVATION    # what reconciling noticed; likewise

FIELD_TYPES = {"int": INT, "number": FLOAT, "rate": FLOAT, "bool": BOOL}     # every other type of fields.csv is text


def add_schema(name: str, columns: Mapping[str, str]) -> None:
    """Rooms that keep a table of their own (not in the contract) declare it here: {column: '' | 'i' | 'f' | 'b'}."""
    SCHEMAS[name] = _schema(" ".join(f"{c}:{k}" if k else c for c, k in columns.items()))


def wide_schema(fields: Mapping[str, str]) -> pa.Schema:
    """Schema of a form's wide table; `fields` = {field: type of fields.csv}."""
    own = [("row_id", TEXT), ("submission_id", TEXT), ("school_code", TEXT), ("cycle", TEXT)]
    return pa.schema(own + [(name, FIELD_TYPES.get(kind, TEXT)) for name, kind in fields.items()])


def typed(value: str | None, kind: str) -> Any:
    """A value in normal form to the wide table's type (`kind` = type in fields.csv)."""
    if value is None:
        return None
    target = FIELD_TYPES.get(kind, TEXT)
    return value if target is TEXT else value == "true" if target is BOOL else int(value) if target is INT else float(value)


def write(folder: Path, name: str, rows: Iterable[Mapping[str, Any]], schema: pa.Schema | None = None) -> None:
    """Write one table beside its place and rename it there: under its name it is never partial."""
    table = pa.Table.from_pylist([dict(r) for r in rows], schema=schema or SCHEMAS[name])
    write_arrow(folder, name, table)


def write_arrow(folder: Path, name: str, table: pa.Table) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{name}.{os.getpid()}.part"
    pq.write_table(table, beside, compression="zstd")
    os.replace(beside, folder / f"{name}.parquet")


def read(folder: Path, name: str) -> Rows:
    """Rows of one table, [] if it is not there."""
    path = folder / f"{name}.parquet"
    return pq.read_table(path).to_pylist() if path.exists() else []


def read_arrow(folder: Path, name: str) -> pa.Table | None:
    path = folder / f"{name}.parquet"
    return pq.read_table(path) if path.exists() else None


def frame(name: str, rows: Iterable[Mapping[str, Any]], schema: pa.Schema | None = None) -> pd.DataFrame:
    """Rows as a DataFrame with the contract's columns and nullable types."""
    import pandas as pd  # half a second that only those who ask for a frame should pay
    table = pa.Table.from_pylist([dict(r) for r in rows], schema=schema or SCHEMAS[name])
    nullable = {INT: pd.Int64Dtype(), BOOL: pd.BooleanDtype()}
    return table.to_pandas(types_mapper=nullable.get)


def observation_row(seen: Observation, cycle: str) -> dict[str, Any]:
    row = {c: getattr(seen, c, None) for c in OBSERVATION.names}
    row.update(cycle=cycle, facts=json.dumps(dict(seen.facts), ensure_ascii=False, sort_keys=True), grounds=grounds_text(seen.grounds))
    return row
