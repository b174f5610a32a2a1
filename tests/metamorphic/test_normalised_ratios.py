"""Ratios between patients move them against each other and leave the population mean where it was published."""

import math

import numpy as np
import pytest
from simulate import changed, simulated

PATIENTS = 8_000
# Nobody heals before entry, so that entrants are a plain sample of all who fall ill.
AT_ONCE = {"diagnosis_delay_median_months": 1e-4, "mri_earliest_hours": 1e-3, "entry_pain_mean_nrs": 3.0}


def first_lesions(seed, parameters=None, structure=None, kind="adults"):
    scenario = changed(
        parameters=AT_ONCE | (parameters or {}),
        structure=structure,
        population={"kind": kind},
        strategies=("supportive",),
        horizon_years=0.1,
    )
    return simulated(scenario, seed=seed, patients=PATIENTS).block.patients


def assert_mean_is_one(ratios):
    """Within four standard errors."""
    assert np.ptp(ratios) > 0.01
    assert abs(ratios.mean() - 1.0) < 4.0 * ratios.std() / math.sqrt(len(ratios))


@pytest.mark.parametrize(
    "parameters",
    [
        {"healing_time_ratio.smoking": 1.5},
        {"healing_time_ratio.hypothyroidism": 0.7, "healing_time_ratio.lipid_disorder": 1.3},
        {"healing_time_ratio.osteoporosis": 1.5},
        {"healing_time_ratio.vitamin_d_deficient": 1.5},
        {"healing_time_ratio.overuse": 0.75},
    ],
    ids=["smoking", "two conditions", "osteoporosis", "vitamin D", "overuse"],
)
def test_a_condition_that_slows_healing_leaves_the_mean_work_unchanged(parameters, seed):
    """The same people with and without the ratio: theirs against each other's, mean one."""
    plain, related = first_lesions(seed), first_lesions(seed, parameters)
    assert_mean_is_one(related["lesions"]["work_years"][:, 0] / plain["lesions"]["work_years"][:, 0])


@pytest.mark.parametrize("kind", ["adults", "hip_referral", "all_clinic"])
def test_the_age_effect_slows_the_old_and_leaves_the_mean_work_unchanged(kind, seed):
    """One per cent for each year over 50, over the ages of each population."""
    plain = first_lesions(seed, kind=kind)
    aged = first_lesions(seed, structure={"age_effect_per_year": 0.01}, kind=kind)
    same = aged["attempts"] == plain["attempts"]  # a missed scan may cost one or the other his entry
    aged, plain = aged[same], plain[same]
    assert same.mean() > 0.999
    ratios = aged["lesions"]["work_years"][:, 0] / plain["lesions"]["work_years"][:, 0]
    assert_mean_is_one(ratios)
    old = plain["age_years"] > 70.0
    expected = 1.0 + 0.01 * np.maximum(0.0, plain["age_years"] - 50.0)
    assert ratios[old].mean() > ratios[~old].mean()
    assert np.allclose(ratios / expected, (ratios / expected)[0], rtol=1e-9)


def test_a_higher_risk_with_osteoporosis_leaves_the_share_with_further_lesions_unchanged(seed):
    """Relative risks of 1 and of 3 give the same share with a second lesion, but not to the same people."""
    shares = []
    for ratio in (1.0, 3.0):
        patients = first_lesions(seed, {"further_lesion_risk_ratio.osteoporosis": ratio})
        shares.append((patients["further_lesions"] > 0).astype(float))
    difference = shares[1] - shares[0]
    assert np.any(difference != 0.0)
    assert abs(difference.mean()) < 4.0 * difference.std() / math.sqrt(PATIENTS)


def test_a_bilateral_start_is_the_mirror_image_of_the_first_lesion(seed):
    """Same joint and bone, other side, from the same day, with healing of its own; the share is the parameter's."""
    patients = first_lesions(seed, kind="pregnancy")
    first, second = patients["lesions"][:, 0], patients["lesions"][:, 1]
    both = patients["bilateral"] == 1
    for name in ("site", "bone"):
        assert np.array_equal(first[name][both], second[name][both])
    assert np.array_equal(second["side"][both], 1 - first["side"][both])
    assert not second["onset_years"][both].any()
    correlation = np.corrcoef(np.log(first["work_years"][both]), np.log(second["work_years"][both]))[0, 1]
    assert abs(correlation) < 4.0 / math.sqrt(both.sum())
    assert abs(both.mean() - 0.40) < 4.0 * math.sqrt(0.4 * 0.6 / PATIENTS)
