"""The engine's pain path and healing clock, patient by patient, against the envelope and treatment-window oracles.

What a person is (onsets, healing work, peak pain, diagnosis) is read from the patient record; what becomes of him is
worked out here from the model's description, and must be what his history and his value say.
"""

import dataclasses
import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from independent.envelope import EnvelopePiece, Piece, area, envelope, floor_after, lesion_pieces
from independent.treatment_windows import Window, pain_multiplier, rate_steps, time_of_work

from sim.engines.batch import BatchEngine
from sim.engines.history import Block, simulate_block
from sim.inputs.model_inputs import ModelInputs, gather
from sim.inputs.scenario import load_scenario
from sim.inputs.strategies import Strategy
from sim.inputs.tables import build_tables
from sim.valuation.courses import value_block
from sim.valuation.tariff import build_tariff
from sim.vocabulary.enums import Site
from sim.vocabulary.events import Decision, Event

WEEK = 7 / 365.25
HORIZON_YEARS = 6.0
NEAR = 1e-8  # years: a jump is looked at from its own side
KNOTS, LEVELS = (0.15, 0.5), (0.5, 0.05)
NSAID_MULTIPLIER, CHRONIC_FLOOR = 0.85, 2.0
REVIEW_WEEKS, SURGERY_WEEKS = 6, 2
VALUES = {
    "pain_peak_share_of_work_ratio": KNOTS[0],
    "pain_decline_share_of_work_ratio": KNOTS[1],
    "pain_start_level": LEVELS[0],
    "pain_end_level": LEVELS[1],
    "nsaid_pain_multiplier": NSAID_MULTIPLIER,
    "chronic_pain_floor_nrs": CHRONIC_FLOOR,
}
TOGETHER = {
    "treatments": ["zoledronate", "ibandronate", "iloprost"],
    "start": {"rule": "at_diagnosis"},
    "maximum_cycles": 1,
}
OPERATION = {
    "treatments": ["core_decompression"],
    "start": {"rule": "at_review", "from_weeks": REVIEW_WEEKS},
    "maximum_cycles": 1,
    "sites": ["hip", "knee"],
}


def inputs_with(values: dict[str, Any], lines: list[dict[str, Any]]) -> ModelInputs:
    """The shipped base case with `values` laid over it, under one strategy of these lines."""
    inputs = gather(load_scenario("base_case_uk", strategies=["supportive"], comparator="supportive"))
    strategy = Strategy.model_validate({"name": "s", "file": "s", "title": "s", "summary": "s", "lines": lines})
    parameters = inputs.parameters.with_values({**VALUES, **values})
    return dataclasses.replace(inputs, parameters=parameters, strategies={"s": strategy})


def tables_of(inputs: ModelInputs, seed: int, *, further: float, chronic: float, healthy: bool) -> Any:
    """Nobody dies or breaks a bone. `further`: chance of each further lesion.

    `healthy`: every treatment is allowed; half have a cirrhosis, which forbids the NSAID only.
    """
    tables = build_tables(inputs, seed)
    t = tables[0]
    for name in ("osteonecrosis_probability", "fracture_onset_probability", "fracture_hazard", "neck_fracture_hazard"):
        t[name] = 0.0
    for name in ("gastrointestinal_hazard", "cumulative_hazard", "repletion_wait_years", "surgery_wait_sigma"):
        t[name] = 0.0
    t["childbearing_wish_probability"] = 0.0
    t["further_probability"], t["further_ratio"], t["chronic_probability"] = further, 1.0, chronic
    t["further_median_years"], t["further_sigma"], t["horizon_years"] = 0.3, 0.5, HORIZON_YEARS
    t["destination_cumulative"][:, 3] = 1.0  # no recurrence, which might be void
    t["surgery_wait_median_years"] = SURGERY_WEEKS * WEEK
    if healthy:
        t["comorbidity_probability"], t["kidney_cumulative"] = 0.0, 1.0
        t["comorbidity_probability"][Decision.CIRRHOSIS - Decision.CARDIOVASCULAR_DISEASE] = 0.5
    for treatment in t["treatments"]:
        treatment["dose_stop_probability"], treatment["death_probability"] = 0.0, 0.0
        treatment["adverse_events"]["first_probability"] = 0.0
        treatment["adverse_events"]["later_probability"] = 0.0
    return tables


