"""Groups of parameters that are uncertain together: what they promise comes out, and bad groups are one clear line."""

import numpy as np
import pytest
from scipy import stats

from sim.inputs.designs import uniforms
from sim.inputs.draws import draw_parameters
from sim.inputs.joint_laws import load_joint_laws
from sim.inputs.laws import law_of
from sim.inputs.model_inputs import gather
from sim.inputs.scenario import load_scenario
from sim.vocabulary.errors import InputError

DRAWS = 20_000
STANDARD_ERRORS = 4
HIP, KNEE, FOOT = (f"healing_median_months.{site}" for site in ("hip", "knee", "foot"))
BASIC = """
[a_group]
law = "{law}"
parameters = {parameters}
{correlation}
status = "assumption"
reason = "a test"
"""


@pytest.fixture(scope="module")
def inputs():
    return gather(load_scenario("base_case_uk"))


@pytest.fixture
def load(inputs, tmp_path):
    (tmp_path / "parameters").mkdir()

    def from_text(text):
        (tmp_path / "parameters" / "joint.toml").write_text(text, encoding="utf-8")
        return load_joint_laws(tmp_path, inputs.sources, inputs.parameters)

    return from_text


def group(law, parameters, correlation=None):
    names = ", ".join(f'"{name}"' for name in parameters)
    line = "" if correlation is None else f"correlation = {correlation}"
    return BASIC.format(law=law, parameters=f"[{names}]", correlation=line)


def joined(law, seed, draws=DRAWS):
    return law.joined(dict(zip(law.columns, uniforms(law.columns, draws, seed).T, strict=True)))


def test_lognormals_of_a_normal_group_have_the_covariance_of_its_closed_form(load, inputs, seed):
    """Cov(log X, log Y) = rho sigma_x sigma_y; the error of an estimated covariance is that of a product's mean."""
    correlations = [[1.0, 0.5, -0.3], [0.5, 1.0, 0.2], [-0.3, 0.2, 1.0]]
    (law,) = load(group("multivariate_normal", [HIP, KNEE, FOOT], correlations))
    columns = joined(law, seed).T
    quantities = [inputs.parameters.quantity(name) for name in law.members]
    logs = [np.log(law_of("a law", one).quantile(column)) for one, column in zip(quantities, columns, strict=True)]
    centred = [log - np.log(one.value) for log, one in zip(logs, quantities, strict=True)]
    for i in range(3):
        for j in range(3):
            products = centred[i] * centred[j]
            expected = correlations[i][j] * quantities[i].sigma * quantities[j].sigma
            assert abs(products.mean() - expected) < STANDARD_ERRORS * products.std() / np.sqrt(DRAWS)


@pytest.mark.parametrize("correlation", [-0.6, 0.3, 0.6])
def test_a_rank_correlation_is_that_of_spearman(load, correlation, seed):
    """Enough draws to tell 0.6 from 0.582, which normals of correlation 0.6 would have."""
    names, draws = ["smoking_probability", "setting.unit_costs.mri"], 100_000  # a beta and a gamma
    (law,) = load(group("rank_correlation", names, correlation))
    found = stats.spearmanr(joined(law, seed, draws)).statistic
    assert abs(found - correlation) < STANDARD_ERRORS / np.sqrt(draws)


def test_members_of_a_shared_group_have_the_same_quantile_whatever_their_laws(load, inputs, seed):
    names = ["smoking_probability", "setting.unit_costs.mri", HIP]
    (law,) = load(group("shared", names))
    drawn = joined(law, seed, 500)
    assert (drawn == drawn[:, :1]).all()
    laws = [law_of(name, inputs.parameters.quantity(name)) for name in names]
    values = [one.quantile(column) for one, column in zip(laws, drawn.T, strict=True)]
    orders = [np.argsort(value) for value in values]
    assert all(np.array_equal(order, orders[0]) for order in orders)


@pytest.mark.parametrize("correlation", [0.8, [[1.0, -0.7], [-0.7, 1.0]]], ids=["one number", "a matrix"])
def test_joining_leaves_every_member_uniform_by_itself(load, correlation, seed):
    (law,) = load(group("multivariate_normal", [HIP, KNEE], correlation))
    drawn = joined(law, seed)
    assert ((drawn > 0.0) & (drawn < 1.0)).all()
    for column in drawn.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-5


def test_a_star_stands_for_every_uncertain_quantity_that_fits(load, inputs):
    (law,) = load(group("shared", ["treatments.*.adverse_events.jaw_osteonecrosis.delay_days"]))
    expected = [name for name in inputs.parameters.names() if name.endswith("jaw_osteonecrosis.delay_days")]
    assert list(law.members) == expected
    assert len(expected) == 7
    (scales,) = load(group("shared", ["treatments.*.healing.scale_ratio"]))
    assert "treatments.colecalciferol_prevention.healing.scale_ratio" not in scales.members  # it is fixed


