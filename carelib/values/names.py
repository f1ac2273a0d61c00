"""Names of persons: one whole name as it is written, or a question; nothing is dropped from a name, nothing guessed."""
from __future__ import annotations

import functools
import re

from carelib.catalogue import Field
from carelib.records import Cell, Reading
from carelib.values.context import Context
from carelib.values.text import CJK, clean, garbled, is_cjk, plain, private, says_nothing, split_outside
from carelib.values.words import NOTHING, alternation, ask, word_set, words

NORMAL = re.compile(rf"[{CJK}]+(?:·[{CJK}]+)*")     # several (peer_pair) are joined by 、
DOT = "·"
LONGEST, LONGEST_PART = 36, 10
_LATIN = re.compile(r"[A-Za-zÀ-ɏА-я]")
_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]")


@functools.cache
def _dot_runs() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Middle dots, and the signs that stand for them now and then, between two Chinese characters."""
    table = words()["name"]
    sure, doubtful = re.escape(table["dots"]), re.escape(table["doubtful_dots"])
    return (re.compile(rf"(?<=[{CJK}])\s*[{sure}]\s*(?=[{CJK}])"),
            re.compile(rf"(?<=[{CJK}])\s*[{doubtful}]\s*(?=[{CJK}])"))


@functools.cache
def _plain_name() -> re.Pattern[str]:
    """Two to four Chinese characters that need no second look."""
    return re.compile(r"[\u4e00-\u9fff]{2,4}")


def fold_name(text: str) -> str:
    """The form in which names are compared: no blanks between characters, every look-alike dot U+00B7."""
    text = clean(text)
    if _plain_name().fullmatch(text):
        return text
    for dots in _dot_runs():
        text = dots.sub(DOT, text)
    return re.sub(rf"(?<=[{CJK}·])\s+(?=[{CJK}·])", "", text)


def parse_name(text: str, field: Field, context: Context, cell: Cell | None = None) -> Reading:
    """One name without inner blanks, its dots U+00B7."""
    if _plain_name().fullmatch(text):
        return _checked(text, field, context)
    if says_nothing(text):
        return NOTHING
    return _read(text, field, context)


def _checked(name: str, field: Field, context: Context) -> Reading:
    """Words that are no names, masks, and what stands behind a pupil's name."""
    if name in word_set("name", "not_names") | word_set("name", "roles") | word_set("name", "offices") or _of_somebody().search(name) \
            or _no_name().search(name):
        return ask("name", "not_a_name", field, context)
    rest = without_office(name)
    if rest != name:
        return ask("name", "mixed", field, context, suggestion=rest)
    titled = _titled().match(name)
    if titled:
        return ask("name", "mixed", field, context, suggestion=name[titled.end():])
    posted = _posted().fullmatch(name)
    if posted and is_han_name(posted[1]):
        return Reading(posted[1])
    before = _post_first().fullmatch(name)
    if before:
        named = before[1] not in word_set("name", "not_names") | word_set("name", "posts")
        return ask("name", "mixed", field, context, suggestion=before[1] if named else None)
    pair = paired(name)
    if pair:
        sure = field.name == "guardian_name" and (DOT in pair[0] or is_han_name(pair[0]))
        return Reading(pair[0]) if sure else ask("name", "mixed", field, context, suggestion=pair[0])
    if "某" in name:
        return ask("name", "missing", field, context)
    if field.name == "student_name" and len(name) > 3 and name.endswith(tuple(words()["name"]["friends"])):
        return Reading(name[:-2])
    return Reading(name)


@functools.cache
def _of_somebody() -> re.Pattern[str]:
    """张三父亲, 张三等人: about somebody, nobody's name."""
    return re.compile(f"(?:{alternation('name', 'relatives')}|等人|等)$")


@functools.cache
def _no_name() -> re.Pattern[str]:
    """电话告知, 尚未: words that stand in nobody's name."""
    return re.compile(alternation("name", "in_no_name"))


