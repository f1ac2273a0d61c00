"""The sentences and words of the file readers (notice/reading.toml), and the exception that carries a refusal."""
from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from carelib.records import Parsed

READING = Path(__file__).parents[1] / "notice" / "reading.toml"


class Refused(Exception):
    """A file cannot or must not be read; `key` names the reason in reading.toml. No content of the file stands in it.

    `medium` is said where the content tells more about it than the container does; blanks may be words of [what].
    """

    def __init__(self, key: str, medium: str | None = None, **blanks: object) -> None:
        super().__init__(key)
        self.key, self.medium, self.blanks = key, medium, blanks

    def parsed(self, medium: str) -> Parsed:
        """The refusal as a result: reason code and the sentence for the school."""
        entry, known = reading()["reason"][self.key], reading()["what"]
        blanks = {name: known.get(str(value), value) for name, value in self.blanks.items()}
        return Parsed(self.medium or medium, (), entry["code"], entry["text"].format(**blanks))


@functools.cache
def reading() -> Mapping[str, Any]:
    """notice/reading.toml, read once."""
    return tomllib.loads(READING.read_text(encoding="utf-8"))


def doubt(key: str, **blanks: object) -> str:
    """Why a cell is not trusted: a Chinese clause."""
    text = reading()["doubt"][key]
    return text.format(**blanks) if blanks else text


def note(key: str, **blanks: object) -> str:
    """What should be said about a file that was read."""
    return reading()["note"][key].format(**blanks)


def extra(key: str) -> str:
    """What a thing outside the cells is called in its place: 批注, 文本框 …"""
    return reading()["extra"][key]


@functools.cache
def _page_numbers() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in reading()["page_number"]["patterns"]).replace("(?i)", ""), re.IGNORECASE)


def is_page_number(text: str) -> bool:
    """第1页, 1/2, - 3 -"""
    return bool(_page_numbers().fullmatch("".join(text.split())))


def is_page_foot(pieces: Sequence[str]) -> bool:
    """Whether a line is a page number, perhaps with a name or two beside it: 某校学生管理平台 | 第1页."""
    whole = "".join(pieces)
    if is_page_number(whole) and (len(pieces) == 1 or "页" in whole):      # 第 | 1 | 页共 | 3 | 页
        return True
    return 1 < len(pieces) <= 3 and any("页" in p and is_page_number(p) for p in pieces)
