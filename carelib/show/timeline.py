"""A case's picture and its table: months across as a band of states, attempts as numbered marks, what happened in words.

Drawn as SVG whose text the browser sets in its own Chinese font; every state stands as a word beside its colour.
"""
from __future__ import annotations

import calendar
from collections.abc import Sequence

from carelib.month import Month
from carelib.records import IN_STOCK
from carelib.show import words
from carelib.show.html import Html, Raw, esc, keep, say, table
from carelib.show.names import Names
from carelib.show.story import Point, Seen, Story, stories
from carelib.world import School

WIDE, LEAST, MOST, LINE = 960, 74, 320, 14         # pixels: all months, one month at least and at most, a line of text
BAND, TALL, MARK = 20, 24, 9
FILL = {"stock": "#d3dee8", "alarm": "#e6b3a3", "exit": "#f1f4ec", "quiet": "#ffffff"}
EDGE = {"stock": "#54708c", "alarm": "#a3281e", "exit": "#8a9a80", "quiet": "#b8b8b4"}
KEY = (("stock", "● 劝返中"), ("alarm", "▲ 再离校　？失联、不明"), ("exit", "○ ◇ → — 已销号"))


def cases(month: Month, school: School) -> Html:
    """Every case of the school: its strip, and beside it month by month what was listed, tried and written, with the cell."""
    told = stories(month, school, Names(month, school))
    if not told:
        return say("本校没有个案。")
    out = say(f"共 {len(told)} 个个案，在办 {sum(s.is_open for s in told)} 个。{_changes(told, month)}") + _key()
    for story in told:
        beside = rows(story)
        out += Html(f'<div class="case"><p>{_head(month, story)}</p>{picture(story)}{beside.body}</div>', f"{story.name}　{_band_words(story)}\n{beside.text}")
    return out


def _changes(told: Sequence[Story], month: Month) -> str:
    """What moved this month, in one sentence."""
    moved = sum(len(s.months) > 1 and s.months[-1].text != s.months[-2].text for s in told)
    return f"本月状态有变化的 {moved} 个。" if len(told[0].months) > 1 else ""


def _key() -> Html:
    boxes = "　".join(f'<span class="box" style="background:{FILL[k]};border-color:{EDGE[k]}"></span> {esc(t)}' for k, t in KEY)
    return Html(f'<p class="dim">{boxes}　① 第几次劝返　<b>❶</b> 四方联合　· 跟进（不计次）　虚线框：当月未报，沿用上月</p>', "")


def _head(month: Month, story: Story) -> str:
    case = story.case
    parts = [f"<b>{esc(story.name)}</b>", esc(story.class_), esc(words.case_mark(month, case["state"])) if story.months[-1].state == case["state"] else ""]
    parts += [f"离校 {case['days_open']} 天" if story.is_open and case["days_open"] is not None else "", f"本轮劝返 {case['attempts'] or 0} 次",
              f"责任人 {esc(case['owner'])}" if case["owner"] else ""]
    return "　".join(p for p in parts if p)


def _band_words(story: Story) -> str:
    return " → ".join(seen.text for _, _, seen in story.runs() if seen.text)


