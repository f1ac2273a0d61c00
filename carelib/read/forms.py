"""Which of the ten forms a list or a page is: what its title says, and what its labels can only mean there."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from carelib.read.lexicon import Lexicon

TITLE, OTHER_TITLE = 4.0, 2.0
Titles = list[tuple[int, str]]
PAGED = frozenset({"health_roster", "psych_case"})         # forms of which a page for each pupil is called 一生一案 too
IDENTITY = frozenset({"student_name", "id_number", "student_no"})


@dataclass(frozen=True, slots=True)
class Choice:
    """The form, if one can be told; `against`: the form that the title names although the labels are another's."""
    form: str | None
    by: str = ""                            # title | labels
    against: str | None = None


def choose(fields: Mapping[str, set[str]], unknown: Mapping[str, int], own: Titles, elsewhere: Titles, layout: str,
           lexicon: Lexicon) -> Choice:
    """The form by its own title and labels; what an earlier page or the file name says counts only if these do not tell."""
    first = choose_form(fields, unknown, own, layout, lexicon)
    if own or first.form or not elsewhere:
        return first
    later = choose_form(fields, unknown, elsewhere, layout, lexicon)
    return later if later.form and fields[later.form] - lexicon.common else first


def choose_form(fields: Mapping[str, set[str]], unknown: Mapping[str, int], titles: Titles, layout: str,
                lexicon: Lexicon) -> Choice:
    """`fields`: for each form the fields that the labels would be; `unknown`: how many labels would be none of its own;
    `titles`: (length, form) of the title's words, the longest first; `layout`: list | card."""
    if layout == "card":                    # on a page attempts are part of the pupil's file
        attempts = fields["follow_up"] - lexicon.common
        if _only_attempts(titles, fields, attempts, lexicon):
            return Choice("follow_up", "title")
        fields = {**fields, "follow_up": set(), "case_file": fields["case_file"] | attempts}
    alone = {code: _score(code, fields[code], unknown.get(code, 0), layout, lexicon) for code in lexicon.forms}
    able = {code: s for code, s in alone.items() if _able(code, fields[code], layout, lexicon)}
    best = max(able, key=lambda c: (able[c], c), default=None)
    named = _named(titles, layout, fields, lexicon)
    if named:
        ours = fields[named] - lexicon.common
        theirs = fields[best] - lexicon.common if best else set()
        if named in able and (ours or len(fields[named]) >= 3) and not (best != named and len(theirs) >= 3 and not ours):
            return Choice(named, "title")
        if best and best != named and len(theirs) >= 2 and able[best] > alone[named] + 1:
            return Choice(best, "labels", named)
        return Choice(named if len(fields[named]) >= (2 if named in able else 4) else None, "title")
    if best is None:
        return Choice(None)
    second = max((s for c, s in able.items() if c != best), default=-9.0)
    specific = fields[best] - lexicon.common
    clear = len(specific) >= 2 or (len(specific) == 1 and len(fields[best]) >= 5)
    return Choice(best, "labels") if clear and able[best] - second >= 0.6 else Choice(None)


def _only_attempts(titles: Titles, fields: Mapping[str, set[str]], attempts: set[str], lexicon: Lexicon) -> bool:
    """Whether a page that calls itself a list of attempts says no more of the pupil than who it is."""
    named = {code for _, code in titles}
    said = fields["case_file"] - lexicon.common - attempts - set(lexicon.catalogue.forms["follow_up"].fields) - {"guardian_opinion"}   # 家长态度
    return "follow_up" in named and "case_file" not in named and len(attempts) >= 2 and not said


def _named(titles: Titles, layout: str, fields: Mapping[str, set[str]], lexicon: Lexicon) -> str | None:
    """The form that the title names. 劝返 and 一生一档 name a list of attempts or a page by the layout."""
    if not titles:
        return None
    if layout == "card" and any(code == "case_file" for _, code in titles):
        specific = {code: len(fields[code] - lexicon.common) for _, code in titles if code in PAGED}
        other = max(specific, key=lambda c: (specific[c], c), default="case_file")        # 特异体质学生“一生一案”
        return other if specific.get(other, 0) > len(fields["case_file"] - lexicon.common) else "case_file"     # 应在校不在校学生“一生一档”
    longest = titles[0][0]
    first = [code for n, code in titles if n == longest]
    named = max(first, key=lambda c: (len(fields[c] - lexicon.common), c))
    if named in ("follow_up", "case_file"):
        attempts = bool(fields["follow_up"] & {"attempt_date", "mode", "people", "content", "outcome"})
        if layout == "card":
            return "case_file"
        if named == "case_file" and attempts and len(fields["follow_up"]) >= len(fields["case_file"]):
            return "follow_up"
    return named


def _able(code: str, fields: set[str], layout: str, lexicon: Lexicon) -> bool:
    """A form about pupils needs a name or number to be one; another one needs labels of its own."""
    if lexicon.catalogue.forms[code].about_pupils:
        return bool(fields & IDENTITY)
    return bool(fields - lexicon.common)


def _score(code: str, fields: set[str], unknown: int, layout: str, lexicon: Lexicon) -> float:
    form = lexicon.catalogue.forms[code]
    specific = fields - lexicon.common
    score = 0.3 * len(fields & lexicon.common) + len(specific) - 0.15 * unknown
    score += 0.5 * sum(f in form.fields and form.fields[f].required for f in specific)
    if code == "case_file":
        score += 1.5 if layout == "card" else -1.5
    elif layout == "card" and code in ("absent_list", "follow_up"):
        score -= 1.0
    return score


def of_titles(texts: Iterable[str], lexicon: Lexicon) -> Titles:
    """The forms that some title lines name, the longest word first."""
    best: dict[str, int] = {}
    for text in texts:
        for n, code in lexicon.title_forms(text):
            best[code] = max(best.get(code, 0), n)
    return sorted(((n, code) for code, n in best.items()), reverse=True)