@dataclasses.dataclass(frozen=True)
class Path:
    """Load pain of one history."""

    rows: Any

    def just_after(self, time: float) -> float:
        return self._line(time, time + NEAR)

    def just_before(self, time: float) -> float:
        return self._line(time, time - NEAR)

    def _line(self, time: float, side: float) -> float:
        """The line open at `side`, read at `time`."""
        row = self.rows[np.searchsorted(self.rows["time_years"], side, side="right") - 1]
        return float(row["pain_after"] + row["slope"] * (time - row["time_years"]))


def paths(block: Block) -> list[Path]:
    history = block.histories[0]
    cuts = np.flatnonzero(np.diff(history["patient_id"])) + 1
    return [Path(rows) for rows in np.split(history, cuts)]


def assert_same_path(path: Path, pieces: Sequence[EnvelopePiece]) -> None:
    """The path equals the pieces at both ends of each."""
    for piece in pieces:
        if piece.end - piece.start > 3 * NEAR:
            assert path.just_after(piece.start) == pytest.approx(piece.pain(piece.start), rel=1e-9, abs=1e-9)
            assert path.just_before(piece.end) == pytest.approx(piece.pain(piece.end), rel=1e-9, abs=1e-9)


def lesions_of(patient: Any) -> Any:
    return patient["lesions"][: 1 + patient["further_lesions"]]


def reference_of(patient: Any) -> float:
    """Pain relative to that under the usual NSAID."""
    return 1.0 if patient["nsaid_possible"] else 1 / NSAID_MULTIPLIER


@pytest.mark.parametrize("chronic", [0.0, 0.3])
def test_the_pain_of_two_to_four_lesions_is_their_upper_envelope(chronic, seed):
    """At every breakpoint of the envelope, and in area from entry on; without and with lesions that turn chronic.

    Expected: tests/independent/envelope.py. Healing runs at rate 1; who cannot have an NSAID has pain / 0.85.
    """
    inputs = inputs_with({}, [])
    block = simulate_block(BatchEngine(), tables_of(inputs, seed, further=0.8, chronic=chronic, healthy=False), 0, 500)
    values = value_block(block.histories[0], block.patients, build_tariff(inputs)).outcomes
    seen = crossings = 0
    for patient, path, value in zip(block.patients, paths(block), values, strict=True):
        if not 1 <= patient["further_lesions"] <= 3:
            continue
        end = patient["entry_years"] + HORIZON_YEARS
        lines: list[list[Piece]] = []
        for lesion in lesions_of(patient):
            peak = min(10.0, float(lesion["peak_pain"]) * reference_of(patient))
            pieces = lesion_pieces(float(lesion["onset_years"]), float(lesion["work_years"]), peak, KNOTS, LEVELS)
            lines.append(pieces)
            if lesion["chronic"]:
                lines.append([floor_after(pieces[-1], CHRONIC_FLOOR, end)])
        whole = envelope(lines, 0.0, end)
        assert_same_path(path, whole)
        assert value["pain_years"] == pytest.approx(area(envelope(lines, patient["entry_years"], end)), rel=1e-9)
        seen += 1
        crossings += int((path.rows["event"] == Event.PAIN_LEADER_CHANGES).sum())
    assert seen > 150
    assert crossings > seen / 2  # the lines do cross


