"""Bad sweeps get one line that names file and key, before anything runs; good ones are read as written."""

import json
import pickle
from pathlib import Path

import pytest
from gathered_once import gather_once
from sweep_texts import EFFECT, GRID, HEAD, PRICE, UTILITY, factor, refusal, written

from sim.experiments.sweep_check import check_sweep
from sim.experiments.sweep_design import design_points, size_of
from sim.inputs import sweeps, variants
from sim.inputs.root import data_root
from sim.inputs.sweeps import load_sweep, sweep_of
from sim.vocabulary.errors import InputError

SHIPPED = sorted(path.stem for path in (data_root() / "scenarios" / "sweeps").glob("*.toml"))


@pytest.fixture(autouse=True)
def _files_are_read_once(monkeypatch):
    for module in (sweeps, variants):
        monkeypatch.setattr(module, "gather", gather_once)


def sampled(kind: str, samples: int = 8, more: str = "") -> str:
    return f'[design]\nkind = "{kind}"\nsamples = {samples}\n{more}\n'


PRICES = factor(f"{PRICE}levels = [20.0, 200.0]")
RANGE = factor(f"{PRICE}low = 20.0\nhigh = 200.0\nsteps = 3")
OPEN = factor(f"{PRICE}low = 20.0\nhigh = 200.0")

