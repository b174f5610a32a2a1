"""Every clinical concept has a place in the model or a reason why not, and nothing in the model lacks a concept."""

import importlib
import re

import pytest

from sim.inputs.scenario import Structure
from sim.report.concepts import KINDS, load_concepts
from sim.report.concepts_page import concepts_page
from sim.vocabulary.enums import Aetiology, Bone, Destination, Site
from sim.vocabulary.errors import InputError
from sim.vocabulary.events import Event
from sim.vocabulary.records import COMORBIDITIES

# What the clinical literature speaks of, in the rows of the conceptual model, each row parted into single concepts.
CONCEPTS_OF_THE_LITERATURE = {
    "places": ["Hip", "Knee", "Ankle and foot", "Bones of the foot", "Shoulder"],
    "spine": ["Lumbar spine", "Cervical spine", "Modic types", "Nerve compression"],
    "causes": [
        "Idiopathic",
        "Trauma and overuse",
        "Arthritis",
        "Osteoarthritis",
        "Pregnancy",
        "Transplant with calcineurin inhibitors",
    ],
    "risk factors": [
        "Vitamin D deficiency",
        "Anaemia",
        "Cirrhosis",
        "Lipid disorder",
        "Previous chemotherapy or radiotherapy",
        "Alcohol",
        "Steroids",
        "Hypothyroidism",
    ],
    "complaints": ["Acute pain on loading", "Limp", "Night pain, pain at rest", "Restricted motion"],
    "diagnosis": [
        "Radiograph turns positive late",
        "MRI positive from 48 hours",
        "Scintigraphy",
        "Normal blood tests",
        "Misdiagnosis",
        "Low threshold for MRI",
    ],
    "nature": ["Distinct disease", "Early stage of osteonecrosis"],
    "duration": [
        "Four weeks until better",
        "Six months",
        "Twelve months",
        "Eighteen months",
        "Slower with age",
        "Chronic pain",
    ],
    "further lesions": [
        "Same bone",
        "Next bone",
        "Next joint",
        "Other side",
        "After months",
        "Recurrence",
        "Medial condyle, lateral plateau, distal tibia",
    ],
    "complications": [
        "Insufficiency fracture",
        "Vertebral fracture",
        "Hip fracture",
        "Collapse of the joint surface",
        "Joint replacement",
    ],
    "drugs": [
        "Zoledronate",
        "Ibandronate",
        "Pamidronate",
        "Alendronate",
        "Clodronate",
        "Neridronate",
        "Denosumab",
        "Teriparatide",
        "Calcitonin",
        "Iloprost, intravenous",
        "Iloprost by mouth",
        "Alprostadil",
        "Vitamin D",
        "Ibuprofen",
        "Diclofenac",
        "Tramadol",
        "Glucocorticoid",
        "Calcium-channel blocker",
        "TNF inhibitor",
        "Change of the calcineurin inhibitor",
        "Ibandronate fails in migratory disease",
    ],
    "procedures and physical therapies": [
        "Core decompression",
        "Surgery does not shorten the course",
        "Subchondroplasty",
        "Extracorporeal shock waves",
        "Pulsed electromagnetic field",
        "Bone stimulator",
        "Bone stimulation with long immobilisation fails",
        "Hyperbaric oxygen",
        "Physiotherapy",
        "Lymphatic drainage",
    ],
    "loading": [
        "Unloading for three to six weeks",
        "Crutches",
        "Splint",
        "Walker boot",
        "Stepwise loading",
        "No sport for three months",
        "Prevention by sport",
    ],
    "costs": ["Cost to the patient", "Cost to society"],
}
CONCEPTS_OUT_OF_SCOPE = {
    "Lumbar spine",
    "Cervical spine",
    "Modic types",
    "Nerve compression",
    "Limp",
    "Restricted motion",
    "Prevention by sport",
}


@pytest.fixture(scope="module")
def listed(repository):
    return load_concepts(repository).concepts


