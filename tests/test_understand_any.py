"""What holds for any sheet: nothing is lost, nothing stands twice, nothing fails; and every label of the catalogue is known."""
from __future__ import annotations

import random

import pytest
from grids import grid, letters, read, values_of

from carelib import catalogue
from carelib.check import examples
from carelib.read import lexicon as lexicons
from carelib.read.columns import contrary

FORMS = catalogue.load().forms
LEXICON = lexicons.of(catalogue.load())
LABELS = [w for form in FORMS.values() for f in form.fields.values() for w in (f.label, *f.synonyms[:3])]
TITLES = [form.title for form in FORMS.values()] + ["一生一档", "附件1", "2023年3月应在校不在校学生情况表", "2月份情况表"]
AROUND = ["填报单位：云溪初级中学", "填报单位", "填报人：张三  负责人：李四", "填报日期：2023年3月24日", "报送月份：2023年2月", "（盖章）", "年 月 日", "青禾小学",
          "注：如无请填无", "合计", "小计", "合计：3人", "备注：", "例："]
VALUES = ["1", "2", "3", "林晓舟", "高远", "男", "990101201003050436", "七年级", "2班", "七(2)班", "√", "×", "□是 ☑否", "2023-02-20", "2月30日", "厌学",
          "劝返中", "无", "/", "零报告", "本月无", "云溪初级中学", "某某中学", "19900003100", "林大河 19900003100", "红色", "三级", "100%", "0",
          "家访两次，与家长谈话。", "一年级", "（一）初中部", "二、辍学原因", "林晓舟\n江一禾", "男\n女", "监护人", "责任人", "电话", "入户", "父亲", "⑴", "⑵"]


def any_sheet(chance: random.Random, name: str):
    """A sheet of labels, values, titles and signatures at random, with merged, covered, struck, hidden and doubtful cells."""
    height, width, mode = chance.randint(1, 12), chance.randint(1, 10), chance.random()
    rows = [[_said(chance, mode, i, j) for j in range(width)] for i in range(height)]
    rows[0] = [chance.choice(TITLES)] if chance.random() < 0.7 else rows[0]
    if height > 1 and chance.random() < 0.5:
        rows[1] = [chance.choice(AROUND)]
    merges, used = [], set()
    for _ in range(chance.randint(0, 4)):
        top, left = chance.randrange(height), chance.randrange(width)
        low, far = min(height - 1, top + chance.randint(0, 3)), min(width - 1, left + chance.randint(0, 3))
        area = {(r, c) for r in range(top, low + 1) for c in range(left, far + 1)}
        if len(area) < 2 or area & used:
            continue
        used |= area
        for r, c in area - {(top, left)}:
            if c < len(rows[r]) and rows[r][c]:
                text = rows[r][c][0] if isinstance(rows[r][c], tuple) else rows[r][c]
                rows[r][c] = (text, {"covered": True}) if chance.random() < 0.3 else ""
        merges.append(f"{letters(left)}{top + 1}:{letters(far)}{low + 1}")
    extras = (("批注A1", "批注"),) if chance.random() < 0.1 else ()
    return grid(rows, name=name, merges=" ".join(merges), hidden=chance.random() < 0.05, extras=extras)


def _said(chance: random.Random, mode: float, row: int, col: int):
    dice = chance.random()
    if (mode < 0.3 and row in (2, 3)) or (mode < 0.6 and mode >= 0.3 and col % 2 == 0):
        text = chance.choice(LABELS) if dice < 0.85 else chance.choice(VALUES) if dice < 0.95 else ""
    else:
        text = "" if dice < 0.25 else chance.choice(VALUES if dice < 0.8 else LABELS if dice < 0.9 else AROUND)
    flag = {0: "struck", 1: "hidden"}.get(chance.randrange(60))
    return (text, {flag: True}) if flag and text else (text, {"doubt": "看不清"}) if text and chance.random() < 0.02 else text


