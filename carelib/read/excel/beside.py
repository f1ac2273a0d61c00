"""What lies beside the cells of an xlsx sheet: comments, text boxes, pictures, controls, page headers."""
from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from carelib.read.excel.headers import header_text
from carelib.read.excel.package import Package, child, children, column_letters, local, refuse_entities, relations
from carelib.read.excel.sheet import RawSheet
from carelib.read.marks import clean
from carelib.read.words import extra

Extra = tuple[str, str]


def extras(package: Package, part: str, sheet: str, raw: RawSheet) -> list[Extra]:
    """(place, text) of everything beside the cells that says something."""
    links = relations(package, part)
    out: list[Extra] = []
    of_kind: dict[str, list[str]] = {}
    for kind, target in links.values():
        if target in package:
            of_kind.setdefault(kind.lower(), []).append(target)
    threads = [x for t in of_kind.get("threadedcomment", ())
               for x in _threads(package.tree(t, lenient=True))]
    threaded = {ref for ref, _ in threads}
    remarks = [x for t in of_kind.get("comments", ())
               for x in _comments(package.tree(t, lenient=True)) if x[0] not in threaded]
    out += [(f"{extra('comment')}{ref}", text) for ref, text in remarks + threads]
    for target in of_kind.get("drawing", ()):
        out += _drawing(package.tree(target, lenient=True))
    for target in of_kind.get("vmldrawing", ()):
        out += _controls(package.read(target))
    out += [(extra("header" if "Header" in name else "footer"), header_text(text)) for name, text in raw.headers]
    return [(f"{sheet}!{place}", text) for place, text in dict.fromkeys(out) if text]


def _text(element: etree._Element) -> str:
    """All `t` below an element, a line for each paragraph; phonetic guides left out."""
    lines: list[list[str]] = [[]]
    for e in element.iter():
        name = local(e)
        if name == "p" and lines[-1]:
            lines.append([])
        elif name == "t" and e.text and (e.getparent() is None or local(e.getparent()) != "rPh"):
            lines[-1].append(e.text)
        elif name == "br":
            lines[-1].append("\n")
    return clean("\n".join("".join(line) for line in lines))


def _comments(root: etree._Element | None) -> Iterator[Extra]:
    for remark in children(child(root, "commentList"), "comment") if child(root, "commentList") is not None else ():
        yield remark.get("ref") or "", _text(remark)


def _threads(root: etree._Element | None) -> list[Extra]:
    by_place: dict[str, list[str]] = {}
    for remark in children(root, "threadedComment") if root is not None else ():
        words = child(remark, "text")
        if words is not None and words.text:
            by_place.setdefault(remark.get("ref") or "", []).append(clean(words.text))
    return [(ref, "\n".join(texts)) for ref, texts in by_place.items()]


def _drawing(root: etree._Element | None) -> Iterator[Extra]:
    """Text boxes and pictures with the cell at their top left corner."""
    for anchor in root if root is not None else ():
        start = child(anchor, "from")
        row, col = (_count(child(start, n)) for n in ("row", "col"))
        spot = f"{column_letters(col)}{row + 1}" if start is not None else ""
        for shape in _shapes(anchor):
            if local(shape) == "pic":
                yield f"{extra('picture')}{spot}", f"[{extra('picture')}]"
            elif text := _text(shape):
                yield f"{extra('text_box')}{spot}", text


def _shapes(element: etree._Element) -> Iterator[etree._Element]:
    """Shapes and pictures in order, those of a fallback left out."""
    for e in element:
        name = local(e)
        if name in ("sp", "pic", "cxnSp"):
            yield e
        elif name != "Fallback":
            yield from _shapes(e)


def _count(element: etree._Element | None) -> int:
    return int(element.text) if element is not None and element.text and element.text.strip().isdigit() else 0


def _controls(data: bytes) -> Iterator[Extra]:
    """Check boxes and other form controls with their captions (VML, which is not always well-formed)."""
    refuse_entities(data)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(data, parser) if data.strip() else None
    for shape in root.iter() if root is not None else ():
        client = child(shape, "ClientData") if local(shape) in ("shape", "rect") else None
        if client is None or client.get("ObjectType") in ("Note", None):
            continue
        caption = clean("".join(t for e in shape if local(e) == "textbox" for t in e.itertext()))
        if client.get("ObjectType") in ("Checkbox", "Radio"):
            checked = any(local(e) == "Checked" and (e.text or "").strip() == "1" for e in client)
            caption = ("☑" if checked else "□") + caption
        anchor = next((e.text or "" for e in client if local(e) == "Anchor"), "").split(",")
        numbers = [int(p) for p in anchor if p.strip().isdigit()]
        spot = f"{column_letters(numbers[0])}{numbers[2] + 1}" if len(numbers) > 2 else ""
        if caption:
            yield f"{extra('control')}{spot}", caption
