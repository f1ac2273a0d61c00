"""Free text: as written, without what nobody sees; several entries joined by 、."""
from __future__ import annotations

import re

from carelib.catalogue import Field
from carelib.records import Cell, Reading
from carelib.values.context import Context
from carelib.values.text import CJK, blank_text, plain, split_outside
from carelib.values.words import NOTHING, words

_SEPARATORS = "、，,;；/\n|"
_NAMES = re.compile(rf"[{CJK}·]{{2,4}}(?: +[{CJK}·]{{2,4}})+")


def names_hospital(text: str) -> bool:
    """Whether a few words name a hospital: 市四院, 县康复中心."""
    return re.search(f"(?:{'|'.join(words()['hospital']['ends'])})$", plain(text)) is not None and len(text) <= 20


def parse_text(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """As written, trimmed; a line or a stroke alone says nothing."""
    return NOTHING if blank_text(text) else Reading(text)


def parse_texts(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """Several entries, however they are parted, joined by 、."""
    if blank_text(text):
        return NOTHING
    parts = [p.strip(" 。.") for p in split_outside(text, _SEPARATORS)]
    parts = [name for p in parts if p for name in (p.split() if _NAMES.fullmatch(p) else [_close(p)])]
    return Reading("、".join(parts)) if parts else NOTHING


def _close(part: str) -> str:
    """张 三 -> 张三."""
    return re.sub(rf"(?<=[{CJK}]) +(?=[{CJK}])", "", part) if len(part) <= 5 else part
