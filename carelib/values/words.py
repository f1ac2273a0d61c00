"""The words and sentences of `notice/values.toml`, made ready for use, and how a problem is worded."""
from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from carelib.catalogue import Field
from carelib.records import IDENTIFYING, Reading
from carelib.values.context import Context

SOURCE = Path(__file__).parents[1] / "notice" / "values.toml"
UNREADABLE = ("error", "uncalculated", "picture")       # kinds of cells that never give a value
NOTHING = Reading()                     # the cell says nothing
LONGEST = 500                           # no field but free text is ever longer
QUOTED = 16                             # longer texts are not quoted: they may tell more than a sentence should
_SECRET = frozenset({"id", "name", "phone"})
_LONG_NUMBER = re.compile(r"[0-9０-９*＊Xx]{7,}")


@functools.cache
def words() -> Mapping[str, Any]:
    """notice/values.toml, read once."""
    return tomllib.loads(SOURCE.read_text(encoding="utf-8"))


@functools.cache
def word_set(section: str, key: str) -> frozenset[str]:
    """A list of words (or the characters of a text) as a set."""
    return frozenset(words()[section][key])


@functools.cache
def alternation(section: str, key: str) -> str:
    """A list of words as the alternatives of a regular expression, the longest first."""
    return "|".join(re.escape(w) for w in sorted(words()[section][key], key=lambda w: (-len(w), w)))


def ask(kind: str, why: str, field: Field, context: Context, text: str = "", suggestion: str | None = None,
        **facts: object) -> Reading:
    """No value: the sentence `say.<kind>.<why>`, what was expected in this field, and perhaps what it may mean."""
    found = words()["say"][kind][why].format(text=quote(text, field), **facts)
    return Reading(None, f"{found}；{expected(field, context)}", suggestion or None)


def quote(text: str, field: Field) -> str:
    """What of a cell may be repeated in a sentence: short texts, on one line, no names, long numbers blotted out."""
    if field.kind in _SECRET or field.name in IDENTIFYING:
        return "…"
    text = _LONG_NUMBER.sub(lambda m: m[0] if len(m[0]) == 8 and m[0][:2] in ("19", "20") else m[0][:2] + "…",
                            " ".join(text.split()))
    return text if len(text) <= QUOTED else text[:6] + "…"


def expected(field: Field, context: Context) -> str:
    """What should stand in this field, from `expect_field`, `expect` and `hint`."""
    known = words()["expect"]
    wording = words()["expect_field"].get(field.name) or known.get(field.kind) or known["text"]
    hint = words()["hint"].get(field.name, field.label)
    return wording.format(hint=hint, options=_options(field, context) if "{options}" in wording else "")


def _options(field: Field, context: Context) -> str:
    if field.kind == "level":
        labels = list(context.psych_levels)
    else:
        labels = list(context.code_list(field.list or "").labels.values())
    return "、".join(labels[:6]) + (" 等" if len(labels) > 6 else "")
