"""The words that a Python script expects behind its name on a command line."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.data_parameter import data_name
from huggingnersc.domain.catalog.declared_parameters import (
    Parameter,
    UnknownArgumentsError,
    declared_parameters,
    last_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = "{data}"
_OTHER_PARSERS = frozenset(
    {"absl", "docopt", "fire", "getopt", "hydra", "jsonargparse", "simple_parsing", "tap"}
)


def python_arguments(tree: ast.Module) -> tuple[str, ...] | None:
    """Return the words behind the script's name, `{data}` for the path of the data.

    None where the script reads no command line.

    Raises:
        UnknownArgumentsError: the syntax tree does not show them.
    """
    modules = imported_modules(tree)
    if parameters := declared_parameters(tree, modules):
        return _words(parameters)
    if found := sorted(modules & _OTHER_PARSERS):
        raise UnknownArgumentsError(f"it reads its command line with {found[0]}")
    return _words_of_argv(tree)


def imported_modules(tree: ast.Module) -> frozenset[str]:
    """Return the first part of the name of every module that is imported anywhere."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return frozenset(name.partition(".")[0] for name in names)


def _words(parameters: tuple[Parameter, ...]) -> tuple[str, ...]:
    data = _data_parameter(parameters)
    values = {one.name: one.choices[0] for one in parameters if one.required and one.choices}
    values[data.name] = DATA
    if lacking := [one.shown for one in parameters if one.required and one.name not in values]:
        raise UnknownArgumentsError(f"it also requires {', '.join(lacking)}")
    positional = list(_positional(parameters, values))
    given = (one for one in parameters if one.flag and one.name in values)
    options = [word for one in given for word in (one.flag, values[one.name])]
    # An option that takes several values would also take a positional argument behind it.
    return (*positional, *options)


def _data_parameter(parameters: tuple[Parameter, ...]) -> Parameter:
    """Return the parameter for the path of the data; one that is required comes first."""
    named = {one.name: one for one in parameters if not one.choices}
    required = [name for name, one in named.items() if one.required]
    name = data_name(required) or data_name(named)
    if name is None:
        positional = [one for one in named.values() if not one.flag]
        if len(positional) != 1:
            reason = "no argument has a name like that of a data path"
            needs_none = not any(one.required for one in parameters)
            raise UnknownArgumentsError(reason, runs_without=needs_none)
        return positional[0]
    return named[name]


def _positional(parameters: tuple[Parameter, ...], values: dict[str, str]) -> Iterator[str]:
    """Yield the positional words up to the last one that has a value."""
    arguments = [one for one in parameters if not one.flag]
    while arguments and arguments[-1].name not in values:
        arguments.pop()
    for one in arguments:
        if one.name not in values and not one.choices:
            raise UnknownArgumentsError(f"{one.shown} comes before the path of the data")
        yield values.get(one.name) or one.choices[0]


def _words_of_argv(tree: ast.Module) -> tuple[str, ...] | None:
    indexes: list[int] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and last_name(node.value) == "argv":
            number = node.slice.value if isinstance(node.slice, ast.Constant) else 1
            indexes.append(number if isinstance(number, int) else 1)
    if max(indexes, default=0) > 1 and not _counts_arguments(tree):
        raise UnknownArgumentsError(f"it reads {max(indexes)} words of its command line")
    is_read = any(last_name(node) == "argv" for node in ast.walk(tree))
    return (DATA,) if is_read else None


def _counts_arguments(tree: ast.Module) -> bool:
    """Return whether the script asks how many words there are."""
    return any(
        isinstance(node, ast.Call)
        and last_name(node.func) == "len"
        and any(last_name(argument) == "argv" for argument in node.args)
        for node in ast.walk(tree)
    )
