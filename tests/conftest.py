"""What every test can ask for: the seed of the suite (`pytest --seed N`) and the golden files."""

import importlib
import os
import pkgutil
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # tests run side by side; set before numpy is loaded

import pytest
from golden.golden_file import Golden
from hypothesis import settings

import sim

DEFAULT_SEED = 1

# No deadline: the first example of a test may wait for a compilation.
settings.register_profile("bmes", deadline=None, print_blob=True)
settings.load_profile("bmes")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("bmes")
    group.addoption("--seed", type=int, default=DEFAULT_SEED, help="seed of the suite's simulations and properties")
    group.addoption("--update-golden", action="store_true", help="write the golden files instead of comparing them")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Let the seed of the suite drive hypothesis too, unless its own option is given."""
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(config.getoption("--seed"))


def pytest_collection_finish() -> None:
    """Load all of the project before the first test.

    Hypothesis takes numbers to try from the modules that are loaded: with some of them loaded later, by whichever test
    needs them first, the seed alone would not say what a test tries.
    """
    for module in pkgutil.walk_packages(sim.__path__, "sim."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def pytest_report_header(config: pytest.Config) -> str:
    return f"seed of the suite: {config.getoption('--seed')}"


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """Seed of the suite. Golden tests do not use it: their seed stands in the test."""
    return int(request.config.getoption("--seed"))


@pytest.fixture(scope="session")
def golden(request: pytest.FixtureRequest) -> Golden:
    """`golden.check(name, table)` against tests/golden/, rewritten with --update-golden."""
    return Golden(folder=Path(__file__).parent / "golden", update=bool(request.config.getoption("--update-golden")))
