"""reconcile: rows of many months -> persons, cases, events, flows, and what does not agree from month to month.

It never merges on doubt: doubt becomes a question to a person, and until it is answered a pupil of its own.
"""
from __future__ import annotations

from carelib.reconcile.engine import reconcile_month
from carelib.reconcile.quarter import quarter

__all__ = ["quarter", "reconcile_month"]
