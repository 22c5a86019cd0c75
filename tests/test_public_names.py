"""Public names: none stands for two things."""

import ast
from collections import defaultdict
from pathlib import Path

import supportnet

ROOT = Path(__file__).parents[1]
WEEK = "sim/kernels/"  # the verbs of a week are the field's own
MOST = 7  # arguments by place


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
    assert shared == {}


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
    assert many == []


def is_compiled(function: ast.FunctionDef, place: str) -> bool:
    return place.startswith(WEEK) or any("compiled" in ast.unparse(one) for one in function.decorator_list)
