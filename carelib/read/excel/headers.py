"""Page headers and footers: their codes taken out, their words kept."""
from __future__ import annotations

import re

from carelib.read.marks import clean

_CODES = re.compile(r'&"[^"]*"|&K[0-9A-Fa-f]{6}|&K\d\d[+-]\d{3}|&\d+|&[PNDTZFAGBIUSEXYOH]|&&', re.I)
_PAGE_ONLY = re.compile(r"[\s第页共,，/\-—–]*(page|of|ページ)?[\s第页共,，/\-—–]*(of)?\s*", re.I)


def header_text(text: str) -> str:
    """'&L&"宋体"附件1&C&14情况表&R第 &P 页' -> '附件1  情况表'; '' if nothing but page numbers is left."""
    parts = [clean(_CODES.sub(lambda m: "&" if m[0] == "&&" else "", part)) for part in re.split(r"&[LCR]", text)]
    return "  ".join(p for p in parts if not _PAGE_ONLY.fullmatch(p))
