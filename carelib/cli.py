"""The command `carelib` (contract §6). Results go to stdout, messages to stderr; 0 done, 1 something unfinished, 2 wrong use."""
from __future__ import annotations

import argparse
import difflib
import errno
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from carelib.records import CatalogueError, UsageError

FILING = {"filed": "已报", "zero": "零报告", "unreadable": "无法读取", "missing": "未报"}


class Parser(argparse.ArgumentParser):
    """argparse that refuses in Chinese and with exit status 2."""

    def error(self, message: str) -> NoReturn:
        usage = self.format_usage().strip().replace("usage: ", "用法：", 1)
        say(f"用法不对：{in_chinese(message)}\n{usage}\n详细说明：{self.prog} --help")
        raise SystemExit(2)


def say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


DISK = {errno.ENOENT: "有文件或文件夹找不到了（可能刚被移走）", errno.EACCES: "没有读写的权限", errno.EPERM: "没有读写的权限",
        errno.EROFS: "磁盘是只读的", errno.ENOSPC: "磁盘已满", errno.EISDIR: "该是文件的地方是一个文件夹",
        errno.ENOTDIR: "该是文件夹的地方是一个文件", errno.EEXIST: "该是文件夹的地方已有同名的文件", errno.EIO: "磁盘读写出错",
        errno.EMFILE: "同时打开的文件太多", errno.ENOMEM: "内存不够"}
SAID = ((r"argument (.+?): invalid choice: '(.*?)' \(choose from (.*)\)", "{0}写的是“{1}”，可以写：{2}"),
        (r"the following arguments are required: (.*)", "缺少 {0}"), (r"unrecognized arguments: (.*)", "不认识的参数 {0}"),
        (r"argument (.+?): expected one argument", "{0} 后面要写一个值"), (r"argument (.+?): (写的是.*)", "{0} {1}"),
        (r"argument (.+?): ignored explicit argument '(.*)'", "{0} 后面不能写“{1}”"),
        (r"ambiguous option: (.+?) could match (.*)", "{0} 不明确，可能是 {1}"))


def in_chinese(message: str) -> str:
    """argparse's sentence, and for an unknown command the nearest known one."""
    for pattern, said in SAID:
        if found := re.fullmatch(pattern, message):
            parts = [p.replace("'", "").replace(", ", "、") for p in found.groups()]
            near = difflib.get_close_matches(parts[1], parts[2].split("、"), 1, 0.4) if len(parts) == 3 else []
            return said.format(*parts) + (f"（最接近的是 {near[0]}）" if near else "")
    return "命令写得不对，没有认出来"


def _cores(text: str) -> int:
    if not re.fullmatch(r"0*[1-9]\d{0,3}", text):
        raise argparse.ArgumentTypeError(f"写的是“{text}”，应为 1 以上的整数；要用全部的核，就不写 --jobs")
    return int(text)


