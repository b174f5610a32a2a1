"""Units: the closed set, what a name's ending promises, and the one conversion to years."""

DAYS_PER_YEAR = 365.25
YEARS_PER_UNIT = {
    "years": 1.0,
    "months": 1.0 / 12.0,
    "weeks": 7.0 / DAYS_PER_YEAR,
    "days": 1.0 / DAYS_PER_YEAR,
    "hours": 1.0 / (24.0 * DAYS_PER_YEAR),
}
UNITS = frozenset(YEARS_PER_UNIT) | {
    "probability",
    "ratio",
    "NRS 0-10",
    "ng/mL",
    "per year",
    "IU",
    "utility",
    "count",
    "GBP",
    "EUR",
}
UNIT_BY_SUFFIX = {
    "_years": "years",
    "_months": "months",
    "_weeks": "weeks",
    "_days": "days",
    "_hours": "hours",
    "_probability": "probability",
    "_share": "probability",
    "_ratio": "ratio",
    "_multiplier": "ratio",
    "_factor": "ratio",
    "_sigma": "ratio",
    "_shape": "ratio",
    "_level": "ratio",
    "_size": "ratio",
    "_nrs": "NRS 0-10",
    "_ng_per_ml": "ng/mL",
    "_per_year": "per year",
    "_iu": "IU",
    "_utility": "utility",
    "_disutility": "utility",
    "_count": "count",
}


def to_years(value: float, unit: str) -> float:
    """`value` in years; `unit` is a time unit of YEARS_PER_UNIT. Raises KeyError for any other."""
    return value * YEARS_PER_UNIT[unit]


def unit_promised_by(name: str) -> str | None:
    """The unit that a dotted name promises, read from its last part backwards; None if no part promises one."""
    for part in reversed(name.split(".")):
        for suffix, unit in UNIT_BY_SUFFIX.items():
            if f"_{part}".endswith(suffix):
                return unit
    return None


def suffix_agrees(name: str, unit: str) -> bool:
    """Whether `unit` is what the ending of `name` promises (true when it promises nothing)."""
    promised = unit_promised_by(name)
    return promised is None or promised == unit
