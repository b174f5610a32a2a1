"""How a rule becomes compiled code: one signature, read off its annotations, so that it is compiled once.

Without a signature the compiler would make a copy of a rule for every mix of small integer types and literal
constants it is called with, and first compilation would take minutes. Rules therefore stand below what they call.
"""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar, get_type_hints

import numpy as np
import numpy.typing as npt
from llvmlite import binding
from numba import boolean, float64, from_dtype, int64, njit, types

from sim.vocabulary.records import HISTORY, PATIENT, POPULATION_ROW
from sim.vocabulary.tables import TABLES

# Rules are many and short: written out where they are called they run a fifth faster than at the compiler's default
# of 225, for a tenth more compilation. Much higher values gain little more and take half as long again to compile.
INLINE_THRESHOLD = 1500
binding.set_option("bmes-sim", f"-inline-threshold={INLINE_THRESHOLD}")

Patients = Annotated[npt.NDArray[Any], PATIENT]
Tables = Annotated[npt.NDArray[Any], TABLES]
History = Annotated[npt.NDArray[Any], HISTORY]
Population = Annotated[npt.NDArray[Any], POPULATION_ROW]
Floats = Annotated[npt.NDArray[np.float64], np.dtype("f8")]
Starts = Annotated[npt.NDArray[np.int64], np.dtype("i8")]

Rule = TypeVar("Rule", bound=Callable[..., Any])

_PLAIN = {int: int64, float: float64, bool: boolean}
# Rules own no memory, so the compiler need not count references: that took a third of the running time.
COMPILER_OPTIONS: Any = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}


def compiled_type(annotation: Any) -> Any:
    """The compiler's type of an annotation: int, float, bool, or one of the record arrays above."""
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    return types.Array(from_dtype(annotation.__metadata__[0]), 1, "C")


def signature_of(function: Callable[..., Any]) -> tuple[Any, ...]:
    """Argument types of a rule, from its annotations."""
    hints = get_type_hints(function, include_extras=True)
    hints.pop("return")
    return tuple(compiled_type(annotation) for annotation in hints.values())


def rule(function: Rule) -> Rule:
    """Compile `function` for its annotated types when another rule first calls it; Python cannot call it."""
    return _of_one_signature(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def door(function: Rule) -> Rule:
    """As `rule`, but Python can call it too."""
    return _of_one_signature(function)


def _of_one_signature(function: Rule, **options: Any) -> Rule:
    """A dispatcher that offers its callers the annotated signature only, and makes it when it is first asked.

    Handing the signature to `njit` would compile, or read from the cache, every rule at import: two seconds for a
    warm start that needs three compiled functions. Hence the one place that reaches into the dispatcher.
    """
    compile_with: Any = njit
    dispatcher = compile_with(**COMPILER_OPTIONS, **options)(function)
    signature = signature_of(function)
    offer = dispatcher.get_call_template

    def get_call_template(arguments: Any, keywords: Any) -> Any:
        dispatcher.compile(signature)
        dispatcher.disable_compile()
        try:
            return offer(arguments, keywords)
        finally:
            dispatcher.disable_compile(False)

    dispatcher.get_call_template = get_call_template
    compiled: Rule = dispatcher
    return compiled


def generic(function: Rule) -> Rule:
    """Compile `function` at its first call for whatever it is given (tables of several lengths)."""
    compiled: Rule = njit(**COMPILER_OPTIONS)(function)
    return compiled
