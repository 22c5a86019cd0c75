"""How numba compiles a kernel that is only ever inlined: no machine code of its own, and no optimisation before it is
where it is used.

Numba would optimise and translate every kernel by itself, and again within each that calls it, which took a quarter of
the first start. Machine code of the outermost kernels is the same.
"""

from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler


class InlinedLibrary(JITCodeLibrary):  # type: ignore[misc]
    """What LLVM is told of a kernel, kept until another kernel takes it in."""

    def _optimize_final_module(self) -> None:
        """Whoever takes it in optimises the whole."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._verify_declare_only_symbols()
        self._finalized = True  # without the engine, which would translate it

    def get_pointer_to_function(self, name: str) -> int:
        """Nowhere: Python cannot call it."""
        self._ensure_finalized()
        return 0

    @property
    def codegen(self) -> Any:
        """What belongs to all kernels, less an environment of this one's own."""
        return WithoutEnvironments(self._codegen)


class WithoutEnvironments:
    """A code generator that sets no environment, of which only Python's objects have need."""

    def __init__(self, codegen: Any) -> None:
        self._codegen = codegen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._codegen, name)

    def set_env(self, name: str, environment: Any) -> None:
        """There is none to set."""


class InlinedCompiler(Compiler):  # type: ignore[misc]
    """Numba's compiler with such a library."""

    def __init__(self, typing: Any, target: Any, library: Any, *rest: Any) -> None:
        super().__init__(typing, target, library or InlinedLibrary(target.codegen(), "inlined"), *rest)
