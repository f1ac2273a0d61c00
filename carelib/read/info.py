"""Lines of information and signature: `label：value` in one cell, the value in the next, several in one merged cell."""
from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from carelib.read.labels import key, unnumbered
from carelib.read.lexicon import Lexicon
from carelib.records import Cell

_LABEL_END = re.compile(r"[：:]")
_NAME_OF_LABEL = re.compile(r"(?:^|(?<=[\s　。；;，,、)）】_＿]))([^\s　。；;，,：:_＿]{1,16})\s*$")
_BREAK = re.compile(r"[：:_＿,，;；。|]|\s{2,}")
LABEL_LIKE = re.compile(r"[\u4e00-\u9fffA-Za-z0-9(（][\u4e00-\u9fffA-Za-z0-9()（）/、·*＊%％\s]*")
_EMPTY = re.compile(r"[\s_＿—\-–　.。/]*")
_SPACED = re.compile(r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff](?:\s+[\u4e00-\u9fff]){1,3}\s*(?=[：:])")        # 校　　长：
_WIDE = re.compile(r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff](?:\s+[\u4e00-\u9fff](?![\u4e00-\u9fff])){1,7}(?:\s|$)")                    # 填 报 人
_NAME = re.compile(r"[\u4e00-\u9fff·]{2,6}")
_SEAL = re.compile(r"[(（\[【]\s*(?:公?\s*章|盖\s*章|签\s*字|签\s*名|签\s*章|加盖公章|手写|学校公章|单位公章|盖公章|签字盖章)\s*[)）\]】]")
_BLANK_DATE = re.compile(r"[\s_　]*年[\s_　]*月(?:[\s_　]*日)?[\s_　]*")
_PIECE = re.compile(r"[\s_＿0-9〇零一二三四五六七八九十年月日号份.\-/第学期度春秋季上下半]{1,12}")       # 2023 | 年 | 3 | 月
CHINESE_YEAR = "[二一][〇○零O0Ｏ九][一二三四五六七八九〇○零O0Ｏ]{2}\\s*年"
FULL_DATE = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}\s*[年.\-/]\s*[0-9]{1,2}\s*[月.\-/]\s*[0-9]{1,2}\s*日?(?![0-9])"
                       rf"|{CHINESE_YEAR}\s*[一二三四五六七八九十元正]{{1,3}}\s*月\s*[一二三四五六七八九十廿]{{1,3}}\s*[日号]")          # 二〇二三年三月十六日
_BEFORE = re.compile(r"\s*[)）]?\s*(?:之|以)?前")
_SHORT_DAY = re.compile(r"(.*[^0-9.\-/年月日\s])\s+([0-9]{2}[.\-/年][0-9]{1,2}[.\-/月][0-9]{1,2}[日号]?|[0-9]{1,2}(?:月|[.\-/])[0-9]{1,2}[日号]?)")


@dataclass(frozen=True, slots=True)
class Pair:
    """One label with what is written to it; `cells` hold both."""
    label: str
    kind: str | None                        # unit | month | filled_by …, None for a label that is none of these
    text: str
    cells: tuple[Cell, ...]


def has_pairs(text: str, lexicon: Lexicon) -> bool:
    """Whether a cell holds a known label with a colon behind it."""
    return bool(_LABEL_END.search(text)) and any(kind for _, kind, _ in split_pairs(text, lexicon))


def split_pairs(text: str, lexicon: Lexicon) -> list[tuple[str, str | None, str]]:
    """(label, kind, value) of each `label：value` in a text; blanks part them, or the next label does."""
    if ":" not in text and "：" not in text:
        return _without_colon(text, lexicon)
    text = _SPACED.sub(lambda m: "".join(m[0].split()), text)
    found: list[tuple[int, int, str, str | None]] = []
    for colon in _LABEL_END.finditer(text):
        before = text[:colon.start()]
        label = _known_label(before, lexicon) or _any_label(before)
        if label:
            start = before.rindex(label)
            if not found or start >= found[-1][1]:
                found.append((start, colon.end(), label, lexicon.info_kind(label)))
    ends = [f[0] for f in found[1:]] + [len(text)]
    pairs = [(label, kind, text[end:stop].strip()) for (_, end, label, kind), stop in zip(found, ends)]
    return [(label, kind or (lexicon.colon_info.get(key(label)) if _NAME.fullmatch((written.split() or [""])[0]) else None), written)
            for label, kind, written in pairs]


