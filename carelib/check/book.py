"""The rule book: every rule by clause, in the words that a school reads."""

from __future__ import annotations

from typing import Any

from carelib.catalogue import CONSEQUENCES, Catalogue, Rule
from carelib.check.desk import REGISTERS
from carelib.check.examples import first_sentence, run
from carelib.tables import Rows


def book(catalogue: Catalogue) -> Rows:
    """One row a rule, by clause: id, clause, clause_title, title, form, who, needs, consequence, sentence, remedy,
    examples, source.

    `sentence` and `remedy`: what the rule says of its own first failing example; `examples`: each with its outcome.
    """
    order = {c: i for i, c in enumerate(["", *catalogue.clauses])}
    rules = sorted(catalogue.rules, key=lambda r: order.get(r.clause, len(order)))
    return [_row(catalogue, rule) for rule in rules]


def _row(catalogue: Catalogue, rule: Rule) -> dict[str, Any]:
    sentence, remedy = first_sentence(rule, catalogue)
    clause = catalogue.clauses.get(rule.clause)
    return {
        "id": rule.id,
        "clause": rule.clause,
        "clause_title": clause.title if clause else "表格本身",
        "title": rule.title,
        "form": _forms(catalogue, rule),
        "who": "、".join(rule.applies) or "报这张表的学校",
        "needs": _needs(catalogue, rule),
        "consequence": CONSEQUENCES[rule.consequence],
        "sentence": sentence,
        "remedy": remedy,
        "examples": [{"name": e.get("name", ""), "hits": len(run(rule, e, catalogue)[0])} for e in rule.examples],
        "source": rule.source,
    }


def _forms(catalogue: Catalogue, rule: Rule) -> str:
    if rule.form in catalogue.forms:
        return catalogue.forms[rule.form].short
    return {"*": "各种学生表", "case": "个案", "school": "学校"}[rule.form]


def _needs(catalogue: Catalogue, rule: Rule) -> str:
    names = [
        "或".join(catalogue.forms[f].short if f in catalogue.forms else REGISTERS[f] for f in need.split("|"))
        for need in rule.needs
    ]
    return "、".join(names)
