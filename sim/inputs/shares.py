"""Groups of shares that are uncertain together: the parts of a Dirichlet law, beside which others may be fixed."""

from sim.inputs.parameters import ParameterSet


def is_part(parameters: ParameterSet, name: str) -> bool:
    """Whether `name` is a part of a group of shares that is drawn as a whole."""
    return parameters.quantity(name).distribution == "dirichlet"


def group_of(name: str) -> str:
    """The name of the group that the part `name` is in."""
    return name.rpartition(".")[0]


def uncertain_parts(parameters: ParameterSet, name: str) -> list[str]:
    """All parts that are drawn together with the part `name`, itself among them, sorted."""
    return [part for part in _parts(parameters, name) if is_part(parameters, part)]


def uncertain_share(parameters: ParameterSet, name: str) -> float:
    """What the uncertain parts of the group of `name` sum to: 1 less its fixed parts."""
    parts = (parameters.quantity(part) for part in _parts(parameters, name) if not is_part(parameters, part))
    return 1.0 - sum(part.value for part in parts)


def concentration(parameters: ParameterSet, name: str) -> float:
    """Sum of the concentrations of the group that `name` is in."""
    parts = (parameters.quantity(part) for part in uncertain_parts(parameters, name))
    return sum(part.concentration or 0.0 for part in parts)


def _parts(parameters: ParameterSet, name: str) -> list[str]:
    prefix = f"{group_of(name)}."
    return [other for other in parameters.names() if other.startswith(prefix) and "." not in other[len(prefix) :]]
