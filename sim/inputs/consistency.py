"""Facts that span several parameters or files: what single numbers cannot show to be wrong.

Nothing here counts as reading a parameter; names that are missing are left to the code that needs them.
"""

from collections.abc import Mapping, Sequence

from sim.inputs.document import suggestion
from sim.inputs.parameters import ParameterSet
from sim.inputs.quantity import CURRENCIES
from sim.inputs.scenario import Scenario
from sim.inputs.setting import Setting
from sim.inputs.strategies import Strategy, check_strategy
from sim.inputs.treatments import Treatment
from sim.vocabulary.care_terms import StartRule
from sim.vocabulary.errors import InputError
from sim.vocabulary.slots import FOLLOW_UP_SCANS, REVIEWS

UNIT_COSTS = "setting.unit_costs."
RISING = (
    ("minimum_healing_factor", "maximum_healing_factor"),
    ("pain_peak_share_of_work_ratio", "pain_decline_share_of_work_ratio"),
    ("first_contact_share_of_delay_ratio", "referral_share_of_delay_ratio"),
    ("vitamin_d_deficient_ng_per_ml", "vitamin_d_sufficient_ng_per_ml"),
    ("neck_fracture_acute_weeks", "neck_fracture_recovery_months"),
    ("childbearing_minimum_age_years", "childbearing_maximum_age_years"),
    ("gestational_week_minimum_weeks", "pregnancy_length_weeks"),
    ("radiograph_early_weeks", "radiograph_late_weeks"),
)


def check_parameters(parameters: ParameterSet, setting: Setting) -> None:
    """The calendar of reviews, and the currency of every cost. Raises InputError."""
    for name in parameters.names():
        quantity = parameters.quantity(name)
        if name.startswith(UNIT_COSTS) and quantity.unit != setting.currency:
            where = f"{parameters.file(name)}, {name}.unit"
            raise InputError(where, f"a unit cost in {quantity.unit!r}", f"Write unit = {setting.currency!r}.")
        if quantity.unit in CURRENCIES and not name.startswith(UNIT_COSTS):
            raise InputError(f"{parameters.file(name)}, {name}", "a cost outside a setting", "Move it to [unit_costs].")
    if "review_weeks" in parameters:
        weeks = _checked_weeks(parameters, "review_weeks", REVIEWS)
        if "follow_up_scan_weeks" in parameters:
            for week in _checked_weeks(parameters, "follow_up_scan_weeks", FOLLOW_UP_SCANS):
                if week not in weeks:
                    where = f"{parameters.file('follow_up_scan_weeks')}, follow_up_scan_weeks"
                    raise InputError(where, f"there is no review at week {week:g}", "Write weeks of review_weeks.")


def _checked_weeks(parameters: ParameterSet, name: str, most: int) -> Sequence[float]:
    weeks = parameters.quantity(name).numbers
    if len(weeks) > most or list(weeks) != sorted(set(weeks)) or weeks[0] <= 0:
        what = "the weeks do not rise, or are too many"
        raise InputError(f"{parameters.file(name)}, {name}", what, f"Write at most {most} rising weeks above 0.")
    return weeks


def _check_rising(parameters: ParameterSet, lower: str, upper: str) -> None:
    """The first may not exceed the second (compared in years when both are times)."""
    if lower not in parameters or upper not in parameters:
        return
    low, high = (parameters.comparable(name) for name in (lower, upper))
    if low > high:
        what = f"{parameters.quantity(lower).value:g} lies above {upper} = {parameters.quantity(upper).value:g}"
        raise InputError(f"{parameters.file(lower)}, {lower}", what, "Exchange or correct them.")


def check_orders(parameters: ParameterSet, treatments: Mapping[str, Treatment]) -> None:
    """Limits in their order, and windows that do not end before they begin. Raises InputError."""
    for lower, upper in RISING:
        _check_rising(parameters, lower, upper)
    for treatment in treatments.values():
        pairs = [("healing.lag_weeks", "healing.plateau_weeks"), ("healing.plateau_weeks", "healing.waned_weeks")]
        pairs += [(f"pain.{n}.from_days", f"pain.{n}.until_days") for n in range(1, len(treatment.pain) + 1)]
        for lower, upper in pairs:
            _check_rising(parameters, treatment.parameter(lower), treatment.parameter(upper))


def check_treatments(treatments: Mapping[str, Treatment], parameters: ParameterSet) -> None:
    """Unit costs that the setting lacks. Raises InputError."""
    known = {name.removeprefix(UNIT_COSTS) for name in parameters.names() if name.startswith(UNIT_COSTS)}
    for treatment in treatments.values():
        for cost in treatment.unit_costs():
            if cost not in known:
                what = f"the setting has no unit cost {cost!r}"
                raise InputError(treatment.file, what, suggestion(cost, known))


def check_strategies(
    scenario: Scenario,
    strategies: Mapping[str, Strategy],
    treatments: Mapping[str, Treatment],
    parameters: ParameterSet,
) -> None:
    """Every strategy by itself, and those compared against the scenario's entry. Raises InputError."""
    place = scenario.files[0]
    last_week = max(parameters.quantity("review_weeks").numbers) if "review_weeks" in parameters else None
    for strategy in strategies.values():
        check_strategy(strategy, treatments)
        for number, line in enumerate(strategy.lines, start=1):
            at_review = line.start.rule == StartRule.AT_REVIEW
            if at_review and last_week is not None and line.start.from_weeks > last_week:
                where = f"{strategy.file}, lines.{number}.start.from_weeks"
                raise InputError(where, f"the last review is at week {last_week:g}", "Write an earlier week.")
    for name in scenario.strategies:
        if name not in strategies:
            raise InputError(f"{place}, strategies", f"there is no strategy {name!r}", suggestion(name, strategies))
        if strategies[name].acts_before_diagnosis and scenario.entry == "diagnosis":
            what = f"{name!r} acts before diagnosis, where patients enter, so it would change who is compared"
            raise InputError(f"{place}, entry", what, "Write entry = 'first_contact'.")