@functools.cache
def _titled() -> re.Pattern[str]:
    """班主任张三: a word of two characters and more in front of a name."""
    longer = [w for w in words()["name"]["roles"] if len(w) > 1]
    return re.compile(rf"(?:{'|'.join(sorted(longer, key=len, reverse=True))})(?=[{CJK}]{{2,}})")


@functools.cache
def _posted() -> re.Pattern[str]:
    """李敏老师, 秦朗副校长: a post behind a name."""
    return re.compile(rf"([{CJK}]{{1,4}}?)((?:副)?(?:{alternation('name', 'posts')}))")


@functools.cache
def _post_first() -> re.Pattern[str]:
    """语文教师李敏: a post before a name."""
    return re.compile(rf"[{CJK}]{{0,8}}(?:{alternation('name', 'posts')})([{CJK}]{{2,4}})")


def without_office(name: str) -> str:
    """体育组夏雨 -> 夏雨: a part of the school in front of a usual name."""
    rest = _office_first().sub("", name)
    return rest if is_han_name(rest) else name


@functools.cache
def _office_first() -> re.Pattern[str]:
    return re.compile(f"^(?:{alternation('name', 'offices')})")


def paired(name: str) -> tuple[str, str] | None:
    """费永强父子 -> (费永强, 父子): a name, and behind it what its bearer and the pupil are to each other."""
    found = _pair_behind().fullmatch(name)
    return (found[1], found[2]) if found else None


@functools.cache
def _pair_behind() -> re.Pattern[str]:
    return re.compile(rf"([{CJK}·]{{2,}}?)({alternation('name', 'pairs')})")


def _read(text: str, field: Field, context: Context) -> Reading:
    """Anything but two to four characters."""
    bare, brackets = _without_brackets(_brackets_plain(text))
    bare = _without_role(bare)
    why = _fault(bare if not brackets else bare + "".join(b for b in brackets if not _known_note(b)))
    if why:
        return ask("name", why, field, context)
    parts = split_outside(bare, words()["name"]["separators"])
    if len(parts) > 1:
        return _several(parts, field, context) if field.name in word_set("name", "several") else \
            _two_or_wrapped(bare, field, context)
    name, doubt = _join(bare)
    if not NORMAL.fullmatch(name) or any(not _known_note(b) for b in brackets):
        why = "mixed" if not NORMAL.fullmatch(name) else "bracket"
        return ask("name", why, field, context, suggestion=name if why == "bracket" and len(name) > 1 else None)
    if doubt:
        return ask("name", doubt, field, context, suggestion=name)
    if len(name) == 1:
        return ask("name", "short", field, context)
    if len(name) > LONGEST or max(map(len, name.split(DOT))) > LONGEST_PART:
        return ask("name", "long", field, context)
    if DOT not in name and len(name) > 4 and set(name) & set(words()["name"]["phrase"]):
        return ask("name", "not_a_name", field, context)
    return _checked(name, field, context)


def _brackets_plain(text: str) -> str:
    return text.translate({ord(a): b for a, b in zip("（）［］【】〔〕〖〗｛｝{}", "()[][][][]()()")})


def _without_brackets(text: str) -> tuple[str, list[str]]:
    """The text outside of brackets, and what stands in each of them."""
    found = _BRACKET.findall(text)
    return (_BRACKET.sub(" ", text).strip() if found else text), [f.strip() for f in found if f.strip()]


def _known_note(note: str) -> bool:
    """女, 转入, 父亲 … : what a bracket may say without being part of the name; a people's name too (回族)."""
    known = word_set("name", "notes")
    parts = split_outside(plain(note), "、,;/ ")
    return bool(parts) and all(p in known or (is_cjk(p) and p.endswith("族") and len(p) <= 5) for p in parts)


@functools.cache
def _role() -> re.Pattern[str]:
    return re.compile(rf"^(?:{alternation('name', 'roles')})(?:[:：]\s*|\s+)(?=\S{{2,}})")


