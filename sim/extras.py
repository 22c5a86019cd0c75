"""Libraries that only some commands need, and the line that installs them."""

import re
from importlib.metadata import PackageNotFoundError, requires
from importlib.util import find_spec
from pathlib import Path

from supportnet.sim.errors import UserInputError

ROOT = Path(__file__).parents[1]  # of a checkout; elsewhere the installed package


def needed(extra: str, *modules: str) -> None:
    """Raises UserInputError where libraries are missing: those of an extra, or without one those of these names."""
    if missing := [name for name in modules if find_spec(name) is None]:
        raise UserInputError(
            "libraries for this are not installed", found=f"no {', '.join(missing)}",
            expected=f"the extra [{extra}]" if extra else ", ".join(modules),
            remedy=line_for(extra) if extra else f"pip install {' '.join(modules)}",
        )  # fmt: skip


def broken(error: ImportError) -> UserInputError:
    """What is wrong with an installation in which something cannot be imported."""
    ours = (error.name or "").partition(".")[0] == "supportnet"
    again = "uninstall supportnet completely (repeat `pip uninstall supportnet`), then reinstall it"
    return UserInputError(
        "this installation of supportnet is incomplete, or two versions are mixed" if ours else "a library is missing",
        where=str(ROOT), found=str(error), expected="every file of one version" if ours else "all dependencies",
        remedy=f"pip install -e . in {ROOT}" if _is_checkout() else again,
    )  # fmt: skip


def line_for(extra: str) -> str:
    """The line that installs an extra. No index has supportnet: a checkout is named, or else the libraries."""
    if _is_checkout():
        return f'pip install -e ".[{extra}]"' + (f" in {ROOT}" if Path.cwd() != ROOT else "")
    return "pip install " + " ".join(f'"{one}"' for one in libraries_of(extra))


def _is_checkout() -> bool:
    return (ROOT / "pyproject.toml").is_file()


def libraries_of(extra: str) -> list[str]:
    """What an extra consists of, other extras in it spelled out."""
    try:
        requirements = requires("supportnet") or []
    except PackageNotFoundError:
        return [extra]
    found = list[str]()
    for library, marker in (one.partition(";")[::2] for one in requirements):
        if re.search(rf"extra == ['\"]{extra}['\"]", marker):
            inner = re.match(r"supportnet\[(\w+)\]", library)
            found += libraries_of(inner[1]) if inner else [library.strip()]
    return found
