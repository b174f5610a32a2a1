"""Commands on uncertainty: the probabilistic analysis."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.cluster import workers
from sim.cli.options import Cluster, Json, Out, Threads, TlsCa, TlsCert, TlsKey, app
from sim.vocabulary.errors import InputError, RunError, StoppedError

DRAWS, PATIENTS = 1000, 1000
FIXED_AT_THE_BEGINNING = ("draws", "patients", "seed", "design", "luck", "until_precise", "out")  # of an analysis


@contextmanager
def interruptible(how_to_go_on: str) -> Iterator[None]:
    """Says how to go on when the user stops what runs inside, or a cluster is lost. Raises StoppedError, RunError."""
    from sim.experiments.executor import LostClusterError

    try:
        yield
    except LostClusterError as error:
        raise RunError(f"{error} What is done is kept; go on with: {how_to_go_on}") from error
    except KeyboardInterrupt:
        raise StoppedError(f"Interrupted. Go on with: {how_to_go_on}") from None


@app.command(epilog="Example: bmes psa base_case_uk --draws 1000 --patients 1000")
def psa(
    context: typer.Context,
    scenario: Annotated[
        str | None, typer.Argument(metavar="SCENARIO", help="A scenario file, or the name of a shipped one.")
    ] = None,
    draws: Annotated[int, typer.Option(metavar="K", help="Draws of all uncertain parameters; at most.")] = DRAWS,
    patients: Annotated[int, typer.Option(metavar="N", help="Patients in each draw.")] = PATIENTS,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Seed; the scenario's by default.")] = None,
    design: Annotated[
        str,
        typer.Option(
            metavar="random|latin_hypercube|sobol", help="How draws are spread; sobol for 4,096 draws and more."
        ),
    ] = "random",
    luck: Annotated[
        str, typer.Option(metavar="independent|shared", help="Patients and chance of each draw: its own, or the same.")
    ] = "independent",
    until_precise: Annotated[
        float | None,
        typer.Option(metavar="X", help="Stop once the net benefit gains have a standard error of X at the most."),
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Go on with an interrupted analysis; no SCENARIO then.")
    ] = None,
    threads: Threads = None,
    cluster: Cluster = None,
    tls_ca: TlsCa = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    out: Out = Path("outputs"),
    json: Json = False,
) -> None:
    """Draw all uncertain parameters many times, simulate each draw, and say how sure the decision is."""
    from sim.experiments import psa_store
    from sim.experiments.psa import prepared, simulate
    from sim.inputs.scenario import load_scenario
    from sim.report import console

    if (scenario is None) == (resume is None):
        raise InputError("psa", "either a SCENARIO or --resume RUN is needed", "Give one of the two.")
    if resume is not None:
        _refuse_given(context, FIXED_AT_THE_BEGINNING)
        study = psa_store.taken_up(resume)
        folder: Path | None = resume
    else:
        question = load_scenario(str(scenario))
        study = prepared(
            question, draws, patients, seed=seed, design=design, luck=luck, target_standard_error=until_precise
        )
        folder = None
    with workers(cluster, threads, tls_ca, tls_cert, tls_key) as executor:
        folder = psa_store.begin(study, out) if folder is None else folder
        with interruptible(f"bmes psa --resume {folder}"), console.progress_bar(study.scenario.name) as progress:
            parts = folder / psa_store.PARTS
            results = simulate(study, threads=threads, parts=parts, progress=progress, executor=executor)
    from sim.experiments.psa_frames import analysis_of
    from sim.report import psa_html, psa_words, workbook

    analysis = analysis_of(results)
    place = psa_store.finish(results, analysis, folder, psa_html.writers())
    if json:
        frames = {name: console.records(frame) for name, frame in psa_store.frames_of(analysis).items()}
        console.print_json({"folder": str(place), "question": study.scenario.question, **frames})
        return
    console.print_text(psa_words.psa_answer_text(results, analysis))
    if not workbook.can_write():
        console.print_text(workbook.NOT_WRITTEN)
    console.print_text(f"Report: {place / 'report.html'}")


def _refuse_given(context: typer.Context, names: Sequence[str]) -> None:
    """Raises InputError if one of these options was given, be it with its default."""
    for name in names:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            what = "an interrupted analysis goes on as it was begun, and where it was begun"
            raise InputError(f"--{name.replace('_', '-')}", what, "Leave it out beside --resume.")