def test_without_the_file_nothing_is_joined(tmp_path, inputs):
    assert load_joint_laws(tmp_path, inputs.sources, inputs.parameters) == ()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            group("shared", [HIP, "healing_median_months.hand"]),
            ["no parameter 'healing_median_months.hand'", "Did you"],
        ),
        (group("shared", ["treatments.*.nothing"]), ["no parameter 'treatments.*.nothing'"]),
        (group("shared", [HIP, "site_share.hip"]), ["site_share.hip is a part of a group of shares"]),
        (group("shared", [HIP, KNEE], 0.5), ["a_group.correlation", "contradict", "Remove it"]),
        (group("rank_correlation", [HIP, KNEE]), ["a_group.correlation", "contradict", "one number for all pairs"]),
        (group("multivariate_normal", [HIP, "smoking_probability"], 0.5), ["smoking_probability is beta", "rank_"]),
        (group("rank_correlation", [HIP, KNEE, FOOT], -0.9), ["correlated like that", "nearer to 0"]),
        (group("rank_correlation", [HIP, KNEE], 1.0), ["correlated like that"]),
        (group("multivariate_normal", [HIP, KNEE], [[1.0, 0.5]]), ["matrix of 2 by 2"]),
        (group("multivariate_normal", [HIP, KNEE], [[1.0, 0.5], [0.4, 1.0]]), ["no correlation matrix"]),
        (group("multivariate_normal", ["healing_median_months.*"], [[1.0]]), ["every name in its place"]),
        (group("shared", [HIP, KNEE]) + group("shared", [KNEE, FOOT]).replace("a_group", "b"), [KNEE, "'a_group' too"]),
        (group("comonotone", [HIP, KNEE]), ["a_group.law", "shared"]),
        (group("shared", [HIP, KNEE]).replace("assumption", "published"), ["a_group.source", "needs a source"]),
        ("a_group = 3", ["a group is a table"]),
        (group("shared", [HIP, KNEE]) + 'sorce = "x"', ["sorce", "Did you mean 'source'"]),
        (group("shared", [HIP, KNEE]) + 'source = "nobody1900"', ["nobody1900", "sources.toml"]),
    ],
)
def test_a_bad_group_is_one_clear_line(load, text, parts):
    with pytest.raises(InputError) as caught:
        load(text)
    message = str(caught.value)
    assert "joint.toml" in message
    assert "\n" not in message
    assert all(part in message for part in parts), message


def test_a_member_that_a_population_fixes_falls_out_and_leaves_the_others(load, inputs, tmp_path):
    text = group("rank_correlation", [HIP, KNEE, FOOT], [[1.0, 0.5, 0.1], [0.5, 1.0, 0.2], [0.1, 0.2, 1.0]])
    load(text)
    fixed = inputs.parameters.quantity(KNEE).model_copy(update={"distribution": "fixed", "sigma": None})
    (law,) = load_joint_laws(tmp_path, inputs.sources, inputs.parameters.replaced({KNEE: fixed}, "a population"))
    assert law.members == (HIP, FOOT)
    assert (law.factor @ law.factor.T)[0, 1] == pytest.approx(2 * np.sin(np.pi * 0.1 / 6))


def test_a_scenario_can_leave_out_correlations_and_keeps_what_is_one_unknown(inputs, tmp_path, seed):
    """Each parameter keeps its own law, the same values where nothing was joined; pairs are unrelated."""
    path = tmp_path / "alone.toml"
    path.write_text('title = "Alone"\nextends = "base_case_uk.toml"\n[uncertainty]\ncorrelations = false\n')
    alone = gather(load_scenario(path))
    assert {law.law for law in alone.joint_laws} == {"shared"}
    kept = [law.name for law in inputs.joint_laws if law.law == "shared"]
    assert [law.name for law in alone.joint_laws] == kept
    joint, single = (draw_parameters(which, 2000, seed).frame() for which in (inputs, alone))
    joined = {name for law in inputs.joint_laws if law.law != "shared" for name in law.members}
    same = [name for name in single if name not in joined]
    assert single[same].equals(joint[same])
    assert joint[[HIP, KNEE]].corr("spearman").iloc[0, 1] > 0.4
    assert abs(single[[HIP, KNEE]].corr("spearman").iloc[0, 1]) < STANDARD_ERRORS / np.sqrt(2000)


def test_every_shipped_group_says_why_and_joins_at_least_two(inputs):
    assert len(inputs.joint_laws) > 50
    for law in inputs.joint_laws:
        assert law.reason.endswith(".")
        assert len(law.members) > 1


def test_the_shipped_groups_keep_the_order_that_their_reasons_imply(inputs, seed):
    """The modifier of the reaction is a gradient: it may not be larger between 20 and 30 ng/mL than below 20."""
    group = next(law for law in inputs.joint_laws if law.name == "acute_phase_reaction_by_vitamin_d")
    names = [f"treatments.zoledronate.adverse_events.acute_phase_reaction.risk_ratio_{n}_ratio" for n in BANDS]
    drawn = joined(group, seed, 1000)
    below, between = (
        law_of(name, inputs.parameters.quantity(name)).quantile(drawn[:, group.members.index(name)]) for name in names
    )
    assert (below > between).all()


BANDS = ("below_20", "from_20_to_30")
