"""Expected value of partial perfect information: what it is worth to know some of the parameters before deciding."""

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sim.analysis.conditional_value import conditional_means, values_of_knowing
from sim.analysis.decisions import decide
from sim.analysis.metamodel_features import FEW_VALUES
from sim.analysis.psa_table import Floats, PsaTable
from sim.vocabulary.errors import InputError

REGRESSION = "regression"
COLUMNS = ("parameters", "willingness_to_pay", "value", "se", "method")
_WHERE = "value of partial information"

ONE_IN_TWENTY = 0.05


def evppi(
    table: PsaTable,
    names: Sequence[str],
    willingness_to_pay: Sequence[float],
    label: str | None = None,
    perfect: Sequence[float] | None = None,
) -> pd.DataFrame:
    """EVPPI of one set of parameters, `names` (a name may hold * for any letters), known together.

    By regression (conditional_value.py): value per person, in the currency of the costs, and its standard error. To
    know some parameters is worth no more than to know all: an estimate above the EVPI, patient noise taken out, is put
    to it. `perfect`: that EVPI at each threshold, for who has it already.
    Columns: parameters (`label`, by default the names as given, with a comma between), willingness_to_pay, value, se,
    method ("regression"); a row a threshold. Raises InputError for a name that is not among the parameters, RunError
    when scikit-learn is missing.
    """
    parameters = _parameters(table)
    chosen = sorted(chosen_names([str(name) for name in parameters.columns], names))  # whatever the order of columns
    label = ", ".join(names) if label is None else label
    if perfect is None:
        perfect = decide(table, willingness_to_pay).evpi.tolist()
    means = conditional_means(table, parameters[chosen], label)
    rows = [
        {
            "parameters": label,
            "willingness_to_pay": each.willingness_to_pay,
            "value": min(each.value, most),
            "se": each.standard_error,
            "method": REGRESSION,
        }
        for each, most in zip(values_of_knowing(means, willingness_to_pay), perfect, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def evppi_of_sets(
    table: PsaTable, sets: Mapping[str, Sequence[str]], willingness_to_pay: Sequence[float]
) -> pd.DataFrame:
    """`evppi` of several sets, label to names, one below the other, the most valuable at the first threshold first."""
    if not sets:
        return pd.DataFrame(columns=list(COLUMNS))
    perfect = decide(table, willingness_to_pay).evpi.tolist()
    frames = [evppi(table, names, willingness_to_pay, label, perfect) for label, names in sets.items()]
    order = sorted(range(len(frames)), key=lambda place: -float(frames[place]["value"].iloc[0]))
    return pd.concat([frames[place] for place in order], ignore_index=True)


def chosen_names(known: Sequence[str], asked: Sequence[str]) -> list[str]:
    """Those of `known`, in their order, that `asked` names; * in a name stands for any letters. Raises InputError."""
    wanted: set[str] = set()
    for name in asked:
        if name in known:
            wanted.add(name)
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in name.split("*")))
        found = [other for other in known if pattern.fullmatch(other)] if "*" in name else []
        if not found:
            what = f"there is no parameter {name!r}" if "*" not in name else f"no parameter matches {name!r}"
            raise InputError(_WHERE, what, _nearest(name, known))
        wanted.update(found)
    if not wanted:
        raise InputError(_WHERE, "no parameter is named", "Name at least one.")
    return [name for name in known if name in wanted]


def most_correlated(table: PsaTable, willingness_to_pay: float, most: int) -> list[str]:
    """The parameters, at most `most`, that explain most of a net benefit gain, the strongest first.

    A screen before EVPPI: the share of the variance of any strategy's net benefit, against the mean of all, that a
    parabola in the parameter (or the values of a choice) explains. Left out, but never all of them, are parameters
    that explain no more than chance would for some parameter and strategy in one analysis of twenty: whoever screens
    hundreds and then values the survivors by the same draws would otherwise value chance. Of parameters that always
    have the same rank only the first counts: each tells the others.
    """
    parameters = _parameters(table)
    benefit = table.net_benefit(willingness_to_pay)
    benefit -= benefit.mean(axis=1, keepdims=True)
    benefit -= benefit.mean(axis=0)
    total = np.sum(benefit * benefit, axis=0)
    benefit = benefit[:, total > 1e-20 * max(float(total.max()), 1e-300)]
    shares = {str(name): _explained(parameters[name], benefit) for name in parameters.columns}
    ranked = sorted(shares, key=lambda name: -shares[name])
    tests = max(len(shares) * benefit.shape[1], 1)
    threshold = 2.0 * math.log(tests / ONE_IN_TWENTY) / table.draws  # chi-squared with 2 degrees of freedom, as a share
    strong = [name for name in ranked if shares[name] > threshold]
    different: dict[bytes, str] = {}
    for name in strong or ranked[:1]:
        if len(different) < most:
            order = pd.factorize(parameters[name], sort=True)[0].tobytes()
            different.setdefault(order, name)
    return list(different.values())


def _explained(column: pd.Series, benefit: Floats) -> float:
    """The largest share of a column of `benefit` that a parabola in `column` explains."""
    if column.nunique() < 2 or benefit.shape[1] == 0:
        return 0.0
    if column.nunique() <= FEW_VALUES or not pd.api.types.is_numeric_dtype(column):
        basis = pd.get_dummies(column, dtype=np.float64, drop_first=True).to_numpy()
    else:
        number = column.to_numpy(np.float64)
        number = (number - number.mean()) / number.std()
        basis = np.column_stack([number, number * number])
    orthogonal, _ = np.linalg.qr(basis - basis.mean(axis=0))
    projected = orthogonal.T @ benefit
    return float(np.max(np.sum(projected * projected, axis=0) / np.sum(benefit * benefit, axis=0)))


def _parameters(table: PsaTable) -> pd.DataFrame:
    if table.parameters is None:
        repair = "Give a table of parameters, a row a draw."
        raise InputError(_WHERE, "the parameters of the draws are not known", repair)
    return table.parameters


def _nearest(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1)
    return f"Did you mean {close[0]!r}?" if close else f"There are {', '.join(known[:5])}{' ...' * (len(known) > 5)}."
