"""OLE containers: which program's file is inside, and whether it may be opened."""
from __future__ import annotations

from dataclasses import replace

from carelib.read.excel import xls
from carelib.read.excel.crypt import open_default
from carelib.read.words import Refused, note
from carelib.records import Parsed


def parse(data: bytes) -> Parsed:
    """An .xls or an encrypted package; anything else is refused by name."""
    names, read = xls.streams(data)
    if "encryptedpackage" in names:
        return _opened(open_default(data, "xlsx"))
    stream = next((n for n in ("workbook", "book") if n in names), None)
    if stream is None:
        program = _program(names)
        if program == "unknown" and (not names or len(data) % 512):     # containers are made of sectors
            raise Refused("damaged", what="short_container")
        raise Refused(program, medium="other")
    records = read(stream)
    if xls.is_encrypted(records):
        return _opened(open_default(data, "xls"))
    macros = any(n.startswith("_vba_project_cur") for n in names)
    parsed = xls.parse(records)
    return replace(parsed, notes=(*parsed.notes, note("macros"))) if macros else parsed


def _opened(data: bytes) -> Parsed:
    from carelib.read.parse import parse_content

    if data[:2] != b"PK":
        names, read = xls.streams(data)
        stream = next((n for n in ("workbook", "book") if n in names), None)
        if stream is None or xls.is_encrypted(records := read(stream)):
            raise Refused("encrypted")
        parsed = xls.parse(records)
    else:
        parsed = parse_content(data)
    return replace(parsed, notes=(*parsed.notes, note("default_password")))


def _program(names: set[str]) -> str:
    if "worddocument" in names:
        return "doc"
    if "powerpoint document" in names:
        return "slides"
    if any(n.startswith("__properties_version") for n in names):
        return "mail"
    return "system_file" if "catalog" in names else "unknown"
