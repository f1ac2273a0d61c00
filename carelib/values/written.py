"""How a value in normal form is shown to people, so that reading it again gives the same value."""
from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from carelib.catalogue import CodeList, Field
from carelib.values.numbers import show_decimal
from carelib.values.words import words


def format_value(value: str | None, field: Field, codes: Mapping[str, CodeList]) -> str:
    """2023-03-05, 七年级, 3班, 99.16%, 是, 厌学/学习困难, 红色：1、橙色：2; '' for none."""
    if value is None:
        return ""
    kind = field.kind
    if kind in ("code", "codes"):
        labels = codes[field.list or ""].labels
        return "、".join(labels.get(c, c) for c in (value.split("、") if kind == "codes" else [value]))
    if kind == "bool":
        return words()["written"][value]
    if kind == "grade" and value.isdigit():
        return words()["written"]["grades"][int(value) - 1]
    if kind == "rate":
        return show_decimal(Decimal(value) * 100) + "%"
    if kind == "counts":
        return value.replace("=", "：")
    return f"{value}班" if field.name == "class_no" else value
