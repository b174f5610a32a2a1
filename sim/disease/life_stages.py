"""Life stages that open and close contraindications: pregnancy, delivery, breastfeeding, growth plates."""

import math

from sim.disease.calendar import cancel, schedule
from sim.disease.complications import update_nsaid
from sim.disease.contraindications import settle_contraindications
from sim.disease.healing import update_all_lesions
from sim.disease.luck import exponential_quantile, lognormal_quantile, luck, truncated_normal_quantile
from sim.disease.recording import record
from sim.disease.rule import History, Patients, Population, Tables, rule
from sim.vocabulary.enums import Aetiology, Sex
from sim.vocabulary.events import Decision, Event
from sim.vocabulary.slots import SLOT_LIFE_STAGE, SLOT_VERTEBRAL_FRACTURE
from sim.vocabulary.units import DAYS_PER_YEAR

WEEK_YEARS = 7.0 / DAYS_PER_YEAR
MONTH_YEARS = 1.0 / 12.0


@rule
def draw_pregnancy(patients: Patients, i: int, tables: Tables, population: Population, row_number: int) -> None:
    """Gestational week at onset, delivery at term, and how long she breastfeeds (inf: not at all)."""
    p = patients[i]
    t = tables[0]
    row = population[row_number]
    u = luck(patients, i, tables, Decision.GESTATIONAL_WEEK, 0, 0)
    week = truncated_normal_quantile(
        u, t.gestational_week_mean, t.gestational_week_sd, t.gestational_week_minimum, t.pregnancy_weeks
    )
    p.gestational_week = week if math.isnan(row.gestational_week) else row.gestational_week
    p.delivery_years = max(0.0, t.pregnancy_weeks - p.gestational_week) * WEEK_YEARS
    if not math.isnan(row.breastfeeding_months):
        if row.breastfeeding_months > 0.0:
            p.breastfeeding_end_years = p.delivery_years + row.breastfeeding_months * MONTH_YEARS
    elif luck(patients, i, tables, Decision.BREASTFEEDING, 0, 0) < t.breastfeeding_probability:
        u = luck(patients, i, tables, Decision.BREASTFEEDING_LENGTH, 0, 0)
        length = lognormal_quantile(u, t.breastfeeding_median_years, t.breastfeeding_sigma)
        p.breastfeeding_end_years = p.delivery_years + length


@rule
def draw_life_stages(patients: Patients, i: int, tables: Tables, population: Population, row_number: int) -> None:
    """Pregnancy, wish for children and growth plates at onset, and a vertebral fracture that luck has in store."""
    p = patients[i]
    t = tables[0]
    row = population[row_number]
    p.pregnant, p.breastfeeding, p.childbearing_wish = 0, 0, 0
    p.gestational_week = math.nan
    p.delivery_years, p.breastfeeding_end_years = math.inf, math.inf
    if p.aetiology == Aetiology.PREGNANCY:
        p.pregnant = 1
        draw_pregnancy(patients, i, tables, population, row_number)
    elif row.childbearing_wish >= 0:
        p.childbearing_wish = row.childbearing_wish
    elif p.sex == Sex.FEMALE and t.childbearing_ages_years[0] <= p.age_years < t.childbearing_ages_years[1]:
        wish = luck(patients, i, tables, Decision.CHILDBEARING_WISH, 0, 0) < t.childbearing_wish_probability
        p.childbearing_wish = 1 if wish else 0
    close_age = t.growth_plates_close_age_years[p.sex]
    if not math.isnan(row.growth_plates_close_age_years):
        close_age = row.growth_plates_close_age_years
    p.growth_plates_open = 1 if p.age_years < close_age else 0
    p.growth_plates_close_years = close_age - p.age_years if p.growth_plates_open else math.inf
    p.vertebral_fracture_years = math.inf
    hazard = t.vertebral_fracture_hazard[p.aetiology]
    if hazard > 0.0:
        budget = exponential_quantile(luck(patients, i, tables, Decision.VERTEBRAL_FRACTURE, 0, 0))
        if budget < hazard * t.vertebral_fracture_window_years:
            p.vertebral_fracture_years = budget / hazard


@rule
def plan_life_stage(patients: Patients, i: int) -> None:
    """Put the next change of life stage on the calendar."""
    p = patients[i]
    following = math.inf
    if p.pregnant:
        following = p.delivery_years
    elif p.breastfeeding:
        following = p.breastfeeding_end_years
    if p.growth_plates_open:
        following = min(following, p.growth_plates_close_years)
    if following < math.inf:
        schedule(patients, i, SLOT_LIFE_STAGE, following)
    else:
        cancel(patients, i, SLOT_LIFE_STAGE)


@rule
def begin_life_stages(patients: Patients, i: int) -> None:
    """At symptom onset: what lies ahead goes on the calendar."""
    p = patients[i]
    plan_life_stage(patients, i)
    if p.vertebral_fracture_years < math.inf:
        schedule(patients, i, SLOT_VERTEBRAL_FRACTURE, p.vertebral_fracture_years)


@rule
def change_life_stage(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """Delivery, end of breastfeeding, or closed growth plates: what was ruled out is looked at anew."""
    p = patients[i]
    event = Event.GROWTH_PLATES_CLOSE
    if p.pregnant and p.delivery_years <= p.now_years:
        event = Event.DELIVERY
        p.pregnant = 0
        p.breastfeeding = 1 if p.breastfeeding_end_years < math.inf else 0
    elif p.breastfeeding and p.breastfeeding_end_years <= p.now_years:
        event = Event.BREASTFEEDING_ENDS
        p.breastfeeding = 0
    else:
        p.growth_plates_open = 0
    settle_contraindications(patients, i)
    update_nsaid(patients, i, tables)
    update_all_lesions(patients, i, tables)
    plan_life_stage(patients, i)
    record(patients, i, tables, history, event, -1, -1, math.nan)


@rule
def vertebral_fracture(patients: Patients, i: int, tables: Tables, history: History) -> None:
    """A vertebra breaks, as it may around a pregnancy with weak bones."""
    record(patients, i, tables, history, Event.VERTEBRAL_FRACTURE, -1, -1, math.nan)