# What is wrong, the parts of the file after the head, and words that the one line must hold.
BAD = {
    "unknown parameter": (
        [GRID, factor('name = "x"\nparameter = "setting.unit_costs.zoledronat_5mg"\nlevels = [1.0]')],
        ["factors.1.parameter", "zoledronat_5mg", "'setting.unit_costs.zoledronate_5mg'"],
    ),
    "unknown treatment": (
        [GRID, factor('name = "x"\ntreatment = "zoledronat.administrations"\nlevels = [1]')],
        ["factors.1.treatment", "'zoledronat'", "Did you mean 'zoledronate'?"],
    ),
    "unknown field of a treatment": (
        [GRID, factor('name = "x"\ntreatment = "zoledronate.administration"\nlevels = [1]')],
        ["factors.1.treatment", "'administration'", "Did you mean 'administrations'?"],
    ),
    "treatment without a field": (
        [GRID, factor('name = "x"\ntreatment = "zoledronate"\nlevels = [1]')],
        ["factors.1.treatment", "no field of 'zoledronate'"],
    ),
    "words that the model does not read": (
        [GRID, factor('name = "x"\ntreatment = "zoledronate.dose"\nlevels = ["5 mg", "4 mg"]')],
        ["factors.1.treatment", "does not read 'dose'"],
    ),
    "treatment of no compared strategy": (
        [GRID, factor('name = "x"\nparameter = "treatments.denosumab.healing.waned_weeks"\nlevels = [9.0]')],
        ["factors.1.parameter", "no compared strategy gives 'denosumab'"],
    ),
    "cost that nobody is charged": (
        [GRID, factor('name = "x"\nsetting = "unit_costs.denosumab_60mg"\nlevels = [100.0]')],
        ["factors.1.setting", "nobody is charged 'denosumab_60mg'"],
    ),
    "unknown strategy": (
        [GRID, factor('name = "x"\nstrategy = "step_upp.lines.1.maximum_cycles"\nlevels = [1]')],
        ["factors.1.strategy", "Did you mean 'step_up'?"],
    ),
    "strategy that is not compared": (
        [GRID, factor('name = "x"\nstrategy = "iloprost.lines.1.maximum_cycles"\nlevels = [1]')],
        ["factors.1.strategy", "'iloprost' is not among those compared"],
    ),
    "line that does not exist": (
        [GRID, factor('name = "x"\nstrategy = "step_up.lines.4.maximum_cycles"\nlevels = [1]')],
        ["factors.1.strategy", "there is no '4' in lines"],
    ),
    "unknown population key": (
        [GRID, factor('name = "x"\npopulation = "age_minimum"\nlevels = [20.0]')],
        ["factors.1.population", "Did you mean 'age_minimum_years'?"],
    ),
    "unknown population": (
        [GRID, factor('name = "x"\npopulation = "kind"\nlevels = ["adults", "hip_referrals"]')],
        ["factors.1.levels", "hip_referrals", "Did you mean 'hip_referral'?"],
    ),
    "unknown setting": (
        [GRID, factor('name = "x"\nsetting = "setting"\nlevels = ["uk", "de"]')],
        ["factors.1.levels", "'de'"],
    ),
    "unknown key of the setting": (
        [GRID, factor('name = "x"\nsetting = "perspectives"\nlevels = [["drug"]]')],
        ["factors.1.setting", "Did you mean 'perspective'?"],
    ),
    "unknown switch": (
        [GRID, factor('name = "x"\nstructure = "harm"\nlevels = [true, false]')],
        ["factors.1.structure", "Did you mean 'harms'?"],
    ),
    "unknown scenario key": (
        [GRID, factor('name = "x"\nscenario = "horizon"\nlevels = [2.0]')],
        ["factors.1.scenario", "Did you mean 'horizon_years'?"],
    ),
    "two targets": (
        [GRID, factor(f'{PRICE}structure = "harms"\nlevels = [true]')],
        ["factors.1", "parameter and structure"],
    ),
    "no target": ([GRID, factor('name = "x"\nlevels = [1.0]')], ["factors.1", "varies one thing"]),
    "empty range": (
        [GRID, factor(f"{PRICE}low = 200.0\nhigh = 200.0\nsteps = 3")],
        ["factors.1.low", "from 200 to 200 is empty"],
    ),
    "half a range": ([GRID, factor(f"{PRICE}low = 20.0\nsteps = 3")], ["factors.1.high", "missing"]),
    "range and levels": (
        [GRID, factor(f"{PRICE}low = 20.0\nhigh = 30.0\nlevels = [20.0]")],
        ["factors.1.low", "contradicts the key 'levels'"],
    ),
    "no values": ([GRID, factor(PRICE)], ["factors.1", "neither levels nor a range"]),
    "no levels": ([GRID, factor(f"{PRICE}levels = []")], ["factors.1.levels", "no list of levels"]),
    "nan": ([GRID, factor(f"{PRICE}levels = [nan]")], ["factors.1.levels", "nan is not a finite number"]),
    "infinite end": ([GRID, factor(f"{PRICE}low = 1.0\nhigh = inf\nsteps = 3")], ["factors.1.high", "inf"]),
    "level twice": ([GRID, factor(f"{PRICE}levels = [20, 20.0]")], ["factors.1.levels", "twice"]),
    "logarithm of 0": (
        [sampled("sobol"), factor(f'{PRICE}low = 0.0\nhigh = 2.0\nscale = "log"')],
        ["factors.1.low", "no logarithm"],
    ),
    "grid without steps": ([GRID, OPEN], ["factors.1.steps", "needs this key"]),
    "steps without a grid": ([sampled("sobol"), RANGE], ["factors.1.steps", "no such key"]),
    "name twice": ([GRID, PRICES, factor(EFFECT.replace("effect", "price") + "levels = [1.0]")], ["factors.2.name"]),
    "names that differ in case": (
        [GRID, PRICES, factor(EFFECT.replace("effect", "Price") + "levels = [1.0]")],
        ["factors.2.name", "'price' and 'Price'"],
    ),
    "name over two lines": (
        [GRID, factor(PRICE.replace('"price"', '"a\\nb"') + "levels = [1.0]")],
        ["factors.1.name", "no name for a column"],
    ),
    "target twice, in two ways": (
        [
            GRID,
            factor(f"{EFFECT}levels = [1.0]"),
            factor('name = "again"\ntreatment = "zoledronate.healing.hazard_ratio"\nlevels = [2.0]'),
        ],
        ["factors.2", "'effect' and 'again' vary the same thing"],
    ),
    "10^12 points": (
        [GRID, *(factor(f'name = "f{n}"\nparameter = "p{n}"\nlow = 0.0\nhigh = 1.0\nsteps = 1000') for n in range(4))],
        ["design", "1,000,000,000,000 points, and 10,000,000 are the most"],
    ),
    "too many samples": (
        [sampled("saltelli", 2**40), OPEN],
        ["design", "points, and 10,000,000 are the most"],
    ),
    "no samples": (['[design]\nkind = "sobol"\n', OPEN], ["design.samples", "needs this key"]),
    "samples of a grid": ([sampled("grid"), RANGE], ["design.samples", "no such key"]),
    "no power of two": ([sampled("saltelli", 100), OPEN], ["design.samples", "Write 64 or 128"]),
    "odd levels of Morris": ([sampled("morris", 8, "levels = 5"), OPEN], ["design.levels", "odd"]),
    "pairs of another design": (
        [sampled("sobol", 8, "second_order = true"), OPEN],
        ["design.second_order", "no such key"],
    ),
    "unknown design": (['[design]\nkind = "sobols"\n', OPEN], ["design.kind", "Did you mean 'sobol'?"]),
    "unknown key": ([GRID, PRICES, "[more]\n"], ["more", "unknown"]),
    "one level in a screening": (
        [sampled("morris"), factor(f"{PRICE}levels = [20.0]")],
        ["factors.1.levels", "does not vary"],
    ),
    "cost below 0": (
        [GRID, factor(f"{PRICE}levels = [20.0, -1.0]")],
        ["factors.1.levels", "negative cost"],
    ),
    "probability above 1": (
        [sampled("sobol"), factor('name = "x"\nparameter = "absence_probability"\nlow = 0.5\nhigh = 1.5')],
        ["factors.1.high", "not a probability"],
    ),
    "beyond a truncated law": (
        [sampled("sobol"), factor(f"{UTILITY}low = -0.01\nhigh = 0.1")],
        ["factors.1.low", "outside the bounds of utility_loss_per_pain_point_utility, from 0"],
    ),
    "text for a number": ([GRID, factor(f'{PRICE}levels = ["20"]')], ["factors.1.levels", "'20' is not a number"]),
    "flag for a number": ([GRID, factor(f"{PRICE}levels = [true]")], ["factors.1.levels", "'true' is not a number"]),
    "number for a list": (
        [GRID, factor('name = "x"\nparameter = "review_weeks"\nlevels = [6.0]')],
        ["factors.1.levels", "'6' is not a list of numbers"],
    ),
    "text for a flag": (
        [GRID, factor('name = "x"\nstructure = "harms"\nlevels = ["yes"]')],
        ["factors.1.levels", "refuses yes", "Write true or false"],
    ),
    "word that a switch does not know": (
        [GRID, factor('name = "x"\nstructure = "healing_law"\nlevels = ["gamma", "normal"]')],
        ["factors.1.levels", "refuses normal"],
    ),
    "part of a whole number": (
        [sampled("sobol"), factor('name = "x"\nstrategy = "step_up.lines.1.maximum_cycles"\nlow = 1.0\nhigh = 4.0')],
        ["factors.1.low", "Write a whole number"],
    ),
    "level that contradicts its file": (
        [GRID, factor('name = "x"\ntreatment = "zoledronate.administrations"\nlevels = [1, 2]')],
        ["factors.1.levels", "refuses 2", "interval"],
    ),
    "order of two parameters": (
        [sampled("sobol"), factor('name = "x"\nparameter = "pain_peak_share_of_work_ratio"\nlow = 0.1\nhigh = 0.9')],
        ["factors.1.high", "refuses 0.9", "lies above"],
    ),
    "median of 0": (
        [sampled("sobol"), factor('name = "x"\nparameter = "healing_median_months.hip"\nlow = 0.0\nhigh = 9.0')],
        ["factors.1.low", "refuses 0", "nothing to calculate with"],
    ),
    "review after the last one": (
        [GRID, factor('name = "x"\nstrategy = "step_up.lines.2.start.from_weeks"\nlevels = [26.0, 5000.0]')],
        ["factors.1.levels", "refuses 5000", "the last review"],
    ),
    "unknown outcome": (['record = ["pain_year"]', GRID, PRICES], ["record", "Did you mean 'pain_years'?"]),
    "comparator that is not compared": (
        ['comparator = "iloprost"', GRID, PRICES],
        ["comparator", "'iloprost' is not among the strategies compared"],
    ),
    "negative draws": (["draws = -1", GRID, PRICES], ["draws", "not below 0"]),
    "too many draws": (["draws = 100_000_000", GRID, PRICES], ["draws", "100,000,000 draws, and 16,777,216 are"]),
    "too many levels of Morris": (
        [sampled("morris", 4, "levels = 1_000_000_000_000"), OPEN],
        ["design.levels", "Write a number not above 1000."],
    ),
    "no patients": ([GRID.replace("[", "seed = -1\n["), PRICES], ["seed", "not below 0"]),
    "no factors": ([GRID], ["factors", "missing"]),
}


