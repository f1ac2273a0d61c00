"""The cascade beside what an analyst would write instead: joins in pandas on numbers and names, and Splink.

    python bench/reconcile/compare.py [--level usual] [--seeds 1] [--schools 100] [--months 12] [--no-splink]

All see the same rows. Splink is trained without labels on the whole district (expectation maximisation), links at p >= 0.99,
and may then keep one row a pupil and list (its best answer). CPU seconds of one process.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

import pandas as pd  # noqa: E402
from measure import Score, arguments, run  # noqa: E402
from simulate import District, Month  # noqa: E402

from carelib.reconcile import names, numbers  # noqa: E402
from carelib.reconcile.evidence import cohort_of  # noqa: E402


def frame(months: list[Month]) -> pd.DataFrame:
    """Every row with its name, its number as written and as cleaned, and what else identifies."""
    raw = {(v["row_id"], v["field"]): v["raw"] for m in months for v in m.tables["values"]}
    rows = []
    for month in months:
        for form in ("absent_list", "follow_up"):
            for r in month.tables[form]:
                written = r.get("id_number") or raw.get((r["row_id"], "id_number"))
                kind = numbers.classify(written, int(month.cycle[:4]))
                rows.append(
                    {
                        "unique_id": r["row_id"],
                        "list": f"{month.cycle} {r['school_code']} {form}",
                        "form": form,
                        "school": r["school_code"],
                        "name": r["student_name"].replace(" ", ""),
                        "gender": r["gender"],
                        "number": numbers.clean(written).removeprefix("G") if written else None,
                        "valid": kind.text if kind.kind == numbers.Kind.FULL else None,
                        "birth": r["birth"],
                        "guardian": r["guardian_name"],
                        "phone": r["guardian_phone"],
                        "cohort": cohort_of(r["grade"], month.cycle),
                        "class_no": r["class_no"],
                        "folded": names.fold(r["student_name"]),
                    }
                )
    return pd.DataFrame(rows)


def join(data: pd.DataFrame, *keys: str) -> dict[str, str]:
    """The first key that a row has decides: rows with one key are one pupil; a name key is looked up among numbers."""
    if keys == ("number",):
        return dict(zip(data.unique_id, data.number.where(data.number.notna(), data.unique_id)))
    place = data.school + " " + data.name
    if keys == ("name",):
        return dict(zip(data.unique_id, place))
    number = data[keys[0]]
    by_place = dict(zip(place[number.notna()], number[number.notna()]))
    return {u: n if isinstance(n, str) else by_place.get(p, p) for u, n, p in zip(data.unique_id, number, place)}


def splink(data: pd.DataFrame, one_to_one: bool) -> dict[str, str]:
    """Splink 5 over DuckDB with the comparisons that its guide recommends for names, dates and identifiers."""
    import logging

    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    table = data[
        [
            "unique_id",
            "school",
            "name",
            "folded",
            "gender",
            "number",
            "birth",
            "guardian",
            "phone",
            "cohort",
            "class_no",
        ]
    ].copy()
    table["class_key"] = table.school + " " + table.cohort.astype(str) + " " + table.class_no.astype(str)
    settings = SettingsCreator(
        link_type="dedupe_only",
        retain_intermediate_calculation_columns=False,
        comparisons=[
            cl.LevenshteinAtThresholds("folded", [1]).configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("number", [1, 3]),
            cl.DamerauLevenshteinAtThresholds("birth", [1, 2]),
            cl.ExactMatch("guardian"),
            cl.ExactMatch("phone"),
            cl.ExactMatch("class_key"),
            cl.ExactMatch("gender"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("number"),
            block_on("folded", "school"),
            block_on("folded", "birth"),
            block_on("phone"),
            block_on("birth", "school"),
            block_on("guardian", "school"),
        ],
    )
    linker = (
        Linker(DuckDBAPI().register(table), settings)
        if hasattr(DuckDBAPI, "register")
        else Linker(table, settings, DuckDBAPI())
    )
    linker.training.estimate_probability_two_random_records_match([block_on("number")], recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("folded", "school"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("number"))
    pairs = linker.inference.predict(threshold_match_probability=0.99)
    if not one_to_one:
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=0.99)
        done = clusters.as_pandas_dataframe()
        return dict(zip(done.unique_id, done.cluster_id.astype(str)))
    return _one_to_one(data, pairs.as_pandas_dataframe())


def _one_to_one(data: pd.DataFrame, pairs: pd.DataFrame) -> dict[str, str]:
    """Best pairs first; two rows of one absent_list never come together."""
    listed = data[data.form == "absent_list"]
    roster = dict(zip(listed.unique_id, listed.list))
    group = {u: u for u in data.unique_id}
    members: dict[str, list[str]] = {u: [u] for u in group}
    lists: dict[str, set[Any]] = {u: {roster[u]} if u in roster else set() for u in group}
    for one, other in pairs.sort_values("match_probability", ascending=False)[
        ["unique_id_l", "unique_id_r"]
    ].itertuples(index=False):
        a, b = group[one], group[other]
        if a == b or lists[a] & lists[b]:
            continue
        for row in members[b]:
            group[row] = a
        members[a] += members.pop(b)
        lists[a] |= lists.pop(b)
    return group


WAYS: dict[str, tuple[Any, ...]] = {
    "join: cleaned number": (join, "number"),
    "join: school + name": (join, "name"),
    "join: cleaned number, else name": (join, "number", "name"),
    "join: valid number, else name": (join, "valid", "name"),
    "Splink p >= 0.99": (splink, False),
    "Splink, one row a list": (splink, True),
}


def main() -> None:
    parser = arguments()
    parser.add_argument("--no-splink", action="store_true")
    given = parser.parse_args()
    scores: dict[str, Score] = defaultdict(Score)
    for seed in map(int, given.seeds.split(",")):
        district = District(seed, given.level, given.schools, given.months)
        months = list(district.run())
        truth = {k: v for m in months for k, v in m.truth.items()}
        data = frame(months)
        for name, (way, *how) in WAYS.items():
            if way is splink and given.no_splink:
                continue
            start = time.process_time()
            said = way(data, *how)
            scores[name].seconds += time.process_time() - start
            scores[name].add(truth, said, district)
        for answer in (False, True):
            said, asked, took, _ = run(district, months, answer)
            score = scores[f"cascade, {'answered' if answer else 'alone'}"]
            score.add(truth, said, district)
            score.asked, score.seconds = score.asked + asked, score.seconds + took
    for name, score in scores.items():
        print(score.line(f"{given.level} {name}"), flush=True)


if __name__ == "__main__":
    main()