def parser() -> Parser:
    main = Parser(prog="carelib", description="特殊学生关爱帮扶：读取、对账、检查、报告、审核。")
    commands = main.add_subparsers(dest="command", required=True, metavar="命令", parser_class=Parser)

    def command(name: str, help_: str, cycle: bool = True) -> Parser:
        made = commands.add_parser(name, help=help_, description=help_)
        made.add_argument("--json", action="store_true", help="结果用 JSON 输出")
        if cycle:
            made.add_argument("cycle", metavar="CYCLE", help="周期，如 2023-03；run 也接受季度，如 2023-Q2")
            made.add_argument("--workspace", type=os.path.abspath, default=Path("."), metavar="DIR",
                              help="工作区（默认：当前文件夹，或它上面最近的工作区）")
        return made

    def schools(made: Parser) -> None:
        made.add_argument("--school", action="append", default=[], metavar="CODE", help="只做这所学校，可多次写")

    run = command("run", "运行一个周期")
    schools(run)
    run.add_argument("--until", choices=["read", "reconcile", "check", "report", "review"], default="review", help="做到哪一步为止")
    run.add_argument("--jobs", type=_cores, default=0, metavar="N", help="同时用几个核（默认：全部）")
    run.add_argument("--scheduler", metavar="ADDRESS", help="Dask 调度器地址")
    run.add_argument("--fresh", action="store_true", help="全部重做，不用上次的结果")
    command("status", "谁报了、谁迟了、什么没决定、什么过期了")
    review = command("review", "列出等人决定的事项，或记下答复")
    schools(review)
    review.add_argument("--answer", metavar="SUBJECT", help="答复的对象：问题编号、row_id:字段、person_id+person_id 或学校标识码")
    review.add_argument("--verdict", metavar="V", help="confirmed|dismissed|answered、value、same|different、approve|return")
    review.add_argument("--by", metavar="NAME", help="答复人")
    review.add_argument("--reason", metavar="TEXT", help="理由")
    review.add_argument("--use", metavar="VALUE", help="改用的值（只用于 value）")
    review.add_argument("--answers", metavar="FILE.csv", help="一次记下多条答复：subject, verdict, by, reason, use")
    release = command("release", "把批准了的报告放进 released")
    schools(release)
    forms = command("forms", "要发给学校的表：空白，或预填未结个案")
    schools(forms)
    look = command("look", "看一个文件里读到了什么，不需要工作区", cycle=False)
    look.add_argument("file", metavar="FILE")
    command("book", "规则手册：逐条规则与例子", cycle=False)
    new = command("new", "新建一个空工作区", cycle=False)
    new.add_argument("folder", metavar="DIR")
    lab = command("lab", "打开 JupyterLab", cycle=False)
    lab.add_argument("--workspace", type=os.path.abspath, metavar="DIR", help="打开这个工作区做好的笔记（默认：随软件的笔记和示例）")
    command("doctor", "检查这台电脑和目录数据是否就绪", cycle=False)
    return main


def main(argv: Sequence[str] | None = None) -> int:
    asked = parser().parse_args(argv)
    try:
        return COMMANDS[asked.command](asked)
    except (UsageError, CatalogueError) as fault:
        say(str(fault))
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())      # whoever read our results has gone
        return 0
    except OSError as fault:
        say(f"文件读写失败：{DISK.get(fault.errno or 0, f'系统错误 {fault.errno}')}。请检查后再运行；已有结果没有被破坏。")
        return 1
    except KeyboardInterrupt:
        say("已停止；再次运行会接着做。")
        return 1
    except Exception as fault:
        if os.environ.get("CARELIB_DEBUG"):
            raise
        at = fault.__traceback__
        while at and at.tb_next:
            at = at.tb_next
        where = f"{Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at else "?"
        say(f"程序内部错误（{type(fault).__name__}，{where}），本次没有做完。请把这句话告诉维护者；已有结果没有被破坏。")
        return 1


# ---- the commands ----------------------------------------------------------------------------------------------------

def _run(asked: argparse.Namespace) -> int:
    from carelib.run import cycle, progress, quarter
    from carelib.run import workspace as places
    if quarter.QUARTER.fullmatch(asked.cycle):
        return _quarter(asked)
    with progress.bar(quiet=asked.json) as tick:
        ran = cycle.run(places.find(asked.workspace), asked.cycle, schools=asked.school, until=asked.until, jobs=asked.jobs,
                        fresh=asked.fresh, scheduler=asked.scheduler, tick=tick)
    _say_not_told(asked, ran.month)
    if asked.json:
        _print_json(cycle.account(ran, asked.school, asked.until))
    else:
        progress.summary(ran, asked.until)
    return 0 if ran.ok else 1


def _quarter(asked: argparse.Namespace) -> int:
    from carelib.run import progress, quarter
    from carelib.run import workspace as places
    with progress.bar(quiet=asked.json) as tick:
        made = quarter.run(places.find(asked.workspace), asked.cycle, jobs=asked.jobs, tick=tick)
    if asked.json:
        _print_json({"quarter": made.name, "cycles": made.cycles, "rows": made.rows, "basis": made.basis})
    else:
        print(f"{made.name}（{'、'.join(made.cycles)}）：复核清单 {made.rows['recheck']} 项，辍学台账 {made.rows['ledger_dropout']} 人，"
              f"疑似辍学 {made.rows['ledger_suspected']} 人。{made.basis}结果在 {made.folder}")
    return 0


