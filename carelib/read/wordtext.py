"""The text of Word paragraphs as a person sees it: content controls, tracked changes, symbols, fields, text boxes."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from carelib.read.excel.looks import Font, font_from
from carelib.read.excel.package import attribute, child, is_on, local
from carelib.read.excel.strings import Run, Text
from carelib.read.marks import clean, is_symbol_font, show_symbols
from carelib.read.words import extra, reading

_THROUGH = {"ins", "moveTo", "hyperlink", "smartTag", "fldSimple", "customXml", "bdo", "dir", "sdtContent", "oMath",
            "oMathPara",
            "e", "sub", "sup", "num", "den", "f", "rad", "sSup", "sSub"}
_GONE = {"del", "moveFrom", "instrText", "delText", "rPr", "pPr", "rt"}
_MARKS = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


@dataclass(slots=True)
class Found:
    """What a piece of a document says: runs of text, and what lies beside (kind, text)."""
    runs: list[Run] = field(default_factory=list)
    beside: list[tuple[str, str]] = field(default_factory=list)
    breaks: bool = False                    # a page begins in it
    pictures: int = 0
    tables: list[etree._Element] = field(default_factory=list)  # those inside text boxes

    def text(self) -> Text:
        """The text; runs that all look ordinary are joined."""
        if all(font is None or font.plain for _, font in self.runs):
            return "".join(text for text, _ in self.runs)
        return tuple(self.runs)

    def plain(self) -> str:
        """The text without looks."""
        return clean("".join(text for text, _ in self.runs))


def paragraph(element: etree._Element, found: Found) -> None:
    """Adds a paragraph's runs to what was found."""
    properties = child(element, "pPr")
    if properties is not None and (before := child(properties, "pageBreakBefore")) is not None:
        found.breaks |= is_on(attribute(before, "val"))
    _walk(element, found)


def _walk(element: etree._Element, found: Found) -> None:
    for e in element:
        name = local(e)
        if name == "r":
            _run(e, found)
        elif name == "sdt":
            _control(e, found)
        elif name in ("del", "moveFrom"):
            gone = clean("".join(x.text or "" for x in e.iter() if local(x) in ("delText", "t")))
            if gone:
                found.beside.append((extra("deleted"), gone))
        elif name == "t" and e.text:                        # the text of formulas
            found.runs.append((e.text, None))
        elif name in _THROUGH or (name == "r" and child(e, "t") is not None):
            _walk(e, found)


def _control(element: etree._Element, found: Found) -> None:
    """A content control; the prompt of an empty one is nobody's text."""
    properties, content = child(element, "sdtPr"), child(element, "sdtContent")
    if content is None:
        return
    inner = Found()
    _walk(content, inner)
    prompt = properties is not None and child(properties, "showingPlcHdr") is not None
    if prompt and any(word in inner.plain() for word in reading()["prompt"]["words"]):
        return
    found.runs += inner.runs
    found.beside += inner.beside
    found.pictures += inner.pictures
    found.tables += inner.tables


def _run(element: etree._Element, found: Found) -> None:
    properties = child(element, "rPr")
    font, hidden = _font(properties)
    for e in element:
        name = local(e)
        if name == "t" and e.text:
            if hidden:
                found.beside.append((extra("unseen"), clean(e.text)))
            else:
                found.runs.append((e.text, font))
        elif name == "sym":
            found.runs.append(_symbol(e, font))
        elif name in _MARKS:
            found.runs.append((_MARKS[name], font))
            found.breaks |= name == "br" and attribute(e, "type") == "page"
        elif name == "lastRenderedPageBreak":
            found.breaks |= not found.plain()
        elif name == "fldChar":
            found.runs += _field(e)
        elif name == "ruby":
            base = child(e, "rubyBase")
            if base is not None:
                _walk(base, found)
        elif name not in _GONE:
            _drawn(e, found)


def _font(properties: etree._Element | None) -> tuple[Font | None, bool]:
    """The looks of a run (None: ordinary), and whether it is hidden text."""
    if properties is None:
        return None, False
    by_name = {local(e): e for e in properties}
    on = {name for name in ("strike", "dstrike", "vanish") if name in by_name
          and is_on(attribute(by_name[name], "val"))}
    fonts = by_name.get("rFonts")
    name = (attribute(fonts, "ascii") or attribute(fonts, "hAnsi")) if fonts is not None else None
    colour = (attribute(by_name["color"], "val") or "") if "color" in by_name else "auto"
    size = attribute(by_name["sz"], "val") if "sz" in by_name else None
    if "shd" in by_name or "highlight" in by_name:
        colour = "auto"
    font = font_from(name, bool(on & {"strike", "dstrike"}), "000000" if colour == "auto" else colour.lower(),
                     int(size) / 2 if size and size.isdigit() else None)
    return (None if font.plain else font), "vanish" in on


def _symbol(element: etree._Element, font: Font | None) -> Run:
    """An inserted symbol: a character of a symbol font."""
    name, code = attribute(element, "font") or "", attribute(element, "char") or ""
    try:
        char = chr(int(code, 16))
    except (ValueError, OverflowError):
        return "�", font
    struck = font is not None and font.struck
    if not is_symbol_font(name):
        return char, font
    shown, sure = show_symbols(char, name)
    return (shown, Font(struck=True) if struck else None) if sure else (char, Font(struck, name))


def _field(element: etree._Element) -> Iterator[Run]:
    """Legacy form fields whose state is not text: check boxes and drop-down lists."""
    data = child(element, "ffData")
    if data is None or attribute(element, "fldCharType") != "begin":
        return
    box, chosen = child(data, "checkBox"), child(data, "ddList")
    if box is not None:
        state = child(box, "checked") if child(box, "checked") is not None else child(box, "default")
        yield ("☑" if state is not None and is_on(attribute(state, "val")) else "□"), None
    if chosen is not None:
        entries = [attribute(e, "val") or "" for e in chosen if local(e) == "listEntry"]
        result = child(chosen, "result")
        index = int(attribute(result, "val") or 0) if result is not None else 0
        if index < len(entries):
            yield entries[index], None


def _drawn(element: etree._Element, found: Found) -> None:
    """Text boxes, pictures and watermarks inside a run; of alternatives the first."""
    for e in element.iter():
        name = local(e)
        if any(local(a) == "Fallback" for a in e.iterancestors()):
            continue
        if name == "txbxContent":
            inner = Found()
            found.tables += [t for t in e if local(t) == "tbl"]
            for p in e:
                if local(p) == "p":
                    inner.runs.append(("\n", None))
                    paragraph(p, inner)
            found.beside.append((extra("text_box"), inner.plain()))
        elif name == "textpath" and attribute(e, "string"):
            found.beside.append((extra("watermark"), clean(attribute(e, "string") or "")))
        elif name in ("pic", "imagedata"):
            found.pictures += 1
            found.beside.append((extra("picture"), f"[{extra('picture')}]"))
