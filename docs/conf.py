"""The site: `make docs` builds it from these pages, the notebooks and the docstrings of the public names."""

import re
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer

import supportnet

for old in Path(__file__).parent.glob("reference/*.rst"):  # of names that may be gone by now
    old.unlink()

project = "supportnet"
version = release = supportnet.__version__
copyright = "The supportnet authors, MIT licence"
extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary"]
highlight_language = "none"  # of code blocks that name no language: they are commands
default_role = "code"  # `…` in docstrings
exclude_patterns = ["_templates"]
templates_path = ["_templates"]

html_theme = "furo"
html_title = "supportnet"
html_static_path = ["_static"]
html_css_files = ["wide.css"]
html_copy_source = False
html_show_sourcelink = False

myst_heading_anchors = 4  # links to headings, as code-hosting pages make them
myst_enable_extensions = ["html_image"]  # <img> with a width
nb_execution_mode = "off"  # notebooks are executed when they are committed: tools/notebooks.py
numpydoc_show_class_members = False  # the template of classes does
autodoc_member_order = "groupwise"
autodoc_typehints = "none"  # types stand under Parameters
autosummary_imported_members = True  # all public names come from modules below

LONGEST_SIGNATURE = 1000  # characters


def docstring_for_the_site(app: Sphinx, what: str, name: str, value: object, options: object, lines: list[str]) -> None:
    """A docstring whose mentions of pages are links; of data it stands above them, in the module that defines them."""
    short = name.rpartition(".")[2]
    if what == "data":
        module = ModuleAnalyzer.for_module(f"supportnet.{supportnet.PUBLIC[short]}")
        lines[:] = module.find_attr_docs().get(("", short), [])
    lines[:] = [re.sub(r"\bdocs/([\w-]+)\.md", r":doc:`/\1`", line) for line in lines]


def short_signature(
    app: Sphinx, what: str, name: str, value: object, options: object, signature: str | None, returns: str | None
) -> tuple[str | None, str | None]:
    """A signature whose defaults fill a screen, such as that of Parameters, is cut: they stand below it."""
    return ("(…)" if len(signature or "") > LONGEST_SIGNATURE else signature), returns


def without_field_numbers(app: Sphinx, what: str, name: str, value: object, skip: bool, options: object) -> bool | None:
    """Fields of a NamedTuple stand under Parameters; Python itself says no more than their number."""
    return True if (getattr(value, "__doc__", "") or "").startswith("Alias for field number") else None


def links_within_the_site(app: Sphinx, page: str, source: list[str]) -> None:
    """A page above this folder is in the site under another name."""
    source[0] = source[0].replace("](../CONTRIBUTING.md)", "](contributing.md)")


def setup(app: Sphinx) -> None:
    app.add_lexer("csv", TextLexer)
    app.connect("autodoc-process-docstring", docstring_for_the_site, priority=0)  # before numpydoc
    app.connect("autodoc-process-signature", short_signature)
    app.connect("autodoc-skip-member", without_field_numbers)
    app.connect("source-read", links_within_the_site)
