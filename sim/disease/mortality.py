"""Death from other causes: a life table inverted exactly, with a constant hazard within each year of age."""

import math

from sim.disease.rule import Floats, generic


@generic
def cumulative_hazard_at(age: float, cumulative_hazard: Floats) -> float:
    """Integrated hazard from birth to `age` (years); the last year's hazard goes on for ever."""
    last = cumulative_hazard.shape[0] - 1
    whole = min(int(math.floor(age)), last - 1)
    yearly = cumulative_hazard[whole + 1] - cumulative_hazard[whole]
    return cumulative_hazard[whole] + yearly * (age - whole)


@generic
def death_age(u: float, age: float, cumulative_hazard: Floats) -> float:
    """Age at death (years) of someone alive at `age`, from the uniform draw `u`.

    `cumulative_hazard` holds the integrated hazard at each birthday, starting with 0 at birth.
    Inverts S(x) = exp(-(H(x) - H(age))) at S = 1 - u.
    """
    target = cumulative_hazard_at(age, cumulative_hazard) - math.log1p(-u)
    last = cumulative_hazard.shape[0] - 1
    if target >= cumulative_hazard[last]:
        yearly = cumulative_hazard[last] - cumulative_hazard[last - 1]
        return last + (target - cumulative_hazard[last]) / yearly
    whole, above = 0, last  # the year of age in which the target is reached, by halving
    while above - whole > 1:
        middle = (whole + above) // 2
        if cumulative_hazard[middle] <= target:
            whole = middle
        else:
            above = middle
    yearly = cumulative_hazard[whole + 1] - cumulative_hazard[whole]
    return max(whole + (target - cumulative_hazard[whole]) / yearly, age)
