"""What valuation reads of the inputs, and no more: it knows no files, and tests can stand in for them."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt


class Parameters(Protocol):
    """The part of a ParameterSet that valuation reads."""

    def __contains__(self, name: str) -> bool: ...

    def value(self, name: str) -> float: ...

    def years(self, name: str) -> float: ...


class AdverseEventResources(Protocol):
    """The part of an adverse event that valuation reads."""

    @property
    def name(self) -> str: ...

    @property
    def replaces_pain(self) -> bool: ...

    @property
    def resources(self) -> Mapping[str, float]: ...


class _Setting(Protocol):
    @property
    def perspective(self) -> Any: ...


class _Structure(Protocol):
    @property
    def harms(self) -> bool: ...

    @property
    def utility_form(self) -> str: ...

    @property
    def experienced_pain_load_weight(self) -> float: ...


class _Scenario(Protocol):
    @property
    def structure(self) -> _Structure: ...


class _Strategy(Protocol):
    @property
    def mri(self) -> str: ...


class Inputs(Protocol):
    """The part of ModelInputs that valuation reads."""

    @property
    def scenario(self) -> _Scenario: ...

    @property
    def strategies(self) -> Mapping[str, _Strategy]: ...

    @property
    def parameters(self) -> Parameters: ...

    @property
    def treatments(self) -> Mapping[str, Any]: ...

    @property
    def setting(self) -> _Setting: ...

    @property
    def utility_norms(self) -> npt.NDArray[np.float64]: ...

    @property
    def unrelated_medical_costs(self) -> npt.NDArray[np.float64] | None: ...
