"""Every rule's own examples, whoever wrote the rule: what must be found is found, what is right is left alone."""

from __future__ import annotations

import re

import pytest

from carelib import check
from carelib.catalogue import CONSEQUENCES, load
from carelib.check import examples, prepare
from carelib.check.word import UNFILLED

CATALOGUE = load()
ALL = [(r, e) for r in CATALOGUE.rules for e in r.examples]


def _name(case):
    return f"{case[0].id}-{case[1].get('name', '')}"


@pytest.mark.parametrize("case", ALL, ids=_name)
def test_a_rule_keeps_its_own_examples(case):
    rule, example = case
    found, judgement = examples.run(rule, example, CATALOGUE)
    assert len(found) == examples.hits(example), [f["sentence"] for f in found] or judgement.why
    if "outcome" in example:
        assert judgement.outcome == example["outcome"]
    for finding in found:
        assert UNFILLED not in finding["sentence"] + finding["remedy"]
        assert not re.search(r"[{}]", finding["sentence"] + finding["remedy"])
        assert finding["sentence"].endswith("。") and finding["remedy"].endswith("。")
    if found and examples.says(example):
        assert found[0]["sentence"] == examples.says(example)


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=lambda r: r.id)
def test_a_rule_shows_both_sides(rule):
    assert any(examples.hits(e) for e in rule.examples), "no example that breaks the rule"
    kept = rule.kind == "observed" or any(not examples.hits(e) for e in rule.examples)
    assert kept, "no example that keeps the rule"


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=lambda r: r.id)
def test_a_rule_is_named_and_said_as_the_contract_asks(rule):
    assert re.fullmatch(r"[MTDCX]\d+(-[a-z_]+)*", rule.id)
    assert rule.consequence in CONSEQUENCES and rule.title and rule.sentence and rule.remedy
    assert bool(rule.clause) or rule.id.startswith("C")


@pytest.mark.parametrize("case", [c for c in ALL if examples.hits(c[1])], ids=_name)
def test_a_sentence_names_no_pupil_and_no_number(case):
    found, _ = examples.run(*case, CATALOGUE)
    names = re.compile(r"李小禾|李小和|王小麦|990101\d|1990000\d")
    for finding in found:
        assert not names.search(finding["sentence"] + finding["remedy"])


def test_every_rule_can_run():
    assert len(prepare(CATALOGUE)) == len(CATALOGUE.rules)


def test_the_book_has_a_page_for_every_rule():
    pages = check.book(CATALOGUE)
    assert {p["id"] for p in pages} == {r.id for r in CATALOGUE.rules}
    assert all(p["sentence"] and p["examples"] for p in pages)