@pytest.mark.parametrize(("parts", "words"), BAD.values(), ids=BAD.keys())
def test_a_bad_sweep_gets_one_line(parts: list[str], words: list[str], tmp_path: Path):
    message = refusal(written(tmp_path, HEAD, *parts))
    assert message.startswith(str(tmp_path / "question.toml"))
    for word in words:
        assert word in message, message


@pytest.mark.parametrize("values", ["low = 2.0\nhigh = 1.0\nsteps = 3", "levels = [nan]", "low = 1.0\nsteps = 1"])
def test_one_bad_factor_is_not_counted_as_two_faults(values: str, tmp_path: Path):
    assert "more below" not in refusal(written(tmp_path, HEAD, GRID, factor(PRICE + values)))
    two = refusal(written(tmp_path, HEAD, GRID, factor(PRICE + values), factor(f"{EFFECT}levels = []")))
    assert "(1 more below it.)" in two


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"base_case_uk"', '"base_case_fr"', ["scenario", "'base_case_fr'"]),
        ('["supportive", "zoledronate", "ibandronate", "step_up"]', '["supportive"]', ["strategies", "one strategy"]),
        ('["supportive", "zoledronate", "ibandronate", "step_up"]', '["zoledronate", "step_up"]', ["comparator"]),
        ('"zoledronate", ', '"zoledronat", ', ["question.toml, strategies: there is no strategy 'zoledronat'"]),
        ('title = "Price"', "", ["title", "missing"]),
        ("patients = 200", "patients = 0", ["patients", "not below 1"]),
    ],
)
def test_a_bad_head_gets_one_line(old: str, new: str, words: list[str], tmp_path: Path):
    assert old in HEAD
    message = refusal(written(tmp_path, HEAD.replace(old, new), GRID, PRICES))
    for word in words:
        assert word in message, message


