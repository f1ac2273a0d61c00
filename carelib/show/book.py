"""The rule book: every rule by clause, with its examples."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from carelib.catalogue import Catalogue
from carelib.show.html import Html, table

HEADS = {"id": "规则", "clause": "条款", "title": "内容", "who": "适用", "consequence": "去向", "sentence": "例句", "remedy": "怎么办"}


def rules(notice: Catalogue, rows: Iterable[Mapping[str, Any]], clause: str = "") -> Html:
    """`rows` as `check.book` makes them; only those of `clause` if one is given."""
    chosen = [r for r in rows if not clause or r["clause"] == clause]
    return table([[r.get(k) for k in HEADS] for r in chosen], list(HEADS.values()), f"没有条款“{clause}”的规则。")


def clauses(notice: Catalogue) -> Html:
    return table([[c.id, c.title, c.text] for c in notice.clauses.values()], ["条款", "标题", "大意"])


def indicators(notice: Catalogue) -> Html:
    return table([[i.title, i.target, i.clause, i.formula] for i in notice.indicators.values()], ["指标", "要求", "条款", "算法"])
