"""Links a month's rows to persons: certain links first, doubt to a question, the rest to new persons."""
from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from carelib.reconcile import cascade, numbers
from carelib.reconcile.cascade import Birth, Family, Verdict, judge
from carelib.reconcile.evidence import LISTS, Trace
from carelib.reconcile.names import Name
from carelib.reconcile.namesakes import Namesakes, are_two
from carelib.reconcile.numbers import Kind, Match
from carelib.reconcile.persons import Index, Person, number_keys
from carelib.records import Decision, mint

PASSES = ((5, False), (8, False), (8, True), (10, True))        # rank limit, whether the whole school is searched
MOST_BEARERS = 3                                                # a name borne by more persons is no key of its own


@dataclass(frozen=True, slots=True)
class Link:
    person: Person
    method: str
    verdict: Verdict | None = None
    maybe: Person | None = None

    @property
    def state(self) -> str:
        return str(cascade.wording()["method"][self.method]["state"])


class Answers:
    """What people decided about pairs of persons; what was said of one holds for all that were said to be one with it."""

    def __init__(self, decisions: Mapping[str, Decision]) -> None:
        self._pairs: dict[str, dict[str, str]] = defaultdict(dict)
        for subject, decision in decisions.items():
            one, _, other = subject.partition("+")
            self._pairs[one][other] = self._pairs[other][one] = decision.verdict
        self._alike: dict[str, frozenset[str]] = {}

    def of(self, person_id: str, verdict: str) -> list[str]:
        return sorted(o for o, v in self._pairs.get(person_id, {}).items() if v == verdict)

    def apart(self, one: str, other: str) -> bool:
        """Told apart, or one of each side's equals is told apart from one of the other's; a word on the very two goes first."""
        if not self._pairs:
            return False
        said = self._pairs.get(one, {}).get(other)
        return said == "different" if said else any(
            self._pairs.get(a, {}).get(b) == "different" for a in self.equals(one) for b in self.equals(other))

    def equals(self, person_id: str) -> frozenset[str]:
        """The persons that answers make one with this one, itself included."""
        if person_id not in self._alike:
            found, rest = {person_id}, [person_id]
            while rest:
                more = set(self.of(rest.pop(), "same")) - found
                found |= more
                rest += more
            self._alike |= dict.fromkeys(found, frozenset(found))
        return self._alike[person_id]


def drift(trace: Trace, person: Person) -> list[str]:
    """Fields that should never change and here differ from everything known of the person."""
    out = []
    if person.names and trace.name and cascade.names.best(trace.name, person.names) not in (Name.EQUAL, Name.SURNAME):
        out.append("student_name")
    birth = trace.row.get("birth")
    births = [cascade.compare_births(birth, b) for b in person.births] if birth else []
    if births and min(births) in (Birth.NEAR, Birth.FAR):
        out.append("birth")
    if trace.row.get("gender") and person.genders and trace.row["gender"] not in person.genders:
        out.append("gender")
    if numbers.best(trace.numbers, person.numbers) == Match.CONFLICT:
        out.append("id_number")
    return out


