"""A workspace on disk: where things lie (contract §1), and the World that a cycle is judged by."""
from __future__ import annotations

import difflib
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path

from carelib import catalogue, policy, review
from carelib.read import registers
from carelib.records import CatalogueError, UsageError
from carelib.world import ReceivedFile, RosterPupil, School, World

CYCLE = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
SHANGHAI = timezone(timedelta(hours=8))
RECEIVED = "received.csv"
KEY_BYTES = 32


@dataclass(frozen=True)
class Workspace:
    root: Path

    @property
    def inputs(self) -> Path:
        return self.root / "inputs"

    @property
    def outputs(self) -> Path:
        return self.root / "outputs"

    @property
    def ledger(self) -> str:
        """Where decisions are kept: the ledger among the inputs, or the database that CARELIB_LEDGER names by URL."""
        return os.environ.get("CARELIB_LEDGER") or str(self.inputs / "ledger.sqlite")

    @property
    def cache(self) -> Path:
        return self.outputs / ".cache"

    def out(self, cycle: str) -> Path:
        return self.outputs / cycle

    def cycles(self) -> list[str]:
        """The cycles that `inputs/` holds, oldest first."""
        return sorted(p.name for p in self.inputs.iterdir() if p.is_dir() and CYCLE.fullmatch(p.name))

    def up_to(self, cycle: str) -> list[str]:
        return [c for c in self.cycles() if c <= cycle]


def find(folder: str | Path = ".") -> Workspace:
    """The workspace in `folder`; only where none was named (".") the nearest folder above this one that has `inputs/` will do."""
    start = Path(folder).resolve()
    for place in (start, *start.parents) if str(folder) == "." else (start,):
        if (place / "inputs").is_dir():
            return Workspace(place)
    wrong = f"没有“{folder}”这个文件夹" if not start.exists() else f"“{folder}”不是文件夹" if not start.is_dir() else \
        f"“{folder}”里没有 inputs 文件夹，不是工作区"
    raise UsageError(f"{wrong}，什么也没有做。请核对 --workspace 后面的路径（工作区是有 inputs 的文件夹），或用 carelib new 新建一个。")


def known_cycle(workspace: Workspace, cycle: object) -> str:
    """`cycle` if the workspace has it; else a `UsageError` that names the nearest."""
    text = str(cycle)
    known = workspace.cycles()
    if text in known:
        return text
    near = difflib.get_close_matches(text, known, 1, 0)
    hint = f"最接近的是 {near[0]}；现有：{'、'.join(known)}" if near else "inputs 里还没有任何周期文件夹（如 2023-03）"
    wrong = "没有这个周期的文件夹" if CYCLE.fullmatch(text) else "不是“年-月”的写法（如 2023-03）"
    raise UsageError(f"周期“{text}”：{wrong}。{hint}。")


def known_schools(world: World, codes: Iterable[str]) -> tuple[str, ...]:
    """School codes as given, each known to the register; a name or short name will do too."""
    by_name = {n: s.code for s in world.schools for n in (s.code, s.name, *s.short_names)}
    out = []
    for code in codes:
        if str(code) not in by_name:
            near = difflib.get_close_matches(str(code), by_name, 1, 0)
            raise UsageError(f"学校名册里没有“{code}”" + (f"，最接近的是“{near[0]}”。" if near else "。"))
        out.append(by_name[str(code)])
    return tuple(dict.fromkeys(out))


def world(workspace: Workspace, cycle: str) -> World:
    """Everything that `cycle` is judged by, read from `inputs/` once."""
    notice = catalogue.load()
    register = next((p for n in ("schools.xlsx", "schools.csv") if (p := workspace.inputs / n).exists()), None)
    if register is None:
        raise CatalogueError("inputs 里没有学校名册 schools.xlsx 或 schools.csv。请放入名册后再运行（见 README）。")
    schools = _schools(register, digest(register))
    snapshot = roster_file(workspace, cycle)
    roster = _roster(snapshot, digest(snapshot), schools) if snapshot else None
    return World(cycle, notice, policy.load(workspace.inputs / "district.toml"), schools, roster,
                 received_files(workspace, cycle), review.Ledger(workspace.ledger).decisions(), id_key(workspace),
                 workspace.cache)


@lru_cache(maxsize=8)
def _schools(path: Path, _sha256: str) -> tuple[School, ...]:
    """The register; read once for all the cycles of a run (a file's content is in the key)."""
    notice = catalogue.load()
    schools = registers.read_schools(path, notice)
    known = list(dict.fromkeys(kind for form in notice.forms.values() for kind in form.owed_by))
    if faults := [_wrong_kind(path, s, known) for s in schools if s.kind not in known]:
        raise CatalogueError("\n".join(faults))
    return schools


