"""How labels are built (labels.toml): a wording that no synonym says is told by its pieces."""
from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any

from carelib.catalogue import HERE, Form, spelled


def fields_like(said: str, form: Form) -> list[str]:
    """The fields of a form whose pattern fits a label in its comparable form."""
    return [name for name, pattern in _patterns(form.code, form.about_pupils) if name in form.fields and pattern.fullmatch(said)]


@cache
def _patterns(code: str, about_pupils: bool) -> tuple[tuple[str, re.Pattern[str]], ...]:
    data = _data()
    rows = {**(data["*"] if about_pupils else {}), **data.get(code, {})}
    return tuple((name, re.compile(spelled(text, data["word"]))) for name, text in rows.items())


@cache
def _data() -> dict[str, Any]:
    with (HERE / "labels.toml").open("rb") as handle:
        return tomllib.load(handle)
