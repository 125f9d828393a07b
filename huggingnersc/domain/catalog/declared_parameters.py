"""The parameters that a Python script declares with argparse, Click or Typer."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_WITHOUT_VALUE = ("store_true", "store_false", "store_const", "count", "help", "version")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a command line that takes a value.

    Attributes:
        name: without the dashes of an option.
        flag: the option, such as `--data-dir`; empty for a positional argument.
        required: whether the script stops without it.
        choices: the texts that are allowed, where they are known.
    """

    name: str
    flag: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """How a message names it."""
        return self.flag or self.name.upper()


class UnknownArgumentsError(ValueError):
    """How a script takes the path of the data is not known; the text says why.

    Args:
        reason: a clause about the script, "it ...".
        runs_without: whether it runs without any argument.
    """

    def __init__(self, reason: str, *, runs_without: bool = False) -> None:
        super().__init__(reason)
        self.runs_without = runs_without


def declared_parameters(tree: ast.Module, modules: frozenset[str]) -> tuple[Parameter, ...]:
    """Return the parameters that a script declares, in order; flags without a value are left out.

    Args:
        tree: the script.
        modules: what it imports.

    Raises:
        UnknownArgumentsError: it has subcommands.
    """
    if modules & {"argparse", "optparse"}:
        return tuple(_of_argparse(tree))
    if "click" in modules:
        return tuple(_of_click(tree))
    if "typer" in modules:
        return tuple(_of_typer(tree))
    return ()


def _of_argparse(tree: ast.Module) -> Iterator[Parameter]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name, words = last_name(call.func), _texts(call.args)
        if name == "add_subparsers":
            raise UnknownArgumentsError("it has subcommands")
        if name not in {"add_argument", "add_option"} or not words:
            continue
        if _text(_keyword(call, "action")) not in _WITHOUT_VALUE:
            may_lack = _text(_keyword(call, "nargs")) in {"?", "*"}
            choices = _choices(_keyword(call, "choices"))
            yield _parameter(words, call, required=not may_lack, choices=choices)


def _of_click(tree: ast.Module) -> Iterator[Parameter]:
    for call in chain.from_iterable(_decorators(function) for function in _functions(tree)):
        name, words = last_name(call.func), _texts(call.args)
        if name == "group":
            raise UnknownArgumentsError("it has subcommands")
        if name not in {"option", "argument"} or not words or _is_flag(words, call):
            continue
        may_lack = any(_keyword(call, key) is not None for key in ("default", "nargs", "required"))
        choices = _choices_of_type(_keyword(call, "type"))
        yield _parameter(words, call, required=not may_lack, choices=choices)


def _parameter(
    words: Sequence[str], call: ast.Call, *, required: bool, choices: tuple[str, ...]
) -> Parameter:
    """Return what a call declares; `required` is that of a positional argument."""
    flags = [word for word in words if word.startswith("-")]
    if not flags:
        return Parameter(words[0], required=required, choices=choices)
    flag = max(flags, key=len)
    is_required = _is_true(_keyword(call, "required")) or _is_true(_keyword(call, "prompt"))
    return Parameter(flag.lstrip("-"), flag, is_required, choices)


def _is_flag(words: Sequence[str], call: ast.Call) -> bool:
    return _is_true(_keyword(call, "is_flag")) or any("/" in word for word in words)


def _of_typer(tree: ast.Module) -> Iterator[Parameter]:
    run = {
        last_name(node.args[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and last_name(node.func) == "run" and node.args
    }
    commands = [
        function
        for function in _functions(tree)
        if function.name in run
        or any(last_name(call.func) == "command" for call in _decorators(function))
    ]
    if len(commands) > 1:
        raise UnknownArgumentsError("it has subcommands")
    for function in commands:
        for argument, default in defaults(function.args):
            yield _typer_parameter(argument, default)


def _typer_parameter(argument: ast.arg, default: ast.expr | None) -> Parameter:
    option = f"--{argument.arg.strip('_').replace('_', '-')}"
    stated = [node for node in (default, *_metadata(argument)) if isinstance(node, ast.Call)]
    for call in stated:
        kind = last_name(call.func)
        if kind in {"Option", "Argument"}:
            is_plain_default = default is not None and default is not call
            required = not is_plain_default and (not call.args or _is_ellipsis(call.args[0]))
            flags = [word for word in _texts(call.args) if word.startswith("--")]
            flag = (flags or [option])[0] if kind == "Option" else ""
            return Parameter(argument.arg, flag, required)
    return Parameter(argument.arg, "" if default is None else option, default is None)


def _metadata(argument: ast.arg) -> Sequence[ast.expr]:
    """Return what stands beside the type in `Annotated[type, ...]`."""
    note = argument.annotation
    if isinstance(note, ast.Subscript) and isinstance(note.slice, ast.Tuple):
        return note.slice.elts[1:]
    return ()


def defaults(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Yield each parameter of a function with its default; None where it is required."""
    positional = [*arguments.posonlyargs, *arguments.args]
    lacking = len(positional) - len(arguments.defaults)
    yield from zip(positional, [*[None] * lacking, *arguments.defaults], strict=True)
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)


def last_name(node: ast.AST) -> str:
    """Return `c` for `a.b.c`, a name for itself, and nothing for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _functions(tree: ast.Module) -> list[Function]:
    found = [node for node in ast.walk(tree) if isinstance(node, Function)]
    return sorted(found, key=lambda function: function.lineno)


def _decorators(function: Function) -> Iterator[ast.Call]:
    return (node for node in function.decorator_list if isinstance(node, ast.Call))


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _texts(nodes: Iterable[ast.expr]) -> list[str]:
    return [text for node in nodes if (text := _text(node))]


def _text(node: ast.expr | None) -> str:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else ""


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _choices(node: ast.expr | None) -> tuple[str, ...]:
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return tuple(_texts(node.elts))
    return ()


def _choices_of_type(node: ast.expr | None) -> tuple[str, ...]:
    """Return the choices of `click.Choice([...])`."""
    is_choice = isinstance(node, ast.Call) and last_name(node.func) == "Choice"
    return _choices(node.args[0]) if isinstance(node, ast.Call) and is_choice and node.args else ()
