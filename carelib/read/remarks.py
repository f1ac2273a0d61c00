"""What has to be said about a form that was read: columns nobody claims, guesses, hidden cells, totals, things beside cells."""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from carelib.read.headers import Column
from carelib.read.lines import Line
from carelib.read.sheet import Sheet
from carelib.read.submission import SubDraft
from carelib.read.totals import Difference
from carelib.read.words import extra

QUIET_EXTRAS = ("header", "footer", "watermark")
# how labels end; what ends otherwise is not repeated: it could be a name
_LABEL_END = re.compile(r"[号码话址期间因况别型族貌业历称级班次数量式法容果表件地籍证龄率分值度明源性格育务色类状态策施议见由项单位部门时日月年]$")


def of_columns(sub: SubDraft, columns: Sequence[Column], sheet: Sheet, lines: Sequence[Line], names: dict[str, str]) -> None:
    """C22: one observation for the columns that no field claims, one for guesses, one for columns that say the same."""
    body = [x.number for x in lines if x.kind == "data"]
    filled = [c for c in columns if any((n, col) in sheet.at for n in body for col in range(c.col, c.end))]
    for code, chosen in (("unknown_columns", [c for c in filled if c.why == "unknown"]),
                         ("duplicate_column", [c for c in filled if c.why == "duplicate"])):
        if chosen:
            labels = "、".join(f"“{c.label}”" for c in chosen)
            sub.say(code, place=chosen[0].cells[-1].place, found=labels, labels=labels, n=len(chosen))
    headed = {col for k in columns for col in range(k.col, k.end)}
    bare = [c for x in lines if x.kind == "data" for c in x.cells if c.col not in headed]
    if bare:
        sub.say("unknown_columns", place=bare[0].place, found="没有表头的一栏", labels="没有表头的一栏", n=len({c.col for c in bare}))
    loose = [x.cells[0] for x in lines if x.kind == "text" and len("".join(c.text for c in x.cells)) >= 6]
    if loose:
        sub.say("loose_text", place=loose[0].place, n=len(loose))
    for column in filled:
        if column.why == "guessed" and column.match:
            sub.say("guessed_header", place=column.cells[-1].place, found=column.label, name=column.match.fields[0],
                    label=names[column.match.fields[0]])


def of_labels(sub: SubDraft, labels: Sequence[tuple[str, str]]) -> None:
    """C22 on a page: (place, label) of what looks like a label and is none of the form's."""
    if labels:
        told = "、".join(dict.fromkeys(f"“{label}”" if _LABEL_END.search(label) else "没有名目的一格" for _, label in labels[:12]))
        sub.say("unknown_columns", place=labels[0][0], found=told, labels=told, n=len(labels))


def of_sheet(sub: SubDraft, sheet: Sheet, claimed: set[str]) -> None:
    """Hidden rows and columns that were counted, pictures and boxes beside the cells, doubts about the whole grid."""
    hidden = [c for c in sheet.cells if c.hidden and c.place in claimed]
    if hidden:
        sub.say("hidden_rows", place=hidden[0].place, n=len({c.row for c in hidden}))
    quiet = tuple(extra(k) for k in QUIET_EXTRAS)
    told = [p for p in (place.rpartition("!")[2] for place, _ in sheet.grid.extras) if not p.startswith(quiet)]
    if told:
        sub.say("beside_cells", place=None, n=len(told), what="、".join(told[:6]))
    for why in sheet.grid.doubts:
        sub.say("grid_doubt", why=why)


def of_totals(sub: SubDraft, found: Iterable[Difference], names: dict[str, str]) -> None:
    for difference in found:
        what = names.get(difference.field or "", "人数")
        sub.say("total_differs", place=difference.cell.place, found=str(difference.stated), name=difference.field, what=what,
                stated=difference.stated, counted=difference.counted)


def of_rows(sub: SubDraft) -> None:
    """One observation for each row that waits."""
    for draft in sub.drafts:
        if draft.held and draft.form == sub.form:
            code = {"struck_row": "struck_row", "unknown_level": "unknown_level"}.get(draft.hold, "held_row")
            place = next((v.place.split("、")[0] for v in draft.values if v.place and v.field not in ("seq", "school")), None)
            level = draft.get("risk_level")
            found = level.raw if draft.hold == "unknown_level" and level else None
            sub.say(code, place=place, found=found, row=draft, name="risk_level" if found else None, why=draft.held,
                    line=draft.line + 1)
