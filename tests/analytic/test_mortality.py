"""Death ages drawn from a life table against the table's own closed forms."""

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from sim.disease import mortality

Floats = npt.NDArray[np.float64]
AGES = 121  # birthdays 0 to 120
UK_TABLE = Path(__file__).parents[2] / "parameters" / "life_tables" / "uk_2017_2019.csv"
START_AGES = [0.0, 18.0, 45.0, 45.37, 64.999, 88.25, 99.5]


def cumulative_hazard_of(qx: Floats) -> Floats:
    """H at each birthday, H[0] = 0; the last qx of a shorter table is carried on to 120."""
    carried = np.concatenate([qx, np.full(max(0, AGES - 1 - len(qx)), qx[-1])])[: AGES - 1]
    return np.concatenate([[0.0], np.cumsum(-np.log1p(-carried))])


def gompertz_qx() -> Floats:
    """An invented, smooth adult mortality: hazard 3e-5 exp(0.1 age) at mid-year."""
    return -np.expm1(-3e-5 * np.exp(0.1 * (np.arange(AGES - 1) + 0.5)))


def tables() -> list[object]:
    """Invented tables, and the real one when it is there."""
    found: list[object] = [
        pytest.param(cumulative_hazard_of(gompertz_qx()), id="gompertz"),
        pytest.param(cumulative_hazard_of(np.full(AGES - 1, 0.02)), id="constant"),
        pytest.param(cumulative_hazard_of(np.where(np.arange(AGES - 1) % 10 < 5, 0.001, 0.2)), id="steps"),
    ]
    if UK_TABLE.exists():
        for sex, rows in pd.read_csv(UK_TABLE, comment="#").groupby("sex"):
            qx = rows.sort_values("age")["qx"].to_numpy(dtype=float)
            found.append(pytest.param(cumulative_hazard_of(qx), id=f"uk-{sex}"))
    return found


every_table = pytest.mark.parametrize("cumulative_hazard", tables())


def hazard_at(cumulative_hazard: Floats, age: float) -> float:
    """H at any age: straight between birthdays, the last year's slope beyond 120."""
    year = min(int(age), AGES - 2)
    return float(cumulative_hazard[year] + (age - year) * (cumulative_hazard[year + 1] - cumulative_hazard[year]))


def life_expectancy(cumulative_hazard: Floats, age: float) -> float:
    """Closed form: over each remaining (part of a) year S x (1 - exp(-h d)) / h, and S / h for ever after 120."""
    edges = [age, *range(math.floor(age) + 1, AGES)]
    parts = []
    for start, end in zip(edges[:-1], edges[1:], strict=True):
        year = int(start)
        hazard = cumulative_hazard[year + 1] - cumulative_hazard[year]
        survival = math.exp(hazard_at(cumulative_hazard, age) - hazard_at(cumulative_hazard, start))
        parts.append(survival * -math.expm1(-hazard * (end - start)) / hazard)
    last_hazard = cumulative_hazard[-1] - cumulative_hazard[-2]
    return math.fsum([*parts, math.exp(hazard_at(cumulative_hazard, age) - cumulative_hazard[-1]) / last_hazard])


@every_table
@pytest.mark.parametrize("age", START_AGES)
def test_the_hazard_up_to_the_death_age_is_what_the_uniform_asked_for(cumulative_hazard, age):
    """The inverse itself: H(death age) - H(age) = -log(1 - u), so a small u is an early death."""
    for u in np.concatenate([np.logspace(-9, -1, 33), np.linspace(0.1, 0.9, 33), 1 - np.logspace(-12, -1, 45)]):
        death_age = mortality.death_age(u, age, cumulative_hazard)
        asked = -math.log1p(-u)
        assert death_age >= age
        # an age near 100 is a double with steps of 1.4e-14: times the steepest slope of H here, about 5 a year
        found = hazard_at(cumulative_hazard, death_age) - hazard_at(cumulative_hazard, age)
        assert found == pytest.approx(asked, rel=1e-11, abs=1e-12)


@every_table
@pytest.mark.parametrize("age", START_AGES)
def test_life_expectancy_through_the_inverse_equals_the_closed_form(cumulative_hazard, age):
    """Gauss-Legendre over u, cut where the death age passes a birthday and at unit steps of hazard beyond 120.

    Between two cuts the death age is a linear function of -log(1 - u), smooth: 20 nodes are exact to rounding. The
    last cut lies before a hazard of 30, survival 1e-13; what follows it is added in closed form.
    """
    at_start = hazard_at(cumulative_hazard, age)
    birthdays = cumulative_hazard[math.floor(age) + 1 :] - at_start
    last_hazard = cumulative_hazard[-1] - cumulative_hazard[-2]
    beyond = birthdays[-1] + np.arange(1.0, 31.0)
    hazards = np.concatenate([[0.0], birthdays, beyond])
    hazards = hazards[hazards < 30.0]
    uniforms = -np.expm1(-hazards)
    nodes, weights = np.polynomial.legendre.leggauss(20)
    total = []
    for left, right in zip(uniforms[:-1], uniforms[1:], strict=True):
        middle, half = 0.5 * (left + right), 0.5 * (right - left)
        years = [mortality.death_age(middle + half * node, age, cumulative_hazard) - age for node in nodes]
        total.append(half * float(weights @ np.array(years)))
    last_age = mortality.death_age(float(uniforms[-1]), age, cumulative_hazard)
    rest = (1.0 - uniforms[-1]) * (last_age - age + life_expectancy_after(cumulative_hazard, last_age, last_hazard))
    assert math.fsum([*total, rest]) == pytest.approx(life_expectancy(cumulative_hazard, age), rel=1e-9, abs=1e-9)


def life_expectancy_after(cumulative_hazard: Floats, age: float, last_hazard: float) -> float:
    """Closed form, also beyond 120."""
    return life_expectancy(cumulative_hazard, age) if age < AGES - 1 else 1.0 / last_hazard


def test_a_constant_hazard_gives_the_exponential_death_age_also_beyond_the_table():
    """Closed form: age - log(1 - u) / h; with qx = 0.02, u = 0.99 reaches age 18 + 228."""
    cumulative_hazard = cumulative_hazard_of(np.full(AGES - 1, 0.02))
    for u in (1e-6, 0.1, 0.5, 0.9, 0.99, 0.999999):
        expected = 18.0 + math.log1p(-u) / math.log1p(-0.02)
        assert mortality.death_age(u, 18.0, cumulative_hazard) == pytest.approx(expected, rel=1e-12)


def test_half_of_those_who_die_in_a_year_of_low_hazard_die_in_its_first_half():
    """By hand: within a year the hazard is constant, so the middle of the year's deaths is near its middle."""
    cumulative_hazard = cumulative_hazard_of(np.full(AGES - 1, 0.001))
    assert mortality.death_age(0.0005, 30.0, cumulative_hazard) == pytest.approx(30.5, abs=2e-4)


@every_table
def test_death_is_later_with_a_larger_uniform_and_never_before_the_present_age(cumulative_hazard):
    """Monotone inverse; also for someone already beyond the table."""
    for age in (0.0, 50.5, 120.0, 123.4):
        ages = [mortality.death_age(u, age, cumulative_hazard) for u in np.linspace(1e-9, 1 - 1e-9, 999)]
        assert ages[0] >= age
        assert all(after >= before for before, after in zip(ages[:-1], ages[1:], strict=True))
