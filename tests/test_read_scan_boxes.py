"""Boxes to tick on scans: judged by their ink, believed where they are clear, asked where not."""
from __future__ import annotations

import cv2
import numpy as np
import pytest

from carelib import catalogue, values
from carelib.read.scan import boxes
from carelib.read.scan.ink import Strip
from carelib.read.scan.written import Placed
from carelib.records import Cell
from carelib.values import Context


def box(inside: str) -> boxes.Square:
    """A printed box of 28 pixels, found in a line of writing."""
    picture = np.full((44, 80), 255, np.uint8)
    cv2.rectangle(picture, (20, 8), (47, 35), 0, 2)
    strokes = {"tick": [(26, 20), (32, 28), (43, 13)], "cross": [(26, 14), (41, 29), (34, 22), (41, 14), (26, 29)]}.get(inside, [])
    for a, b in zip(strokes, strokes[1:]):
        cv2.line(picture, a, b, 0, 2)
    if inside == "black":
        cv2.rectangle(picture, (20, 8), (47, 35), 0, -1)
    if inside == "speck":
        cv2.circle(picture, (34, 22), 3, 0, -1)
    mask = (picture < 150).astype(np.uint8)
    (found,) = boxes.find(Strip(0, (0, 0, 80, 44), picture, mask.sum(axis=0), 0, 36.0), 30.0)     # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(("inside", "text"), [("", "□"), ("tick", "☑"), ("cross", "☒"), ("black", "☑")])
def test_a_box_is_read_by_the_ink_in_it(inside: str, text: str) -> None:
    placed = box(inside).placed(0)
    assert placed.text == text and placed.probability == 1.0


def test_a_box_with_a_speck_in_it_is_doubted() -> None:
    assert box("speck").placed(0).probability < 0.5


def test_a_box_that_only_the_recogniser_saw_is_doubted() -> None:
    placed = boxes.unseen([Placed("□", 0, 20, 0.99), Placed("是", 22, 40, 0.99)])
    assert [p.probability < 0.5 for p in placed] == [True, False]


@pytest.mark.parametrize(("field", "text", "value"), [
    ("plan_made", "□是 ☑否", "false"), ("plan_made", "☑是□否", "true"), ("plan_made", "是☑ 否□", "true"), ("gender", "☑男\n□女", "male"),
    ("plan_made", "□是 □否", None), ("plan_made", "☑是 ☑否", None), ("plan_made", "□是 否", None), ("plan_made", "是√ 否", None),
    ("plan_made", "□是 ☒否", None), ("plan_made", "（√）是 （ ）否", None), ("gender", "☑男", None), ("gender", "☑勇 □女", None),
    ("family_type", "☑留守 ☑单亲 □贫困", ...), ("family_type", "☑留守 □单亲 □贫困", ...), ("family_type", "☑留守 ☑单亲", None)])
def test_choices_with_a_box_each_are_believed_where_one_is_ticked(field: str, text: str, value: str | None) -> None:
    book = catalogue.load()
    context = Context(book.codes, "2023-03", "九年一贯制", tuple(str(n) for n in range(1, 10)))
    what = book.forms["absent_list"].fields[field]
    typed = values.parse(text, what, context).value
    wanted = typed if value is ... else value if value is None or what.kind == "bool" else typed
    for confidence, believed in ((0.99, wanted), (0.6, None)):
        got = values.parse(text, what, context, Cell(1, 1, text, "p1@1,1,2,2", kind="ocr", confidence=confidence))
        assert got.value == believed and (got.value is not None) == (got.problem is None)
    assert value is None or typed


def test_a_lost_comma_and_a_doubtful_character_in_a_sentence_are_asked() -> None:
    book = catalogue.load()
    context, what = Context(book.codes, "2023-03", "九年一贯制"), book.forms["follow_up"].fields["content"]
    for text, confidence, believed in (("入户走访，学生不愿返校。", 0.99, True), ("入户走访 学生不愿返校。", 0.99, False), ("派出所上内劝返", 0.93, False)):
        got = values.parse(text, what, context, Cell(1, 1, text, "p1@1,1,2,2", kind="ocr", confidence=confidence))
        assert (got.value is not None) is believed
