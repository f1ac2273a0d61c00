"""How records look in a notebook. Every function takes a Month (and a school) and returns what a cell shows.

Nothing here prints a pupil's name unless the function says so (`show.school_*`, `names=True`).
"""
from carelib.month import Month
from carelib.show import behind, book, cases, checked, evidence, received, reports, school, statement, timeline, words
from carelib.show.html import Html, bars, say, table

__all__ = ["Html", "bars", "behind", "book", "cases", "checked", "done", "evidence", "next_steps", "received", "reports", "say", "school", "statement", "table", "timeline", "words"]


def next_steps(*steps: str) -> Html:
    """What to do next, numbered."""
    return table([[i, s] for i, s in enumerate(steps, 1)], ["", "接下来"])


def done(month: Month) -> Html:
    """The last cell of every notebook: a run counts only if it says so."""
    return say(f"本页完成（{month.cycle}）。")