def _without_role(text: str) -> str:
    """父亲：张三 and 班主任 张三 -> 张三 (one blank part of a single character is no role: 母 亲)."""
    return _role().sub("", text)


def _fault(text: str) -> str | None:
    """What makes it impossible to take a name from the text."""
    if garbled(text) or private(text) or any(c in word_set("name", "missing") for c in text):
        return "missing"
    if _LATIN.search(plain(text)):
        return "letters"
    if any(c.isdigit() for c in plain(text)):
        return "digits"
    return None


def _several(parts: list[str], field: Field, context: Context) -> Reading:
    """Where several may be named: each of them, joined by 、."""
    readings = [parse_name(part, field, context) for part in parts]
    bad = next((r for r in readings if r.problem), None)
    return bad or Reading("、".join(r.value for r in readings if r.value))


def _two_or_wrapped(text: str, field: Field, context: Context) -> Reading:
    """Several parts: two names, or one name that was broken over two lines."""
    parts = [p for p in text.split("\n") if p.strip()]
    others = set(words()["name"]["separators"]) - {"\n"}
    if len(parts) == 2 and not any(c in others for c in text):
        first, second = (fold_name(p) for p in parts)
        joined = first + second
        dotted = first[-1:] == DOT or second[:1] == DOT
        if NORMAL.fullmatch(joined) and (dotted or min(len(first), len(second)) == 1) and len(joined) > 2 - dotted:
            return _checked(joined, field, context)
        if len(joined) == 2 and is_cjk(joined):
            return _checked(joined, field, context)
    return ask("name", "two", field, context)


def _join(text: str) -> tuple[str, str | None]:
    """Blanks out, dots folded; and why it may be two names after all."""
    sure, doubtful = _dot_runs()
    text = sure.sub(DOT, text.strip(" .,:;'\"，。：；、"))
    match = doubtful.search(text)
    if match:
        left, right = text[:match.start()], text[match.end():]
        notes = word_set("name", "notes")
        if right in notes or left in notes or (is_han_name(left) and is_han_name(right)):
            return doubtful.sub(DOT, text), "perhaps_two"
        text = doubtful.sub(DOT, text)
    pieces = text.split(" ")
    if len(pieces) == 1:
        return text, None
    return _join_pieces(text)


def _join_pieces(text: str) -> tuple[str, str | None]:
    """张 三 is one name; 欧阳 明月 is; 张三 李四 are two; 买买提 阿不都热依木 lacks its dot."""
    groups = [g for g in re.split(r" {2,}", text) if g]
    pieces = text.split()
    if len(groups) > 1 and any(" " in g for g in groups) and min(len(g.replace(" ", "")) for g in groups) > 1:
        return "".join(pieces), "perhaps_two"
    joined = "".join(pieces)
    single = all(len(p) == 1 for p in pieces)
    if single and len(joined) == 4 and is_han_name(joined[:2]) and is_han_name(joined[2:]):
        return joined, None if joined[:2] in word_set("name", "compound") else "perhaps_two"
    if single or len(joined.replace(DOT, "")) <= 3 or DOT in joined:
        return joined, None
    if len(pieces) == 2 and (len(pieces[0]) == 1 or len(pieces[1]) == 1 or pieces[0] in word_set("name", "compound")):
        return joined, None if len(joined) <= 4 else "perhaps_two"
    if len(pieces) == 2 and max(map(len, pieces)) > 4 and not any(map(is_han_name, pieces)):
        return DOT.join(pieces), None
    return (DOT.join(pieces) if max(map(len, pieces)) > 4 else joined), "perhaps_two"


def is_han_name(text: str) -> bool:
    """Whether a text looks like a whole Han name: a usual surname and one or two characters more."""
    text = text.replace(" ", "")
    if not is_cjk(text):
        return False
    if text[:2] in word_set("name", "compound"):
        return 3 <= len(text) <= 4
    return 2 <= len(text) <= 3 and text[0] in word_set("name", "surnames")