def _wrong_kind(path: Path, school: School, known: Sequence[str]) -> str:
    """Which forms a school owes hangs on its 办学类型: a word that is none of the list would mean that it owes nothing."""
    near = difflib.get_close_matches(school.kind, known, 1, 0.4)
    return (f"{path.name}：{school.name}的办学类型{f'写的是“{school.kind}”' if school.kind else '空着'}，应为 {'、'.join(known)} 之一"
            + (f"（最接近的是“{near[0]}”）" if near else "") + "；该报哪些表由它决定，请在名册里改正。")


@lru_cache(maxsize=8)
def _roster(path: Path, _sha256: str, schools: tuple[School, ...]) -> tuple[RosterPupil, ...]:
    return registers.read_roster(path, catalogue.load(), schools)


def not_told(workspace: Workspace, made: World) -> list[str]:
    """What `district.toml` leaves open and no default fills: whoever runs a cycle is told, for the run goes on without it."""
    own = policy.Policy()
    lacking = []
    if not (workspace.inputs / "district.toml").exists():
        lacking.append(f"inputs 里没有 district.toml：各项都按默认值办（署名“{own.district.name}”，每月 {own.deadline.day} 日截止，收全部 "
                       f"{len(own.forms.collect)} 种表），心理预警等级都要问人。请照 carelib new 新建的样子放入一份，再运行一次。")
    termly = [f.short for f in made.catalogue.forms.values() if f.cycle == "term" and f.code in made.policy.forms.collect]
    if termly and not made.policy.terms:
        lacking.append(f"district.toml 没有写学期（[[terms]]），不知道按学期报的表何时该报：{'、'.join(termly)}没有列入应报，相关的规则没有判断；"
                       "假期和关键家访时段也不知道。请按校历补上。")
    return lacking


def roster_file(workspace: Workspace, cycle: str) -> Path | None:
    """The snapshot that counts: the latest whose date is not after the cycle's end; else an undated one, if any."""
    folder, end = workspace.inputs / "roster", policy.last_day(cycle).isoformat()
    dated, undated = {}, []
    for path in sorted(folder.glob("*")) if folder.is_dir() else []:
        if path.suffix.lower() not in (".xlsx", ".csv") or path.name.startswith(("~$", ".")):
            continue
        found = re.search(r"(\d{4})-?(\d\d)-?(\d\d)", path.stem)
        if found:
            dated["-".join(found.groups())] = path
        else:
            undated.append(path)
    due = [day for day in dated if day <= end]
    return dated[max(due)] if due else undated[-1] if undated else None


def received_files(workspace: Workspace, cycle: str) -> tuple[ReceivedFile, ...]:
    """Every file of the cycle's folder, by name; its receipt from received.csv, never from the file's own time."""
    folder = workspace.inputs / cycle
    receipts = registers.read_received(folder / RECEIVED) if (folder / RECEIVED).exists() else {}
    files = []
    for path in sorted(p for p in folder.rglob("*") if not p.is_dir()):
        name = path.relative_to(folder).as_posix()
        if name != RECEIVED:
            info = path.lstat()
            sha = digest(path) if stat.S_ISREG(info.st_mode) else ""
            files.append(ReceivedFile(name, path, sha, info.st_size, with_zone(receipts.get(name))))
    return tuple(files)


def with_zone(moment: str | None) -> str | None:
    """ISO 8601 with a zone; Asia/Shanghai where none is written (contract §1)."""
    if not moment:
        return None
    read = datetime.fromisoformat(moment.strip().replace("/", "-"))
    return (read if read.tzinfo else read.replace(tzinfo=SHANGHAI)).isoformat()


def digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def id_key(workspace: Workspace) -> bytes:
    """The key of all ids; made by the first run, 0600, and never replaced."""
    path = workspace.inputs / "id.key"
    if not path.exists():
        beside = path.with_suffix(f".{os.getpid()}.part")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_hex(KEY_BYTES) + "\n")
        try:
            os.link(beside, path)               # the first of two runs wins
        except FileExistsError:
            pass
        finally:
            beside.unlink()
    try:
        key = bytes.fromhex(path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise CatalogueError(f"inputs/id.key 不完整或已损坏：里面应是 {2 * KEY_BYTES} 个 0—9、a—f 的字符。学生和个案的编号都由它算出，所以没有运行。"
                             "请从备份里找回这个文件；找不回来的，删去它再运行会新建一个，但全部编号会变，已记下的决定要重新作答。")
    return key


def new(folder: Path) -> Workspace:
    """An empty workspace with a commented district.toml and a register to fill in."""
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"“{folder}”已存在且不是空文件夹，没有动它。请另选一个文件夹。")
    (folder / "inputs" / "roster").mkdir(parents=True)
    (folder / "outputs").mkdir()
    template = catalogue.HERE / "templates"
    for name in ("district.toml", "schools.csv"):
        (folder / "inputs" / name).write_bytes((template / name).read_bytes())
    return Workspace(folder)
