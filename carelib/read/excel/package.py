"""A zip package (xlsx, docx, ods), opened with suspicion: entries, names and inflated bytes are counted for real."""
from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import IO
from urllib.parse import unquote

from lxml import etree

from carelib.read.words import Refused

MAX_ENTRIES = 2000
MAX_INFLATED = 300 * 2**20                  # of all parts that are read together
MAX_TREE = 64 * 2**20                       # of a part that is read as a tree
_BLOCK = 1 << 18
_DECLARATIONS = [w.encode(code) for w in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be")]


class Package:
    """The parts of a package by normalised name (slashes, lower case, no leading slash)."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as fault:
            raise Refused("damaged", what="short_package") from fault
        entries = [i for i in self._zip.infolist() if not i.is_dir()]
        if len(entries) > MAX_ENTRIES:
            raise Refused("many_parts", count=len(entries))
        self._parts: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            if self._parts.setdefault(normal(entry.filename), entry) is not entry:
                raise Refused("twice")
        self._refuse_overlap(entries, len(data))
        self.left = MAX_INFLATED

    @staticmethod
    def _refuse_overlap(entries: list[zipfile.ZipInfo], size: int) -> None:
        ends = sorted((e.header_offset, e.header_offset + 30 + e.compress_size) for e in entries)
        if any(end > start for (_, end), (start, _) in pairwise(ends)):
            raise Refused("overlap")
        if ends and ends[-1][1] > size:
            raise Refused("damaged", what="short_package")

    def names(self) -> list[str]:
        """Normalised names of all parts."""
        return list(self._parts)

    def __contains__(self, name: str) -> bool:
        return normal(name) in self._parts

    def size(self, name: str) -> int:
        """The declared size of a part (not to be trusted)."""
        return self._parts[normal(name)].file_size

    def blocks(self, name: str) -> Iterator[bytes]:
        """The bytes of a part, block by block, counted against the limit."""
        entry = self._parts[normal(name)]
        if entry.flag_bits & 1:
            raise Refused("encrypted")
        try:
            with self._zip.open(entry) as stream:
                yield from self._counted(stream)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as fault:
            raise Refused("damaged", what="bad_checksum") from fault

    def _counted(self, stream: IO[bytes]) -> Iterator[bytes]:
        while block := stream.read(_BLOCK):
            self.left -= len(block)
            if self.left < 0:
                raise Refused("inflated", limit=MAX_INFLATED >> 20)
            yield block

    def read(self, name: str, limit: int = MAX_TREE) -> bytes:
        """A whole part, up to `limit` bytes."""
        out = bytearray()
        for block in self.blocks(name):
            out += block
            if len(out) > limit:
                raise Refused("inflated", limit=limit >> 20)
        return bytes(out)

    def tree(self, name: str, limit: int = MAX_TREE, lenient: bool = False) -> etree._Element | None:
        """A part as an XML tree, None if the package lacks it. `lenient`: faults in it must not stop the file."""
        return tree(self.read(name, limit), lenient) if name in self else None


def normal(name: str) -> str:
    """A part's name as packages compare it."""
    return name.replace("\\", "/").lstrip("/").lower()


def refuse_entities(head: bytes) -> None:
    """Document type declarations and entities have no place in a form."""
    if any(word in head for word in _DECLARATIONS):
        raise Refused("entities")


def tree(data: bytes, lenient: bool = False) -> etree._Element:
    """XML to a tree: no DTD, no entities, no network; what is not well-formed is `damaged`, or mended if `lenient`."""
    refuse_entities(data)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
                             remove_comments=True, remove_pis=True, recover=lenient)
    try:
        root = etree.fromstring(data, parser)
        return root if root is not None else etree.Element("nothing")
    except etree.XMLSyntaxError as fault:
        if lenient:
            return etree.Element("nothing")
        if "depth" in str(fault).lower():
            raise Refused("nested") from fault
        raise Refused("damaged", what="bad_xml") from fault


def local(element: etree._Element) -> str:
    """An element's name without its name space."""
    name = element.tag
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def attribute(element: etree._Element, name: str) -> str | None:
    """An attribute by its local name, in whatever name space it stands."""
    if (value := element.get(name)) is not None:
        return value
    return next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == name), None)


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """Direct children of this local name."""
    return [e for e in element if local(e) == name]


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    """The first direct child of this local name."""
    return None if element is None else next((e for e in element if local(e) == name), None)


def is_on(value: str | None, default: bool = True) -> bool:
    """An XML boolean attribute; `default` if it is absent."""
    return default if value is None else value.strip().lower() in ("1", "true", "on", "t")


def relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """The relationships of a part: id -> (kind, target part); outside targets are left out."""
    folder, _, name = normal(part).rpartition("/")
    root = package.tree(f"{folder}/_rels/{name}.rels", lenient=True)
    out: dict[str, tuple[str, str]] = {}
    for rel in root if root is not None else ():
        target, kind = rel.get("Target") or "", (rel.get("Type") or "").rpartition("/")[2]
        if rel.get("TargetMode") != "External" and target:
            out[rel.get("Id") or ""] = (kind, _resolve(folder, target, package))
    return out


def _resolve(folder: str, target: str, package: Package) -> str:
    target = target.replace("\\", "/").partition("#")[0]
    if target.startswith("/"):
        return normal(target)
    parts = folder.split("/") if folder else []
    for step in target.split("/"):
        if step == ".." and parts:
            parts.pop()
        elif step not in ("", ".", ".."):
            parts.append(step)
    found = normal("/".join(parts))
    return next((n for n in (found, normal(target), unquote(found)) if n in package), found)


_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")


def column_letters(col: int) -> str:
    """0 -> A, 26 -> AA."""
    return (column_letters(col // 26 - 1) if col >= 26 else "") + chr(65 + col % 26)


def column_number(letters: str) -> int:
    """A -> 0, AA -> 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def reference(text: str) -> tuple[int, int] | None:
    """'F7' -> (6, 5), row and column from 0."""
    found = _REFERENCE.match(text)
    return (int(found[2]) - 1, column_number(found[1])) if found else None


def area(text: str) -> tuple[int, int, int, int] | None:
    """'A1:B3' -> (row, col, row_span, col_span)."""
    first, _, last = text.partition(":")
    a, b = reference(first), reference(last or first)
    if a is None or b is None:
        return None
    top, left, bottom, right = min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])
    return top, left, bottom - top + 1, right - left + 1
