"""What stands beside exported tables: README.txt, and the R lines that read them."""

import math
import textwrap
from collections.abc import Sequence

from sim.analysis.psa_table import PsaTable

WIDTH = 100  # characters of a line of README.txt

_READ = """# Run this in the folder of the files.
costs <- read.csv("costs.csv", check.names = FALSE)
effects <- read.csv("effects.csv", check.names = FALSE)
"""
_READ_PARAMETERS = """parameters <- read.csv("parameters.csv")
"""

_BCEA = """
library(BCEA)
# `ref` is the column that is held against each of the others; summaries for several strategies do not depend on it.
analysis <- bcea(
  eff = as.matrix(effects), cost = as.matrix(costs), ref = 1, interventions = names(costs), Kmax = {most}
)
summary(analysis, wtp = {first})
"""
_BCEA_STEP, _BCEA_STEPS = 100.0, 500  # BCEA goes from 0 to Kmax in 500 steps and takes no value between them
_BCEA_PARAMETERS = """
inputs <- createInputs(parameters) # leaves out constant and dependent columns
# evppi(analysis, param_idx = inputs$parameters[1], input = inputs$mat)
"""

_DAMPACK = """
library(dampack)
# Strategies get the names that make.names(names(costs)) gives.
psa <- make_psa_obj(
  cost = costs, effectiveness = effects,{parameters} strategies = names(costs), currency = "{currency}"
)
summary(psa)
plot(ceac(wtp = c({thresholds}), psa = psa))
"""

_VOI = """
library(voi)
outputs <- list(e = effects, c = costs, k = c({thresholds}))
evpi(outputs)
"""
_VOI_PARAMETERS = """# evppi(outputs, inputs = parameters, pars = names(parameters)[1])
"""

_ABOUT_LAYOUT = {
    "bcea": "read_with_bcea.R holds the R lines that read them with BCEA.",
    "dampack": "read_with_dampack.R holds the R lines that read them with dampack.",
    "voi": "read_with_voi.R holds the R lines that read them with voi.",
    "savi": "In SAVI, import the three files: comma between columns, point in numbers.",
    "csv": "Read them with any program, or with: bmes cea costs.csv effects.csv{parameters} --wtp 20000",
}


def reading_script(layout: str, currency: str, thresholds: Sequence[float], *, has_parameters: bool) -> str:
    """The R script of a layout; nothing for layouts without one. `thresholds`: at least one."""
    step = _BCEA_STEP * max(math.ceil(max(thresholds) / (_BCEA_STEP * _BCEA_STEPS)), 1)
    values = {
        "currency": currency.replace("\\", "").replace('"', ""),
        "first": f"{step * round(thresholds[0] / step):.15g}",
        "thresholds": ", ".join(f"{threshold:.15g}" for threshold in thresholds),
        "most": f"{step * _BCEA_STEPS:.15g}",
        "parameters": " parameters = parameters," if has_parameters else "",
    }
    bodies = {
        "bcea": _BCEA + (_BCEA_PARAMETERS if has_parameters else ""),
        "dampack": _DAMPACK,
        "voi": _VOI + (_VOI_PARAMETERS if has_parameters else ""),
    }
    if layout not in bodies:
        return ""
    read = _READ + (_READ_PARAMETERS if has_parameters else "")
    return read + bodies[layout].format(**values)


def about(
    layout: str, title: str, currency: str, table: PsaTable, left_out: Sequence[str], *, has_parameters: bool
) -> str:
    """README.txt: what the files hold, how to read them, and what to keep in mind."""
    named = " parameters.csv" if has_parameters else ""
    lines = [
        f"Probabilistic analysis: {title}",
        "",
        f"costs.csv       mean discounted cost of a person, {currency}: a column a strategy, a row a draw",
        "effects.csv     mean discounted QALYs of a person: the same columns and rows",
    ]
    if has_parameters:
        lines.append("parameters.csv  the parameters of each draw: a column a parameter, the same rows")
    lines += ["", f"{table.draws} draws of {len(table.strategies)} strategies. Rows of equal number are of one draw."]
    lines += [_ABOUT_LAYOUT[layout].format(parameters=named), ""]
    notes = []
    if left_out:
        notes.append(f"Left out, since SAVI needs five values of a parameter: {', '.join(left_out)}.")
    if has_parameters:
        notes.append("A choice between words has columns of 0 and 1, NAME.VALUE, one for all values but the first.")
    if table.noise is not None:
        notes.append(
            "The means of a draw also differ by chance among its simulated patients. This program takes that out of "
            "probabilities and of the value of information; others do not know of it and show more uncertainty."
        )
    notes.append("An apostrophe stands before a name that a spreadsheet would take for a formula.")
    return "\n".join([*lines, *(textwrap.fill(note, WIDTH, subsequent_indent="  ") for note in notes)]) + "\n"
