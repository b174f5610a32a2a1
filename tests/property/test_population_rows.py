"""Rows of a patient file: what cannot be true together, and what the simulated patient makes of what is given."""

import numpy as np
import pytest
from simulate import changed, simulated

from sim.inputs.model_inputs import gather
from sim.inputs.population import load_population, population_rows
from sim.inputs.population_cells import CODES, RANGES
from sim.vocabulary.enums import Aetiology, Bone, Job, Sex, Site
from sim.vocabulary.errors import InputError


def message(path):
    with pytest.raises(InputError) as caught:
        load_population(path)
    text = str(caught.value)
    assert "\n" not in text
    return text


def written(folder, text):
    path = folder / "patients.csv"
    path.write_text(text, encoding="utf-8")
    return path


# What cannot be true together

CONTRADICTIONS = {
    "a_pregnant_man": ("sex,aetiology", "male,pregnancy", "aetiology: pregnancy goes with sex = female"),
    "a_pregnant_girl": ("sex,age_years,aetiology", "female,11,pregnancy", "goes with an age of 12 to 55 years"),
    "pregnant_at_60": ("sex,age_years,aetiology", "female,60,pregnancy", "goes with an age of 12 to 55 years"),
    "a_week_without_pregnancy": ("gestational_week", "33", "gestational_week: it goes with aetiology = pregnancy"),
    "a_week_of_an_athlete": ("aetiology,gestational_week", "overuse,33", "gestational_week: it goes with aetiology"),
    "breastfeeding_without_pregnancy": ("breastfeeding_months", "6", "breastfeeding_months: it goes with aetiology"),
    "a_wish_of_a_man": ("sex,childbearing_wish", "male,yes", "childbearing_wish: yes goes with sex = female"),
    "a_wish_in_pregnancy": ("sex,aetiology,childbearing_wish", "female,pregnancy,yes", "not with a pregnancy"),
    "hours_without_a_job": ("job,weekly_hours", "none,20", "weekly_hours: more than 0 goes with a job other than none"),
    "hours_of_no_known_job": ("weekly_hours", "20", "weekly_hours: more than 0 goes with a job other than none"),
    "a_talus_in_the_hip": ("bone", "talus", "bone: this bone is not at that site"),
}  # fmt: skip
AGREEMENTS = {
    "a_pregnant_woman": ("sex,aetiology,gestational_week,breastfeeding_months", "female,pregnancy,33.5,0"),
    "a_man_without_a_wish": ("sex,childbearing_wish", "male,no"),
    "no_job_and_no_hours": ("job,weekly_hours", "none,0"),
    "a_job_and_its_hours": ("job,weekly_hours", "heavy,38"),
    "a_femoral_head": ("bone", "femoral_head"),
    "a_young_transplant_patient": ("age_years,aetiology,growth_plates_close_age_years", "19,transplant,19.5"),
    "on_both_sides": ("bilateral,side", "yes,left"),
}


def one_row(folder, columns, cells):
    """A file with one good row and one that has these cells in these columns."""
    good = {"age_years": "40", "sex": "female", "site": "hip"}
    row = good | dict(zip(columns.split(","), cells.split(","), strict=True))
    silent = good | {column: "" for column in row if column not in good}
    return written(
        folder, "\n".join(",".join(cells[column] for column in row) for cells in ({c: c for c in row}, silent, row))
    )


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_what_cannot_be_true_together_is_a_fault_of_its_line(case, tmp_path):
    columns, cells, fault = CONTRADICTIONS[case]
    text = message(one_row(tmp_path, columns, cells))
    assert "line 3, " in text
    assert fault in text
    assert text.count("line ") == 1


@pytest.mark.parametrize("case", AGREEMENTS)
def test_what_can_be_true_together_is_read(case, tmp_path):
    columns, cells = AGREEMENTS[case]
    row = population_rows(load_population(one_row(tmp_path, columns, cells)))[1]
    for column, cell in zip(columns.split(","), cells.split(","), strict=True):
        assert row[column] == (float(cell) if column in RANGES else CODES[column][cell])


def test_a_bad_cell_is_named_once_and_not_again_by_the_rules_between_cells(tmp_path):
    text = message(
        written(
            tmp_path,
            "age_years,sex,site,aetiology,gestational_week\n40,male,hip,pregnancy,60\n30,mal,hip,pregnancy,30\n",
        )
    )
    assert "line 2, gestational_week: '60' is not between 1 and 40" in text
    assert "line 2, aetiology: pregnancy goes with sex = female" in text
    assert "line 3, sex: 'mal' is not known" in text
    assert text.count("line ") == 3


# What the rules make of it


def test_all_that_a_file_gives_is_what_the_patient_has(seed):
    """Six people, one of each cause, through a simulation: their records hold what the file holds."""
    row = np.repeat(population_rows(None), 6)
    row["age_years"], row["sex"], row["site"], row["bone"] = 30.0, Sex.FEMALE, Site.FOOT, Bone.CUBOID
    row["aetiology"] = list(Aetiology)
    row["job"], row["weekly_hours"], row["bilateral"] = Job.LIGHT, 12.5, [0, 1, 0, 1, 0, 1]
    row["gestational_week"][Aetiology.PREGNANCY], row["breastfeeding_months"][Aetiology.PREGNANCY] = 30.0, 6.0
    row["growth_plates_close_age_years"] = 35.0
    row["childbearing_wish"] = [1, 0, 1, 0, 0, 1]
    patients = simulated(seed=seed, patients=60, population=row).block.patients
    given = row[np.arange(60) % 6]
    for column in ("age_years", "sex", "aetiology", "job", "weekly_hours", "bilateral", "childbearing_wish"):
        assert np.array_equal(patients[column], given[column]), column
    assert (patients["lesions"]["bone"][:, 0] == Bone.CUBOID).all()
    assert np.allclose(patients["growth_plates_close_years"], 5.0)
    pregnant = given["aetiology"] == Aetiology.PREGNANCY
    assert np.allclose(patients["delivery_years"][pregnant], 10 * 7 / 365.25)
    assert np.allclose(patients["breastfeeding_end_years"][pregnant], 10 * 7 / 365.25 + 0.5)
    assert np.isinf(patients["delivery_years"][~pregnant]).all()
    both = patients["bilateral"] == 1
    assert (patients["lesions"]["side"][both, 0] != patients["lesions"]["side"][both, 1]).all()
    assert (patients["lesions"]["onset_years"][both, 1] == 0.0).all()


def test_a_drawn_cause_is_one_that_the_given_person_can_have(tmp_path, seed):
    """Open causes are drawn as in a population of pregnant women: men and the old do not become pregnant."""
    path = written(tmp_path, "age_years,sex,site\n70,female,hip\n34,male,hip\n34,female,hip\n")
    who = {
        "kind": "csv",
        "file": str(path),
        "drawn_as": "pregnancy",
        "age_minimum_years": 18.0,
        "age_maximum_years": 99.0,
    }
    patients = simulated(gather(changed(population=who)), seed=seed, patients=30).block.patients
    assert list(patients["aetiology"]) == [Aetiology.IDIOPATHIC, Aetiology.IDIOPATHIC, Aetiology.PREGNANCY] * 10
    assert list(patients["age_years"]) == [70.0, 34.0, 34.0] * 10
