"""What a reader would call in a Python loader to get its data."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from huggingnersc.domain.catalog.data_parameter import data_name, is_data_name
from huggingnersc.domain.catalog.declared_parameters import Function, defaults, last_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

DATA_PATH = "DATA_PATH"
# Names of functions that return the data as a whole, the most usual first.
_USUAL = (
    "load", "load_data", "load_dataset", "get_dataset", "get_data", "read_data", "read_dataset",
    "open_dataset", "open_data", "make_dataset", "build_dataset", "create_dataset", "read",
    "iter_examples", "examples", "iter_data", "stream", "dataset",
)  # fmt: skip
_BEGINNINGS = ("load_", "read_", "get_", "open_", "iter_", "stream_", "build_", "make_")
_VARIABLES = (
    "dataset", "data", "ds", "df", "table", "frame", "rows", "records", "samples", "examples",
    "events", "images", "train_dataset", "train_data", "train", "x_train", "X_train", "X", "x",
)  # fmt: skip
_MAINS = frozenset({"main", "_main", "cli", "run", "demo", "test"})
# A function with one of these is no plain function any more.
_CHANGING = frozenset({"command", "option", "argument", "contextmanager", "fixture", "overload"})


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """What to call, or to look at, for the data.

    Attributes:
        name: of the function, class or variable.
        call: a Python expression, such as `load(DATA_PATH)`.
        is_variable: whether the loader must be run as a script for it to exist.
    """

    name: str
    call: str
    is_variable: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    parameters: tuple[tuple[ast.arg, ast.expr | None], ...]
    keyword_only: frozenset[str] = frozenset()


def entry_point(tree: ast.Module) -> EntryPoint | None:
    """Return the function, class or variable that a reader would take; None where there is none.

    Functions with the usual names come first, then classes of datasets, then other functions that
    take a path of data and return something, and at last a variable of the module.
    """
    functions = {one.name: one for one in _top_level(tree) if isinstance(one, ast.FunctionDef)}
    giving = [one for one in functions.values() if _gives(one) and not _is_changed(one)]
    repeated, used = _uses(tree)
    whole = [one for one in giving if one.name not in repeated or one.name == _USUAL[0]]
    others = [one for one in whole if one.name not in used and not one.name.startswith("_")]
    groups: list[tuple[Iterable[_Candidate], bool]] = [
        (_usual(whole), False),
        (_classes(tree), True),
        ((_candidate(one) for one in others if one.name.startswith(_BEGINNINGS)), True),
        (_mains(whole, tree), False),
        ((_candidate(one) for one in others if one.name not in _MAINS), True),
    ]
    has_train = any(isinstance(n, ast.Constant) and n.value == "train" for n in ast.walk(tree))
    found = (
        EntryPoint(one.name, call)
        for group, needs_path in groups
        for one in group
        if (call := _call(one, needs_path=needs_path, has_train=has_train)) is not None
    )
    return next(found, None) or _variable(tree)


def _usual(functions: Iterable[ast.FunctionDef]) -> Iterator[_Candidate]:
    by_name = {one.name: one for one in functions}
    return (_candidate(by_name[name]) for name in _USUAL if name in by_name)


def _mains(functions: Iterable[ast.FunctionDef], tree: ast.Module) -> Iterator[_Candidate]:
    """Yield `main` where it returns data: what goes to `sys.exit` is an exit status."""
    statuses = {
        last_name(argument.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and last_name(node.func) in {"exit", "SystemExit", "_exit"}
        for argument in node.args
        if isinstance(argument, ast.Call)
    }
    return (_candidate(one) for one in functions if one.name == "main" not in statuses)


def _candidate(function: ast.FunctionDef, *, name: str = "", skip: int = 0) -> _Candidate:
    return _Candidate(
        name or function.name,
        tuple(defaults(function.args))[skip:],
        frozenset(one.arg for one in function.args.kwonlyargs),
    )


def _classes(tree: ast.Module) -> Iterator[_Candidate]:
    """Yield the classes of datasets on which no other class is based, in order."""
    classes = {one.name: one for one in _top_level(tree) if isinstance(one, ast.ClassDef)}
    bases = {last_name(base) for one in classes.values() for base in one.bases}
    for name, one in classes.items():
        family = [one, *(classes[b] for b in map(last_name, one.bases) if b in classes)]
        if name in bases or name.startswith("_") or not any(map(_is_dataset, family)):
            continue
        starts = (_method(each, "__init__") for each in family)
        if (start := next(filter(None, starts), None)) is not None:
            yield _candidate(start, name=name, skip=1)
        elif any(last_name(mark) == "dataclass" for mark in map(_bare, one.decorator_list)):
            yield _Candidate(name, tuple(_fields(one)))


def _is_dataset(one: ast.ClassDef) -> bool:
    is_named = any(last_name(_bare(base)).endswith("Dataset") for base in one.bases)
    return is_named or any(_method(one, name) for name in ("__getitem__", "__iter__"))


def _bare(node: ast.expr) -> ast.expr:
    """Return `Dataset` for `Dataset[int]` and for `Dataset(...)`."""
    if isinstance(node, ast.Subscript):
        return node.value
    return node.func if isinstance(node, ast.Call) else node


def _method(one: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    methods = (node for node in one.body if isinstance(node, ast.FunctionDef))
    return next((method for method in methods if method.name == name), None)


def _fields(one: ast.ClassDef) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    for node in one.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield ast.arg(node.target.id), node.value


def _call(one: _Candidate, *, needs_path: bool, has_train: bool) -> str | None:
    """Return the call with the path of the data; None where something else is required.

    Args:
        one: what is called.
        needs_path: whether it is only taken with the path of the data.
        has_train: whether the loader mentions a split of the name `train`.
    """
    names = [parameter.arg for parameter, _ in one.parameters]
    required = [parameter.arg for parameter, default in one.parameters if default is None]
    path = data_name(required) or data_name(names)
    if path is None and not needs_path:
        notes = {parameter.arg: parameter.annotation for parameter, _ in one.parameters}
        path = next((name for name in required if _may_be_path(name, notes[name])), None)
    values = {} if path is None else {path: DATA_PATH}
    if "split" in required and has_train:
        values["split"] = '"train"'
    if set(required) - values.keys() or (needs_path and path is None):
        return None
    words = []
    for index, name in enumerate(name for name in names if name in values):
        is_in_order = names[index] == name and name not in one.keyword_only
        words.append(values[name] if is_in_order else f"{name}={values[name]}")
    return f"{one.name}({', '.join(words)})"


def _may_be_path(name: str, note: ast.expr | None) -> bool:
    """Return whether a parameter of any name may take a path, by its annotation."""
    if note is None:
        return is_data_name(name) or name in {"where", "location", "place", "p", "d", "fname", "f"}
    return bool({"str", "Path", "PathLike"} & {last_name(node) for node in ast.walk(note)})


def _top_level(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements of a module, also those in `if` and `try`."""
    for node in tree.body:
        yield node
        if isinstance(node, ast.If | ast.Try):
            yield from chain(node.body, node.orelse)


