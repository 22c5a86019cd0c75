"""The one way a kernel is compiled: releases the GIL, no fastmath, kept on disk for the next start.

The cache folder is named after the contents of every file that machine code is made from, because numba itself
watches only the file of the outermost function: an edited kernel can never meet yesterday's machine code.
"""

import gc
import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core.event import Listener, register

from supportnet.sim.inlined import InlinedCompiler
from supportnet.sim.model_identity import COMPILED
from supportnet.sim.storage.cache import cache_folder, machine_code

Function = TypeVar("Function", bound=Callable[..., Any])
HERE = Path(__file__).parent


@cache
def code_hash() -> str:
    """The bytes that machine code is made from, and the versions of numba and numpy. Values of numbers are not among
    them: they are data to a kernel."""
    digest = hashlib.sha256(f"{numba.__version__} {np.__version__}".encode())
    for path in sorted([*(HERE / f"{name}.py" for name in COMPILED), *HERE.glob("kernels/*.py")]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


CONFIG: Any = numba.config
if "NUMBA_CACHE_DIR" not in os.environ:
    CONFIG.CACHE_DIR = str(cache_folder() / f"code-{code_hash()}")

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
# A function that makes no arrays can do without numba's counting of references, which costs more than the model.
INLINED: dict[str, Any] = {**OPTIONS, "forceinline": True, "_nrt": False, "no_cfunc_wrapper": True}
NJIT: Any = numba.njit


def verb(function: Function) -> Function:
    """Compile a kernel that other kernels call; it is inlined there and cannot be called from Python.

    It may not make arrays. Its plain form, `.py_func`, runs in Python.
    """
    return cast(Function, NJIT(**INLINED, no_cpython_wrapper=True, pipeline_class=InlinedCompiler)(function))


def compiled(function: Function) -> Function:
    """Compile a kernel that Python and other kernels call. It may not make arrays."""
    return cast(Function, kept(function, **INLINED))


def callable_form(kernel: Function) -> Function:
    """A verb as Python calls it, compiled when it is called first."""
    return compiled(getattr(kernel, "py_func", kernel))


def compiled_for(signature: str) -> Callable[[Callable[..., Any]], Any]:
    """Compile a kernel for these types only, whatever the types of whole numbers that it is called with."""

    def compile_now(function: Callable[..., Any]) -> Any:
        dispatcher = kept(function, **INLINED)
        if not CONFIG.DISABLE_JIT:
            dispatcher.compile(signature)
            dispatcher.disable_compile()
        return dispatcher

    return compile_now


def compiled_with_memory(function: Function) -> Function:
    """Compile a function that makes arrays; not for what is done for every tie."""
    return cast(Function, kept(function, **OPTIONS))


def kept(function: Callable[..., Any], **options: Any) -> Any:
    """A function that is compiled when it is called first, with its machine code in the cache."""
    dispatcher = NJIT(**options)(function)
    dispatcher._cache = machine_code(function, Path(CONFIG.CACHE_DIR))
    return dispatcher


class NoGarbageMeanwhile(Listener):  # type: ignore[misc]
    """Has Python look for garbage after a kernel is compiled, not again and again among the compiler's many objects."""

    def __init__(self) -> None:
        self._depth, self._before = 0, False

    def on_start(self, event: Any) -> None:
        """A kernel begins to be compiled, maybe within another."""
        if self._depth == 0:
            self._before = gc.isenabled()
            gc.disable()
        self._depth += 1

    def on_end(self, event: Any) -> None:
        """It is compiled, or was given up."""
        self._depth -= 1
        if self._depth == 0 and self._before:
            gc.enable()


register("numba:compile", NoGarbageMeanwhile())
