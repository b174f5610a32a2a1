"""Commands on the value of information."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.cluster import workers
from sim.cli.options import Cluster, Json, Threads, TlsCa, TlsCert, TlsKey, app
from sim.cli.thresholds import thresholds_of
from sim.vocabulary.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sim.analysis.trial_value import Concerned, TrialCost
    from sim.experiments.psa_results import PsaResults
    from sim.experiments.trials import Trial
    from sim.experiments.value_of_information import Information

OUTCOME, FOLLOW_UP_MONTHS, SIZES = "pain_years", 12.0, "25,50,100,200,400"
MONTHS_PER_YEAR = 12.0
LARGEST_WTP = 1e12
NEEDS = {  # options that do nothing without the option before them
    "nested": ("outer", "inner", "inner_patients"),
    "trial": ("patients_per_arm", "outcome", "follow_up"),
    "incidence": ("discount_rate",),
    "cost-fixed": ("results_after",),
}
WIDEST_HEADING = 44  # characters of the first column
_EXAMPLE = (
    "Example: bmes voi RUN --trial supportive,zoledronate --patients-per-arm 50,100,200 --incidence 1000 --horizon 10 "
    "--cost-fixed 200000 --cost-per-patient 1500"
)


@app.command(epilog=_EXAMPLE)
def voi(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="A folder that `bmes psa` has written.")],
    wtp: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NUMBERS", help="Willingness to pay: 20000,30000. The setting's by default. May be repeated."
        ),
    ] = None,
    evppi: Annotated[
        list[str] | None,
        typer.Option(metavar="NAMES", help='Parameters known together: "a,b", "healing*". May be repeated.'),
    ] = None,
    nested: Annotated[bool, typer.Option("--nested", help="Check each --evppi by nested Monte Carlo.")] = False,
    outer: Annotated[int, typer.Option(metavar="K", help="Nested: values of the parameters known.")] = 200,
    inner: Annotated[int, typer.Option(metavar="K", help="Nested: draws of the rest for each.")] = 20,
    inner_patients: Annotated[int, typer.Option(metavar="N", help="Nested: patients in each.")] = 200,
    trial: Annotated[str, typer.Option(metavar="ARMS", help="Strategies that a proposed trial compares: a,b")] = "",
    patients_per_arm: Annotated[str, typer.Option(metavar="NUMBERS", help="Sizes of the trial.")] = SIZES,
    outcome: Annotated[str, typer.Option(metavar="NAME", help="What the trial measures.")] = OUTCOME,
    follow_up: Annotated[float, typer.Option(metavar="MONTHS", help="For how long.")] = FOLLOW_UP_MONTHS,
    incidence: Annotated[
        float | None, typer.Option(metavar="N", help="Patients a year whom the decision concerns; no default.")
    ] = None,
    horizon: Annotated[float | None, typer.Option(metavar="YEARS", help="How long the decision stands.")] = None,
    discount_rate: Annotated[
        float | None, typer.Option(metavar="RATE", help="A year; that of costs in the setting by default.")
    ] = None,
    cost_fixed: Annotated[float | None, typer.Option(metavar="MONEY", help="Of the trial, whatever its size.")] = None,
    cost_per_patient: Annotated[float | None, typer.Option(metavar="MONEY", help="Of each in the trial.")] = None,
    results_after: Annotated[
        float | None, typer.Option(metavar="YEARS", help="Until the trial has results; its follow-up by default.")
    ] = None,
    threads: Threads = None,
    cluster: Cluster = None,
    tls_ca: TlsCa = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    json: Json = False,
) -> None:
    """Say what it would be worth to know more before deciding: parameters, or the data of a proposed trial.

    Without --evppi: groups of parameters, and the single ones that explain most. The tables and the renewed report
    stay with RUN.
    """
    from sim.analysis.cea import parsed_set
    from sim.experiments.nested import Nesting
    from sim.experiments.psa_results import DRAW
    from sim.experiments.psa_store import load_psa
    from sim.experiments.trials import Trial
    from sim.experiments.value_of_information import Request, value_of_information, write_information
    from sim.report import console
    from sim.report.stored import write_any_report

    if nested and not evppi:
        raise InputError("--nested", "it is slow, so that the parameters must be named", "Add --evppi NAMES.")
    partners = {"nested": nested, "trial": bool(trial), "incidence": incidence is not None}
    _refuse_without_partner(context, partners | {"cost-fixed": cost_fixed is not None})
    if cluster is not None and not nested:
        raise InputError("--cluster", "there is nothing here that it could do", "Add --nested, or leave it out.")
    results = load_psa(folder)
    known = [str(name) for name in results.parameters.columns if name != DRAW]
    arms = tuple(part.strip() for part in trial.split(",") if part.strip())
    if trial and not arms:
        raise InputError("--trial", f"{trial!r} names no strategy", "Write --trial supportive,zoledronate.")
    proposed = Trial(arms, outcome, follow_up, _sizes(patients_per_arm)) if arms else None
    concerned, cost = _population(
        results, proposed, incidence, horizon, discount_rate, cost_fixed, cost_per_patient, results_after
    )
    request = Request(
        willingness_to_pay=_thresholds(wtp or []) or tuple(float(w) for w in results.inputs.setting.thresholds),
        sets={text: parsed_set(text, known) for text in evppi or []},
        nesting=Nesting(outer, inner, inner_patients) if nested else None,
        trial=proposed,
        concerned=concerned,
        cost=cost,
    )
    with workers(cluster, threads, tls_ca, tls_cert, tls_key) as executor:
        found = value_of_information(results, request, watch=console.progress_bar, threads=threads, executor=executor)
    written = write_information(found, folder)
    report = write_any_report(folder)[0]
    if json:
        frames = {name: getattr(found, name) for name in ("evpi", "evppi", "evsi", "enbs", "population")}
        content = {name: console.records(frame) for name, frame in frames.items() if frame is not None}
        console.print_json({"folder": str(folder), "tables": written, **content})
        return
    table = results.table()
    _print(found, results.inputs.setting.currency, has_noise=table.noise is not None or table.shared_noise is not None)
    console.print_text(f"Report: {report}")


def _population(
    results: "PsaResults",
    trial: "Trial | None",
    incidence: float | None,
    horizon: float | None,
    discount_rate: float | None,
    cost_fixed: float | None,
    cost_per_patient: float | None,
    results_after: float | None,
) -> "tuple[Concerned | None, TrialCost | None]":
    """Whom the decision concerns, and the cost of the trial; None where it was not said. Raises InputError."""
    from sim.analysis.trial_value import Concerned, TrialCost

    _check_amounts(
        incidence=incidence,
        horizon=horizon,
        discount_rate=discount_rate,
        cost_fixed=cost_fixed,
        cost_per_patient=cost_per_patient,
        results_after=results_after,
    )
    if horizon == 0.0:
        raise InputError("--horizon", "a decision that stands for no time concerns nobody", "Write years.")
    if discount_rate is not None and discount_rate >= 1.0:
        what = f"{discount_rate:g} is {100.0 * discount_rate:g} % a year"
        raise InputError("--discount-rate", what, "Write a rate below 1: 0.035 is 3.5 %.")
    if (incidence is None) != (horizon is None):
        what = "the value for all concerned needs both how many fall ill a year and how long the decision stands"
        raise InputError("--incidence and --horizon", what, "Give both or neither.")
    if (cost_fixed is None) != (cost_per_patient is None):
        raise InputError("--cost-fixed and --cost-per-patient", "only one is given", "Give both or neither.")
    if cost_fixed is not None and (trial is None or incidence is None):
        what = "whether a trial pays depends on the trial and on how many its results serve"
        raise InputError("--cost-fixed", what, "Add --trial, --incidence and --horizon.")
    if incidence is None or horizon is None:
        return None, None
    parameters = results.inputs.parameters
    rate = parameters.value("setting.discount_rate_costs_per_year") if discount_rate is None else discount_rate
    concerned = Concerned(incidence, horizon, rate)
    if trial is None or cost_fixed is None or cost_per_patient is None:
        return concerned, None
    wait = trial.follow_up_months / MONTHS_PER_YEAR if results_after is None else results_after
    return concerned, TrialCost(cost_fixed, cost_per_patient, len(trial.arms), wait)


def _refuse_without_partner(context: typer.Context, given: "Mapping[str, bool]") -> None:
    """Raises InputError for an option that was written, and would do nothing without one that was not."""
    for partner, options in NEEDS.items():
        for name in options if not given[partner] else ():
            source = context.get_parameter_source(name)
            if source is not None and source.name == "COMMANDLINE":
                option = f"--{name.replace('_', '-')}"
                raise InputError(option, f"it does nothing without --{partner}", f"Add --{partner}, or leave it out.")


def _check_amounts(**amounts: float | None) -> None:
    """Raises InputError for an option that is not a number from 0 on."""
    for name, amount in amounts.items():
        if amount is not None and not (math.isfinite(amount) and amount >= 0.0):
            raise InputError(
                f"--{name.replace('_', '-')}", f"{amount:g} does not fit here", "Write a number not below 0."
            )


def _thresholds(texts: list[str]) -> tuple[float, ...]:
    """The numbers of "20000,30000"; none of an empty text. Raises InputError."""
    numbers = thresholds_of(texts)
    for number in numbers:
        if not 0.0 <= number <= LARGEST_WTP:
            what = f"{number:g} is no willingness to pay"
            raise InputError("--wtp", what, f"Write numbers from 0 to {LARGEST_WTP:g}.")
    return tuple(numbers)


def _sizes(text: str) -> tuple[int, ...]:
    """The whole numbers of "50,100". Raises InputError."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(part.isascii() and part.isdigit() for part in parts):
        raise InputError("--patients-per-arm", f"{text!r} are no numbers of patients", "Write 50,100,200.")
    return tuple(sorted({int(part) for part in parts}))


def _print(found: "Information", currency: str, *, has_noise: bool) -> None:
    from sim.report import console
    from sim.report import information_tables as tables

    console.print_text(tables.information_answer(found.evpi, currency, has_noise=has_noise))
    made = [tables.evppi_table(found.evppi, currency)]
    if found.evsi is not None:
        made.append(tables.evsi_table(found.evsi, currency))
    if found.enbs is not None:
        made.append(tables.enbs_table(found.enbs, currency))
    if found.population is not None:
        made.append(tables.population_table(found.population, currency))
    for table in made:
        console.print_table(table, heading_width=min(max(len(row.heading) for row in table.rows), WIDEST_HEADING))
