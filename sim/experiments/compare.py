"""Several runs side by side: what differs between their questions, and what that does to the answers."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.experiments.batches import LEAST_PATIENTS, error_of_batches
from sim.experiments.measures import LEVELS, MEASURES, STEPS, Measured, measured
from sim.experiments.question_differences import question_differences
from sim.experiments.results import Results
from sim.vocabulary.errors import InputError

WITH_ERRORS = (*LEVELS, *STEPS)
OF_THE_ANALYSIS = ("icer", "status", "next_to")
DIFFERENCE_COLUMNS = ("strategy", "run", "against", "measure", "difference", "standard_error", "paired")


@dataclass(frozen=True, eq=False)
class Comparison:
    """Runs side by side, in the order given. The first is the one that others are held against.

    runs: a row a run; run (its label: the scenario's name, numbered where two have the same), title, question, setting,
        currency, price_year, population, entry, horizon_years, comparator, patients, seed, version, commit.
    questions: a row a key of the question in which the runs differ; key, then a column of words a run.
    strategies: long; strategy, run, cost and qalys (discounted) with `_se`, comparator, incremental_cost and
        incremental_qalys to that run's comparator with `_se`, and icer, status, next_to of the full incremental
        analysis.
    differences: long; strategy, run, against (the first run), measure (cost, qalys, incremental_cost,
        incremental_qalys, net_benefit_gain at the first threshold of the first run), difference, standard_error,
        paired. Runs whose money differs in currency or price year are not subtracted. `paired`: whether the standard
        error is that of differences within patients (from batch means); otherwise it is that of independent runs.
    remarks: what a reader should know before trusting a difference.
    """

    runs: pd.DataFrame
    questions: pd.DataFrame
    strategies: pd.DataFrame
    differences: pd.DataFrame
    remarks: tuple[str, ...]


def compare(runs: Sequence[Results]) -> Comparison:
    """Put two or more runs side by side. Raises InputError for fewer."""
    if len(runs) < 2:
        raise InputError("compare", "this needs at least two runs", "Give a further run; `bmes runs` lists them.")
    labels = run_labels(runs)
    of_runs = [measured(run) for run in runs]
    differences, remarks = [], []
    for label, run, measures in zip(labels[1:], runs[1:], of_runs[1:], strict=True):
        found, remark = _difference(labels[0], runs[0], of_runs[0], label, run, measures)
        differences += found
        remarks += remark
    return Comparison(
        runs=pd.DataFrame([_about(label, run) for label, run in zip(labels, runs, strict=True)]),
        questions=question_differences(labels, runs),
        strategies=_strategies(labels, runs, of_runs),
        differences=pd.DataFrame(differences, columns=list(DIFFERENCE_COLUMNS)),
        remarks=tuple(remarks),
    )


def run_labels(runs: Sequence[Results]) -> list[str]:
    """A label a run: the name of its scenario, with a number where several have the same."""
    names = [run.scenario.name for run in runs]
    counted = [names[: place + 1].count(name) for place, name in enumerate(names)]
    return [f"{name} ({n})" if names.count(name) > 1 else name for name, n in zip(names, counted, strict=True)]


def money_of(run: Results) -> str:
    """The money of a run, such as `GBP of 2024/25`."""
    return f"{run.inputs.setting.currency} of {run.inputs.setting.price_year}"


def _about(label: str, run: Results) -> dict[str, Any]:
    scenario, setting = run.scenario, run.inputs.setting
    return {
        "run": label,
        "title": scenario.title,
        "question": scenario.question,
        "setting": scenario.setting,
        "currency": setting.currency,
        "price_year": setting.price_year,
        "population": scenario.population.kind,
        "entry": scenario.entry,
        "horizon_years": scenario.horizon_years,
        "comparator": scenario.comparator,
        "patients": run.manifest["patients"],
        "seed": run.manifest["seed"],
        "version": run.manifest["version"],
        "commit": run.manifest.get("commit"),
    }


def _strategies(labels: Sequence[str], runs: Sequence[Results], of_runs: Sequence[Measured]) -> pd.DataFrame:
    """Each strategy in each run that has it: strategies in the order of first mention, then runs."""
    names = dict.fromkeys(name for run in runs for name in run.scenario.strategies)
    rows = []
    for name in names:
        for label, run, measures in zip(labels, runs, of_runs, strict=True):
            if name not in run.scenario.strategies:
                continue
            row: dict[str, Any] = {"strategy": name, "run": label, "comparator": run.scenario.comparator}
            for measure in WITH_ERRORS:
                row[measure], row[f"{measure}_se"] = measures.mean(name, measure), measures.error(name, measure)
            place = run.incremental.set_index("strategy").loc[name]
            rows.append(row | {key: place[key] for key in OF_THE_ANALYSIS})
    with_errors = [column for measure in WITH_ERRORS for column in (measure, f"{measure}_se")]
    return pd.DataFrame(rows, columns=["strategy", "run", "comparator", *with_errors, *OF_THE_ANALYSIS])


def _difference(
    first_label: str, first: Results, of_first: Measured, label: str, run: Results, measures: Measured
) -> tuple[list[tuple[Any, ...]], list[str]]:
    """The rows of `run` minus `first`, and the remarks on them; no rows when their money differs."""
    if money_of(first) != money_of(run):
        moneys = f"{label} counts in {money_of(run)}, {first_label} in {money_of(first)}"
        return [], [f"{moneys}: shown side by side, not subtracted."]
    threshold = first.inputs.setting.thresholds[0]
    paired = _same_people(first, run) and run.manifest["patients"] >= LEAST_PATIENTS
    rows: list[tuple[Any, ...]] = []
    for name in [name for name in first.scenario.strategies if name in run.scenario.strategies]:
        for measure in MEASURES:
            step = measures.mean(name, measure, threshold) - of_first.mean(name, measure, threshold)
            if paired:
                steps = measures.by_batch(name, measure, threshold) - of_first.by_batch(name, measure, threshold)
                error = error_of_batches(steps, measures.batch_sizes())
            else:
                error = math.hypot(*(one.error(name, measure, threshold) for one in (of_first, measures)))
            rows.append((name, label, first_label, measure, step, error, paired))
    return rows, list(_remarks(first_label, first, label, run))


def _same_people(first: Results, second: Results) -> bool:
    """Whether patient n of both runs has the same number and the same luck."""
    return all(first.manifest.get(key) == second.manifest.get(key) for key in ("seed", "patients", "first_patient"))


def _remarks(first_label: str, first: Results, label: str, run: Results) -> Iterable[str]:
    pair = f"{label} and {first_label}"
    if not _same_people(first, run):
        yield f"{pair} hold different patients (seed or number): chance is part of each difference."
    elif first.manifest["question_hash"] == run.manifest["question_hash"]:
        same = run.outcomes.equals(first.outcomes)
        yield f"{pair} are the same question with the same seed" + (
            " and the same answer." if same else ", but the numbers differ: the program has changed in between."
        )
    else:
        few = f"With fewer than {LEAST_PATIENTS} patients the standard errors are those of independent runs, too large."
        enough = "The standard errors are those of differences within patients."
        yield (
            f"{pair} are paired: the same seed and number of patients give each patient the same luck in both. "
            f"{few if run.manifest['patients'] < LEAST_PATIENTS else enough}"
        )
    if first.scenario.comparator != run.scenario.comparator:
        yield f"{pair} have different comparators: differences of increments mix that with all else."
    if first.scenario.entry != run.scenario.entry:
        yield f"{pair} start at different entries: cost and QALYs count from different moments, among other entrants."
    if first.scenario.horizon_years != run.scenario.horizon_years:
        yield f"{pair} have different horizons: cost and QALYs cover different times."
