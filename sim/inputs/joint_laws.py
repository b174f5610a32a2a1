"""Which uncertain quantities are uncertain together: the groups of parameters/joint.toml.

What stands in no group is drawn independently. A group joins the laws of its members and leaves each of them as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BeforeValidator, Field, model_validator
from scipy.special import ndtr, ndtri

from sim.inputs.designs import LARGEST
from sim.inputs.document import Document, Fault, Text, parsed, read_toml, suggestion
from sim.inputs.laws import has_law
from sim.inputs.parameters import JOINT_FILE, ParameterSet
from sim.inputs.quantity import Status
from sim.inputs.root import shown
from sim.inputs.sources import Source, check_sources
from sim.vocabulary.errors import InputError

Floats = npt.NDArray[np.float64]
NORMAL_KINDS = ("normal", "truncated_normal", "lognormal")
SHARED = "shared"
SMALLEST_EIGENVALUE = 1e-9
COLUMN_PREFIX = "joint."


def _sources(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class Group(Document):
    """One table of the file; `correlation` is one number for all pairs, or a matrix in the order of `parameters`."""

    law: Literal["shared", "multivariate_normal", "rank_correlation"]
    parameters: Annotated[tuple[Text, ...], Field(min_length=1)]
    correlation: float | tuple[tuple[float, ...], ...] | None = None
    status: Status
    source: Annotated[tuple[Text, ...], BeforeValidator(_sources)] = ()
    where: Text | None = None
    reason: Text

    @model_validator(mode="after")
    def _check(self) -> "Group":
        if (self.law == SHARED) != (self.correlation is None):
            repair = "Remove it." if self.law == SHARED else "Write one number for all pairs, or a matrix."
            raise Fault("correlation", f"law = {self.law!r} and this key contradict", repair)
        if self.status != "assumption" and not self.source:
            raise Fault("source", f"a {self.status} group needs a source", "Add it, or write status = 'assumption'.")
        if isinstance(self.correlation, tuple) and any("*" in name for name in self.parameters):
            raise Fault("parameters", "a matrix needs every name in its place", "Write out the names with a *.")
        return self


@dataclass(frozen=True, eq=False)
class JointLaw:
    """A group with its members as they are in one scenario.

    factor: lower Cholesky factor of the correlation of the members' normal scores, shape (members, members); None where
    all members have the same quantile.
    """

    name: str
    law: str
    members: tuple[str, ...]
    reason: str
    factor: Floats | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the independent columns that `joined` needs: one of the group, or one a member."""
        return (f"{COLUMN_PREFIX}{self.name}",) if self.factor is None else self.members

    def joined(self, columns: Mapping[str, Floats]) -> Floats:
        """Uniforms for all members, shape (draws, members), from independent uniforms by name, shape (draws,).

        shared: the column of the group, for each member. Otherwise a normal copula: the normal scores of the members'
        own columns, times the factor. Each column of the result is uniform by itself.
        """
        own = np.stack([columns[name] for name in self.columns], axis=1)
        if self.factor is None:
            return np.repeat(own, len(self.members), axis=1)
        scores = ndtri(own) @ self.factor.T
        return np.asarray(np.clip(ndtr(scores), 2.0**-54, LARGEST))


def without_correlations(laws: Sequence[JointLaw]) -> tuple[JointLaw, ...]:
    """Those that make one unknown of several names; every other member has its own column back, which is the same."""
    return tuple(law for law in laws if law.law == SHARED)


