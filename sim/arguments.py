"""Arguments of the public functions, held against their annotations: one place for what a wrong type is."""

import builtins
import inspect
import math
import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache, wraps
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin

from supportnet.sim.errors import UserInputError

Public = TypeVar("Public", bound=Callable[..., Any])
MISFIT = object()
LOOKED_UP = "__getitem__"
SHOWN = (bool, int, float, str, list, tuple, dict)  # types whose values a message shows; of others it names the type
WORDS = {int: "a whole number", float: "a number", str: "text", bool: "True or False", os.PathLike: "a path"}
SEVERAL = {int: "whole numbers", float: "numbers", str: "texts"}


def with_checked_arguments(public: Public) -> Public:
    """A public function, or a class with its constructor and public methods, that refuses arguments of other types.

    An argument that its annotation does not allow raises UserInputError, which names it. Whole numbers may come as
    numpy has them, or as floats (60.0); where several texts may be given, one alone stands for a list of it.
    """
    if inspect.isclass(public):
        for name, member in list(vars(public).items()):
            function = getattr(member, "__func__", member)
            if inspect.isfunction(function) and (not name.startswith("_") or name in ("__init__", LOOKED_UP)):
                own = with_checked_arguments(function)
                setattr(public, name, own if function is member else type(member)(own))
        return public
    signature = inspect.signature(public)

    @cache
    def hint(name: str) -> Any:
        return _resolved(signature.parameters[name].annotation, public)

    @wraps(public)
    def call(*args: Any, **named: Any) -> Any:
        try:
            bound = signature.bind(*args, **named)
        except TypeError:
            return public(*args, **named)  # Python itself says which argument is missing or unknown
        for name, given in bound.arguments.items():
            parameter = signature.parameters[name]
            if parameter.kind is parameter.VAR_POSITIONAL:
                bound.arguments[name] = tuple(_taken(one, hint(name), parameter) for one in given)
            elif parameter.kind is not parameter.VAR_KEYWORD:
                bound.arguments[name] = _taken(given, hint(name), parameter)
        return public(*bound.args, **bound.kwargs)

    return cast(Public, call)


class _Names(dict[str, Any]):
    """Names of a module; one that only type checkers import stands for any class of this name."""

    def __missing__(self, name: str) -> type:
        return type(name, (), {})


def _resolved(annotation: Any, function: Callable[..., Any]) -> Any:
    """The type that an annotation stands for."""
    if not isinstance(annotation, str):
        return annotation
    return eval(annotation, {}, _Names({**vars(builtins), **inspect.unwrap(function).__globals__}))


def _taken(given: Any, hint: Any, parameter: inspect.Parameter) -> Any:
    """An argument in the form that the function takes. Raises UserInputError where there is none."""
    if (taken := _fitted(given, hint)) is not MISFIT:
        return taken
    optional = parameter.default is not parameter.empty
    what, found = f"must be {_in_words(hint)}", given if type(given) in SHOWN else None
    raise UserInputError(
        what if found is not None else f"{what}, not {'None' if given is None else _one(type(given).__name__)}",
        argument=parameter.name, found=found, remedy=f"leave `{parameter.name}` out" if optional else "",
    )  # fmt: skip


def _fitted(given: Any, hint: Any) -> Any:
    """A value in the form that a type takes it; MISFIT where it is of another type."""
    kind, inner = get_origin(hint) or hint, get_args(hint)
    if kind in (Any, object, inspect.Parameter.empty) or isinstance(kind, TypeVar):
        return given
    if kind in (Union, UnionType):
        return next((fit for one in inner if (fit := _fitted(given, one)) is not MISFIT), MISFIT)
    if kind in (int, float, str, bool, None, NoneType):
        return _scalar(given, kind)
    if kind is Callable:
        return given if callable(given) else MISFIT
    if kind in (Sequence, Collection, Iterable):
        return _several(given, inner[0])
    if not _is_a(given, kind):
        return MISFIT
    if kind is Mapping:
        both = [*((key, inner[0]) for key in given), *((value, inner[1]) for value in given.values())]
        return MISFIT if any(_fitted(*pair) is MISFIT for pair in both) else given
    if kind is type and not issubclass(given, inner):
        return MISFIT
    return given


def _scalar(given: Any, kind: Any) -> Any:
    """A number, text, truth value or None of this type, without what numpy puts around it."""
    plain = given.item() if hasattr(given, "item") and not getattr(given, "shape", ()) else given
    is_number = isinstance(plain, int | float) and not isinstance(plain, bool) and math.isfinite(plain)
    if kind is int:
        return int(plain) if is_number and plain == int(plain) else MISFIT
    if kind is float:
        return plain if is_number else MISFIT
    return plain if isinstance(plain, NoneType if kind is None else kind) else MISFIT


def _several(given: Any, kind: Any) -> Any:
    """Values of one type, as a list where they are not a range."""
    if isinstance(given, str):
        given = [given]
    if isinstance(given, range) or not isinstance(given, Iterable) or isinstance(given, bytes | Mapping):
        return given if isinstance(given, range) and kind is int else MISFIT
    taken = [_fitted(one, kind) for one in given]
    return MISFIT if any(one is MISFIT for one in taken) else taken


def _is_a(given: Any, kind: type) -> bool:
    if kind.__module__ == __name__:  # a name that only type checkers know
        return any(base.__name__ == kind.__name__ for base in type(given).__mro__)
    return isinstance(given, kind)


def _in_words(hint: Any) -> str:
    """What a type allows, for a message."""
    kind, inner = get_origin(hint) or hint, get_args(hint)
    if kind in (Union, UnionType):
        *first, last = (_in_words(one) for one in inner if one is not NoneType)
        return f"{', '.join(first)} or {last}" if first else last
    if kind is Callable:
        return "a function"
    if kind is Mapping:
        return "a dictionary" + " with names as keys" * (inner[0] is str)
    if kind in (Sequence, Collection, Iterable):
        return f"a list of {SEVERAL.get(inner[0], 'values')}"
    return WORDS.get(kind, "") or _one(kind.__name__)


def _one(noun: str) -> str:
    return f"{'an' if noun[0].lower() in 'aeiou' else 'a'} {noun}"
