"""Designs of draws: uniform, keyed by name, nested, stratified."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import qmc

from sim.inputs import designs
from sim.inputs.designs import DESIGNS, keyed_order, keyed_uniforms, sobol_dimensions, uniforms
from sim.vocabulary.errors import InputError

NAMES = [f"group.parameter_{number}" for number in range(12)]
FEW_DIMENSIONS = 1024  # of Sobol's sequence, to be quick


@pytest.fixture(autouse=True, scope="module")
def few_dimensions():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(designs, "SOBOL_DIMENSIONS", FEW_DIMENSIONS)
        yield


every_design = pytest.mark.parametrize("design", DESIGNS)
names_of_parameters = st.lists(st.text("abcdef_.", min_size=1, max_size=8), min_size=1, max_size=40, unique=True)


@every_design
def test_numbers_are_strictly_inside_0_and_1_and_uniform(design, seed):
    drawn = uniforms(NAMES, 1000, seed, design)
    assert drawn.shape == (1000, len(NAMES))
    assert ((drawn > 0.0) & (drawn < 1.0)).all()
    for column in drawn.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-6  # 12 columns, 3 designs: false alarm once in 30,000 seeds


@every_design
def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(design):
    drawn = uniforms(NAMES, 64, 1, design)
    assert np.array_equal(drawn, uniforms(NAMES, 64, 1, design))
    assert not np.isin(drawn, uniforms(NAMES, 64, 2, design)).any()


@every_design
def test_a_column_does_not_depend_on_what_stands_beside_it(design, seed):
    """None of these names want the same dimension of Sobol's sequence; the rule for those that do is tested below."""
    drawn = uniforms(NAMES, 64, seed, design)
    others = ["before", NAMES[7], "between", NAMES[2]]
    again = uniforms(others, 64, seed, design)
    assert np.array_equal(again[:, 1], drawn[:, 7])
    assert np.array_equal(again[:, 3], drawn[:, 2])


@pytest.mark.parametrize("design", ["random", "sobol"])
def test_a_longer_design_begins_with_the_shorter_one(design, seed):
    longer = uniforms(NAMES[:4], 700, seed, design)
    for draws in (1, 100, 300):
        assert np.array_equal(longer[:draws], uniforms(NAMES[:4], draws, seed, design))


def test_a_latin_hypercube_has_one_number_in_each_stratum_of_each_column(seed):
    draws = 500
    drawn = uniforms(NAMES, draws, seed, "latin_hypercube")
    strata = np.sort((drawn * draws).astype(int), axis=0)
    assert (strata == np.arange(draws)[:, None]).all()


@pytest.mark.parametrize("design", ["random", "latin_hypercube"])
def test_columns_are_not_correlated(design, seed):
    """Sobol's are left out: in so many dimensions some pairs are, as docs/decisions/0018-joint-draws.md says."""
    draws = 1024
    correlations = np.corrcoef(uniforms(NAMES, draws, seed, design).T)
    off_diagonal = correlations[np.triu_indices(len(NAMES), 1)]
    assert np.abs(off_diagonal).max() < 5.0 / np.sqrt(draws)


def test_with_all_its_dimensions_sobols_sequence_fills_the_square_more_evenly_than_chance(seed, monkeypatch):
    """Centred discrepancy over the pairs of columns; that of chance is larger by far at 1,024 points."""
    monkeypatch.setattr(designs, "SOBOL_DIMENSIONS", int(qmc.Sobol.MAXDIM))
    even, chance = (uniforms(NAMES, 1024, seed, design) for design in ("sobol", "random"))
    pairs = [(0, 1), (2, 3), (4, 5), (6, 7), (8, 9), (10, 11)]
    means = [np.mean([qmc.discrepancy(drawn[:, pair]) for pair in pairs]) for drawn in (even, chance)]
    assert means[0] < 0.5 * means[1]


def test_sobols_sequence_has_one_number_in_each_stratum_at_a_power_of_2(seed):
    drawn = uniforms(NAMES, 512, seed, "sobol")
    strata = np.sort((drawn * 512).astype(int), axis=0)
    assert (strata == np.arange(512)[:, None]).all()


@given(names_of_parameters, st.randoms(use_true_random=False))
def test_dimensions_are_distinct_and_do_not_depend_on_the_order_of_names(names, chance):
    dimensions = sobol_dimensions(names)
    shuffled = list(names)
    chance.shuffle(shuffled)
    assert sobol_dimensions(shuffled) == dimensions
    assert set(dimensions) == set(names)
    assert len(set(dimensions.values())) == len(names)
    assert all(0 <= dimension < FEW_DIMENSIONS for dimension in dimensions.values())


def test_a_new_name_moves_only_the_name_that_it_displaces_and_what_that_displaces_in_turn():
    """Of 1,024 dimensions 300 are taken, so the rule is put to use."""
    names = [f"name_{number}" for number in range(300)]
    before = sobol_dimensions(names)
    displaced = 0
    for newcomer in (f"newcomer_{number}" for number in range(100)):
        after = sobol_dimensions([*names, newcomer])
        holder = {dimension: name for name, dimension in before.items()}
        moved, name = set(), newcomer
        while after[name] in holder:  # whoever held the place has had to go on
            name = holder[after[name]]
            moved.add(name)
        assert {name for name in names if after[name] != before[name]} == moved
        displaced += bool(moved)
    assert 0 < displaced < 50


def test_streams_of_other_words_are_other_streams(seed):
    streams = [keyed_uniforms(1000, seed, *words) for words in (("a",), ("b",), ("a", "b"), ("ab",))]
    assert len(np.unique(np.concatenate(streams))) == 4000


def test_an_order_by_chance_holds_every_number_once(seed):
    order = keyed_order(257, seed, "posterior")
    assert np.array_equal(np.sort(order), np.arange(257))
    assert not np.array_equal(order, np.arange(257))


def test_unknown_designs_and_no_draws_are_refused():
    with pytest.raises(InputError, match="Did you mean 'sobol'"):
        uniforms(NAMES, 10, 1, "sobel")
    with pytest.raises(InputError, match="not below 1"):
        uniforms(NAMES, 0, 1)
