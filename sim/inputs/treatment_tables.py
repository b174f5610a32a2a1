"""Treatments and strategies as records: effect profiles from hazard ratios, adverse events, lines."""

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.inputs.model_inputs import ModelInputs
from sim.inputs.treatments import Treatment, treatment_subject
from sim.vocabulary.care_terms import Demand, Setting, StartRule, TreatmentClass
from sim.vocabulary.enums import Site
from sim.vocabulary.errors import InputError
from sim.vocabulary.slots import PROFILE_STEPS
from sim.vocabulary.units import to_years

ALL_SITES = sum(1 << site for site in Site)
MANY_CYCLES = 2**31 - 1
SAME_EDGE_YEARS = 1e-9


def bits(members: Any) -> int:
    """The bit mask of flags such as Contraindication."""
    return int(sum(int(member) for member in members))


def site_bits(sites: Any) -> int:
    """The bit mask of sites."""
    return int(sum(1 << int(site) for site in sites))


def vitamin_d_class_shares(t: Any) -> npt.NDArray[np.float64]:
    """Shares of the population under 20, from 20 to 30 and above 30 ng/mL at baseline (truncated normal, offsets)."""
    body_mass = np.diff(t["body_mass_cumulative"], prepend=0.0)
    edges = np.array([t["vitamin_d_deficient"], t["vitamin_d_sufficient"]])
    below = np.zeros(2)
    for share, offset in zip(body_mass, t["vitamin_d_offset"], strict=True):
        below += share * np.array([_truncated_below(t, edge - offset) for edge in edges])
    return np.array([below[0], below[1] - below[0], 1.0 - below[1]])


def _truncated_below(t: Any, level: float) -> float:
    """Share of the truncated normal of 25(OH)D below `level`."""

    def normal(x: float) -> float:
        return 0.5 * math.erfc(-(x - t["vitamin_d_mean"]) / (t["vitamin_d_sd"] * math.sqrt(2.0)))

    cut = normal(t["vitamin_d_minimum"])
    return max(0.0, (normal(level) - cut) / (1.0 - cut))


def log_acceleration(inputs: ModelInputs, treatment: Treatment) -> tuple[float, Treatment, float]:
    """Log of the healing factor, the treatment whose timing it has, and the scale on that treatment's pain effect.

    factor = hazard ratio ** exponent, the exponent by endpoint and shared by all treatments (MODEL, section 9).
    """
    healing = treatment.healing
    if healing is None:
        return 0.0, treatment, 1.0
    if healing.as_treatment is not None:
        scale = inputs.parameters.value(treatment.parameter("healing.scale_ratio"))
        log_factor, original, _ = log_acceleration(inputs, inputs.treatments[healing.as_treatment])
        return scale * log_factor, original, scale
    if healing.endpoint == "factor":
        return math.log(inputs.parameters.value(treatment.parameter("healing.factor_ratio"))), treatment, 1.0
    names = ("mri", "symptom") if healing.endpoint == "mixture" else (healing.endpoint,)
    exponents = [inputs.parameters.value(f"acceleration_exponent_{name}_ratio") for name in names]
    exponent = sum(exponents) / len(exponents)
    ratio = inputs.parameters.value(treatment.parameter("healing.hazard_ratio"))
    return exponent * math.log(ratio), treatment, 1.0


def _distinct_edges(edges: list[float]) -> list[float]:
    """Zero and all later edges in order; 6 weeks and 42 days, which differ in the last bit, are one."""
    distinct = [0.0]
    for edge in sorted(edges):
        if edge > distinct[-1] + SAME_EDGE_YEARS:
            distinct.append(edge)
    return distinct


class EffectStep(NamedTuple):
    """From `edge_years` since the window opened: logs of the healing factor and of the residual pain multiplier.

    `share`: of the full log healing effect.
    """

    edge_years: float
    log_healing: float
    log_pain: float
    share: float


