"""Fields whose answer is chosen from a list: codes, yes and no, the bureau's risk levels."""
from __future__ import annotations

from carelib.catalogue import Field, fold
from carelib.records import Cell, Reading
from carelib.values.codes import matcher
from carelib.values.context import Context
from carelib.values.marks import BOXED, CROSSED, EMPTY, TICKED, has_marks, lone, options
from carelib.values.text import clean, says_nothing
from carelib.values.words import NOTHING, ask


def parse_code(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """One code of the field's list."""
    return _parse(text, field, context, several=False)


def parse_codes(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """Several codes, in the order of the list."""
    return _parse(text, field, context, several=True)


def _parse(text: str, field: Field, context: Context, several: bool) -> Reading:
    codes = context.code_list(field.list or "")
    code = codes.words.get(text)
    if code:
        return Reading(code)
    if says_nothing(text):
        return NOTHING
    found = matcher(codes).read(text, several)
    if found.codes:
        return Reading("、".join(found.codes))
    return ask("code", found.why, field, context, text, found.suggestion) if found.why else NOTHING


def parse_bool(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """true or false: words of the list `yes_no`, ticks, or the one that is ticked of printed options."""
    codes = context.code_list("yes_no")
    known = codes.words.get(text)
    if known:
        return Reading(known)
    if says_nothing(text):
        return NOTHING
    mark = lone(text)
    if mark == BOXED:
        return ask("bool", "marks", field, context)
    if mark:
        return Reading("true" if mark == TICKED else "false")
    found = matcher(codes).read(text, several=False)
    if found.codes:
        return Reading(found.codes[0])
    both = "both" if has_marks(text) else "unknown"
    why = {"": "", "several": both, "marks": "marks", "ambiguous": "ambiguous"}.get(found.why, "unknown")
    return ask("bool", why, field, context, text) if why else NOTHING


def answers_return(text: str, context: Context) -> Reading | None:
    """是 or 否 under a heading such as 是否返校: returned or open."""
    mark = lone(text)
    if mark in (TICKED, EMPTY, CROSSED):
        return Reading("returned" if mark == TICKED else "open")
    said = context.code_list("yes_no").words.get(fold(text))
    return Reading("returned" if said == "true" else "open") if said else None


def parse_level(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """The label of a risk level as the bureau's policy lists it; any other one is asked, and its row waits."""
    if text in context.psych_levels:
        return Reading(text)
    if says_nothing(text):
        return NOTHING
    known = {fold(label): label for label in context.psych_levels}
    ticked = options(text) if has_marks(text) else None
    if ticked is not None and not ticked.ticked and not ticked.doubt:
        return NOTHING
    said = ticked.ticked if ticked and ticked.ticked else (text,)
    if len(said) > 1:
        return ask("level", "several", field, context, text)
    label = known.get(fold(clean(said[0])))
    if label:
        return Reading(label)
    like = [v for k, v in known.items() if k in fold(said[0]) or fold(said[0]) in k]
    return ask("level", "unknown", field, context, text, like[0] if len(like) == 1 else None)
