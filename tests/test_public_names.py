"""Names: no public one stands for two things, and none is a word that only this project would use."""

import ast
from collections import defaultdict
from pathlib import Path

import supportnet

ROOT = Path(__file__).parents[1]
WEEK = "sim/kernels/"  # the verbs of a week are the field's own
MOST = 7  # arguments by place
PRIVATE = {"told", "lived", "luck", "held", "said", "gone", "there"}  # words for data that no reader can look up
GIVEN = {  # words of interfaces: an option, a key of files and JSON, attributes of agents
    "held": ("analysis/commands/explain.py", "analysis/results/explanation.py", "experiments/comparison/attribution.py",
             "sim/scenario/schema.py"),
    "gone": ("sim/mesa/agents.py", "sim/mesa/ties.py"),
}  # fmt: skip


def definitions() -> dict[str, list[str]]:
    """Where each public class and function of a module is defined, by its name."""
    places = defaultdict(list)
    for floor in ("sim", "experiments", "analysis"):
        for path in sorted((ROOT / floor).rglob("*.py")):
            for node in ast.parse(path.read_text("utf-8")).body:
                if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                    places[node.name].append(path.relative_to(ROOT).as_posix())
    return places


def is_command(name: str, place: str) -> bool:
    return place == f"analysis/commands/{name}.py"


def test_public_names__stand_for_one_thing() -> None:
    """But for a command, whose function in Python has its name."""
    shared = dict[str, list[str]]()
    for name, places in definitions().items():
        meanings = [
            one
            for one in places
            if not one.startswith(WEEK) and not (is_command(name, one) and name in supportnet.__all__)
        ]
        if len(meanings) > 1:
            shared[name] = meanings
    assert shared == {}, "give each its own name: a public name stands for one thing"


def test_functions__take_at_most_seven_arguments_by_place() -> None:
    """Commands take what Typer fills by name; compiled functions know no arguments by name only."""
    many = []
    for path in (one for floor in ("sim", "experiments", "analysis") for one in sorted((ROOT / floor).rglob("*.py"))):
        place = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.FunctionDef) or is_command(node.name, place) or is_compiled(node, place):
                continue
            by_place = [*node.args.posonlyargs, *node.args.args]
            if sum(one.arg not in ("self", "cls") for one in by_place) > MOST:
                many.append(f"{place}: {node.name}")
    assert many == [], f"more than {MOST} arguments by place: put * before the rest, or pass a record"


def is_compiled(function: ast.FunctionDef, place: str) -> bool:
    return place.startswith(WEEK) or any("compiled" in ast.unparse(one) for one in function.decorator_list)


def bound_names(tree: ast.AST) -> set[str]:
    """Names that a module binds: variables, parameters, attributes, functions, classes and imports."""
    found = set[str]()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.alias(name=name, asname=other):
                found.add(other or name)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                found.add(name)
            case ast.MatchMapping(rest=str(name)):
                found.add(name)
    return found


def test_no_name__is_a_private_word() -> None:
    """But for those that interfaces fix, and only where they do."""
    found = defaultdict(set)
    for path in (one for floor in ("sim", "experiments", "analysis") for one in sorted((ROOT / floor).rglob("*.py"))):
        place = path.relative_to(ROOT).as_posix()
        for name in bound_names(ast.parse(path.read_text("utf-8"))):
            if (word := name.strip("_").lower()) in PRIVATE:
                found[word].add(place)
    fixed = {word: set(places) for word, places in GIVEN.items()}
    assert found == fixed, f"name the data instead: {sorted(PRIVATE)} say nothing to a reader"


def test_bound_names__are_of_every_kind() -> None:
    source = """
import told as lived
def luck(held, *said): self.gone = there
class Told:
    lived: int
match 1:
    case {"a": luck, **held}: pass
    case [*said]: pass
try: pass
except OSError as gone: pass
"""
    names = {"lived", "luck", "held", "said", "gone", "Told"}
    assert bound_names(ast.parse(source)) == names, "what is only read is bound elsewhere"
