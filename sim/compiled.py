"""The one way a kernel is compiled: releases the GIL, no fastmath, kept on disk for the next start.

The cache folder is named after the contents of every file that machine code is made from, because numba itself
watches only the file of the outermost function: an edited kernel can never meet yesterday's machine code.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from platformdirs import user_cache_path

Function = TypeVar("Function", bound=Callable[..., Any])
HERE = Path(__file__).parent


@cache
def source_hash() -> str:
    """SHA-256 (16 characters) of the code and versions that decide what the compiled core does."""
    digest = hashlib.sha256(f"{numba.__version__} {np.__version__}".encode())
    for path in sorted([*HERE.glob("*.py"), *HERE.glob("kernels/*.py")]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def writable_cache() -> Path:
    """A folder for what can be made again: SUPPORTNET_CACHE, else the user's cache folder, else a temporary one."""
    wished = os.environ.get("SUPPORTNET_CACHE")
    for folder in (
        Path(wished) if wished else user_cache_path("supportnet"),
        Path(tempfile.gettempdir()) / "supportnet",
    ):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return Path(tempfile.mkdtemp(prefix="supportnet-"))


if "NUMBA_CACHE_DIR" not in os.environ:
    numba.config.CACHE_DIR = str(writable_cache() / f"code-{source_hash()}")


def compiled(function: Function) -> Function:
    """Compile a kernel, to be inlined where it is called.

    It may not make arrays: it does without numba's counting of references to them, which costs more than the model.
    """
    options = {"nogil": True, "cache": True, "error_model": "numpy", "forceinline": True}
    return cast(Function, numba.njit(**options, _nrt=False, no_cfunc_wrapper=True)(function))


def compiled_with_memory(function: Function) -> Function:
    """Compile a function that makes arrays; not for what is done for every tie."""
    return cast(Function, numba.njit(nogil=True, cache=True, error_model="numpy")(function))
