"""The small pieces of a page: everything a school wrote is escaped here, and only here does a page get its looks."""
from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# .care twice where JupyterLab has a rule of its own for tables: one class alone would give way to it
STYLE = """<style>
.care{font:14px/1.6 "Microsoft YaHei","PingFang SC","Noto Sans CJK SC","WenQuanYi Zen Hei",sans-serif;color:#222;max-width:72em}
.care table{border-collapse:collapse;margin:.4em 0;font-size:13px}
.care.care table th{background:#f0f0ee;font-weight:600;text-align:left}
.care.care table th,.care.care table td{border:1px solid #c8c8c4;padding:.25em .6em;vertical-align:top;text-align:left;white-space:pre-wrap}
.care.care table td.n,.care.care table th.n{text-align:right;font-variant-numeric:tabular-nums}
.care .say{font-size:15px;margin:.2em 0 .6em}
.care .mark{outline:2px solid #a3281e;outline-offset:-2px;background:#fdf1ee;font-weight:600}
.care .dim{color:#6b6b66}.care .bad{color:#a3281e;font-weight:600}.care .ok{color:#2e6b3a}.care .ask{color:#8a5a00;font-weight:600}
.care .card{border:1px solid #c8c8c4;border-left:4px solid #a3281e;padding:.5em .8em;margin:.7em 0;break-inside:avoid}
.care .card.ask_school{border-left-color:#b98a2f}.care .card.tell_reviewer{border-left-color:#54708c}
.care .card p{margin:.2em 0}.care img{max-width:100%;border:1px solid #c8c8c4}
.care .scroll{overflow-x:auto}.care .keep{white-space:nowrap}.care span.bad,.care span.ok,.care span.ask,.care span.dim{white-space:nowrap}
.care .case{margin:1.4em 0 0;padding-top:.5em;border-top:2px solid #d8d8d4;break-inside:avoid}.care .case p{margin:.2em 0}.care .case table{width:100%}
.care svg.strip{max-width:100%;height:auto;font-family:inherit}.care .box{display:inline-block;width:1.4em;height:.9em;border:1px solid;vertical-align:middle}
.care .near td,.care .near th{min-width:2.6em;max-width:16em;font-size:12px;overflow-wrap:anywhere}
</style>"""


def esc(value: Any) -> str:
    """Text of anything, escaped; nothing for None; whole numbers without a point."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value == int(value):
        value = int(value)
    text = str(value).encode("utf-8", "replace").decode("utf-8")
    return html.escape(re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "�", text))


@dataclass(frozen=True, slots=True)
class Html:
    """What a notebook cell shows: HTML already escaped, and the same as text."""
    body: str
    text: str = ""

    def _repr_html_(self) -> str:
        return f'{STYLE}<div class="care">{self.body}</div>'

    def __repr__(self) -> str:
        return self.text or re.sub(r"\s*\n\s*", "\n", html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", self.body, flags=re.S))).strip()

    def __add__(self, other: Html) -> Html:
        return Html(self.body + other.body, "\n".join(t for t in (self.text, other.text) if t))


@dataclass(frozen=True, slots=True)
class Raw:
    """A piece that is HTML already (made here, never by a school)."""
    body: str


def piece(value: Any) -> str:
    return value.body if isinstance(value, (Raw, Html)) else esc(value)


def mark(text: Any, kind: str) -> Raw:
    """Text in one of the looks: bad, ok, ask, dim, mark. A sign always stands with the colour."""
    return Raw(f'<span class="{kind}">{esc(text)}</span>')


def keep(text: str) -> Raw:
    """Text that stays on one line: a date, a month, a word or two."""
    return Raw(f'<span class="keep">{esc(text)}</span>')


def say(text: str) -> Html:
    """A sentence that reads a result aloud."""
    return Html(f'<p class="say">{esc(text)}</p>', text)


def table(rows: Iterable[Mapping[str, Any] | Sequence[Any]], columns: Sequence[str], empty: str = "没有。", numbers: Iterable[str] = (),
          limit: int = 0) -> Html:
    """Rows (dicts by column title, or sequences) as a table; `empty` is said where there is none; `limit` 0 = all."""
    listed = [[r.get(c) for c in columns] if isinstance(r, Mapping) else list(r) for r in rows]
    if not listed:
        return say(empty)
    shown, right = listed[:limit] if limit else listed, set(numbers)
    cls = [' class="n"' if c in right else "" for c in columns]
    head = "".join(f"<th{k}>{esc(c)}</th>" for c, k in zip(columns, cls))
    body = "".join("<tr>" + "".join(f"<td{k}>{piece(v)}</td>" for v, k in zip(r, cls)) + "</tr>" for r in shown)
    more = f'<p class="dim">另有 {len(listed) - len(shown)} 行未显示。</p>' if len(shown) < len(listed) else ""
    text = "\n".join("　".join(_plain(v) for v in r) for r in [list(columns), *shown])
    return Html(f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{more}', text)


def _plain(value: Any) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", piece(value)))


def bars(rows: Sequence[tuple[str, Sequence[float]]], names: Sequence[str], colours: Sequence[str], unit: str = "") -> Html:
    """A stacked bar a row, the numbers written beside; drawn as SVG whose text the browser sets in its own Chinese font."""
    most = max((sum(v) for _, v in rows), default=0) or 1
    lines = []
    for label, counts in rows:
        x, parts = 0.0, []
        for count, colour, name in zip(counts, colours, names):
            width = 320 * count / most
            parts.append(f'<rect x="{x:.1f}" y="2" width="{width:.1f}" height="14" fill="{colour}"><title>{esc(name)} {esc(count)}</title></rect>')
            x += width
        told = "　".join(f"{n} {esc(c)}{unit}" for n, c in zip(names, counts) if c)
        lines.append(f'<tr><td>{esc(label)}</td><td><svg width="322" height="18" role="img" aria-label="{esc(label)}：{esc(told)}">'
                     f'{"".join(parts)}</svg></td><td class="dim">{esc(told) or "0"}</td></tr>')
    key = "　".join(f'<span style="color:{c}">■</span> {esc(n)}' for n, c in zip(names, colours))
    text = "\n".join(f"{label}　" + "　".join(f"{n} {esc(c)}" for n, c in zip(names, v)) for label, v in rows)
    return Html(f"<p>{key}</p><table><tbody>{''.join(lines)}</tbody></table>", text)
