"""What does not agree from month to month: observations, one per trouble, worded by notice/rules/reconcile.toml."""
from __future__ import annotations

from carelib.reconcile.discrepancies import copies, figures, identity, presence, progress, steps
from carelib.reconcile.work import Work, placed
from carelib.tables import Rows, observation_row

ORDER = ("school_code", "code", "case_id", "field", "other_school_code", "facts")
LOOKS = (presence.look, steps.look, identity.look, progress.look, copies.look, figures.look)


def observe(work: Work) -> Rows:
    """Every discrepancy of the cycle, in an order made of content."""
    rows = [observation_row(seen, work.world.cycle) for look in LOOKS for seen in look(work)]
    rows.sort(key=lambda r: tuple(str(r[c] or "") for c in ORDER))
    return placed(rows, work.now["values"])
