"""What a file is by its first bytes and its inside; the name is only asked for what must not be opened at all."""
from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath

_TEMPORARY = {".tmp", ".crdownload", ".part", ".partial", ".download", ".xltd", ".td"}
_SYSTEM = {"thumbs.db", "desktop.ini", ".ds_store", ".localized"}
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "pdf"), (b"Rar!", "archive RAR"), (b"7z\xbc\xaf\x27\x1c", "archive 7z"), (b"\x1f\x8b", "archive gzip"),
    (b"\xfd7zXZ", "archive xz"), (b"BZh", "archive bzip2"), (b"\xff\xd8\xff", "image"), (b"\x89PNG\r\n\x1a\n", "image"),
    (b"GIF8", "image"), (b"BM", "image?"), (b"II*\x00", "image"), (b"MM\x00*", "image"), (b"{\\rtf", "rtf"),
    (b"SQLite format 3\x00", "database"), (b"\x00\x01\x00\x00Standard ", "database"), (b"MZ", "program?"),
    (b"\x7fELF", "program"), (b"ID3", "media"), (b"RIFF", "riff"), (b"\x00\x00\x01\xba", "media"),
    (b"MSCF", "archive cab"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "shortcut"), (b"[InternetShortcut]", "shortcut"))


def by_name(name: str) -> str | None:
    """The reason (reading.toml) not to open a file of this name, or None."""
    path = PurePath(name.replace("\\", "/"))
    if path.name.startswith("~$") or path.name.startswith(".~lock.") or re.fullmatch(r"\.~.*", path.name):
        return "lock_file"
    if path.suffix.lower() in _TEMPORARY or re.fullmatch(r"~wr[a-z]\d+\.\w+", path.name.lower()):
        return "temporary"
    return "system_file" if path.name.lower() in _SYSTEM or path.name.startswith("._") else None


def sniff(data: bytes) -> str:
    """One word for what the bytes are.

    'xlsx' 'xlsb' 'docx' 'ods' 'fods' 'odt' 'slides' 'zip' 'ole' 'biff' 'pdf' 'image' 'html' 'xml2003' 'mhtml' 'mail'
    'text' 'rtf' 'doc' 'ofd' 'shortcut' 'database' 'program' 'media' 'archive KIND' 'picture KIND' 'sheet KIND' 'empty'
    'unknown'
    """
    if not data.strip(b"\x00"):
        return "empty"
    if data[:8] == _OLE:
        return "ole"
    if data[:2] == b"PK":
        return _package(data)
    if data[:2] == b"\x09\x08" or data[:4] in (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00"):
        return "biff"
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return _surely(kind, data)
    if data[4:8] == b"ftyp":
        return "picture HEIC" if data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc") else "media"
    if b"%PDF" in data[:1024]:
        return "pdf"
    if b"PK\x03\x04" in data[:1024] and b"PK\x05\x06" in data[-66_000:]:
        return _package(data)                           # something was glued before the package
    return _text(data)


def _surely(kind: str, data: bytes) -> str:
    """Two-letter magics also begin ordinary texts."""
    if kind == "riff":
        return "image" if data[8:12] == b"WEBP" else "media"
    if kind.endswith("?"):
        return kind[:-1] if b"\x00" in data[:256] else _text(data)
    return kind


def _package(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = {n.replace("\\", "/").lower().lstrip("/") for n in package.namelist()[:5000]}
            kind = package.read("mimetype")[:200].decode("latin-1") if "mimetype" in names else ""
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError, RuntimeError):
        return "docx" if b"word/" in data else "xlsx"       # whose reader says what is broken
    if "spreadsheet" in kind:
        return "ods"
    if "text" in kind:
        return "odt"
    if "presentation" in kind or any(n.startswith("ppt/") for n in names):
        return "slides"
    if any(re.fullmatch(r"xl/.*\.bin", n) and "workbook" in n for n in names):
        return "xlsb"
    if any(n.startswith("xl/") for n in names):
        return "xlsx"
    if any(n.startswith("word/") for n in names):
        return "docx"
    if "ofd.xml" in names:
        return "ofd"
    if "index/document.iwa" in names or any(n.endswith(".iwa") for n in names):
        return "sheet Numbers"
    if "content.xml" in names:
        return "ods"
    return "xlsx" if any(n.endswith("workbook.xml") for n in names) else "archive ZIP"


def _text(data: bytes) -> str:
    """HTML, XML, mail or plain text, in any encoding of the field; else 'unknown'."""
    head = data[:4096]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.decode("utf-16", "replace").encode("utf-8")
    elif head[1:2] == b"\x00" and head[:1].isascii() and head[3:4] == b"\x00":
        head = head.decode("utf-16-le", "replace").encode("utf-8")
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    low = head.lower()
    if re.match(rb"(mime-version|content-type|x-mailer|return-path|received|from|message-id|date|subject):", low):
        web = b"multipart/related" in low or (b"text/html" in low and b"multipart" not in low)
        return "mhtml" if web else "mail" if b"mime-version" in low or b"received:" in low else "text"
    if low.startswith(b"<"):
        return _markup(low)
    return "text" if _is_text(data) else "unknown"


def _markup(low: bytes) -> str:
    if b"urn:schemas-microsoft-com:office:spreadsheet" in low and not re.search(rb"<html[\s>]", low):
        return "xml2003"
    if b"opendocument:xmlns:office" in low:
        return "fods" if b"spreadsheet" in low else "odt"
    if b"schemas.microsoft.com/office/word/2003" in low or b"/2006/xmlpackage" in low:
        return "doc"
    return "html" if re.search(rb"<(!doctype html|html|head|body|table|meta|div|style|p|tr|td|center|span|!--)[\s>/-]?",
                               low) \
        else "text" if not low.startswith(b"<?xml") else "unknown"


def _is_text(data: bytes) -> bool:
    """No binary in it: hardly any control characters but tab, line ends and the marks that exporters add."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    sample = data[:65536]
    if sample.count(b"\x00") > len(sample) // 4:           # UTF-16 without BOM
        return sample[1::2].count(b"\x00") > len(sample) // 8 or sample[::2].count(b"\x00") > len(sample) // 8
    controls = sum(sample.count(bytes([n])) for n in range(32) if n not in (9, 10, 12, 13, 0x1A, 0x1F))
    return controls <= len(sample) // 100
