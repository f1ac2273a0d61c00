"""The name of a school's workbook: from the register of schools only, never from what a school sent."""
from __future__ import annotations

import re
import unicodedata

from carelib.world import School

UNSAFE = re.compile(r'[\\/:*?"<>|\s.]+')
LONGEST = 40


def file_name(school: School, cycle: str) -> str:
    """'3212000001_第一小学_2023-03.xlsx': characters that every file system takes."""
    return f"{safe(school.code)}_{safe(school.name)}_{cycle}.xlsx"


def safe(text: str) -> str:
    text = "".join(c for c in text if unicodedata.category(c)[0] != "C")
    return UNSAFE.sub("-", text).strip("-_")[:LONGEST] or "-"
