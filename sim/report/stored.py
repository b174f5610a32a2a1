"""Writes report and workbook of a run folder anew, whatever kind of analysis it holds."""

from pathlib import Path

from sim.experiments.dsa_store import load_dsa
from sim.experiments.psa_frames import analysis_of
from sim.experiments.psa_store import load_frame, load_psa
from sim.experiments.store import load_run, read_manifest
from sim.experiments.sweep_analysis import analysis_of_sweep
from sim.experiments.sweep_results import load_sweep_results
from sim.report import dsa_html, html, psa_html, sweep_html

RUN, PSA, DSA, SWEEP = "run", "psa", "dsa", "sweep"
VOI = ("evppi", "evsi", "enbs", "population")


def write_any_report(folder: Path) -> list[Path]:
    """The files that were written: the report, and the workbook where the extra [excel] is there.

    Raises InputError when `folder` is no finished run, RunError when a file cannot be written, points of a sweep are
    missing, or SALib is (designs morris and saltelli).
    """
    kind = read_manifest(folder).get("kind", RUN)
    if kind == PSA:
        psa = load_psa(folder)
        analysis = analysis_of(psa)
        voi = {name: frame for name in VOI if (frame := load_frame(folder, name)) is not None}
        return [write(psa, analysis, folder / name, voi) for name, write in psa_html.writers().items()]
    if kind == DSA:
        dsa = load_dsa(folder)
        return [write(dsa, folder / name) for name, write in dsa_html.writers().items()]
    if kind == SWEEP:
        sweep = analysis_of_sweep(load_sweep_results(folder))
        return [write(sweep, folder / name) for name, write in sweep_html.writers().items()]
    results = load_run(folder)
    return [write(results, folder / name) for name, write in html.writers().items()]
