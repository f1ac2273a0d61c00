"""Small cells: what of a count may leave the section, so that nothing can be computed back (contract §2 `small_cell`).

1 … k−1 show as "<k", other counts are rounded to k, zero stays zero; a total is the true sum, then rounded. That alone
still gives some parts away: "<5" and "<5" with a total of 10 can only be 4 and 4; four times "<5" with a total of "<5"
only ones. In these extremes the total moves to its neighbour, so that with the same parts shown other sums show it too:
not even a reader who knows this rule learns a part.
"""
from __future__ import annotations

from collections.abc import Sequence

Interval = tuple[int, int]


def rounded(count: int, base: int) -> int | None:
    """The count as it may be shown; None: one of 1 … base−1, shown as '<base'. A base of 1 or 0 rounds nothing."""
    if base <= 1 or count == 0:
        return count
    return None if count < base else (count + base // 2) // base * base


def known(count: int, base: int) -> Interval:
    """Between which numbers a reader of the rounded count can tell it to be."""
    shown = rounded(count, base)
    if shown is None:
        return 1, base - 1
    if base <= 1 or shown == 0:
        return count, count
    low = shown - base // 2
    return max(base, low), low + base - 1


def total(parts: Sequence[int], base: int) -> int | None:
    """The sum of `parts` as it may be shown beside them (None: '<base')."""
    count, spans = sum(parts), [known(p, base) for p in parts]
    low, high = known(count, base)
    if base > 1 and any(a < b for a, b in spans):
        if count == sum(b for _, b in spans) == low:        # every part at its greatest, and only that gives this total
            return rounded(low - 1, base)
        if count == sum(a for a, _ in spans) == high:       # every part at its least
            return rounded(high + 1, base)
    return rounded(count, base)


def quotient(top: int | None, bottom: int | None) -> float | None:
    """A quotient of two counts from their rounded figures only; None if one of them is small or there is nothing."""
    return None if top is None or not bottom else top / bottom
