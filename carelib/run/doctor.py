"""`carelib doctor`: is this machine ready, and does the catalogue hold together?"""
from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from importlib import metadata

from carelib import catalogue
from carelib.records import CatalogueError
from carelib.run.stages import LIBRARIES


@dataclass(frozen=True, slots=True)
class Health:
    what: str
    ok: bool
    says: str
    optional: bool = False


def examine() -> list[Health]:
    python = sys.version_info[:2]
    rows = [Health("Python", (3, 11) <= python < (3, 14), f"{python[0]}.{python[1]}（需要 3.11—3.13）")]
    for name in LIBRARIES:
        try:
            rows.append(Health(name, True, metadata.version(name)))
        except metadata.PackageNotFoundError:
            rows.append(Health(name, False, "没有安装，请重新运行 make run"))
    try:
        notice = catalogue.load()
        rows.append(Health("通知目录", True, f"{len(notice.forms)} 种表，{len(notice.rules)} 条规则"))
    except CatalogueError as fault:
        rows.append(Health("通知目录", False, str(fault)))
    for program, use in (("soffice", "完整测试：用 LibreOffice 复核工作簿"), ("chromium", "完整测试：在浏览器里看审核包")):
        found = shutil.which(program) is not None
        rows.append(Health(program, found, use if found else f"没有找到，只影响{use}", optional=True))
    return rows
