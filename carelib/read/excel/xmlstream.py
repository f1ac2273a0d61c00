"""XML as a stream of elements (expat): no tree in memory, no DTD; elements of the root's own name space only."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from xml.parsers import expat

from carelib.read.words import Refused

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
_PIECE = 1 << 16                            # text arrives in pieces of this size or more
_LONGEST_TEXT = 4 << 20                     # characters in one element; a cell holds 32,767


class _Names(dict[str, str]):
    """Local names of elements of the root's name space; '' for all others."""

    home: str | None = None

    def __missing__(self, name: str) -> str:
        space, _, short = name.rpartition("}")
        if self.home is None:
            self.home = space
        self[name] = short = short if space == self.home else ""
        return short


def feed(blocks: Iterable[bytes], start: Start, end: End, buffer: list[str]) -> None:
    """Calls `start(local name, attributes)` and `end(local name)`; text is appended to `buffer`, which they may clear.

    Elements of other name spaces than the root's (extensions) are passed over together with what they hold.
    """
    names, foreign = _Names(), 0

    def on_start(name: str, attributes: dict[str, str]) -> None:
        nonlocal foreign
        short = names[name]
        if short and not foreign:
            start(short, attributes)
        else:
            foreign += 1

    def on_end(name: str) -> None:
        nonlocal foreign
        if foreign:
            foreign -= 1
        else:
            end(names[name])

    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text, parser.buffer_size = True, _PIECE
    parser.StartElementHandler, parser.EndElementHandler = on_start, on_end
    parser.CharacterDataHandler = buffer.append
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    _run(parser, blocks, buffer)


def _run(parser: expat.XMLParserType, blocks: Iterable[bytes], buffer: list[str]) -> None:
    try:
        for block in blocks:
            parser.Parse(block, False)
            if sum(map(len, buffer)) > _LONGEST_TEXT:
                raise Refused("inflated", limit=_LONGEST_TEXT >> 20)
        parser.Parse(b"", True)
    except expat.ExpatError as fault:
        raise Refused("damaged", what="bad_xml") from fault


_INVALID = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:x0*(?:1?[0-9a-f])|0*(?:[12]?\d|3[01]));", re.I)
_LINE_ENDS = re.compile(rb"&#(?:x0*[9ad]|0*(?:9|10|13));", re.I)


def repaired(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes without the control characters that no XML may hold."""
    yield _INVALID.sub(lambda m: m[0] if _LINE_ENDS.fullmatch(m[0]) else b"", b"".join(blocks))


def _refuse(*_: object) -> None:
    raise Refused("entities")