def effect_profile(inputs: ModelInputs, treatment: Treatment) -> list[EffectStep]:
    """The steps of a treatment's effect, in order.

    Healing: nothing until the lag, full until the plateau's end, then two equal steps at 3/4 and 1/4 of the log effect.
    Where decompression works on pain only, it heals nothing faster.
    """
    parameters = inputs.parameters
    structure = inputs.scenario.structure
    log_factor, timing, scale = log_acceleration(inputs, treatment)
    if structure.decompression == "pain_only" and treatment.treatment_class == TreatmentClass.DECOMPRESSION:
        log_factor = 0.0
    pieces: list[tuple[float, float, float, float]] = []  # from, until, share of the healing effect, log pain
    if timing.healing is not None:
        lag, plateau, waned = (
            parameters.years(timing.parameter(f"healing.{k}_weeks")) for k in ("lag", "plateau", "waned")
        )
        if not lag <= plateau <= waned:
            raise InputError(
                timing.parameter("healing"), "lag, plateau and waned are not in order", "Put them in order."
            )
        middle = 0.5 * (plateau + waned)
        pieces += [(lag, plateau, 1.0, 0.0), (plateau, middle, 0.75, 0.0), (middle, waned, 0.25, 0.0)]
    source = timing if not treatment.pain else treatment
    for n in range(1, len(source.pain) + 1):
        multiplier = parameters.value(source.parameter(f"pain.{n}.multiplier_ratio"))
        begins, ends = (parameters.years(source.parameter(f"pain.{n}.{k}_days")) for k in ("from", "until"))
        pieces.append((begins, ends, 0.0, scale * math.log(multiplier)))
    if not pieces:
        return []
    active = structure.treatment_effects != "none"
    steps = []
    for edge in _distinct_edges([edge for piece in pieces for edge in piece[:2]]):
        here = [piece for piece in pieces if piece[0] <= edge + SAME_EDGE_YEARS and piece[1] > edge + SAME_EDGE_YEARS]
        share, pain = sum(piece[2] for piece in here), sum(piece[3] for piece in here)
        share = share if log_factor != 0.0 else 0.0  # an effect of nothing is the same nothing in everybody
        steps.append(EffectStep(edge, share * log_factor, pain, share) if active else EffectStep(edge, 0.0, 0.0, 0.0))
    if all(step.log_healing == 0.0 and step.log_pain == 0.0 for step in steps):
        return []  # what does nothing opens no window
    if len(steps) > PROFILE_STEPS:
        raise InputError(treatment.file, f"its effect has more than {PROFILE_STEPS} steps", "Merge some periods.")
    return steps


def fill_treatments(t: Any, inputs: ModelInputs, vitamin_d_shares: npt.NDArray[np.float64]) -> None:
    """Pack all treatments, in the order of names; the order is in no random key."""
    t["treatment_count"] = len(inputs.treatments)
    for number, treatment in enumerate(inputs.treatments.values()):
        record = t["treatments"][number]
        _fill_structure(record, treatment)
        _fill_numbers(record, inputs, treatment)
        for number_of_step, step in enumerate(effect_profile(inputs, treatment)):
            record["profile_steps"] = number_of_step + 1
            record["profile_edge_years"][number_of_step] = step.edge_years
            record["profile_log_healing"][number_of_step] = step.log_healing
            record["profile_share"][number_of_step] = step.share
            record["profile_log_pain"][number_of_step] = step.log_pain
        _fill_adverse_events(record, inputs, treatment, vitamin_d_shares)


def _fill_structure(record: Any, treatment: Treatment) -> None:
    record["subject"] = treatment_subject(treatment.name)
    record["treatment_class"] = treatment.treatment_class
    record["setting"] = treatment.setting
    record["scope"] = treatment.scope
    demands = {Setting.DAY_UNIT: Demand.CHAIR, Setting.INPATIENT: Demand.BED, Setting.THEATRE: Demand.THEATRE}
    record["demand"] = demands.get(treatment.setting, Demand.NOTHING)
    record["sites"] = site_bits(treatment.sites)
    record["contraindications"] = bits(treatment.contraindications)
    record["administrations"] = treatment.administrations
    record["interval_years"] = to_years(treatment.interval_days, "days")
    weeks = treatment.home_duration_weeks
    record["home_duration_years"] = math.inf if weeks is None else to_years(weeks, "weeks")
    record["needs_repletion"] = treatment.requires_repletion
    record["waits_for_surgery"] = treatment.waits_for_surgery
    record["continues_after_recovery"] = treatment.continues_after_recovery


