"""From the value for one person to that for all whom a decision concerns, and from there to whether a trial pays.

People arise at a constant rate over the time for which the decision stands; what they gain is discounted continuously
at the rate that equals the annual one. The expected net benefit of sampling is the population value of the data less
the cost of collecting them (Eckermann and Willan 2007, Health Economics 16:195-209, on the wait for the results).
"""

import math
from dataclasses import dataclass

import pandas as pd

from sim.vocabulary.errors import InputError

DRAWS = "draws"  # the method of a number that is a mean over the draws as they are


@dataclass(frozen=True)
class Concerned:
    """Whom a decision concerns. horizon_years: how long it stands. annual_discount_rate: 0.035 is 3.5 % a year.

    Raises InputError for a number below 0 or not finite, or a horizon of 0.
    """

    incidence_per_year: float
    horizon_years: float
    annual_discount_rate: float

    def __post_init__(self) -> None:
        for name in ("incidence_per_year", "horizon_years", "annual_discount_rate"):
            number = getattr(self, name)
            if not (math.isfinite(number) and number >= 0.0):
                raise InputError(name, f"{number} does not fit here", "Write a number not below 0.")
        if self.horizon_years == 0.0:
            raise InputError("horizon_years", "a decision that stands for no time concerns nobody", "Write years.")

    def people(self, from_years: float = 0.0) -> float:
        """Discounted number of people who arise between `from_years` and the horizon."""
        if from_years >= self.horizon_years:
            return 0.0
        force = math.log1p(self.annual_discount_rate)
        if force == 0.0:
            return self.incidence_per_year * (self.horizon_years - from_years)
        span = math.exp(-force * from_years) * -math.expm1(-force * (self.horizon_years - from_years))
        return self.incidence_per_year * span / force


@dataclass(frozen=True)
class TrialCost:
    """What a trial costs, in the currency of the analysis, at its start; and when its results can be used.

    per_patient: of each patient in any arm. results_after_years: from now to the decision on its results; who is
    treated until then gains nothing from it. Raises InputError for a number below 0 or not finite.
    """

    fixed: float
    per_patient: float
    arms: int
    results_after_years: float = 0.0

    def __post_init__(self) -> None:
        for name in ("fixed", "per_patient", "results_after_years"):
            number = getattr(self, name)
            if not (math.isfinite(number) and number >= 0.0):
                raise InputError(name, f"{number} does not fit here", "Write a number not below 0.")

    def of(self, patients_per_arm: int) -> float:
        """Nothing for no trial."""
        return self.fixed + self.per_patient * patients_per_arm * self.arms if patients_per_arm > 0 else 0.0


def population_value(evpi: pd.DataFrame, evppi: pd.DataFrame, concerned: Concerned) -> pd.DataFrame:
    """What perfect and partial information would be worth for all concerned, from now on.

    `evpi` with columns willingness_to_pay, evpi, se; `evppi` as evppi.py makes it, of any methods. Columns: quantity
    ("evpi", or the parameters), method ("draws" of evpi, which needs no other), willingness_to_pay, per_person, value,
    se, people (discounted), incidence_per_year, horizon_years, annual_discount_rate.
    """
    people = concerned.people()
    everything = evpi.rename(columns={"evpi": "value"}).assign(parameters="evpi", method=DRAWS)
    wanted = ["parameters", "method", "willingness_to_pay", "value", "se"]
    both = [frame[wanted] for frame in (everything, evppi) if len(frame)]
    frame = pd.concat(both, ignore_index=True).rename(columns={"parameters": "quantity", "value": "per_person"})
    frame["value"], frame["se"] = frame["per_person"] * people, frame["se"] * people
    frame["people"] = people
    for name in ("incidence_per_year", "horizon_years", "annual_discount_rate"):
        frame[name] = getattr(concerned, name)
    order = ["quantity", "method", "willingness_to_pay", "per_person", "value", "se", "people"]
    return frame[[*order, "incidence_per_year", "horizon_years", "annual_discount_rate"]]


def enbs(evsi: pd.DataFrame, concerned: Concerned, cost: TrialCost) -> pd.DataFrame:
    """Expected net benefit of sampling of each row of `evsi` (evsi.py makes it), for all whom the results can serve.

    Columns: patients_per_arm, willingness_to_pay, method, evsi_population, cost_of_trial, enbs, se, best. `best` is the
    size of highest net benefit of each threshold and method, the smaller of equals; no trial (0 patients) is among
    them, so that it is best where no trial pays. A value that is nan is left out. Raises InputError when no row is
    there.
    """
    people = concerned.people(cost.results_after_years)
    sizes = evsi[(evsi["patients_per_arm"] > 0) & evsi["value"].notna()]
    if not len(sizes):
        raise InputError("trial", "there is no value of its data", "Give sizes above 0.")
    groups = sizes.drop_duplicates(["willingness_to_pay", "method"])[["willingness_to_pay", "method"]]
    none = groups.assign(patients_per_arm=0, value=0.0, se=0.0)
    rows = pd.concat([none, sizes], ignore_index=True)
    frame = rows[["patients_per_arm", "willingness_to_pay", "method"]].copy()
    frame["evsi_population"] = rows["value"] * people
    frame["cost_of_trial"] = [cost.of(int(size)) for size in rows["patients_per_arm"]]
    frame["enbs"] = frame["evsi_population"] - frame["cost_of_trial"]
    frame["se"] = rows["se"] * people
    frame = frame.sort_values(["method", "willingness_to_pay", "patients_per_arm"], ignore_index=True)
    highest = frame.groupby(["method", "willingness_to_pay"])["enbs"].idxmax()
    frame["best"] = frame.index.isin(highest)
    return frame
