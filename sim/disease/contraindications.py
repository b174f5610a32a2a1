"""What a patient may not have now, as bits, and whether the usual NSAID is possible."""

from sim.disease.rule import Patients, rule
from sim.vocabulary.care_terms import NSAID_CONTRAINDICATIONS, Contraindication
from sim.vocabulary.enums import Aetiology, Kidney


@rule
def life_stage_bits(patients: Patients, i: int) -> int:
    """The contraindications that end by themselves: pregnancy, breastfeeding, open growth plates."""
    p = patients[i]
    bits = 0
    if p.pregnant:
        bits |= Contraindication.PREGNANT
    if p.breastfeeding:
        bits |= Contraindication.BREASTFEEDING
    if p.growth_plates_open:
        bits |= Contraindication.GROWTH_PLATES_OPEN
    return bits


@rule
def settle_contraindications(patients: Patients, i: int) -> None:
    """Set the bits anew from the patient's attributes and life stage."""
    p = patients[i]
    bits = life_stage_bits(patients, i)
    if p.kidney == Kidney.POOR:
        bits |= Contraindication.KIDNEY_POOR
    if p.kidney != Kidney.NORMAL:
        bits |= Contraindication.KIDNEY_REDUCED
    if p.cardiovascular_disease:
        bits |= Contraindication.CARDIOVASCULAR_DISEASE
    if p.anticoagulation:
        bits |= Contraindication.ANTICOAGULATION
    if p.cirrhosis:
        bits |= Contraindication.CIRRHOSIS
    if p.childbearing_wish:
        bits |= Contraindication.CHILDBEARING_WISH
    if p.aetiology != Aetiology.TRANSPLANT:
        bits |= Contraindication.NO_CALCINEURIN_INHIBITOR
    if p.aetiology != Aetiology.RHEUMATIC:
        bits |= Contraindication.NO_RHEUMATIC_DISEASE
    p.contraindications = bits
    p.contraindications = bits
    # an NSAID beside a calcineurin inhibitor is too much for the kidney
    ruled_out = bits & NSAID_CONTRAINDICATIONS or p.nsaid_harmed or p.aetiology == Aetiology.TRANSPLANT
    p.nsaid_possible = 0 if ruled_out else 1
