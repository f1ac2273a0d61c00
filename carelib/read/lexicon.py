"""The words by which the reader knows labels, titles and lines: the catalogue turned into look-up tables."""
from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from carelib.catalogue import HERE, Catalogue, Field, Form
from carelib.read.joined import CONNECTOR, EACH, GROUP_END, LIST_SCHOOL, Match, joined_label
from carelib.read.labels import Fold, key, keys
from carelib.read.patterns import fields_like

_PREFIXES = ("学生", "该生", "被劝返学生", "本人", "基本情况", "基本信息")
SHORTEST_FOLDED = 3                         # characters that a label needs to be known in other words
FOLDED, LOOSE, BUILT = 2.0, 3.0, 6.0        # added to the rank of a label in other words, or without some; a label built like one
SENTENCE_MOST = 120             # characters: a longer sentence, or a longer text without a pupil in it, says no zero


def _sure(pairs: Iterable[tuple[str, Match]]) -> dict[str, Match]:
    """folded form -> the match, where all words of that form mean the same field."""
    out: dict[str, Match | None] = {}
    for folded, match in pairs:
        known = out.setdefault(folded, match)
        if known is not None and known.fields != match.fields:
            out[folded] = None
    return {k: m for k, m in out.items() if m is not None and len(k) >= 2}


class FormWords:
    """The labels of one form."""

    def __init__(self, form: Form, lexicon: Lexicon) -> None:
        self.form = form
        self.labels: dict[str, Match] = {}
        self.second: dict[str, Match] = {}          # what a label may mean too, where its first meaning is taken
        self.grouped: dict[str, list[tuple[str, Match]]] = {}
        self.flags: dict[str, list[tuple[str, str]]] = {}
        for field in form.fields.values():
            self._add_field(field)
        for role in lexicon.words["role"]:
            if role["name"] in form.fields and role["phone"] in form.fields:
                self._add_role(form.fields[role["name"]], role["phone"], lexicon.words["phones"])
        for label, fields, split in lexicon.combined:
            known = tuple(f for f in fields if f in form.fields or f == LIST_SCHOOL)
            if len(known) > 1 and any(f in form.fields for f in known):
                self.labels.setdefault(key(label), Match(known, 1.0, split))
        self.specific = {f for f in form.fields if f not in lexicon.common}
        self.folded = _sure((lexicon.fold.of(k), m) for k, m in self.labels.items())
        self.loose = _sure((lexicon.fold.loose(k), m) for k, m in self.labels.items())
        self.alike: dict[str, set[str]] = {}        # folded form -> every field that it may mean
        for k, m in self.labels.items():
            if len(m.fields) == 1:
                self.alike.setdefault(lexicon.fold.of(k), set()).add(m.fields[0])

    def _add_field(self, field: Field) -> None:
        self.labels[key(field.label)] = Match((field.name,), 0.0)
        for i, word in enumerate(field.synonyms):
            match = Match((field.name,), 1.0 + i / 200)
            group, slash, sub = word.partition("/")
            if slash:
                self.grouped.setdefault(key(sub), []).append((key(group), match))
            known = self.labels.get(key(word))
            if known is not None and known.fields != match.fields:
                self.second[key(word)] = max(known, match, key=lambda m: m.rank)
                match = min(known, match, key=lambda m: m.rank)
            self.labels[key(word)] = match if known is None or known.rank >= match.rank else known

    def _add_role(self, name: Field, phone: str, phones: Iterable[str]) -> None:
        """责任教师 is a word for the name: then 责任教师电话 is one for the number."""
        for word in (name.label, *name.synonyms):
            base = key(word.partition("/")[0]).removesuffix("姓名")
            for tail in phones if base else ():
                self.labels.setdefault(base + key(tail), Match((phone,), 2.0))
                self.grouped.setdefault(key(tail), []).append((base, Match((phone,), 2.0)))