def test_options_take_the_place_of_keys_and_are_named_in_messages(tmp_path: Path):
    path = written(tmp_path, HEAD, GRID, PRICES)
    sweep = load_sweep(path, patients=50, seed=3)
    assert (sweep.scenario.patients, sweep.scenario.seed) == (50, 3)
    assert "--patients" in refusal(path, patients=0)
    assert refusal(path, strategies=["supportive", "zoledronat"]).startswith("--strategies: ")
    with pytest.raises(TypeError):
        load_sweep(path, horizon_years=2.0)


def test_a_sweep_that_is_not_there_says_which_are_shipped():
    with pytest.raises(InputError, match="price_and_effect"):
        load_sweep("prices")
    with pytest.raises(InputError, match="no such file"):
        load_sweep("elsewhere/prices.toml")


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_sweeps_are_sound_and_survive_their_plain_form(name: str):
    sweep = load_sweep(name)
    check_sweep(sweep)
    assert size_of(sweep).courses <= 10_000_000  # a minute or two
    points = design_points(sweep)
    again = sweep_of(json.loads(json.dumps(sweep.document())))
    assert design_points(again).equals(points)
    assert (again.factors, again.scenario, again.record) == (sweep.factors, sweep.scenario, sweep.record)
    copied = pickle.loads(pickle.dumps(sweep))  # noqa: S301 (what it reads it has written)
    assert design_points(copied).equals(points)
    assert len(points) == sweep.points == size_of(sweep).points
