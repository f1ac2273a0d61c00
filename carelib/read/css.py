"""As much of style sheets as changes what an HTML cell says: strike-through, fonts, number formats, hidden things."""
from __future__ import annotations

import re

from lxml import etree

NAMED_FORMATS = {
    "general": "General", "general number": "General", "general date": "yyyy/m/d h:mm", "text": "@", "percent": "0.00%",
    "short date": "yyyy/m/d", "medium date": "dd-mmm-yy", "long date": 'yyyy"年"m"月"d"日"', "fixed": "0.00",
    "standard": "#,##0.00", "scientific": "0.00E+00", "short time": "h:mm",
    "medium time": "h:mm AM/PM", "long time": "h:mm:ss"}
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_CODE = re.compile(r"\\([0-9A-Fa-f]{4})\s?")


class Css:
    """The classes of a page's style sheets."""

    def __init__(self, root: etree._Element) -> None:
        self._classes: dict[str, dict[str, str]] = {}
        for sheet in root.iter("style"):
            text = re.sub(r"/\*.*?\*/|<!--|-->", "", "".join(sheet.itertext()), flags=re.S)
            for selectors, body in _RULE.findall(text):
                for selector in selectors.split(","):
                    if found := re.search(r"\.([\w-]+)\s*$", selector.strip()):
                        self._classes.setdefault(found[1], {}).update(declarations(body))

    def of(self, element: etree._Element) -> dict[str, str]:
        """What is declared for one element itself: classes, then its style attribute, then old attributes."""
        out: dict[str, str] = {}
        for name in (element.get("class") or "").split():
            out |= self._classes.get(name, {})
        out |= declarations(element.get("style") or "")
        if element.tag in ("s", "strike", "del"):
            out["text-decoration"] = "line-through"
        if element.tag == "font":
            out |= {"font-family": element.get("face") or ""} if element.get("face") else {}
            out |= {"color": element.get("color") or ""} if element.get("color") else {}
        if element.get("bgcolor"):
            out["background"] = element.get("bgcolor") or ""
        if element.get("hidden") is not None:
            out["display"] = "none"
        return out


def declarations(body: str) -> dict[str, str]:
    """'a:b; c:d' as a dictionary, names in lower case."""
    out = {}
    for part in re.split(r";(?=(?:[^\"']|\"[^\"]*\"|'[^']*')*$)", body):
        name, colon, value = part.partition(":")
        if colon:
            out[name.strip().lower()] = value.strip().removesuffix("!important").strip()
    return out


def number_format(value: str) -> str:
    """An Excel number format as style sheets write it: 'yyyy\\0022年\\0022m\\0022月\\0022' -> 'yyyy"年"m"月"'."""
    text = _CODE.sub(lambda m: chr(int(m[1], 16)), value.strip().strip('"'))
    text = text.replace("\\", "")
    return NAMED_FORMATS.get(text.lower(), text)


def colour(value: str, automatic: str) -> str:
    """A CSS colour as rrggbb; '' if it is not a plain one."""
    value = value.strip().lower()
    if found := re.fullmatch(r"#([0-9a-f]{6})", value):
        return found[1]
    if found := re.fullmatch(r"#([0-9a-f])([0-9a-f])([0-9a-f])", value):
        return "".join(c * 2 for c in found.groups())
    return {"": automatic, "white": "ffffff", "black": "000000", "windowtext": "000000", "transparent": "ffffff",
            "window": "ffffff", "red": "ff0000"}.get(value, "")
