"""The page of what is installed along with supportnet, and under which licences: `python -m tools.dependencies`."""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "dependencies.md"
SHORT = 40  # characters that a name of a licence may have; longer ones are its text
ELSEWHERE = {  # installed on macOS or Windows only, so that their metadata may not be at hand: as their authors state
    "beniget": "BSD-3-Clause",
    "colorama": "BSD-3-Clause",
    "gast": "BSD-3-Clause",
    "ply": "BSD-3-Clause",
    "pythran": "BSD-3-Clause",
    "setuptools": "MIT",
}
HEAD = """# Dependencies and their licences

Generated from `requirements.lock` by `python -m tools.dependencies`, and checked by a test. `make audit` looks up \
known vulnerabilities in the pinned versions; it needs the Python Package Index itself, and reports for each package \
whether it was audited.

Every package is pinned with the SHA-256 of its files, and installed with `--require-hashes`. All licences below \
permit use, modification and distribution; that of `pathspec` and `tqdm` (MPL 2.0) requires changes to *their* files \
to stay open.

Known issue: on macOS Mesa depends on Pythran, which with Python 3.11 requires setuptools below 60. Those versions \
have vulnerabilities in downloading packages (CVE-2022-40897, CVE-2024-6345, CVE-2025-47273), a feature that is not \
used here. With Python 3.12 or later a later version is installed.

Additional packages for tests and the site (`make docs`) are pinned in the same way in `requirements-dev.lock`; they \
are not needed to run the model.

At run time only `supportnet explore`, which serves pages, and Dask, if requested, open network connections.

| package | licence | needed by |
|---|---|---|
"""


def needed() -> dict[str, list[str]]:
    """Packages of the lock, each with those that need it."""
    packages = dict[str, list[str]]()
    for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines():
        if pinned := re.match(r"([\w.-]+)==", line):
            by = packages.setdefault(pinned[1], [])
        elif (via := re.match(r"\s+# (?:via |  )([\w.-]+)", line)) and via[1] not in by:
            by.append(via[1])
    return packages


def licence(package: str) -> str:
    """The licence that a package states: as an expression, in its classifiers, or as a short text."""
    try:
        about = metadata(package)
    except PackageNotFoundError:
        return ELSEWHERE[package]
    if "License-Expression" in about:
        return str(about["License-Expression"])
    classified = [one.split(" :: ")[-1] for one in about.get_all("Classifier") or [] if one.startswith("License ::")]
    text = str(about["License"]) if "License" in about else ""
    return ELSEWHERE.get(package) or ", ".join(classified) or (text if len(text) <= SHORT else "see the package")


def page() -> str:
    """docs/dependencies.md in full."""
    rows = [f"| {package} | {licence(package)} | {', '.join(by)} |\n" for package, by in needed().items()]
    return HEAD + "".join(rows)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