def _fill_numbers(record: Any, inputs: ModelInputs, treatment: Treatment) -> None:
    """What the structure leaves to parameters: stopping, vitamin D dose, death at an operation, unloading."""
    parameters, structure = inputs.parameters, inputs.scenario.structure
    if treatment.has("stop_probability"):
        stop = parameters.value(treatment.parameter("stop_probability"))
        per_gap = 1.0 - (1.0 - stop) ** (1.0 / (treatment.administrations - 1))
        record["dose_stop_probability"] = per_gap if structure.harms else 0.0
    ratio = treatment.has("further_lesion_ratio")
    record["further_lesion_ratio"] = parameters.value(treatment.parameter("further_lesion_ratio")) if ratio else 1.0
    if treatment.has("vitamin_d_dose_iu"):
        record["vitamin_d_dose_1000_iu"] = parameters.value(treatment.parameter("vitamin_d_dose_iu")) / 1000.0
    if treatment.has("death_probability"):
        death = parameters.value(treatment.parameter("death_probability"))
        record["death_probability"] = death if structure.perioperative_death else 0.0
    if treatment.has("unloading_weeks"):
        unloading = parameters.years(treatment.parameter("unloading_weeks"))
        counts = structure.unloading_after_surgery or treatment.setting != Setting.THEATRE
        record["unloading_years"] = unloading if counts else 0.0


def _fill_adverse_events(
    record: Any, inputs: ModelInputs, treatment: Treatment, vitamin_d_shares: npt.NDArray[np.float64]
) -> None:
    """Adverse events; 25(OH)D risk ratios are normalised over the population, so that the published mean is kept."""
    parameters = inputs.parameters
    record["adverse_event_count"] = len(treatment.adverse_events)
    for n, event in enumerate(treatment.adverse_events):
        entry = record["adverse_events"][n]
        prefix = f"adverse_events.{event.name}"
        entry["subject"] = treatment_subject(f"{treatment.name}/{event.name}")
        for field in ("first_probability", "later_probability"):
            probability = parameters.value(treatment.parameter(f"{prefix}.{field}"))
            entry[field] = probability if inputs.scenario.structure.harms else 0.0
        entry["delay_years"] = parameters.years(treatment.parameter(f"{prefix}.delay_days"))
        entry["duration_years"] = parameters.years(treatment.parameter(f"{prefix}.duration_days"))
        entry["stops_treatment"] = event.stops_treatment
        entry["sites"] = site_bits(event.sites)
        ratios = [1.0, 1.0, 1.0]
        for place, name in enumerate(("risk_ratio_below_20_ratio", "risk_ratio_from_20_to_30_ratio")):
            if treatment.has(f"{prefix}.{name}"):
                ratios[place] = parameters.value(treatment.parameter(f"{prefix}.{name}"))
        mean = float(np.array(ratios) @ vitamin_d_shares)
        entry["below_20_ratio"], entry["below_30_ratio"], entry["otherwise_ratio"] = (ratio / mean for ratio in ratios)
        highest = max(ratios) / mean * max(entry["first_probability"], entry["later_probability"])
        if highest > 1.0:
            where = f"{treatment.file}, {prefix}"
            raise InputError(where, f"its probability rises to {highest:.3g} at low 25(OH)D", "Lower the risk ratios.")


def fill_strategies(t: Any, inputs: ModelInputs) -> None:
    """Pack the strategies compared, in the scenario's order; no random key holds their number."""
    numbers = {name: number for number, name in enumerate(inputs.treatments)}
    t["strategy_count"] = len(inputs.strategies)
    for place, strategy in enumerate(inputs.strategies.values()):
        record = t["strategies"][place]
        record["early_mri"] = strategy.acts_before_diagnosis
        record["line_count"] = len(strategy.lines)
        for n, line in enumerate(strategy.lines):
            entry = record["lines"][n]
            entry["treatment_count"] = len(line.treatments)
            entry["treatments"][: len(line.treatments)] = [numbers[name] for name in line.treatments]
            entry["start_rule"] = line.start.rule
            at_review = line.start.rule == StartRule.AT_REVIEW
            entry["earliest_years"] = to_years(line.start.from_weeks, "weeks") if at_review else 0.0
            entry["pain_at_least"] = line.start.pain_at_least if at_review else 0.0
            entry["sites"] = site_bits(line.sites)
            entry["maximum_cycles"] = min(line.maximum_cycles, MANY_CYCLES)
            entry["on_contraindication"] = line.on_contraindication
            entry["stop_at_resolution"] = line.stop == "at_resolution"