@pytest.mark.parametrize("seed", range(60))
def test_any_sheet_is_accounted_for(seed):
    chance = random.Random(seed)
    sheets = [any_sheet(chance, f"t{n}") for n in range(1, chance.choice([2, 2, 3, 4]))]
    subs = read(*sheets, medium=chance.choice(["xlsx", "docx", "pdf"]), file=chance.choice(["a.xlsx", "云溪初级中学3月应在校不在校.xlsx", "2月/青禾小学零报告.xlsx"]))
    assert subs and len({s.submission_id for s in subs}) == len(subs)
    rows = [r for s in subs for r in s.rows]
    assert len({r.row_id for r in rows}) == len(rows)
    for sub in subs:
        assert sub.state == "accepted" or sub.reason
        assert not (sub.is_zero and sub.rows)
    for row in rows:
        assert len({v.field for v in row.values}) == len(row.values)
        assert all(v.value is None or v.problem is None for v in row.values) and all(v.place for v in row.values)


@pytest.mark.parametrize("code", FORMS)
def test_every_label_and_synonym_of_the_catalogue_is_known_in_its_form(code):
    for field in FORMS[code].fields.values():
        for word in (field.label, *field.synonyms):
            match = LEXICON.find(code, tuple(word.split("/"))) if "/" in word else LEXICON.find(code, (word,))
            second = LEXICON.other_meaning(code, word.split("/")[-1])
            assert match and (field.name in match.fields or (second and field.name in second.fields)), (code, field.name, word, match)


@pytest.mark.parametrize("code", [c for c in FORMS if c != "case_file"])
def test_a_list_with_any_of_its_labels_is_read_back(code):
    """Fields and wordings at random; integers read as integers, texts as texts. Whose a bare 联系电话 is, its neighbour says."""
    chance, form = random.Random(code), FORMS[code]
    sample = {"int": ("12", "12"), "text": ("情况属实", "情况属实"), "date": ("2023.2.5", "2023-02-05"), "name": ("林晓舟", "林晓舟"),
              "phone": ("19900003100", "19900003100"), "bool": ("是", "true"), "grade": ("八年级", "8"), "id": ("990101201003050436", "990101201003050436"),
              "level": ("红色", "红色"), "texts": ("郑一鸣", "郑一鸣"), "number": ("6.5", "6.5"), "numbers": ("40、36", "40、36"), "rate": ("99.5%", "0.995")}
    for _ in range(12):
        fields = [f for f in form.fields.values() if f.kind in sample and f.name != "student_no"]
        own = [f for f in fields if f.name not in LEXICON.common] or fields
        chosen = {f.name: f for f in [*[f for f in fields if f.required], *chance.sample(own, min(5, len(own))), *chance.sample(fields, min(4, len(fields)))]}
        words = {n: chance.choice([f.label, *[s for s in f.synonyms if len(s) > 2 and not LEXICON.other_meaning(code, s) and "/" not in s and s not in LEXICON.phones]])
                 for n, f in chosen.items()}
        if len(set(words.values())) < len(words):
            continue
        want = {n: sample[f.kind][1] for n, f in chosen.items()}
        sub, = read(grid([["2023年3月" + form.title], ["填报单位：云溪初级中学"], list(words.values()), [sample[f.kind][0] for f in chosen.values()]]))
        assert (sub.form, sub.state) == (code, "accepted") and values_of(sub.rows[0]) == want, words


@pytest.mark.parametrize("a,b", [("未到校天数", "到校天数"), ("转入人数", "转出人数"), ("复学时间", "休学时间"), ("最近跟踪日期", "下次跟踪日期"), ("体育教师知情", "科任教师知情")])
def test_labels_that_differ_in_the_word_that_matters_are_contrary(a, b):
    assert contrary(a, b, LEXICON) and not contrary(a, a + "填", LEXICON)


def test_every_rule_of_reading_runs_its_examples_and_every_code_has_its_rule():
    known = catalogue.load()
    for rule in (r for r in known.rules if r.source == "reading.toml"):
        for example in rule.examples:
            found, _ = examples.run(rule, example, known)
            assert len(found) == examples.hits(example), (rule.id, example["name"])
            assert not any("（未注明）" in f["sentence"] + f["remedy"] for f in found), rule.id
            assert examples.says(example) in (None, *(f["sentence"] for f in found)), rule.id
    import re
    from pathlib import Path
    source = "".join(p.read_text(encoding="utf-8") for p in Path(lexicons.__file__).parent.glob("*.py"))
    said = set(re.findall(r'\.say\(\s*"(\w+)"', source)) | set(re.findall(r'Observation\(\s*"(\w+)"', source))
    named = {c for r in known.rules if r.kind == "observed" for c in ([r.params["code"]] if isinstance(r.params["code"], str) else r.params["code"])}
    assert said and said <= named
