"""A built wheel carries the parameters and scenarios and works in a clean environment."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def run(*command: str | Path, folder: Path) -> str:
    """Standard output of a command run in `folder`, seeing no code but the installed one."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def environment(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel installed, whose libraries are those of the running one.

    A .pth file names the running site-packages. Python does not follow the .pth files found there, so the editable
    installation of the running environment stays invisible.
    """
    folder = tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, repository)
    run(*build, folder=folder)
    (wheel,) = folder.glob("bmes_sim-*.whl")
    venv.create(folder / "environment", with_pip=False)
    python = folder / "environment" / "bin" / "python"
    install = ("-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel)
    run(sys.executable, *install, folder=folder)
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site_packages = Path(run(python, "-c", ask, folder=folder).strip())
    running = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site_packages / "running.pth").write_text("\n".join(sorted(running)) + "\n", encoding="utf-8")
    return folder / "environment"


def test_the_installed_command_finds_its_parameters(environment, tmp_path):
    run(environment / "bin" / "bmes", "parameters", "check", folder=tmp_path)


def test_the_installed_package_reads_its_own_data_and_scenarios(environment, tmp_path):
    script = (
        "import sim; from sim.inputs.root import data_root; print(data_root()); "
        "print(sim.load_scenario('base_case_uk').title)"
    )
    data_root, title = run(environment / "bin" / "python", "-c", script, folder=tmp_path).splitlines()
    assert Path(data_root).is_relative_to(environment)
    assert title


def test_the_wheel_holds_every_parameter_and_scenario_file(environment, repository):
    (packaged,) = environment.rglob("sim/_data")
    for name in ("parameters", "scenarios"):
        source = {path.relative_to(repository) for path in (repository / name).rglob("*") if path.is_file()}
        shipped = {path.relative_to(packaged) for path in (packaged / name).rglob("*") if path.is_file()}
        assert shipped == source
