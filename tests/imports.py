"""Reads the import statements of Python files, for the tests that hold the layout of the project."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Import:
    """One imported module, by its full dotted name, and where the statement stands."""

    importer: str  # dotted name of the importing module, such as "sim.disease.pain"
    imported: str
    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.importer} imports {self.imported}"


def module_name(path: Path, root: Path) -> str:
    """Dotted name of the module at `path`, seen from `root`."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path, root: Path) -> Iterator[Import]:
    """Every import in the file, also inside functions and under TYPE_CHECKING.

    `from a import b` counts as `a.b`: whether b is a module or a name does not matter to a rule about prefixes.
    """
    importer = module_name(path, root)
    relative = path.relative_to(root)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(importer, alias.name, relative, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            package = _resolved(node, path, importer)
            for alias in node.names:
                yield Import(importer, f"{package}.{alias.name}", relative, node.lineno)


def _resolved(node: ast.ImportFrom, path: Path, importer: str) -> str:
    """Full name of the package in `from package import ...`, relative forms included."""
    if node.level == 0:
        return node.module or ""
    parts = importer.split(".")
    drop = node.level - 1 if path.stem == "__init__" else node.level
    base = parts[: len(parts) - drop]
    return ".".join([*base, node.module] if node.module else base)


def all_imports(package: Path) -> list[Import]:
    """Every import of every Python file below `package`, whose parent is the root."""
    return [found for path in sorted(package.rglob("*.py")) for found in imports_of(path, package.parent)]
