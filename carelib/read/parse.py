"""Bytes to grids. Goes by content, never by extension. Pure: no file is opened, nothing is run."""
from __future__ import annotations

import importlib
import importlib.util
from dataclasses import replace
from typing import Any

from carelib.read.sniff import by_name, sniff
from carelib.read.words import Refused
from carelib.records import Parsed

_READERS = {                                            # what it is -> module, function, medium if it cannot be read
    "xlsx": ("carelib.read.excel.xlsx", "parse", "xlsx"), "xlsb": ("carelib.read.excel.xlsb", "parse", "xlsb"),
    "ole": ("carelib.read.ole", "parse", "xls"), "biff": ("carelib.read.excel.xls", "parse", "xls"),
    "ods": ("carelib.read.excel.ods", "parse", "ods"), "fods": ("carelib.read.excel.ods", "parse_flat", "ods"),
    "xml2003": ("carelib.read.excel.xml2003", "parse", "other"), "html": ("carelib.read.html", "parse", "html"),
    "mhtml": ("carelib.read.html", "parse_mhtml", "html"), "text": ("carelib.read.delimited", "parse", "csv"),
    "docx": ("carelib.read.docx", "parse", "docx"), "pdf": ("carelib.read.pdf", "parse", "pdf"),
    "image": ("carelib.read.scan", "parse_image", "image")}
_MISSING = {"pdf": "pdf", "image": "picture"}           # the reason if that reader is not there


def parse_bytes(data: bytes, name: str = "") -> Parsed:
    """The grids of a file, or the reason why it could not be read and what the school should do."""
    key = "empty" if not data else by_name(name)
    return Refused(key).parsed("other") if key else parse_content(data)


def parse_content(data: bytes) -> Parsed:
    """The same, whatever the file is called."""
    kind = sniff(data)
    medium = _READERS.get(kind, ("", "", "other"))[2]
    try:
        parsed = _read(kind, data)
    except Refused as refusal:
        return refusal.parsed(medium)
    if parsed.reason_code is None and not any(g.cells or g.extras for g in parsed.grids):
        return replace(Refused("blank").parsed(parsed.medium), notes=parsed.notes)
    return parsed


def _read(kind: str, data: bytes) -> Parsed:
    if kind not in _READERS:
        raise _refusal(kind)
    module, function, _ = _READERS[kind]
    if kind in _MISSING and importlib.util.find_spec(module) is None:
        raise Refused(_MISSING[kind])
    reader: Any = getattr(importlib.import_module(module), function)
    return reader(data)


def _refusal(kind: str) -> Refused:
    """The reason for a kind of file that is not read at all."""
    word, _, which = kind.partition(" ")
    key = {"archive": "archive", "picture": "picture_kind", "sheet": "sheet_kind"}.get(word, word)
    return Refused(key, kind=which) if which else Refused(key)
