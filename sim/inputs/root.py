"""Where the shipped data lie, and how a file is named in a message."""

from pathlib import Path

from sim.vocabulary.errors import RunError

_PACKAGE = Path(__file__).parents[1]


def data_root() -> Path:
    """The folder that holds `parameters/` and `scenarios/`.

    Installed from a wheel that is `sim/_data`, otherwise the repository around the package.
    Raises RunError when neither holds them.
    """
    for folder in (_PACKAGE / "_data", _PACKAGE.parent):
        if (folder / "parameters").is_dir() and (folder / "scenarios").is_dir():
            return folder
    raise RunError(f"{_PACKAGE}: the folders parameters/ and scenarios/ are missing. Install bmes-sim again.")


def shown(path: Path, root: Path | None = None) -> str:
    """`path` as a message names it: below `root`, the shipped data or the current folder, otherwise in full."""
    resolved = path.resolve()
    for base in (root, data_root(), Path.cwd()):
        if base is not None and resolved.is_relative_to(base.resolve()):
            return resolved.relative_to(base.resolve()).as_posix()
    return str(path)
