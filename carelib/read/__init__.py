"""read: files -> submissions, rows, values; every cell accounted for.

    read_month(world, jobs, tick, schools) -> Tables    submissions values held_rows furniture leftovers remarks + a wide table a form
    crop(data, place, margin) -> bytes                  the picture of a part of a PDF page, PNG

Both load what they need when they are called: the process that parses a single file imports this package too.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from carelib.tables import Tables
    from carelib.world import World


def read_month(world: World, jobs: int = 1, tick: Callable[[str, int, int], None] | None = None,
               schools: set[str] | None = None) -> Tables:
    """Everything that came in a cycle, as tables (contract §5); see `monthly.read_month`."""
    from carelib.read import monthly
    return monthly.read_month(world, jobs, tick, schools)


def crop(data: bytes, place: str, margin: float = 6.0) -> bytes:
    """PNG of the part of a PDF page that `place` names, with `margin` points around it."""
    from carelib.read import pdf
    return pdf.crop(data, place, margin)
