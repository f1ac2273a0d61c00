"""Labels of two or three labels: 监护人姓名及联系电话, 班主任/电话, 姓名（性别）, 家长（关系、电话）."""
from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from carelib.read.labels import key
from carelib.values import PROSE

if TYPE_CHECKING:
    from carelib.read.lexicon import Lexicon

CONNECTOR = re.compile(r"及其|以及|及|和|与|、|/|，|,|\+|&")
_SECOND = re.compile(r"(.+?)\s*[(\[]([^()\[\]]+)[)\]]\s*")          # 监护人(关系)
GROUP_END = re.compile(r"(?<=..)(?:情况|信息|管理|登记|方面)$")
GUARDIAN = ("guardian_name", "guardian_relation", "guardian_phone")
EACH = ("each", "some")                             # cells parted by what each piece can mean: only where a label is sure
COUNTED = ("int", "number", "numbers", "counts")    # kinds that cannot be told apart in one cell
PERSONS = ("学生", "孩子", "幼儿", "本人", "该生", "家长", "监护人", "父母")
LIST_SCHOOL = "school"                      # the pseudo field of a column that names the school of each row


@dataclass(frozen=True, slots=True)
class Match:
    """What a printed label says. `fields`: one, or several in a combined label; `rank`: the less, the surer."""
    fields: tuple[str, ...]
    rank: float
    split: str = ""                         # how a combined cell is parted (combined.csv)


def joined_label(lexicon: Lexicon, code: str, text: str) -> Match | None:
    """A label of two or three labels: 监护人姓名及联系电话, 班主任/电话, 姓名（性别）, 监护人（关系、姓名、电话）."""
    form = lexicon.catalogue.forms[code]
    plain = unicodedata.normalize("NFKC", text)
    bracket = _SECOND.fullmatch(plain)
    group, inner = (GROUP_END.sub("", bracket[1]), bracket[2]) if bracket else ("", plain)
    parts = [p for p in CONNECTOR.split(inner) if key(p)]
    if bracket and len(parts) == 1:
        group, parts = "", [bracket[1], bracket[2]]
    if not 2 <= len(parts) <= 3:
        return None
    if key(parts[0]) in lexicon.school_labels and not group:
        second = lexicon.known(code, parts[1])
        if second and second.fields[0] in ("grade", "class_no"):
            return Match((LIST_SCHOOL, "grade", "class_no"), 1.5, "school_grade_class")
    found = [(lexicon.known(code, group + p) if group else None) or (lexicon.known(code, _shared(parts[0], p)) if i else None)
             or lexicon.known(code, p) for i, p in enumerate(parts)]
    first, over = found[0], lexicon.known(code, group) if group else None
    if first is None:
        return None
    if over and over.fields == (GUARDIAN[0],) and {m.fields[0] if m else "" for m in found} == set(GUARDIAN[1:]):
        return Match(GUARDIAN, 1.5, "each")                 # 家长（关系、电话）: the name too
    if len(parts) == 2 and key(parts[1]) in lexicon.when and (dated := lexicon.words["date_beside"]["field"].get(first.fields[0])) in form.fields:
        return Match((first.fields[0], dated), 1.5, "each")             # 谁定的、哪天
    if len(parts) == 2 and key(parts[1]) in lexicon.phones:
        role = next((r for r in lexicon.words["role"] if r["name"] == first.fields[0] and r["phone"] in form.fields), None)
        return Match((role["name"], role["phone"]), 1.5, "name_phone") if role else None
    names = tuple(m.fields[0] if m else "" for m in found)
    if set(names) == {"grade", "class_no"}:
        return Match(("grade", "class_no"), 1.5, "grade_class")
    if names == ("guardian_name", "guardian_relation"):
        return Match(names, 1.5, "name_relation")
    if names[0] in ("student_name", GUARDIAN[0]) and not bracket and key(parts[0]) in PERSONS and key(parts[1]).startswith(PERSONS):
        return None                             # 学生及家长态度: what both think, no name
    kinds = [form.fields[n].kind for n in names if n in form.fields and n != "class_no"]
    counted = sum(k in COUNTED for k in kinds)
    apart = len(set(names)) == len(parts) and "seq" not in names and sum(k in PROSE for k in kinds) <= 1 + ("hospital" in names) and counted in (0, len(parts))
    if not apart or (not all(names) and (bracket or len(parts) > 2)) or (not all(names) and first.fields[0] in form.fields and form.fields[first.fields[0]].kind in (*PROSE, *COUNTED, "name")):
        return None
    return Match(tuple(filter(None, names)), 1.5, "each" if all(names) else "some")     # 时间、地点: of one part nobody asks


def _shared(first: str, second: str) -> str:
    """The second of two labels with what the first one's begins with: 返校日期及班级 is 返校日期 and 返校班级."""
    head = key(first)
    return head[:2] + key(second) if len(head) > 2 else second
