"""The one way a kernel is compiled: releases the GIL, no fastmath, kept on disk for the next start.

The cache folder is named after the contents of every file that machine code is made from, because numba itself
watches only the file of the outermost function: an edited kernel can never meet yesterday's machine code.
"""

import atexit
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from platformdirs import user_cache_path

from sim.model_identity import COMPILED

Function = TypeVar("Function", bound=Callable[..., Any])
HERE = Path(__file__).parent
USER: int = getattr(os, "getuid", lambda: 0)()


@cache
def code_hash() -> str:
    """The bytes that machine code is made from, and the versions of numba and numpy. Values of numbers are not among
    them: they are data to a kernel."""
    digest = hashlib.sha256(f"{numba.__version__} {np.__version__}".encode())
    for path in sorted([*(HERE / f"{name}.py" for name in COMPILED), *HERE.glob("kernels/*.py")]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def writable_cache() -> Path:
    """A folder for what can be made again: SUPPORTNET_CACHE, else the user's cache folder, else a temporary one.

    One that belongs to somebody else is passed over: machine code is read from it.
    """
    wished = os.environ.get("SUPPORTNET_CACHE")
    for folder in (
        Path(wished) if wished else user_cache_path("supportnet"),
        Path(tempfile.gettempdir()) / f"supportnet-{USER}",
    ):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder.stat().st_uid not in (USER, 0):  # 0 is everybody on Windows
                continue
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return _last_resort()


@cache
def _last_resort() -> Path:
    """A folder that this process alone uses, and takes away when it ends."""
    folder = tempfile.mkdtemp(prefix="supportnet-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


CONFIG: Any = numba.config
if "NUMBA_CACHE_DIR" not in os.environ:
    CONFIG.CACHE_DIR = str(writable_cache() / f"code-{code_hash()}")

OPTIONS: dict[str, Any] = {"nogil": True, "cache": True, "error_model": "numpy"}
# A function that makes no arrays can do without numba's counting of references, which costs more than the model.
INLINED: dict[str, Any] = {**OPTIONS, "forceinline": True, "_nrt": False, "no_cfunc_wrapper": True}
NJIT: Any = numba.njit


def verb(function: Function) -> Function:
    """Compile a kernel that other kernels call; it is inlined there and cannot be called from Python.

    It may not make arrays. Its plain form, `.py_func`, runs in Python.
    """
    return cast(Function, NJIT(**INLINED, no_cpython_wrapper=True)(function))


def compiled(function: Function) -> Function:
    """Compile a kernel that Python and other kernels call. It may not make arrays."""
    return cast(Function, NJIT(**INLINED)(function))


def compiled_for(signature: str) -> Callable[[Callable[..., Any]], Any]:
    """Compile a kernel for these types only, whatever the types of whole numbers that it is called with."""
    return NJIT(signature, **INLINED)  # type: ignore[no-any-return]


def compiled_with_memory(function: Function) -> Function:
    """Compile a function that makes arrays; not for what is done for every tie."""
    return cast(Function, NJIT(**OPTIONS)(function))