def _month(asked: argparse.Namespace) -> Any:
    from carelib import verbs
    return verbs.check(asked.cycle, asked.workspace)


def _say_not_told(asked: argparse.Namespace, month: Any) -> None:
    from carelib.run import workspace as places
    for sentence in places.not_told(places.find(asked.workspace), month.world):
        say(f"注意：{sentence}")


def _status(asked: argparse.Namespace) -> int:
    from carelib import review
    month = _month(asked)
    _say_not_told(asked, month)
    due = month.world.policy.due_date(month.cycle)
    rows = [{"school_code": r["school_code"], "school": month.world.school(r["school_code"]).name,
             "form": month.world.catalogue.forms[r["form"]].short, "state": r["state"], "on_time": r["on_time"],
             "days_late": r["days_late"]} for r in month.rows("filing") if month.world.school(r["school_code"])]
    waiting = review.open_questions(month)
    if asked.json:
        _print_json({"cycle": month.cycle, "due": due.isoformat(), "days_to_due": (due - date.today()).days, "filing": rows,
                     "open": [asdict(q) for q in waiting]})
        return 0
    left = (due - date.today()).days
    print(f"{month.cycle}　截止 {due}（{'还有' if left >= 0 else '已过'} {abs(left)} 天）")
    for r in rows:
        late = f"，迟 {r['days_late']} 天" if r["days_late"] else ""
        print(f"{r['school_code']} {r['school']}　{r['form']}：{FILING[r['state']]}{late}")
    print(f"等人决定 {sum(not q.stale for q in waiting)} 项，决定已过期 {sum(q.stale for q in waiting)} 项（carelib review {month.cycle}）")
    return 0


def _review(asked: argparse.Namespace) -> int:
    from carelib import review
    from carelib.run import workspace as places
    single = [asked.answer, asked.verdict, asked.by, asked.reason]
    if asked.answers and any(single):
        raise UsageError("--answers 与 --answer 不能同时用。")
    if any(single) and not all(single):
        raise UsageError("答复要同时写 --answer、--verdict、--by、--reason。")
    answers = _answers(asked)
    month = _month(asked)
    schools = places.known_schools(month.world, asked.school)
    if not answers:
        return _list_open(month, schools, asked.json)
    made = _record(asked, month, answers)
    if asked.json:
        _print_json([asdict(d) for d in made])
    for d in made if not asked.json else ():
        print(f"已记下 {d.decision_id}：{d.subject} {review.SAYS[d.verdict]}（{d.by}）")
    return 0


def _answers(asked: argparse.Namespace) -> list[Any]:
    """What was answered, from the command or from a file of answers; [] if nothing was."""
    from carelib import review
    if not asked.answers:
        return [review.Answer(asked.answer, asked.verdict, asked.by, asked.reason, asked.use)] if asked.answer else []
    try:
        data = Path(asked.answers).read_bytes()
    except OSError as fault:
        why = "没有这个文件" if isinstance(fault, FileNotFoundError) else "它不是文件，或没有权限读它"
        raise UsageError(f"--answers 写的“{asked.answers}”读不了：{why}。没有记下任何答复。请核对路径后再运行。") from None
    return review.answers_from_csv(data)


def _record(asked: argparse.Namespace, month: Any, answers: Sequence[Any]) -> Any:
    """Check the answers against the cycle as it stands now, then append them; an approval sees a draft made just now."""
    from carelib import review, verbs
    from carelib.run import cycle, stages
    from carelib.run import workspace as places
    place = places.find(asked.workspace)
    approving = [a.subject for a in answers if month.world.school(a.subject)]
    if approving:
        verbs.report(asked.cycle, asked.workspace, approving)
    with stages.only_run(place):
        drafts = {s.code: cycle.draft_path(month, s) for s in month.world.schools}
        made = review.decide(month, answers, drafts)
        review.Ledger(place.ledger).add(made)
    return made