@pytest.fixture(scope="module")
def named(listed):
    """All names in the list, by kind of place."""
    return {kind: {name for concept in listed for name in getattr(concept, kind)} for kind in KINDS}


@pytest.mark.parametrize("row", CONCEPTS_OF_THE_LITERATURE)
def test_every_concept_of_the_literature_has_a_line_of_its_own(row, listed):
    names = [concept.name for concept in listed]
    assert [names.count(concept) for concept in CONCEPTS_OF_THE_LITERATURE[row]] == [1] * len(
        CONCEPTS_OF_THE_LITERATURE[row]
    )


def test_only_what_the_conceptual_model_leaves_out_is_out_of_scope(listed):
    assert {concept.name for concept in listed if concept.out_of_scope} == CONCEPTS_OUT_OF_SCOPE
    assert all(concept.out_of_scope.endswith(".") for concept in listed if concept.out_of_scope)


def test_a_concept_appears_once(listed):
    names = [concept.name for concept in listed]
    assert len(names) == len(set(names))


def test_every_rule_in_the_list_can_be_called(named):
    for name in named["rules"]:
        module, _, rule = name.rpartition(".")
        assert callable(getattr(importlib.import_module(module), rule)), name


@pytest.mark.parametrize("kind", ["treatments", "strategies", "populations", "settings", "scenarios"])
def test_every_file_has_a_concept(kind, named, repository):
    folder = repository / ("scenarios" if kind == "scenarios" else f"parameters/{kind}")
    assert {path.stem for path in folder.glob("*.toml")} == named[kind]


@pytest.mark.parametrize(
    ("field", "members"), [("aetiology", Aetiology), ("site", Site), ("bone", Bone), ("destination", Destination)]
)
def test_every_member_has_a_concept(field, members, named):
    assert not {f"{field}.{member.name.lower()}" for member in members} - named["attributes"]


def test_every_comorbidity_has_a_concept(named):
    assert not set(COMORBIDITIES) - named["attributes"]


def test_every_event_has_a_concept(named):
    assert {event.name.lower() for event in Event} == named["events"]


def test_every_structural_switch_has_a_concept(named):
    assert set(Structure.model_fields) == named["switches"]


def test_every_place_stands_on_the_page_beside_a_link(listed, repository):
    text = (repository / "docs" / "clinical_concepts.md").read_text("utf-8")
    lines = {line.split(" | ")[0].removeprefix("| "): line for line in text.splitlines() if line.startswith("| ")}
    for concept in listed:
        for kind, names in concept.places.items():
            for name in names:
                told = rf"(\[`{re.escape(name.removeprefix('sim.'))}`\]\(|\[{kind}\]\([^)]+\)[^;]*`{re.escape(name)}`)"
                assert re.search(told, lines[concept.name]), name


WRONG = {
    "parameters": "healing_median_month",
    "rules": "sim.disease.healing.work_don",
    "treatments": "zoledronat",
    "scenarios": "base_case_uq",
    "switches": "carryover",
    "events": "diagnosed",
    "attributes": "aetiology.transplantation",
    "outcomes": "qaly",
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_place_that_does_not_exist_is_refused_with_the_nearest_one(kind, repository, tmp_path):
    for name in ("parameters", "scenarios", "sim"):
        (tmp_path / name).symlink_to(repository / name)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "clinical_concepts.toml").write_text(
        f'introduction = "x"\n[[group]]\ntitle = "x"\n[[group.concept]]\nname = "Pain"\n{kind} = ["{WRONG[kind]}"]\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError, match=rf"Pain, {kind}: .*Did you mean"):
        concepts_page(tmp_path)


def test_a_concept_without_place_and_reason_is_refused(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "clinical_concepts.toml").write_text(
        'introduction = "x"\n[[group]]\ntitle = "x"\n[[group.concept]]\nname = "Pain"\n', encoding="utf-8"
    )
    with pytest.raises(InputError, match="either a place or a sentence why"):
        load_concepts(tmp_path)
