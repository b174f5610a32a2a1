"""The solved laws beside the published values, as a table to read."""

import sys
from collections.abc import Iterable

from sim.inputs.latent import SITES, Latent, solve_latent
from sim.inputs.lesion_hazards import AGE_BANDS
from sim.inputs.parameters import ParameterSet, load_parameters
from sim.inputs.root import data_root
from sim.inputs.scenario import Structure
from sim.vocabulary.enums import Aetiology

Row = tuple[str, str, str]

OTHER_STRUCTURES = {
    "gamma law": Structure(healing_law="gamma"),
    "Weibull law": Structure(healing_law="weibull"),
    "correlation 0.3": Structure(delay_healing_correlation=0.3),
    "rate 0.8 before diagnosis": Structure(unprotected_healing_rate=0.8),
}


def print_table() -> None:
    """Write the table for the base case to standard output, and the work medians under other structures below it."""
    parameters = load_parameters(data_root(), "uk")
    latent = solve_latent(parameters, Structure())
    rows = [("latent value", "solved", "published beside it"), *main_rows(parameters, latent)]
    rows += aetiology_rows(latent)
    for name, structure in OTHER_STRUCTURES.items():
        other = solve_latent(parameters, structure)
        rows += work_rows(parameters, other, f", {name}")
    sys.stdout.write("".join(f"{name:60} {solved:>8}  {published}\n" for name, solved, published in rows))


def work_rows(parameters: ParameterSet, latent: Latent, condition: str = "") -> Iterable[Row]:
    """A row a site: the median of healing work."""
    for site, median in zip(SITES, latent.work_median_years, strict=True):
        observed = parameters.value(f"healing_median_months.{site}")
        name = f"healing work, median months, {site}{condition}"
        yield name, f"{12 * median:.2f}", f"{observed:g} among the diagnosed"


def main_rows(parameters: ParameterSet, latent: Latent) -> Iterable[Row]:
    """Rows about the primary disease; the values to compare with are those of docs/model.md and the parameters."""
    yield from work_rows(parameters, latent)
    for site, share in zip(SITES, latent.diagnosed_share, strict=True):
        yield f"share of onsets that are diagnosed, {site}", f"{share:.3f}", ""
    delay = parameters.value("diagnosis_delay_median_months")
    yield "delay among the diagnosed, months", f"{12 * latent.delay_median_years:.2f}", f"{delay:g} latent"
    yield "mean pain shape at diagnosis", f"{latent.mean_shape_at_entry:.3f}", "0.865"
    yield "entry pain over peak", f"{latent.entry_pain_over_peak:.3f}", "0.865 without the cap at 10"
    fractures = zip(AGE_BANDS, latent.fracture_onset_probability, latent.fracture_hazard_per_year, strict=True)
    for band, onset, hazard in fractures:
        target = parameters.value(f"fracture_at_diagnosis_probability.{band}")
        yield f"fracture at onset, {band}", f"{onset:.3f}", f"{target:g} at diagnosis"
        yield f"fracture hazard a month, {band}", f"{hazard / 12:.3f}", "0.096"
    radiograph = zip(SITES, latent.radiograph_sensitivity, latent.wrong_diagnosis_given_negative, strict=True)
    most = parameters.value("radiograph_sensitivity_probability")
    for site, shown, wrong in radiograph:
        published = parameters.value(f"wrong_diagnosis_probability.{site}")
        yield f"positive radiograph at first contact, {site}", f"{shown:.3f}", f"{most:g} when late"
        yield f"wrong diagnosis after a negative one, {site}", f"{wrong:.3f}", f"{published:g} of all patients"
    turning = parameters.value("osteonecrosis_early_stage_probability")
    hazard = f"{latent.osteonecrosis_hazard_per_year:.4f}"
    yield "osteonecrosis hazard a year, if an early stage", hazard, f"{turning:g} of untreated lesions"


def aetiology_rows(latent: Latent) -> Iterable[Row]:
    """Rows for the aetiologies whose share of diagnosed onsets differs from that of primary disease."""
    for aetiology, shares in zip(Aetiology, latent.diagnosed_share_by_aetiology, strict=True):
        if (shares != latent.diagnosed_share).any():
            for site, share in zip(SITES, shares, strict=True):
                yield f"share diagnosed, {aetiology.name.lower()}, {site}", f"{share:.3f}", ""
