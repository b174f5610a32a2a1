"""Delay and healing work by aetiology: the primary disease's laws times the ratios of the population files."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.inputs.delay_and_work import DelayAndWork
from sim.inputs.numerics import Array
from sim.inputs.parameters import ParameterSet
from sim.inputs.work_laws import unit_median
from sim.vocabulary.enums import Aetiology

PRIMARY = (Aetiology.IDIOPATHIC, Aetiology.OVERUSE)


def mean_primary_time_ratio(parameters: ParameterSet) -> float:
    """Mean of healing_time_ratio over the primary disease, whose published medians are kept; 1 where nobody has it."""
    names = [aetiology.name.lower() for aetiology in PRIMARY]
    shares = np.array([parameters.value(f"aetiology_share.{name}") for name in names])
    ratios = np.array([parameters.value(f"healing_time_ratio.{name}") for name in names])
    return float(shares @ ratios / shares.sum()) if shares.sum() > 0.0 else 1.0


def laws_by_aetiology(parameters: ParameterSet, laws: Sequence[DelayAndWork]) -> list[list[DelayAndWork]]:
    """For each aetiology the laws by site: median of D, median of W and sigma of W times its ratios.

    Ratios of exactly 1 give back the very law. Comorbidities and age are left out; their ratios have mean 1.
    """
    mean = mean_primary_time_ratio(parameters)
    table = []
    for aetiology in Aetiology:
        name = aetiology.name.lower()
        delay = parameters.value(f"diagnosis_delay_ratio.{name}")
        time = parameters.value(f"healing_time_ratio.{name}") / mean
        sigma = parameters.value(f"healing_sigma_ratio.{name}")
        table.append(
            [
                replace(
                    law,
                    delay_median_years=law.delay_median_years * delay,
                    work_median_years=law.work_median_years * time,
                    work_sigma=law.work_sigma * sigma,
                )
                for law in laws
            ]
        )
    return table


def diagnosed_shares(table: Sequence[Sequence[DelayAndWork]]) -> Array:
    """P(u D < W) by aetiology and site; equal laws are computed once."""
    shares = {law: law.diagnosed_share() for law in {law for laws in table for law in laws}}
    return np.array([[shares[law] for law in laws] for laws in table])


def work_shapes(table: Sequence[Sequence[DelayAndWork]]) -> tuple[Array, Array]:
    """Shape of the law of W, and its median at scale 1, by aetiology and site."""
    shapes = np.array([[law.shape for law in laws] for laws in table])
    medians = np.array([[unit_median(law.work_law, law.shape) for law in laws] for laws in table])
    return shapes, medians
