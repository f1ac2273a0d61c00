"""The kinds of rules that look at one row: a rule is a row of data over one of these (notice/rules/).

A kind is a pure function of a `Line` (a row with its evidence), a desk (what else is known of the school) and the
rule's parameters. It returns None if the row cannot be judged, else its hits: [] means that the row keeps the rule.
What cannot be read for certain never breaks a rule: a cell with a problem, or a partial date that may still be right,
is no hit (the reading problem is told once, by `reading_problem`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from carelib.kinds.cells import (
    contains,
    explained,
    id_check,
    in_list,
    is_true,
    not_in_list,
    not_pattern,
    only_has,
    pattern,
    reading_problem,
    required,
)
from carelib.kinds.compare import (
    age_between,
    agrees,
    appears_in,
    at_least,
    at_most,
    grade_age,
    not_after,
    not_before,
    ratio_at_most,
    sum_equals,
)
from carelib.kinds.line import Hit, Hits, Line, items

__all__ = ["ROW_KINDS", "Hit", "Hits", "Line", "items"]

ROW_KINDS: Mapping[str, Callable[..., Hits]] = {
    f.__name__: f
    for f in (
        required, is_true, only_has, reading_problem, in_list, not_in_list, pattern, not_pattern, contains, id_check,
        explained, agrees, not_after, not_before, age_between, grade_age, sum_equals, at_most, at_least, ratio_at_most,
        appears_in,
    )
}  # fmt: skip