def _gives(function: ast.FunctionDef) -> bool:
    """Return whether a function returns or yields something else than an exit status."""
    return any(
        isinstance(node, ast.Yield | ast.YieldFrom)
        or (isinstance(node, ast.Return) and not _is_status(node.value))
        for node in _own_nodes(function)
    )


def _is_status(value: ast.expr | None) -> bool:
    return value is None or (
        isinstance(value, ast.Constant) and isinstance(value.value, int | None)
    )


def _own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield the nodes of a function without those of the functions and classes in it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function | ast.ClassDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def _is_changed(function: ast.FunctionDef) -> bool:
    return bool({last_name(_bare(mark)) for mark in function.decorator_list} & _CHANGING)


def _uses(tree: ast.Module) -> tuple[set[str], set[str]]:
    """Return the functions that are called in a loop, and those called by others than `main`.

    Each call of the first reads a part of the data; the second are parts of the others' work.
    """
    repeated: set[str] = set()
    used: set[str] = set()
    waiting: list[tuple[ast.AST, bool, bool]] = [(tree, False, False)]
    while waiting:  # once through the tree, however deep its loops are
        node, in_loop, in_function = waiting.pop()
        if isinstance(node, ast.Call):
            if last_name(node.func) in {"map", "imap", "submit"}:
                repeated.update(map(last_name, node.args))
            if isinstance(node.func, ast.Name):
                repeated.update([node.func.id] if in_loop else [])
                used.update([node.func.id] if in_function else [])
        if isinstance(node, ast.FunctionDef):
            in_function |= node.name not in _MAINS
        inner = set(map(id, _repeated_parts(node)))
        waiting += (
            (child, in_loop or id(child) in inner, in_function)
            for child in ast.iter_child_nodes(node)
        )
    return repeated, used


def _repeated_parts(node: ast.AST) -> Sequence[ast.AST]:
    """Return the parts of a loop that are run for each item."""
    if isinstance(node, ast.For | ast.AsyncFor | ast.While):
        return node.body
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        return [node.elt]
    return [node.key, node.value] if isinstance(node, ast.DictComp) else []


def _variable(tree: ast.Module) -> EntryPoint | None:
    assigned = {
        target.id
        for node in _top_level(tree)
        if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    name = next((name for name in _VARIABLES if name in assigned), None)
    return None if name is None else EntryPoint(name, name, is_variable=True)