def _list_open(month: Any, schools: Sequence[str], as_json: bool) -> int:
    from carelib import review
    waiting = review.open_questions(month, schools)
    if as_json:
        _print_json([asdict(q) for q in waiting])
        return 0
    for q in waiting:
        school = month.world.school(q.school_code)
        print(f"{q.subject}　{school.name if school else '区'}　{'【决定已过期】' if q.stale else ''}{q.what}（{q.why}）")
    print(f"共 {len(waiting)} 项。答复：carelib review {month.cycle} --answer 编号 --verdict … --by 姓名 --reason 理由")
    return 0


def _release(asked: argparse.Namespace) -> int:
    from carelib.run import cycle, stages
    from carelib.run import workspace as places
    place, month = places.find(asked.workspace), _month(asked)
    codes = places.known_schools(month.world, asked.school) or [s.code for s in month.world.open_schools]
    with stages.only_run(place):
        results = [cycle.release(month, month.world.school(code)) for code in codes]
    if asked.json:
        _print_json([asdict(r) for r in results])
    for r in results if not asked.json else ():
        print(f"{r.school_code} {r.school}：" + (f"已放行 {r.file}" if not r.reasons else "未放行：" + "；".join(r.reasons)))
    return 0 if all(not r.reasons for r in results) or not asked.school else 1


def _forms(asked: argparse.Namespace) -> int:
    from carelib import report
    from carelib.run import workspace as places
    month = _month(asked)
    codes = places.known_schools(month.world, asked.school) or [s.code for s in month.world.open_schools]
    for code in codes:
        school = month.world.school(code)
        path = month.folder / "forms" / report.file_name(school, month.cycle)
        report.form_workbook(path, month, school)
        print(path)
    return 0


def _look(asked: argparse.Namespace) -> int:
    from carelib.run import look
    path = Path(asked.file)
    if not path.is_file():
        raise UsageError("没有这个文件，或它不是普通文件。请检查路径。")
    seen = look.look(path)
    if asked.json:
        _print_json(seen)
    else:
        look.show(seen)
    return 0


def _book(asked: argparse.Namespace) -> int:
    from carelib import catalogue, check
    rows = check.book(catalogue.load())
    if asked.json:
        _print_json(rows)
    for row in rows if not asked.json else ():
        print("　".join(str(v) for k, v in row.items() if v and k != "examples"))
    return 0


def _new(asked: argparse.Namespace) -> int:
    from carelib.run import workspace as places
    made = places.new(Path(asked.folder))
    print(f"已新建工作区 {made.root}。接着：填好 inputs/district.toml 和 inputs/schools.csv，把收到的文件放进 inputs/2023-03 这样的文件夹，"
          f"再运行 carelib run 2023-03 --workspace {made.root}")
    return 0


def _lab(asked: argparse.Namespace) -> int:
    from carelib.run import execute
    from carelib.run.cycle import NOTEBOOKS
    if asked.workspace:                         # its notebooks were signed when they were made
        opened = [f"--notebook-dir={asked.workspace}"]
    else:
        for notebook in NOTEBOOKS.glob("*.ipynb"):
            execute.trust(notebook)
        opened = [f"--notebook-dir={NOTEBOOKS.parent}", str(NOTEBOOKS / "0_start.ipynb")]
    config = (str(Path(execute.__file__).parent / "jupyter"), os.environ.get("JUPYTER_CONFIG_PATH"))     # no news, no question about it
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(p for p in config if p)
    os.execvp(sys.executable, [sys.executable, "-m", "jupyterlab", *opened])


def _doctor(asked: argparse.Namespace) -> int:
    from carelib.run import doctor
    rows = doctor.examine()
    if asked.json:
        _print_json([asdict(r) for r in rows])
    for r in rows if not asked.json else ():
        print(f"{'✔' if r.ok else '✘'} {r.what}：{r.says}")
    return 0 if all(r.ok or r.optional for r in rows) else 1


def _print_json(data: Any) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=1, default=str)
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "run": _run, "status": _status, "review": _review, "release": _release, "forms": _forms, "look": _look, "book": _book,
    "new": _new, "lab": _lab, "doctor": _doctor}

if __name__ == "__main__":
    sys.exit(main())
