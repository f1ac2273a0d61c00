"""Measure which characters look alike, and write carelib/notice/names/lookalike.csv. Run once, by hand.

    python bench/reconcile/make_lookalike.py FONT.ttc [INDEX]

Every character of GB 2312 and some two hundred that names add is drawn with the font and compared in three ways: the
whole picture, the half that two characters share (婷/停), and one character standing inside the other (涵/函).
A pair that passes any of the three limits is one that a tired clerk, or an OCR, may take for the other.
Needs numpy and pillow. The font is only looked at; nothing of it is kept.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

OUT = Path(__file__).parents[2] / "carelib" / "notice" / "names" / "lookalike.csv"
EXTRA = (
    "玥珺翀赟堃喆祎昇焱琋珈玚珅珵琎琤瑀瑄璟璐玮彧昉昕晞晗昺暐暄曦曈烜煊焓熠燚甯祺祯禛禔筠箬簌芃芊苡茜荻莜菡萱葳蔚蕙蕴薇藜蘅衎訢诩谌赜趵"
    "轶辔迦迩逄邈郗郦郯鄢酃釉钊钐钰铄铖锳镕闫闳阚雱雯靓靖韫頔颀颢飏飒馥骁骐骞骧鲲麒黛龑龢槿樾栩桉桤梵棣楠榕橦檀歆毓沄沅沐泠泓泫洛洹浠涵淇淏"
    "淼渝湉湙溢滢漪澍澄濠灏炘炜烨珩珣琛琦琪瑗瑛瑜瑾璇璋璨瓒盼眙睿瞳砚竣竹筱籽絮綦羲翊翎翔翕翙翥耘芸苒苓荃荞莀莘莞莹菁菀蓁蓓蓉嫣嫱孜宓宸寤尧岚"
    "峥峻嵘巍彤忱忻怡怿恺愫懿昀昱晏晟晰朔杞柠栎桐桦"
)
SIZE, GRID, PART = 64, 24, 16
# what must agree at least: the whole, the shared half, the one inside the other; and the nearest few of each a little below
WHOLE, HALF, INSIDE = 0.5, 0.74, 0.72
NEAREST = ((0.42, 5), (0.60, 3), (0.62, 2))
LONGEST = 36


def characters() -> list[str]:
    out = []
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                out.append(bytes([high, low]).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return list(dict.fromkeys([*out, *EXTRA]))


def pictures(chars: list[str], font: ImageFont.FreeTypeFont) -> np.ndarray:
    out = np.zeros((len(chars), GRID, GRID), np.float32)
    for i, char in enumerate(chars):
        image = Image.new("L", (SIZE + 16, SIZE + 24), 0)
        ImageDraw.Draw(image).text((8, 2), char, font=font, fill=255)
        small = image.filter(ImageFilter.GaussianBlur(2.2)).resize((GRID + 4, GRID + 6), Image.Resampling.BOX)
        out[i] = np.asarray(small, np.float32)[2 : 2 + GRID, 1 : 1 + GRID]
    return out


def directions(flat: np.ndarray) -> np.ndarray:
    """Pictures as unit vectors around their mean: the dot product of two is how much they agree."""
    flat = flat.reshape(len(flat), -1) - flat.reshape(len(flat), -1).mean(0)
    return flat / (np.linalg.norm(flat, axis=1, keepdims=True) + 1e-9)


def cut(picture: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """The inked part of a box, stretched to a square."""
    left, right, top, bottom = box
    part = picture[top:bottom, left:right]
    ink = part > 60
    if ink.sum() < 6:
        return np.zeros((PART, PART), np.float32)
    rows, cols = np.where(ink.any(1))[0], np.where(ink.any(0))[0]
    part = part[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    return np.asarray(Image.fromarray(part).resize((PART, PART), Image.Resampling.BILINEAR), np.float32)


def agreements(images: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    boxes = {"whole": (0, GRID, 0, GRID)}
    boxes |= {f"right{x}": (x, GRID, 0, GRID) for x in (8, 9, 10, 11, 12)}
    boxes |= {f"left{x}": (0, x, 0, GRID) for x in (10, 12, 14, 16)}
    boxes |= {f"below{y}": (0, GRID, y, GRID) for y in (7, 8, 10, 12)}
    boxes |= {f"top{y}": (0, GRID, 0, y) for y in (10, 12, 15)}
    part = {name: directions(np.stack([cut(image, box) for image in images])) for name, box in boxes.items()}
    half = inside = np.full((len(images), len(images)), -1, np.float32)
    for name, vectors in part.items():
        if name.startswith(("right", "below")):
            half = np.maximum(half, vectors @ vectors.T)
        if name != "whole":
            across = part["whole"] @ vectors.T
            inside = np.maximum(inside, np.maximum(across, across.T))
    whole = directions(images)
    return whole @ whole.T, half, inside


def pairs(whole: np.ndarray, half: np.ndarray, inside: np.ndarray) -> np.ndarray:
    alike = (whole >= WHOLE) | (half >= HALF) | (inside >= INSIDE)
    for table, (least, count) in zip((whole, half, inside), NEAREST):
        table = table.copy()
        np.fill_diagonal(table, -1)
        limit = np.sort(table, axis=1)[:, -count][:, None]
        alike |= (table >= limit) & (table >= least)
    alike |= alike.T
    np.fill_diagonal(alike, False)
    return alike


def main(font: str, index: str = "0") -> None:
    chars = characters()
    whole, half, inside = agreements(pictures(chars, ImageFont.truetype(font, SIZE, index=int(index))))
    alike, best = pairs(whole, half, inside), np.maximum(np.maximum(whole, half - 0.2), inside - 0.2)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    with OUT.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(("char", "alike"))
        for i, char in enumerate(chars):
            others = sorted(np.where(alike[i])[0], key=lambda j: (-best[i, j], chars[j]))[:LONGEST]
            writer.writerow((char, "".join(chars[j] for j in others)))


if __name__ == "__main__":
    main(*sys.argv[1:])
