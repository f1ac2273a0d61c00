"""Whether a submission counts: hidden, unknown form or school, another month, empty; and what names say against it."""
from __future__ import annotations

from carelib.read.sender import Months, Names, Sender, month_of
from carelib.read.submission import SubDraft
from carelib.records import Cell, Grid
from carelib.world import World


def place_school(sub: SubDraft, sender: Sender, names: Names, words: dict[str, str]) -> None:
    """The school of a submission, or why it waits for one."""
    sub.sender = sender
    if sender.school is None:
        if sender.closed:
            reason = words["closed_school"].format(words=sender.words)
        elif sender.many:
            reason = words["many_schools"].format(words=sender.words)
        elif sender.words:
            reason = words["unknown_school"].format(words=sender.words)
        else:
            reason = words["no_school"]
        sub.stop("held", "unknown_school", reason)
        sub.say("unknown_school", found=sender.words or None, why=reason)
        return
    if sender.by == "name":
        sub.say("by_name", what="填报单位")
        sub.reasons.append(words["by_name"].format(what="填报单位"))
    elif sender.by == "near":
        sub.say("near_school", found=sender.words, school=sender.school.name)
        sub.reasons.append(words["near_school"].format(words=sender.words, school=sender.school.name))
    elif names.school and names.school.code != sender.school.code and sender.by not in ("rows",):
        sub.say("name_differs_school", found=names.school.name, inside=sender.school.name)
    if sender.closed:
        sub.say("merged_school", found=sender.closed.name, school=sender.school.name)


def place_month(sub: SubDraft, sheet: str, names: Names, world: World, words: dict[str, str]) -> None:
    """The month of a submission; another month's waits and never changes another cycle."""
    form = world.catalogue.forms.get(sub.form or "")
    months = sub.months = month_of(sub.env, sheet, form, world.cycle)
    if months.other_term:
        sub.stop("held", "other_month", words["other_term"])
        sub.say("other_month", found=months.own, own=months.own or "别的学期", cycle=world.cycle)
    elif months.own and months.own != world.cycle:
        sub.stop("held", "other_month", words["other_month"].format(own=months.own, cycle=world.cycle))
        sub.say("other_month", found=months.own, own=months.own, cycle=world.cycle)
    else:
        _beside(sub, months, names, world, words)


def _beside(sub: SubDraft, months: Months, names: Names, world: World, words: dict[str, str]) -> None:
    """Months that disagree although the form is this month's."""
    if months.differ:
        sub.say("months_differ", found="、".join(months.differ), own=world.cycle, other="、".join(months.differ))
    if names.months and world.cycle not in names.months:
        sub.say("name_differs_month", found="、".join(names.months), own=months.own or world.cycle, other="、".join(names.months))
    elif months.own is None and sub.form and world.catalogue.forms[sub.form].cycle == "month":
        sub.say("by_name", what="月份")
        sub.reasons.append(words["by_name"].format(what="月份"))


def place_sheet(sub: SubDraft, grid: Grid, words: dict[str, str]) -> None:
    """A hidden sheet is reported and never counts."""
    if grid.hidden:
        sub.state, sub.reason_code = "hidden", None
        sub.reasons.insert(0, words["hidden"])
        sub.seen = []
        if sub.form:
            sub.say("hidden_sheet", n=len(sub.drafts))


def zero_or_empty(sub: SubDraft, zero: list[Cell], words: dict[str, str]) -> None:
    """No row at all: a zero report if it says so (`zero`: where) or is signed; else nobody can tell."""
    if sub.drafts:
        return
    if zero or sub.env.is_signed:
        sub.is_zero = True
        sub.zero_at = next((c.place for c in (*zero, *sub.env.titles)), None)
    else:
        sub.stop("held", "not_a_form", words["empty_form"])
        sub.say("empty_form", why=words["empty_form"])