def picture(story: Story) -> str:
    """The strip as SVG: months, band, attempts, happenings."""
    n = len(story.months)
    step = max(LEAST, min(MOST, WIDE // n))
    happened = [[p for p in story.of(s.cycle) if p.event not in ("listed", "attempt", "visit")] for s in story.months]
    lines = max(map(len, happened))
    y_marks, width = BAND + TALL + 4 + MARK + 2, step * n + 2
    y_words = y_marks + MARK + LINE
    height = (y_words + LINE * (lines - 1) if lines else y_marks + MARK) + 5
    parts = [_month(i, s, step, height) for i, s in enumerate(story.months)]
    parts += [_run(a, b, s, step) for a, b, s in story.runs() if s.state]
    parts += [_unfiled(i, step) for i, s in enumerate(story.months) if s.state and not s.filed]
    for i, seen in enumerate(story.months):
        parts += _marks(i, [p for p in story.of(seen.cycle) if p.event in ("attempt", "visit")], step, y_marks)
        parts += [_word(i, p, step, y_words + LINE * j) for j, p in enumerate(happened[i])]
    said = esc(f"{story.name}：{_band_words(story)}")
    return (f'<div class="scroll"><svg class="strip" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-label="{said}">'
            f'{"".join(parts)}</svg></div>')


def _month(i: int, seen: Seen, step: int, height: int) -> str:
    year, number = seen.cycle.split("-")
    label = f"{year}年{int(number)}月" if i == 0 or number == "01" else f"{int(number)}月"
    x = i * step + 1
    return (f'<line x1="{x}" y1="4" x2="{x}" y2="{height}" stroke="#dcdcd8"/>'
            f'<text x="{x + 4}" y="14" font-size="11" fill="#6b6b66">{label}</text>')


def _run(a: int, b: int, seen: Seen, step: int) -> str:
    x, width = a * step + 1, (b - a + 1) * step
    room = width // 12 - 1
    text = seen.text if len(seen.text) <= room else seen.text[:max(1, room - 1)] + "…"
    return (f'<rect x="{x}" y="{BAND}" width="{width}" height="{TALL}" rx="3" fill="{FILL[seen.look]}" stroke="{EDGE[seen.look]}">'
            f'<title>{esc(seen.text)}（{seen.cycle} 起）</title></rect>'
            f'<text x="{x + width / 2:g}" y="{BAND + 16}" text-anchor="middle" font-size="12" fill="#222">{esc(text)}</text>')


def _unfiled(i: int, step: int) -> str:
    return (f'<rect x="{i * step + 4}" y="{BAND + 3}" width="{step - 6}" height="{TALL - 6}" fill="none" stroke="#6b6b66" stroke-dasharray="3 3">'
            f'<title>当月未报情况表，沿用上月状态</title></rect>')


def _marks(i: int, points: Sequence[Point], step: int, y: int) -> list[str]:
    """Attempts where their day lies in the month, pushed apart where they would touch."""
    room, at, out = 2 * MARK + 2, -1.0, []
    for j, p in enumerate(points):
        rest = (len(points) - j - 1) * room
        x = min(max(i * step + 2 + MARK + _share(p) * (step - 2 * MARK - 4), at), max((i + 1) * step - MARK - 1 - rest, at))
        at = x + room
        out.append(_mark(p, x, y))
    return out


def _share(p: Point) -> float:
    """How far into the month of its report a day lies; the middle where the day is not of that month."""
    if not p.date or len(p.date) < 10 or p.date[:7] != p.cycle:
        return 0.5
    year, month = map(int, p.cycle.split("-"))
    return (int(p.date[8:10]) - 1) / max(1, calendar.monthrange(year, month)[1] - 1)


def _mark(p: Point, x: float, y: int) -> str:
    told = esc("　".join(t for t in (p.label, p.date or "日期不明", p.told, p.by, p.source) if t))
    if p.number is None:
        return f'<circle cx="{x:.1f}" cy="{y}" r="3" fill="#fff" stroke="#6b6b66"><title>{told}</title></circle>'
    fill, ink = ("#2d4156", "#fff") if p.joint else ("#fff", "#222")
    ring = f'<circle cx="{x:.1f}" cy="{y}" r="{MARK}" fill="{fill}" stroke="#2d4156"/>'
    return f'<g>{ring}<text x="{x:.1f}" y="{y + 4}" text-anchor="middle" font-size="11" fill="{ink}">{p.number}</text><title>{told}</title></g>'


def _word(i: int, p: Point, step: int, y: int) -> str:
    told = esc("　".join(t for t in (p.label, p.date or "", p.told, p.source) if t))
    day = f"{int(p.date[8:10])}日 " if p.date and len(p.date) == 10 and p.date[:7] == p.cycle else ""
    return f'<text x="{i * step + 5}" y="{y}" font-size="11" fill="#444">{esc(day + p.label)}<title>{told}</title></text>'


def rows(story: Story) -> Html:
    """Month by month: the state, what was listed, tried and written, by whom, and the cell that says so."""
    out: list[list[str | Raw]] = []
    for seen in story.months:
        points = story.of(seen.cycle)
        if not seen.state and not points:
            continue
        state = seen.text + ("" if seen.filed or seen.state not in IN_STOCK else "（当月未报，沿用）")
        out.append([keep(seen.cycle), keep(state), *(_cells(points[0]) if points else ["", keep("没有材料"), "", "", ""])])
        out += [["", "", *_cells(p)] for p in points[1:]]
    return table(out, ["月份", "月末状态", "日期", "事项", "内容", "参加的人和单位", "依据：文件 → 单元格"], "没有材料。")


def _cells(p: Point) -> list[str | Raw]:
    return [keep(p.date or ""), keep(p.label), p.told, p.by, p.source]