def load_joint_laws(root: Path, sources: Mapping[str, Source], parameters: ParameterSet) -> tuple[JointLaw, ...]:
    """The groups of `root`/parameters/joint.toml, in its order, checked against `parameters`; none without the file.

    A name may hold `*` for any text and then stands for all uncertain quantities that fit. Members that have no law in
    this scenario (a population may fix them) fall out. Raises InputError for a name that does not exist, a part of a
    group of shares, a member of two groups, a law that the kind of group cannot join, and a correlation matrix that is
    not positive definite.
    """
    path = root / "parameters" / JOINT_FILE
    if not path.is_file():
        return ()
    where, group_of, laws = shown(path, root), dict[str, str](), []
    for name, table in read_toml(path, root).items():
        if not isinstance(table, dict):
            raise InputError(f"{where}, {name}", "a group is a table", f"Write [{name}] above its keys.")

        def place(key: str, name: str = name) -> str:
            return f"{where}, {name}.{key}".rstrip(".")

        group = parsed(Group, table, place)
        check_sources(place("source"), group.source, sources)
        members = _members(group, parameters, place("parameters"))
        for member in members:
            other = group_of.setdefault(member, name)
            if other != name:
                raise InputError(place("parameters"), f"{member} is in {other!r} too", "Remove it from one of the two.")
        factor = None if group.law == SHARED else _factor(group, members, parameters, place("correlation"))
        if len(members) > 1:
            laws.append(JointLaw(name, group.law, tuple(members), group.reason, factor))
    return tuple(laws)


def _members(group: Group, parameters: ParameterSet, where: str) -> list[str]:
    """The names that a group stands for, without repeats."""
    members: dict[str, None] = {}
    for pattern in group.parameters:
        found = [name for name in parameters.names() if fnmatchcase(name, pattern)] if "*" in pattern else [pattern]
        if not found or found[0] not in parameters:
            repair = suggestion(pattern, parameters.names(), otherwise="`bmes parameters list` shows all names.")
            raise InputError(where, f"there is no parameter {pattern!r}", repair)
        for name in found:
            if parameters.quantity(name).distribution == "dirichlet":
                what = f"{name} is a part of a group of shares, which is a joint law already"
                raise InputError(where, what, "Remove it.")
            if has_law(parameters.quantity(name)):
                members[name] = None
    return list(members)


def _factor(group: Group, members: Sequence[str], parameters: ParameterSet, where: str) -> Floats:
    """The Cholesky factor of the members' normal scores, for those that have a law."""
    if group.law == "multivariate_normal":
        for name in members:
            kind = parameters.quantity(name).distribution
            if kind not in NORMAL_KINDS:
                raise InputError(where, f"{name} is {kind}, not normal or lognormal", "Write law = 'rank_correlation'.")
    if isinstance(group.correlation, tuple):
        matrix = _checked_matrix(group.correlation, len(group.parameters), where)
        places = [group.parameters.index(name) for name in members]
        matrix = matrix[np.ix_(places, places)]
    else:
        matrix = np.full((len(members), len(members)), group.correlation, dtype=np.float64)
        np.fill_diagonal(matrix, 1.0)
    if group.law == "rank_correlation":  # of a normal copula with that of Spearman (Kruskal 1958)
        matrix = 2.0 * np.sin(np.pi * matrix / 6.0)
        np.fill_diagonal(matrix, 1.0)
    smallest = float(np.linalg.eigvalsh(matrix)[0]) if members else 1.0
    if smallest < SMALLEST_EIGENVALUE:
        what = f"no numbers are correlated like that (smallest eigenvalue {smallest:.3g})"
        raise InputError(where, what, "Write correlations nearer to 0.")
    return np.asarray(np.linalg.cholesky(matrix))


def _checked_matrix(rows: tuple[tuple[float, ...], ...], size: int, where: str) -> Floats:
    if len(rows) != size or any(len(row) != size for row in rows):
        raise InputError(where, f"{size} parameters need a matrix of {size} by {size}", "Add or remove rows.")
    matrix = np.array(rows)
    if not (np.allclose(matrix, matrix.T) and np.allclose(np.diag(matrix), 1.0) and (np.abs(matrix) <= 1.0).all()):
        raise InputError(where, "this is no correlation matrix", "Write a symmetric one with 1 on its diagonal.")
    return matrix
