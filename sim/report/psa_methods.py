"""The methods of a probabilistic analysis as text, and its items of the CHEERS checklist."""

from sim.inputs.draws import SWITCH
from sim.report import facts
from sim.report.answer import joined
from sim.report.cheers_items import Analysed, Item, structure_words
from sim.report.methods import Passage, framing, validation
from sim.report.numbers import money, number
from sim.report.psa_findings import PsaFindings

DESIGNS = {
    "random": "independent pseudo-random draws",
    "latin_hypercube": "a Latin hypercube",
    "sobol": "a scrambled Sobol sequence",
}
SECTIONS = {"costs-section": "outcomes", "subgroups": "answer"}


def methods(findings: PsaFindings) -> list[Passage]:
    """The passages in the order of a methods section."""
    return [
        *framing(findings, [name.removeprefix(SWITCH) for name in findings.switches]),
        Passage("Probabilistic analysis", tuple(_sampling(findings))),
        Passage("Chance among patients", (_noise(findings),)),
        Passage("Decision analysis", tuple(_decision(findings))),
        Passage("What is not covered", (_limits(findings),)),
        validation(findings),
    ]


def _sampling(findings: PsaFindings) -> list[str]:
    manifest = findings.manifest
    design = DESIGNS.get(str(manifest.get("design", "random")), str(manifest.get("design")))
    parts = [
        f"{number(findings.draws)} draws of {number(len(findings.sampled))} uncertain parameters, by {design}; in each "
        f"draw {number(findings.patients)} patients under each of {len(findings.strategies)} strategies; seed "
        f"{findings.scenario.seed}"
    ]
    if "version" in manifest:
        parts.append(f"bmes-sim {manifest['version']}")
    text = (
        f"{', '.join(parts)}. Every parameter with a law that the strategies compared can depend on is drawn by "
        "inverting its distribution function at a uniform number that is keyed by the seed and its name. Parameters "
        "that one piece of evidence stands behind are drawn together, as the table of laws says; all others "
        "independently."
    )
    luck = (
        "Patients and their luck are the same in all draws."
        if findings.shared_luck
        else "Each draw has patients and luck of its own; within a draw every strategy meets the same ones, so that "
        "differences are formed within people."
    )
    redrawn = int(manifest.get("draws_redrawn", manifest.get("redrawn", 0)) or 0)
    refused = (
        f" {number(redrawn)} draws in which parameters contradicted each other (such as a peak after its own decline) "
        "were drawn again."
        if redrawn
        else ""
    )
    return [text, f"{luck}{refused}"]


def _noise(findings: PsaFindings) -> str:
    if findings.shared_luck:
        return (
            "All draws see the same patients with the same luck. Chance among them moves all draws together: it is no "
            "part of the spread between draws, so that nothing is taken out of it, but it is in the standard errors of "
            "the means."
        )
    if not findings.analysis.corrected:
        return "Chance among the simulated patients was not estimated and is part of the spread between draws."
    return (
        "A mean over finitely many patients differs from what endless patients would show. The variance between draws "
        "is split into that of the parameters and that of chance among patients (O'Hagan, Stevenson and Madan 2007, "
        "Health Economics 16:1009-1023), whose covariance is estimated within each draw. For intervals, ellipses, "
        "acceptability, losses and the value of information the draws are shrunk linearly towards their mean until "
        "their covariance is that of the parameters alone, which is our own step. Means are left as they are, and "
        "their standard errors hold both parts."
    )


def _decision(findings: PsaFindings) -> list[str]:
    thresholds = joined([money(value, findings.currency) for value in findings.thresholds])
    first = (
        f"Decisions are held against {thresholds} per QALY. The strategy to choose has the highest mean net monetary "
        "benefit; acceptability is the share of the draws in which a strategy has the highest one (van Hout et al. "
        "1994, Health Economics 3:309-319), its frontier shows that of the strategy to choose (Barton, Briggs and "
        "Fenwick 2008, Value in Health 11:886-897). The expected loss of a strategy is the mean of what the best of "
        "each draw gains over it (Alarid-Escudero et al. 2019, Value in Health 22:611-618); the lowest is the value of "
        "perfect information (Claxton 1999, Journal of Health Economics 18:341-364)."
    )
    paragraphs = [first]
    if len(findings.frame("evppi")):
        paragraphs.append(
            "The value of knowing some parameters comes from a regression of the increments in net benefit on them "
            "(Strong, Oakley and Brennan 2014, Medical Decision Making 34:311-326), or from simulation within "
            "simulation where the table says nested."
        )
    if len(findings.frame("evsi")):
        paragraphs.append(
            "A trial is simulated by the model in every draw. The value of its result comes from a regression on the "
            "trial's summaries (Strong et al. 2015, Medical Decision Making 35:570-583), or from matching moments "
            "(Heath, Manolopoulou and Baio 2018, Medical Decision Making 38:163-173)."
        )
    return paragraphs


def _limits(findings: PsaFindings) -> str:
    held = "Structural switches were sampled with the weights of the scenario; " if findings.switches else ""
    return (
        f"{held}{'what' if held else 'What'} the model leaves out, and its structure as far as it was held, are in no "
        "interval here: compare scenarios and switches for that. Laws are as good as the evidence behind them, and for "
        "assumptions they are a judgement. Discount rates, horizon and perspective are choices and are not sampled."
    )


def of_psa(findings: PsaFindings) -> Analysed:
    """The items of the checklist that a probabilistic analysis answers."""
    thresholds = joined([money(value, findings.currency) for value in findings.thresholds])
    switched = joined([name.rpartition(".")[2].replace("_", " ") for name in findings.switches])
    sampled = f"{number(len(findings.sampled))} parameters drawn {number(findings.draws)} times"
    structure = f", and structural switches by weights ({switched})" if switched else ""
    information = "EVPI and EVPPI" if len(findings.frame("evppi")) else "EVPI"
    return Analysed(
        Item("Characterising heterogeneity", "", "subgroups; the report of a single run (`bmes run`) holds them."),
        Item(
            "Characterising uncertainty",
            f"{structure_words(findings)}Probabilistic analysis: {sampled} from laws that are listed with their "
            f"sources{structure}; {findings.chance_words}.",
            "" if switched else "comparison with scenarios of another structure.",
            "methods",
        ),
        Item(
            "Summary of main results",
            f"Mean costs, QALYs, increments with 95 % intervals, frontier and net benefit at {thresholds} per QALY.",
            "",
            "comparison",
        ),
        Item(
            "Effect of uncertainty",
            f"Intervals, plane, acceptability, expected loss and {information}; how the mean over the draws differs "
            "from a run at the means.",
            f"the effect of {facts.horizon(findings)} horizon and discount rates on the answer.",
            "acceptability",
        ),
        SECTIONS,
    )