class Linker:
    """One cycle's linking. `index` grows by what is learned; `links` holds the answer for each row."""

    def __init__(self, cycle: str, month: int, index: Index, answers: Answers, key: bytes, before: int | None,
                 seeds: Mapping[str, tuple[Any, ...]], namesakes: Namesakes) -> None:
        self.cycle, self.month, self.index, self.answers, self.key = cycle, month, index, answers, key
        self.before = before                                    # the month of the previous cycle
        self.seeds = seeds                                      # row -> signature of its first received version
        self.namesakes = namesakes
        self.links: dict[str, Link] = {}
        self.drift: dict[str, list[str]] = {}                   # row -> fields in which it contradicts what was known
        self._taken: dict[tuple[str, str, str], Trace] = {}     # (person, school, list form) -> its row
        self._minted: Counter[tuple[Any, ...]] = Counter()
        self._on_list: Counter[tuple[str, str, str]] = Counter()

    def link(self, traces: list[Trace]) -> None:
        """Link one group of rows (in content order): the passes, then what is left over."""
        self._on_list.update((t.form, t.school, t.name) for t in traces if t.form in LISTS)
        rest = traces
        for limit, wide in PASSES:
            rest = [t for t in rest if not self._try(t, limit, wide)]
        for trace in rest:
            self._leftover(trace)

    def _try(self, trace: Trace, limit: int, wide: bool) -> bool:
        if not wide and limit == PASSES[0][0] and (person := self._typed(trace)):
            self._set(trace, Link(person, "typed_again"))
            return True
        verdicts = self._verdicts(trace, wide)
        chosen = self._choose(trace, [(p, v) for p, v in verdicts if v.auto and v.rank <= limit])
        if chosen and self._rival(chosen, verdicts):
            return False
        if chosen:
            self._set(trace, Link(chosen[0], chosen[1].method, chosen[1]))
        return bool(chosen)

    def _typed(self, trace: Trace) -> Person | None:
        """The person of a row typed exactly so in the last months, if only one, and if it says more than a name."""
        known = self.index.under("typed", *map(str, trace.signature))
        owners = {p.person_id: p for p in map(self._owner, known) if self.month - p.typed.get(trace.signature, 0) <= 2}
        if len(owners) != 1 or not (trace.numbers or trace.birth or trace.phones or self._bearers(trace) == 1):
            return None
        person = next(iter(owners.values()))
        return None if (person.person_id, trace.school, trace.form) in self._taken else person

    def _owner(self, person: Person) -> Person:
        return self.index.owner(person.person_id)

    def _bearers(self, trace: Trace) -> int:
        """How many persons of the school bear the row's name, the rows of its own list included."""
        return max(len(self.index.under(trace.name, trace.school)), self._on_list[trace.form, trace.school, trace.name])

    def _pool(self, trace: Trace, wide: bool) -> Iterable[Person]:
        under = self.index.under
        keys = [under(*k) for n in trace.numbers for k in number_keys(n) if wide or k[0] == "number"]
        keys += [under(trace.name, trace.school), under(trace.name, trace.birth or "?")]
        keys += [under(trace.name, p) for p in trace.phones]
        keys.append([p for p in under("moves", trace.school) if wide or trace.name in p.names])
        keys += [[p for p in under("prefix", n.text[:15]) if trace.name in p.names] for n in trace.numbers if not wide]
        if wide:
            keys.append(under("school", trace.school))
            keys += [under("phone", p) for p in trace.phones]
            if len(bearers := under("name", trace.name)) <= MOST_BEARERS:
                keys.append(bearers)
        return {p.person_id: p for key in keys for p in key}.values()

    def _verdicts(self, trace: Trace, wide: bool) -> list[tuple[Person, Verdict]]:
        out, bearers, foreign = [], self._bearers(trace), self._somebody_elses(trace)
        for person in self._pool(trace, wide):
            verdict = judge(trace, person, self.month, bearers, foreign)
            if verdict and (verdict := self._list_veto(trace, person, verdict)):
                out.append((person, verdict))
        return out

    def _list_veto(self, trace: Trace, person: Person, verdict: Verdict) -> Verdict | None:
        """Two rows of one list are two pupils, unless spelling and number, birth, guardian or phone agree."""
        other = self._taken.get((person.person_id, trace.school, trace.form))
        if verdict.method in cascade.NEED_GAP and verdict.relations.name != Name.EQUAL and not self._missing(trace, person):
            return None if other else Verdict(cascade.NEED_GAP[verdict.method], cascade.NEVER, verdict.relations)
        if other is None:
            return verdict
        same_number = numbers.best(trace.numbers, other.numbers) == Match.EQUAL
        agree = same_number or (trace.birth and trace.birth == other.birth and len(trace.birth) == 10) \
            or trace.phones & other.phones or (trace.guardian and trace.guardian == other.guardian)
        if trace.name == other.name and agree:
            return verdict
        asked = same_number or trace.name == other.name
        return Verdict("maybe_twice", cascade.NEVER, verdict.relations) if asked else None

    def _missing(self, trace: Trace, person: Person) -> bool:
        """The person stood on the school's last list; a list row may only take one who has no row yet."""
        last = person.listed.get(trace.school)
        if last is None or last not in (self.before, self.month):
            return False
        return trace.form != "absent_list" or last != self.month

    def _choose(self, trace: Trace, found: list[tuple[Person, Verdict]]) -> tuple[Person, Verdict] | None:
        """The one best match, or None: nobody is picked among equally good ones unless `_among` can tell."""
        if not found:
            return None
        best = min(v.rank for _, v in found)
        top = [f for f in found if f[1].rank == best]
        most = max(v.relations.weight for _, v in top)
        equal = [f for f in top if f[1].relations.weight == most]
        return equal[0] if len(equal) == 1 else self._among(trace, equal)

    def _among(self, trace: Trace, equal: list[tuple[Person, Verdict]]) -> tuple[Person, Verdict] | None:
        """The only one of whom the row's word on the case can be true; else of a pair that may be one pupil the one who waits
        to be told from the other, but not if both stood on one list."""
        fits = self.namesakes.of_whom(trace, [p for p, _ in equal])
        if len(fits) == 1:
            return next((p, replace(v, method="namesake")) for p, v in equal if p is fits[0])
        if len(equal) > 2 or (not fits and trace.form == "absent_list"):
            return None
        (one, _), (other, _) = equal
        if are_two(one, other, trace.school) or self.answers.apart(one.person_id, other.person_id):
            return None
        return next((f for f in equal if f[0].maybe in (one.person_id, other.person_id)), None)

    @staticmethod
    def _rival(chosen: tuple[Person, Verdict], verdicts: list[tuple[Person, Verdict]]) -> bool:
        """Twins until shown otherwise: a name that is not equal may not choose between two of one birth and family (without a
        number: of one of them, the other not being known), nor against somebody of the school who bears the very name (a
        clerk may have copied the other's number)."""
        if chosen[1].relations.name == Name.EQUAL:
            return False
        numbered = chosen[1].relations.number < Match.NOTHING
        for person, verdict in verdicts:
            r = verdict.relations
            born, kin = r.birth == Birth.EQUAL, r.family == Family.SAME
            half = not numbered and ((born and r.family == Family.NONE) or (kin and r.birth == Birth.NONE))
            twin = ((born and kin) or half) and r.name <= Name.SURNAME
            if person is not chosen[0] and (twin or (r.name == Name.EQUAL and r.school and r.class_ in cascade.TOGETHER)):
                return True
        return False

    def _leftover(self, trace: Trace) -> None:
        """Nothing automatic so far: link to what was founded meanwhile, ask, or found a new person."""
        verdicts = self._verdicts(trace, wide=True)
        chosen = self._choose(trace, [f for f in verdicts if f[1].auto and f[1].rank <= PASSES[-1][0]])
        if chosen and not self._rival(chosen, verdicts):
            self._set(trace, Link(chosen[0], chosen[1].method, chosen[1]))
            return
        if chosen:                      # a rival stands against it: a question among others
            verdicts = [(p, Verdict("maybe_renamed", cascade.NEVER, v.relations) if p is chosen[0] else v)
                        for p, v in verdicts]
        person_id = self._mint(trace)
        if one := next((self.index.owner(o) for o in sorted(self.answers.equals(person_id)) if o != person_id and self.index.get(o)), None):
            self._redirect(person_id, one, trace)
            self._set(trace, Link(one, "decided"))
            return
        asked = [(p, v) for p, v in verdicts if not self.answers.apart(person_id, p.person_id)]
        self._found(trace, person_id, asked, apart=len(asked) < len(verdicts))

    def _found(self, trace: Trace, person_id: str, asked: list[tuple[Person, Verdict]], *, apart: bool) -> None:
        person = Person(person_id, self.cycle)
        self.index.add(person)
        if not asked:
            self._set(trace, Link(person, "decided_apart" if apart else "founding"))
            return
        other, verdict = min(asked, key=lambda f: (
            f[1].rank, -self._likely(f[1]), -f[1].relations.weight, f[0].person_id))
        method = "maybe_two" if verdict.auto else verdict.method
        person.maybe, person.asked = other.person_id, trace.row_id
        self._set(trace, Link(person, method, verdict, other))

    @staticmethod
    def _likely(verdict: Verdict) -> float:
        return float(cascade.wording()["method"][verdict.method]["score"])

    def _mint(self, trace: Trace) -> str:
        seed = self.seeds.get(trace.row_id, trace.signature)
        self._minted[seed] += 1
        return mint("p_", self.cycle, *seed, self._minted[seed], key=self.key)

    def _redirect(self, person_id: str, older: Person, trace: Trace) -> None:
        """The younger id stays in `persons` as it was when it was asked about, and points to the older."""
        younger = Person(person_id, self.cycle)
        younger.same_as = older.person_id
        younger.show(trace)
        self.index.add(younger)

    def _set(self, trace: Trace, link: Link) -> None:
        self.links[trace.row_id] = link
        person = link.person
        if trace.form in LISTS:
            self._taken.setdefault((person.person_id, trace.school, trace.form), trace)
        if trace.form == "absent_list":
            self.namesakes.on_list(trace, person)
        if link.method == "typed_again":
            person.seen_again(trace, self.month)
        else:
            own = not self._foreign(trace, link)
            self.drift[trace.row_id] = drift(trace, person)
            self.index.enter(person, person.learn(trace, self.month, number=own))
            if link.method != "decided":
                person.show(trace, number=own)

    def _foreign(self, trace: Trace, link: Link) -> bool:
        """A number that belongs to somebody else of another name is not learned."""
        if link.verdict and link.verdict.relations.number < Match.NOTHING:
            return False
        return self._somebody_elses(trace)

    def _somebody_elses(self, trace: Trace) -> bool:
        """The row's full number is known as that of persons of other names only."""
        holders = [p for n in trace.numbers if n.kind == Kind.FULL for p in self.index.under("number", n.text)]
        return bool(holders) and all(cascade.names.best(trace.name, p.names) > Name.SURNAME for p in holders)
