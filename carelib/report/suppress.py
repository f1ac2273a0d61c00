"""Small cells: what of a count may leave the section, so that nothing can be computed back (contract §2 `small_cell`).

1 … k−1 show as "<k", other counts are rounded to k, zero stays zero; a total is the true sum, then rounded. That alone
still gives some parts away: "<5" and "<5" with a total of 10 can only be 4 and 4; four times "<5" with a total of "<5"
only ones. In these extremes the total moves to its neighbour, so that with the same parts shown other sums show it too:
not even a reader who knows this rule learns a part.

A figure as it is shown is a multiple of k, None for "<k", or WITHHELD where every neighbour would tell.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence

WITHHELD = "withheld"
Shown = int | str | None
Interval = tuple[int, int]
Sum = tuple[str, Sequence[str]]         # a total and its parts


def rounded(count: int, base: int) -> Shown:
    """The count as it is shown by itself. A base of 1 or 0 rounds nothing."""
    if base <= 1 or count == 0:
        return count
    return None if count < base else (count + base // 2) // base * base


def span(shown: Shown, base: int) -> Interval:
    """Between which numbers a reader takes a shown figure to lie."""
    if not isinstance(shown, int):
        return 1, base - 1
    if base <= 1 or shown == 0:
        return shown, shown
    low = shown - base // 2
    return max(base, low), low + base - 1


def settle(counts: Mapping[str, int], sums: Sequence[Sum], base: int) -> dict[str, Shown]:
    """How each count is shown; `counts` names the parts before their totals, `sums` says which totals they have."""
    shown: dict[str, Shown] = {}
    for key, count in counts.items():
        seen = {k: n for k, n in shown.items() if n != WITHHELD}
        ready = any(key in (s[0], *s[1]) and {s[0], *s[1]} <= {*seen, key} for s in sums)
        if not ready or base <= 1 or count == 0:
            shown[key] = rounded(count, base)
        else:
            quiet = (n for n in _neighbours(count, base) if not tells({**seen, key: n}, sums, base))
            shown[key] = next(quiet, WITHHELD)
    return shown


def tells(shown: Mapping[str, Shown], sums: Sequence[Sum], base: int) -> bool:
    """Whether the shown figures together pin one of them down, or contradict each other."""
    before = {k: span(n, base) for k, n in shown.items()}
    now, last = dict(before), None
    ready = [s for s in sums if {s[0], *s[1]} <= shown.keys()]
    while now != last and all(a <= b for a, b in now.values()):
        last = dict(now)
        for total, parts in ready:
            _narrow(now, total, parts)
    return any(a > b or (a == b and before[k][0] < before[k][1]) for k, (a, b) in now.items())


def quotient(top: Shown, bottom: Shown) -> float | None:
    """A quotient of two counts from their shown figures only; None if one of them is small or there is nothing."""
    return top / bottom if isinstance(top, int) and isinstance(bottom, int) and bottom else None


def _neighbours(count: int, base: int) -> list[Shown]:
    """The nearest figure, then the one below and the one above it; never zero for what is not zero."""
    nearest = rounded(count, base)
    if not isinstance(nearest, int):
        return [None, base]
    return [nearest, nearest - base or None, nearest + base]


def _narrow(spans: dict[str, Interval], total: str, parts: Sequence[str]) -> None:
    """What a sum says about its total and each of its parts."""
    least, most = sum(spans[p][0] for p in parts), sum(spans[p][1] for p in parts)
    low, high = spans[total] = max(spans[total][0], least), min(spans[total][1], most)
    for part in parts:
        a, b = spans[part]
        spans[part] = max(a, low - (most - b)), min(b, high - (least - a))