def _without_colon(text: str, lexicon: Lexicon) -> list[tuple[str, str | None, str]]:
    """填报人 林晓舟　2023年3月22日, 填 报 人　林晓舟　联系电话　0518-6611: words for who signs, each with a name behind it."""
    words = _WIDE.sub(lambda m: _of_one_label(m[0], lexicon), text).split() if len(text) <= 60 else []
    labels = [i for i, word in enumerate(words) if lexicon.info_kind(word) in ("filled_by", "approved_by", "phone", "filled_date")]
    signs = [i for i in labels if lexicon.info_kind(words[i]) in ("filled_by", "approved_by")]
    dated = words[:labels[0]] if labels else []          # 2023年3月  填表人 林晓舟
    if not signs or not all(_PIECE.fullmatch(word) for word in dated) or not all(_NAME.fullmatch("".join(words[i + 1:i + 2])) for i in signs):
        return []
    ends = [*labels[1:], len(words)]
    told = [(words[i], lexicon.info_kind(words[i]), "  ".join(words[i + 1:end])) for i, end in zip(labels, ends)]
    return [*([("", "month", "".join(dated))] if dated else []), *told]


def _of_one_label(spaced: str, lexicon: Lexicon) -> str:
    """填 报 人 -> 填报人, where the characters together are a label of who signs."""
    words = spaced.split()
    for n in range(len(words), 1, -1):
        if lexicon.info_kind("".join(words[:n])) in ("filled_by", "approved_by", "phone", "filled_date"):
            return "".join(words[:n]) + " " + "".join(words[n:]) + " "
    return spaced


def _known_label(before: str, lexicon: Lexicon) -> str | None:
    """The longest known label of the head that the text ends with; brackets and blanks inside do not matter."""
    bare = before.rstrip()
    for length in range(min(16, len(bare)), 1, -1):
        tail = bare[-length:]
        if _BREAK.search(tail) or not LABEL_LIKE.fullmatch(tail):
            continue
        if not tail[0].isspace() and tail[0] not in "(（)）/、" and lexicon.info_kind(tail):
            return tail
    return None


def _any_label(before: str) -> str | None:
    match = _NAME_OF_LABEL.search(before)
    return match[1] if match and not match[1][-1:].isdigit() else None


def read_pairs(cells: list[Cell], lexicon: Lexicon) -> list[Pair]:
    """The pairs of one line of cells; an open label takes the cells up to the next label."""
    out: list[Pair] = []
    open_label: tuple[str, str | None, list[Cell], str] | None = None

    def close() -> None:
        nonlocal open_label
        if open_label:
            label, kind, own, text = open_label
            out.append(Pair(label, kind, text.strip(), tuple(own)))
            open_label = None
    for cell in cells:
        pairs = split_pairs(cell.text, lexicon)
        kind = lexicon.info_kind(cell.text) if not pairs and len(cell.text) <= 24 else None
        if pairs:
            close()
            for label, of, text in pairs[:-1]:
                out.append(Pair(label, of, text, (cell,)))
            label, of, text = pairs[-1]
            open_label = (label, of, [cell], text)
            if said(text):
                close()
        elif kind:
            close()
            open_label = (cell.text, kind, [cell], "")
        elif open_label:
            label, of, own, text = open_label
            in_pieces = of in ("filled_date", "month", "term")
            if in_pieces and len(own) > 1 and not _PIECE.fullmatch(cell.text):
                close()                         # what stands behind the date is no part of it
                continue
            open_label = (label, of, [*own, cell], text + cell.text)
            if not in_pieces:
                close()
    close()
    return out


def names_pupil(text: str, lexicon: Lexicon) -> bool:
    """学生：林晓舟　八年级3班: a line that says whose the rows below it are."""
    label, colon, rest = unnumbered(text).replace(":", "：").partition("：")
    return bool(colon and rest.strip()) and len(label) <= 12 and lexicon.hits(label.strip()).get("follow_up") == "student_name"


def said(text: str) -> str | None:
    """What is written to a label, None for a line to write on, an empty date or a place for the seal."""
    text = _SEAL.sub(" ", unicodedata.normalize("NFC", text)).strip(" \n\t　_＿:：,，;；。")
    if not text or _EMPTY.fullmatch(text) or _BLANK_DATE.fullmatch(text):
        return None
    return text


def bare_date(text: str) -> str | None:
    """A full date that stands alone in a cell of head or foot, or behind words that are no label; no deadline (3月25日前报)."""
    found = list(FULL_DATE.finditer(text))
    return found[0][0] if len(found) == 1 and not _BEFORE.match(text, found[0].end()) else None


def short_day(text: str) -> tuple[str, str]:
    """邬宗宝 3月23日, 陶守成　23.3.13: what stands before a day without century or year, and the day; '' if there is none."""
    found = _SHORT_DAY.fullmatch(text.strip())
    return (found[1].strip(), found[2]) if found else (text, "")


def has_seal(text: str) -> bool:
    """云溪初级中学（盖章）"""
    return _SEAL.search(text) is not None


def is_seal(text: str) -> bool:
    """（盖章）, 年 月 日: a place for a seal or a date."""
    rest = _SEAL.sub("", text)
    return not rest.strip() or bool(_BLANK_DATE.fullmatch(rest))