def random_values(chance: np.random.Generator) -> dict[str, float]:
    """Effects of four treatments of three classes, far apart enough for every bound to be met."""
    values = {"treatments.ibandronate.healing.scale_ratio": chance.uniform(0.0, 1.0)}
    for name in ("zoledronate", "iloprost", "core_decompression"):
        lag, plateau, waned = np.cumsum(chance.uniform(0.0, 6.0, 3))
        values |= {
            f"treatments.{name}.healing.{key}_weeks": weeks
            for key, weeks in zip(EDGES, (lag, plateau, waned), strict=True)
        }
        values[f"treatments.{name}.healing.hazard_ratio"] = float(np.exp(chance.uniform(-2.0, 3.0)))
    for name in ("zoledronate.pain.1", "iloprost.pain.1", "core_decompression.pain.1"):
        start, length = chance.uniform(0.0, 20.0), chance.uniform(5.0, 80.0)
        values[f"treatments.{name}.from_days"] = start
        values[f"treatments.{name}.until_days"] = start + length
        values[f"treatments.{name}.multiplier_ratio"] = chance.uniform(0.4, 1.2)
    until = values["treatments.core_decompression.pain.1.until_days"]
    values["treatments.core_decompression.pain.2.from_days"] = until
    values["treatments.core_decompression.pain.2.until_days"] = until + 30.0
    return values


EDGES = ("lag", "plateau", "waned")
CLASSES = {"zoledronate": "bisphosphonate", "iloprost": "prostacyclin", "core_decompression": "decompression"}


def window(inputs: ModelInputs, name: str, opened_years: float, scale: float = 1.0) -> Window:
    """The window of a treatment; ibandronate's is zoledronate's with both log effects times `scale`."""
    parameters = inputs.parameters
    exponents = {
        "mri": [parameters.value("acceleration_exponent_mri_ratio")],
        "mixture": [parameters.value(f"acceleration_exponent_{kind}_ratio") for kind in ("mri", "symptom")],
    }[inputs.treatments[name].healing.endpoint]
    factor = parameters.value(f"treatments.{name}.healing.hazard_ratio") ** (scale * np.mean(exponents))
    edges = [parameters.years(f"treatments.{name}.healing.{key}_weeks") for key in EDGES]
    periods = []
    for number in range(1, 1 + len(inputs.treatments[name].pain)):
        start, end = (parameters.years(f"treatments.{name}.pain.{number}.{key}_days") for key in ("from", "until"))
        multiplier = parameters.value(f"treatments.{name}.pain.{number}.multiplier_ratio") ** scale
        periods.append((start, end, multiplier))
    return Window(CLASSES[name], opened_years, float(factor), *edges, tuple(periods))


def windows_together(inputs: ModelInputs, opened_years: float) -> list[Window]:
    scale = inputs.parameters.value("treatments.ibandronate.healing.scale_ratio")
    names = (("zoledronate", 1.0), ("zoledronate", scale), ("iloprost", 1.0))
    return [window(inputs, name, opened_years, share) for name, share in names]


def work_done(windows: Sequence[Window], onset: float, time: float) -> float:
    """Integral of the rate from `onset` to `time`."""
    steps = rate_steps(windows, onset)
    ends = [*(start for start, _ in steps[1:]), math.inf]
    return sum(max(min(end, time) - start, 0.0) * rate for (start, rate), end in zip(steps, ends, strict=True))


def cuts_of(windows: Iterable[Window], onset: float, end: float) -> set[float]:
    """Where rate or pain multiplier may change."""
    cuts = {edge for one in windows for edge in one.healing_edges()}
    cuts |= {one.opened_years + edge for one in windows for period in one.pain_periods for edge in period[:2]}
    return {cut for cut in cuts if onset < cut < end}


