"""The review pack: every executed notebook as a page without code, a list of schools in front (the only door to nbconvert).

The pages carry what schools wrote, escaped by `show`; and a policy that lets the browser load nothing and run only the one
search script of the index.
"""
from __future__ import annotations

import base64
import hashlib
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from carelib import review
from carelib.catalogue import CONSEQUENCES
from carelib.month import Month
from carelib.show import words
from carelib.show.html import STYLE, Html, esc, mark, piece

SEARCH = """const q=document.getElementById('q');q.addEventListener('input',()=>{const t=q.value.trim().toLowerCase();
for(const r of document.querySelectorAll('tr[data-s]'))r.hidden=t&&!r.dataset.s.toLowerCase().includes(t)});"""
LOOK = """<style>body{margin:0;background:#f4f4f1;font:14px/1.6 "Microsoft YaHei","PingFang SC","Noto Sans CJK SC","WenQuanYi Zen Hei",sans-serif}
nav{background:#2d4156;color:#fff;padding:.6em 1.2em;display:flex;gap:1.2em;flex-wrap:wrap;align-items:baseline}nav a{color:#dfe8f0;text-decoration:none}
nav a:hover{text-decoration:underline}nav b{font-size:15px}main{max-width:76em;margin:1em auto;background:#fff;padding:1.2em 2em;border:1px solid #ddd}
h1{font-size:22px}h2{font-size:17px;border-bottom:1px solid #ccc;padding-bottom:.2em;margin-top:1.6em}.secret{color:#a3281e;font-weight:600}
input{font:inherit;padding:.3em .6em;width:18em}a{color:#2d5a87}@media print{nav,#q{display:none}main{border:0}}</style>"""
TITLES = {"1_read": "读取", "2_reconcile": "对账", "3_check": "检查", "4_report": "报告", "5_review": "审核", "district": "全区"}


def build(folder: Path, month: Month) -> None:
    """Write `review/` of a cycle's folder from its executed notebooks."""
    exporter, done = _exporter(), set()
    for path in sorted((folder / "notebooks").glob("*.ipynb")):
        done.add(_write(folder / "review" / f"{path.stem}.html", month, TITLES.get(path.stem, path.stem), _body(exporter, path), ""))
    for path in sorted((folder / "notebooks" / "schools").glob("*.ipynb")):
        name = words.school_name(month, path.stem)
        done.add(_write(folder / "review" / "schools" / f"{path.stem}.html", month, name, _body(exporter, path), "../", secret=True))
    done.add(_write(folder / "review" / "index.html", month, "审核包", _index(folder, month), "", script=SEARCH))
    for old in set((folder / "review").rglob("*.html")) - done:
        old.unlink()


def _exporter() -> Any:
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from nbconvert import HTMLExporter
    return HTMLExporter(template_name="basic", exclude_input=True, exclude_output_prompt=True, exclude_input_prompt=True,
                        exclude_anchor_links=True)


def _body(exporter: Any, path: Path) -> str:
    body, _ = exporter.from_filename(str(path))
    first, *rest = body.split(STYLE)
    return first + STYLE + "".join(rest) if rest else first        # the same looks need to be said once a page


def _write(path: Path, month: Month, title: str, body: str, up: str, script: str = "", secret: bool = False) -> Path:
    allowed = f" script-src 'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}';" if script else ""
    links = "".join(f'<a href="{up}{n}.html">{t}</a>' for n, t in TITLES.items() if (month.folder / "notebooks" / f"{n}.ipynb").exists())
    note = '<p class="secret">本页有学生姓名，只在科内使用，不得外传。</p>' if secret else ""
    text = (f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'; img-src data:;{allowed}">'
            f'<title>{esc(title)} {month.cycle}</title>{LOOK}</head><body><nav><b>{esc(month.world.policy.district.name)} {month.cycle}</b>'
            f'<a href="{up}index.html">学校</a>{links}</nav><main>{note}{body}</main>{f"<script>{script}</script>" if script else ""}</body></html>')
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(text, "utf-8", errors="replace")
    os.replace(beside, path)
    return path


def _index(folder: Path, month: Month) -> str:
    """Schools with what was filed, what is to be done, and whether the report may go out."""
    counts = Counter((f["school_code"], f["consequence"]) for f in month.rows("findings") if f["state"] != "dismissed")
    waiting = Counter(q.school_code for q in review.open_questions(month))
    rows = []
    for s in month.world.open_schools:
        page = f"schools/{s.code}.html"
        name = f'<a href="{page}">{esc(s.name)}</a>' if (folder / "notebooks" / "schools" / f"{s.code}.ipynb").exists() else esc(s.name)
        filed = Counter(r["state"] for r in month.of_school("filing", s))
        told = " ".join(piece(mark(f"{words.FILING[k]} {filed[k]}", words.LOOK[k])) for k in words.FILING if filed[k])
        cells = [name, esc(s.kind), told, *(f'<td class="n">{counts[s.code, c] or ""}</td>' for c in CONSEQUENCES),
                 piece(mark(f"… {waiting[s.code]} 项待定", "ask")) if waiting[s.code] else piece(mark("✔ 无待定", "ok"))]
        rows.append(f'<tr data-s="{esc(s.code)} {esc(s.name)} {esc("、".join(s.short_names))} {esc(s.kind)}">'
                    + "".join(c if c.startswith("<td") else f"<td>{c}</td>" for c in cells) + "</tr>")
    head = "".join(f"<th>{h}</th>" for h in ("学校", "类型", "报送", *CONSEQUENCES.values(), "等人决定"))
    body = (f"<h1>{month.cycle} 审核包</h1><p>点学校看它的全部证据。本页不出现学生。</p><p><input id=\"q\" placeholder=\"找学校：名称、代码、类型\"></p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>")
    return Html(body)._repr_html_()
