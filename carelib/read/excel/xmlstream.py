"""XML as a stream of elements (expat): no tree in memory, no DTD; elements of the root's own name space only."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from xml.parsers import expat

from carelib.read.words import Refused

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


def feed(blocks: Iterable[bytes], start: Start, end: End, buffer: list[str]) -> None:
    """Calls `start(local name, attributes)` and `end(local name)`; text is appended to `buffer`, which they may clear.

    Elements of other name spaces than the root's (extensions) are passed over together with what they hold.
    Attributes of a name space of their own are named by their local name.
    """
    known: dict[str, str] = {}
    foreign = 0
    home: str | None = None

    def name_of(name: str) -> str:
        nonlocal home
        space, _, short = name.rpartition("}")
        if home is None:
            home = space
        known[name] = found = short if space == home else ""
        return found

    def on_start(name: str, attributes: dict[str, str]) -> None:
        nonlocal foreign
        short = known.get(name)
        if short is None:
            short = name_of(name)
        if short and not foreign:
            start(short, attributes)
        else:
            foreign += 1

    def on_end(name: str) -> None:
        nonlocal foreign
        if foreign:
            foreign -= 1
        else:
            end(known[name])

    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.StartElementHandler, parser.EndElementHandler = on_start, on_end
    parser.CharacterDataHandler = buffer.append
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    _run(parser, blocks)


def _run(parser: expat.XMLParserType, blocks: Iterable[bytes]) -> None:
    try:
        for block in blocks:
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError as fault:
        raise Refused("damaged", what="内部的 XML 不完整") from fault


def _refuse(*_: object) -> None:
    raise Refused("entities")


def local_attributes(attributes: dict[str, str]) -> dict[str, str]:
    """Attributes by local name."""
    return {k.rpartition("}")[2]: v for k, v in attributes.items()} if any("}" in k for k in attributes) else attributes