class Lexicon:
    """Everything that `[read]` of wording.toml, synonyms.csv, combined.csv and forms.toml know, by comparable form."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.words: Mapping[str, Any] = catalogue.wording["read"]
        self.fold = Fold(self.words["fold"])
        pupil = [set(f.fields) for f in catalogue.forms.values() if f.about_pupils]
        self.common = set.intersection(*pupil) if pupil else set()
        self.combined = _combined()
        self.personal = frozenset(map(key, self.words["personal"]))
        self.other_people = tuple(map(key, self.words["other_people"]))
        self.phones = frozenset(map(key, self.words["phones"]))
        self.school_labels = frozenset(map(key, self.words["school_labels"]))
        self.school_code_labels = frozenset(map(key, self.words["school_code_labels"]))
        self.doubtful = frozenset(key(w) for words in self.words["maybe"].values() for w in words)
        self.headings = frozenset(map(key, self.words["heading_words"]))
        self.items = frozenset(map(key, self.words["item_words"]))
        self.heads, self.shares = frozenset(map(key, self.words["heads"])), frozenset(map(key, self.words["shares"]))
        self.when = frozenset(map(key, self.words["date_beside"]["labels"]))
        self.this_period, self.other_periods = (frozenset(map(key, self.words["periods"][k])) for k in ("now", "others"))
        self.units = frozenset(map(key, self.words["unit_words"]))
        self.level = re.compile(self.words["level_pattern"])
        self.info = {key(w): kind for kind, words in self.words["info"].items() for w in words}
        self.forms = {code: FormWords(form, self) for code, form in catalogue.forms.items()}
        self.colon_info = {key(w): kind for kind, words in self.words["info_colon"].items() for w in words}
        self._title_words = [(key(w), key(same[0])) for same in self.words["titles"]["same"] for w in same[1:]]
        self.titles = sorted(((key(t), code) for code, form in catalogue.forms.items() for t in (form.title, *form.titles)),
                             key=lambda pair: (-len(pair[0]), pair))
        self.serials = frozenset(k for f in self.forms.values() for k, m in f.labels.items() if m.fields == ("seq",))
        self.flag_words = self._flag_words()
        self.list_words = {name: frozenset(map(key, codes.words)) for name, codes in catalogue.codes.items()}
        self.group_words = frozenset({g for f in self.forms.values() for pairs in f.grouped.values() for g, _ in pairs if g}
                                     | set(self.other_people) | set(map(key, self.words["group_words"])))
        self._hits: dict[str, dict[str, str]] = {}
        self._titled: dict[str, list[tuple[int, str]]] = {}
        self._zero: dict[str, bool] = {}
        self._loosely: dict[tuple[str, tuple[str, ...]], Match | None] = {}
        self._found: dict[tuple[str, tuple[str, ...]], Match | None] = {}
        self.total = frozenset(map(key, self.words["lines"]["total"]))
        self.total_start = tuple(map(key, self.words["lines"]["total_start"]))
        self.note_start = tuple(self.words["lines"]["note_start"])
        self.end_marks = frozenset(map(key, self.words["lines"]["end"]))
        self.signature = frozenset(map(key, self.words["lines"]["signature"]))
        self.zero_words = frozenset(map(key, self.words["zero"]["words"]))
        self.zero_dashes = frozenset(self.words["zero"]["dashes"])
        self.zero_patterns = tuple(re.compile(p) for p in self.words["zero"]["patterns"])
        self.zero_not, self.zero_not_here = (tuple(self.words["zero"][name]) for name in ("not", "not_here"))

    def _flag_words(self) -> dict[str, dict[str, list[tuple[str, str]]]]:
        """form -> word of a code list -> [(field, code)]: heads of columns that are ticked."""
        out: dict[str, dict[str, list[tuple[str, str]]]] = {}
        for code, form in self.catalogue.forms.items():
            mine = out.setdefault(code, {})
            for field in form.fields.values():
                if field.kind in ("code", "codes") and field.list:
                    for word, value in self.catalogue.codes[field.list].words.items():
                        mine.setdefault(key(word), []).append((field.name, value))
        return out

    def is_group(self, text: str) -> bool:
        """Whether a text is a usual head over several columns: 监护人, 增加人数, 劝返情况."""
        said = key(text)
        return said in self.headings or any(w in said for w in self.group_words)

    def hits(self, text: str) -> dict[str, str]:
        """form -> the field that this label alone may mean there ({} for what is no label)."""
        known = self._hits.get(text)
        if known is None:
            known = {}
            for code in self.forms if len(text) <= 40 else ():
                match = self._alone(code, text)
                if match:
                    known[code] = match.fields[-1] if match.fields[0] == LIST_SCHOOL else match.fields[0]
            if len(self._hits) < 100_000:
                self._hits[text] = known
        return known

    def _alone(self, code: str, text: str) -> Match | None:
        labels = self.forms[code].labels
        forms = keys(text)
        joined = joined_label(self, code, text) if CONNECTOR.search(text) or text.rstrip().endswith((")", "）")) else None
        if joined is not None and joined.split not in EACH and not (forms and forms[0] in labels and len(labels[forms[0]].fields) > 1):
            return joined
        for i, k in enumerate(forms):
            if k in labels:
                match = labels[k]
                told = fields_like(forms[0], self.forms[code].form) if i and len(match.fields) > 1 else []
                if len(told) == 1 and told[0] in match.fields:
                    return Match((told[0],), match.rank + i / 10)       # 班主任学时（最低）: the bracket tells which of the two
                return Match(match.fields, match.rank + i / 10, match.split)
        for k in forms:
            for prefix in _PREFIXES:
                rest = k.removeprefix(prefix)
                if rest != k and rest in labels and labels[rest].fields[0] in self.common and rest not in self.phones:
                    return Match(labels[rest].fields, labels[rest].rank + 0.8, labels[rest].split)
        return self._folded(code, forms)

    def _folded(self, code: str, forms: tuple[str, ...]) -> Match | None:
        """A label in other words of the same meaning: 末次劝返日期 as 最近劝返时间."""
        for k in forms:
            match = self.forms[code].folded.get(self.fold.of(k)) if len(k) >= SHORTEST_FOLDED else None
            if match:
                return Match(match.fields, match.rank + FOLDED, match.split)
        return None

    def find_loosely(self, code: str, path: tuple[str, ...]) -> Match | None:
        """`find`, or else the field whose label is the same but for words that change nothing (是否, 情况). For the head of
        a list only, where no value stands; what stands below must read well as that field."""
        if (code, path) not in self._loosely:
            if len(self._loosely) > 100_000:
                self._loosely.clear()
            self._loosely[code, path] = self._look_loosely(code, path)
        return self._loosely[code, path]

    def _look_loosely(self, code: str, path: tuple[str, ...]) -> Match | None:
        found = self.find(code, path)
        said = keys(path[-1])
        joined = joined_label(self, code, path[-1]) if said and said[0] not in self.forms[code].labels and len(path[-1]) <= 24 else None
        if joined is not None and joined.split in EACH:
            return joined                       # 姓名（性别）
        if found is not None:
            return found
        if self.is_others(path[-1], "".join(path[:-1])):
            return None
        sub, group = path[-1], GROUP_END.sub("", path[-2]) if len(path) > 1 else ""
        answer = key(sub) in self.list_words["yes_no"]                          # 家长是否知情/否 is no 家长知情否
        labels = dict.fromkeys((sub,) if answer else (group + sub, sub + group, sub))       # 一生一案/是否建立, 跟踪/最近一次, 是否建立
        return next((match for label in labels if (match := self._find_loosely(code, label))), None)

    def is_others(self, label: str, group: str) -> bool:
        """Somebody else's name or number: 姓名 under 监护人."""
        return any(k in self.personal for k in keys(label)) and any(w in key(group) for w in self.other_people)

    def _find_loosely(self, code: str, label: str) -> Match | None:
        if any(k in self.personal for k in keys(label)):
            return None
        built = next((names for k in keys(label) if len(k) >= 2 and (names := fields_like(k, self.catalogue.forms[code]))), [])
        for k in keys(label):
            said = self.fold.loose(k)
            match = self.forms[code].loose.get(said) if len(k) >= SHORTEST_FOLDED and said not in self.fold.vague | self.personal else None
            if match and len(match.fields) == 1 and (not built or match.fields[0] in built):
                return Match(match.fields, match.rank + LOOSE, match.split)
        return Match((built[0],), BUILT) if len(built) == 1 else None

    def ends_like(self, code: str, label: str) -> list[str]:
        """The fields whose label, the longest one, stands at the end of this one: 体育课判定人员, 镇里掌握的离校原因. A guess."""
        found: dict[str, int] = {}
        for k in keys(label):
            said = self.fold.loose(k)
            for word, fields in self.forms[code].alike.items():
                rest = said[:len(said) - len(word)]
                if len(word) >= SHORTEST_FOLDED and word not in self.personal and said.endswith(word) and 0 < len(rest) <= len(word) + 2 \
                        and not any(turn in rest for turn in self.fold.turning):
                    found |= {name: max(found.get(name, 0), len(word)) for name in fields}
        return [name for name, n in found.items() if n == max(found.values())]

    def known(self, code: str, label: str) -> Match | None:
        """A label of one field in its own words, or built like one."""
        labels = self.forms[code].labels
        for k in keys(label):
            if k in labels and len(labels[k].fields) == 1:
                return labels[k]
        return None if any(k in self.personal for k in keys(label)) else self._folded(code, keys(label)) or self._find_loosely(code, label)

    def find(self, code: str, path: tuple[str, ...]) -> Match | None:
        """The field of a column or label in this form. `path`: group heads from the top, the label itself last."""
        if (code, path) in self._found:
            return self._found[code, path]
        found = self._find(code, path)
        if len(self._found) < 100_000:
            self._found[code, path] = found
        return found

    def _find(self, code: str, path: tuple[str, ...]) -> Match | None:
        sub, groups = path[-1], [g for g in path[:-1] if g]
        words = self.forms[code]
        if not groups:
            return self._alone(code, sub)
        for joined in ("".join(path), "".join(path[-2:])):
            for k in keys(joined):
                if k in words.labels and k not in keys(sub):
                    return words.labels[k]
        group = key("".join(groups))
        for k in keys(sub):
            found = [(m.rank, m) for g, m in words.grouped.get(k, ()) if g in group]
            if found:
                best = min(found, key=lambda pair: pair[0])[1]
                return Match(best.fields, best.rank + 0.2, best.split)
        if self.is_others(sub, group):
            return None
        alone = self._alone(code, sub)
        return Match(alone.fields, alone.rank + 0.5, alone.split) if alone else None

    def answers(self, text: str, before: Mapping[str, str]) -> bool:
        """Whether a text is a word of the list that a label just before it asks for (方式 | 电话). `before`: its hits."""
        for form, name in before.items():
            field = self.catalogue.forms[form].fields.get(name)
            if field is not None and field.list and any(
                    (name, code) in self.flag_words[form].get(k, ()) for k in keys(text) for code in self.catalogue.codes[field.list].labels):
                return True
        return False

    def other_meaning(self, code: str, text: str) -> Match | None:
        """What a label means where the field that it usually names has a surer column."""
        second = self.forms[code].second
        return next((second[k] for k in keys(text) if k in second), None)

    def flag(self, code: str, sub: str, groups: Iterable[str]) -> list[tuple[str, str]]:
        """(field, code) pairs that a ticked column may stand for; a group that names a field leaves only its own."""
        found = next((self.flag_words[code][k] for k in keys(sub) if k in self.flag_words[code]), [])
        for group in groups:
            match = self._alone(code, group)
            if match:
                return [pair for pair in found if pair[0] in match.fields]
        return found

    def title_forms(self, text: str) -> list[tuple[int, str]]:
        """(length of the title word, form) of every form that this text names, the longest first."""
        known = self._titled.get(text)
        if known is None:
            known = self._titles_in(text)
            if len(self._titled) < 50_000:
                self._titled[text] = known
        return known

    def _titles_in(self, text: str) -> list[tuple[int, str]]:
        out: dict[str, int] = {}
        for k in dict.fromkeys(x for said in keys(text) for x in (said, self._plain_title(said))):
            for word, code in self.titles:
                if word in k:
                    out[code] = max(out.get(code, 0), len(word))
        return sorted(((n, code) for code, n in out.items()), reverse=True)

    def _plain_title(self, said: str) -> str:
        """A title in the words of a school: 应在园不在园幼儿 as 应在校不在校学生."""
        for word, plain in self._title_words:
            said = said.replace(word, plain)
        return said

    def is_zero_text(self, text: str) -> bool:
        """Whether a cell says in any wording that there is nobody to list (and does not tell how to say so)."""
        known = self._zero.get(text)
        if known is None:
            known = self._says_zero(text)
            if len(self._zero) < 50_000:
                self._zero[text] = known
        return known

    def _says_zero(self, text: str) -> bool:
        flat = "".join(unicodedata.normalize("NFKC", text).split())
        if key(flat) in self.zero_words:
            return True
        if any(w in flat for w in self.zero_not):
            return False
        sentences = [s for s in re.split("[。；;]", flat) if len(s) <= SENTENCE_MOST and not any(w in s for w in self.zero_not_here)]
        whom = self.words["sheet"]["of_pupils"] if len(flat) > SENTENCE_MOST else [""]        # a letter says much besides
        return any(p.search(s) and any(w in s for w in whom) for s in sentences for p in self.zero_patterns)

    def is_blank_text(self, text: str) -> bool:
        """无, /, — and the like: the cell says that there is nothing."""
        flat = "".join(unicodedata.normalize("NFKC", text).split())
        return flat in self.zero_dashes or key(flat) in self.zero_words

    def info_kind(self, text: str) -> str | None:
        """Which of unit, month, filled_by … a label of the head or foot is; 审核人/负责人 is the first that is known."""
        for k in keys(text):
            if k in self.info:
                return self.info[k]
        for part in re.split(r"[/、]", text) if "/" in text or "、" in text else ():
            for k in keys(part):
                if k in self.info:
                    return self.info[k]
        return None


def _combined() -> list[tuple[str, tuple[str, ...], str]]:
    with (HERE / "combined.csv").open(encoding="utf-8-sig", newline="") as handle:
        return [(r["label"], tuple(r["fields"].split("、")), r["split"]) for r in csv.DictReader(handle)]


_MADE: list[tuple[Catalogue, Lexicon]] = []


def of(catalogue: Catalogue) -> Lexicon:
    """The lexicon of a catalogue, made once (a pure function of it)."""
    for known, made in _MADE:
        if known is catalogue:
            return made
    _MADE.append((catalogue, Lexicon(catalogue)))
    del _MADE[:-4]
    return _MADE[-1][1]