def treated_pieces(windows: Sequence[Window], patient: Any, lesion: Any) -> list[Piece]:
    """Load pain of one lesion under open windows: min(10, peak x multiplier) x level of the work done."""
    onset, work, peak = (float(lesion[name]) for name in ("onset_years", "work_years", "peak_pain"))
    times = [time_of_work(windows, onset, share * work) for share in (*KNOTS, 1.0)]
    pieces = []
    for start, end in pairwise(sorted({onset, *times, *cuts_of(windows, onset, times[-1])})):
        top = min(10.0, peak * pain_multiplier(windows, 0.5 * (start + end), reference_of(patient)))
        shares = [work_done(windows, onset, time) / work for time in (start, end)]
        levels = np.interp(shares, [0.0, *KNOTS, 1.0], [LEVELS[0], 1.0, 1.0, LEVELS[1]])
        pieces.append(Piece(start, end, top * float(levels[0]), top * float(levels[1] - levels[0]) / (end - start)))
    return pieces


def assert_heals(rows: Any, number: int, lesion: Any, windows: Sequence[Window]) -> None:
    """The four stages of a lesion come when the work at the oracle's rates is done."""
    work, lag = float(lesion["work_years"]), float(lesion["lag_years"])
    stages = {
        Event.PAIN_PEAK_REACHED: KNOTS[0] * work,
        Event.PAIN_DECLINE_STARTS: KNOTS[1] * work,
        Event.SYMPTOMS_RESOLVE: work,
        Event.MRI_NORMAL: work + lag,
    }
    for event, needed in stages.items():
        row = rows[(rows["event"] == event) & (rows["lesion"] == number)]
        expected = time_of_work(windows, float(lesion["onset_years"]), needed)
        assert row["time_years"] == pytest.approx([expected], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("case", range(6))
def test_lesions_heal_and_hurt_as_the_open_windows_say(case, seed):
    """Three treatments of two classes from diagnosis on all lesions, those that begin later too; one to four lesions.

    Expected: tests/independent/treatment_windows.py for rates and multipliers, envelope.py for the patient's pain.
    """
    inputs = inputs_with(random_values(np.random.default_rng([seed, case])), [TOGETHER])
    block = simulate_block(BatchEngine(), tables_of(inputs, seed, further=0.5, chronic=0.0, healthy=True), 0, 60)
    values = value_block(block.histories[0], block.patients, build_tariff(inputs)).outcomes
    for patient, path, value in zip(block.patients, paths(block), values, strict=True):
        windows = windows_together(inputs, float(patient["diagnosis_years"]))
        lines = []
        for number, lesion in enumerate(lesions_of(patient)):
            if lesion["onset_years"] + 3.0 < HORIZON_YEARS:
                assert_heals(path.rows, number, lesion, windows)
            lines.append(treated_pieces(windows, patient, lesion))
        entry = float(patient["entry_years"])
        pieces = envelope(lines, entry, entry + HORIZON_YEARS)
        assert_same_path(path, pieces)
        assert value["pain_years"] == pytest.approx(area(pieces), rel=1e-9)


@pytest.mark.parametrize("case", range(6))
def test_a_local_treatment_joins_the_windows_that_are_open(case, seed):
    """Decompression of a hip or knee that still hurts at the operation, on top of the three; one lesion a patient."""
    inputs = inputs_with(random_values(np.random.default_rng([seed, 100 + case])), [TOGETHER, OPERATION])
    block = simulate_block(BatchEngine(), tables_of(inputs, seed, further=0.0, chronic=0.0, healthy=True), 0, 80)
    operated = 0
    for patient, path in zip(block.patients, paths(block), strict=True):
        lesion, entry = patient["lesions"][0], float(patient["diagnosis_years"])
        windows = windows_together(inputs, entry)
        operation = entry + (REVIEW_WEEKS + SURGERY_WEEKS) * WEEK
        if lesion["site"] in (Site.HIP, Site.KNEE) and time_of_work(windows, 0.0, lesion["work_years"]) > operation:
            windows.append(window(inputs, "core_decompression", operation))
            operated += 1
        assert_heals(path.rows, 0, lesion, windows)
        assert_same_path(path, envelope([treated_pieces(windows, patient, lesion)], entry, entry + HORIZON_YEARS))
    assert operated > 10
