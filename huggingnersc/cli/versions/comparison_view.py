"""How a comparison is shown: a summary, a tree with the largest changes first, and the drift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huggingnersc.cli.markup import escape
from huggingnersc.cli.output import Streamed, plain
from huggingnersc.domain.text.formatting import plural, size_words
from huggingnersc.domain.versions.comparison import DifferenceKind, FileDifference
from huggingnersc.domain.versions.difference_tree import shown_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from huggingnersc.api.versions.compare_datasets import Compared
    from huggingnersc.api.versions.compared_side import ComparedSide
    from huggingnersc.domain.versions.comparison import Comparison, FolderDifference
    from huggingnersc.domain.versions.difference_tree import TreeNode
    from huggingnersc.domain.versions.drift import StatisticsChange

MOST_LINES = 40
_MOST_CHANGES = 20
_SIGNS = {
    DifferenceKind.ADDED: ("+", "green"),
    DifferenceKind.REMOVED: ("-", "red"),
    DifferenceKind.MODIFIED: ("~", "yellow"),
    DifferenceKind.RENAMED: (">", "cyan"),
    DifferenceKind.TOUCHED: ("t", "dim"),
    DifferenceKind.UNREADABLE: ("!", "bold red"),
    DifferenceKind.NOT_READ: ("?", "yellow"),
}

_WORDS = {kind: kind.value for kind in DifferenceKind}


def compared(result: Compared) -> Iterator[str]:
    """Show the sides, the summary, the tree and what changed of the statistics."""
    titles = [escape(side.title) for side in (result.before, result.after)]
    yield f"[bold]{titles[0]}[/bold] -> [bold]{titles[1]}[/bold]"
    yield f"{_sides(result.before, result.after)}{escape(result.summary)}"
    yield from difference_lines(result.comparison, MOST_LINES)
    yield from _drift(result.statistics)


def _sides(before: ComparedSide, after: ComparedSide) -> str:
    if None in {before.files, after.files}:
        return ""
    return f"{_amount(before)} -> {_amount(after)}: "


def _amount(side: ComparedSide) -> str:
    return f"{plural(side.files or 0, 'file')}, {size_words(side.size_bytes or 0)}"


def difference_lines(
    comparison: Comparison, most: int, words: Mapping[DifferenceKind, str] = _WORDS
) -> Iterator[str]:
    """Show the largest changes as a tree of at most so many files and folders.

    Args:
        comparison: what differs.
        most: how many files and folders.
        words: what each kind of difference is called.
    """
    yield from _below(shown_tree(comparison, most), "  ", words)


def _below(node: TreeNode, indent: str, words: Mapping[DifferenceKind, str]) -> Iterator[str]:
    for one in node.nodes:
        if isinstance(one.item, FileDifference):
            yield f"{indent}{_file(one.name, one.item)}"
        else:
            yield f"{indent}{escape(one.name)}  [dim]{_folder(one.item, words)}[/dim]"
            yield from _below(one, f"{indent}  ", words)
    if node.hidden:
        yield f"{indent}[dim]... {plural(node.hidden, 'more file')}[/dim]"


def _folder(item: FolderDifference, words: Mapping[DifferenceKind, str]) -> str:
    counts = ", ".join(f"{amount.files:,} {words[kind]}" for kind, amount in item.amounts.items())
    return f"{counts}; {size_words(item.weight)}" if item.weight else counts


def _file(name: str, item: FileDifference) -> str:
    sign, style = _SIGNS[item.kind]
    return f"[{style}]{sign} {escape(name)}[/{style}]  [dim]{escape(_details(item))}[/dim]"


def _details(item: FileDifference) -> str:
    sizes = [
        size_words(size) for size in (item.before_bytes, item.after_bytes) if size is not None
    ]
    if item.kind is DifferenceKind.RENAMED:
        return f"was {item.old_path}, {sizes[-1]}"
    if item.kind is DifferenceKind.TOUCHED:
        return "only its time changed"
    return sizes[0] if len(set(sizes)) == 1 else " -> ".join(sizes)


def _drift(changes: tuple[StatisticsChange, ...]) -> Iterator[str]:
    for change in changes[:_MOST_CHANGES]:
        sample = " (of a sample)" if change.is_sample else ""
        about, message = escape(change.about), escape(change.message)
        yield f"  [magenta]{change.kind.value}[/magenta] {about}: {message}{sample}"
    if (more := len(changes) - _MOST_CHANGES) > 0:
        yield f"  [dim]... {plural(more, 'more change')} of the statistics[/dim]"


def comparison_json(result: Compared) -> dict[str, Any]:
    """Return a comparison as JSON values; files are taken one by one while they are printed."""
    comparison = result.comparison
    return {
        "before": plain(result.before),
        "after": plain(result.after),
        "differs": result.differs,
        "summary": result.summary,
        "total": _amounts(comparison.total),
        "folders": [{"folder": one.folder} | _amounts(one) for one in comparison.folders],
        "changes": Streamed(map(_change, result.changes)),
        "has_statistics": result.has_statistics,
        "statistics": plain(result.statistics),
        "warnings": list(result.warnings),
    }


def _amounts(item: FolderDifference) -> dict[str, Any]:
    return {kind.value: plain(amount) for kind, amount in item.amounts.items()}


def _change(item: FileDifference) -> dict[str, Any]:
    return {
        "kind": item.kind.value,
        "path": item.path,
        "old_path": item.old_path or None,
        "before_bytes": item.before_bytes,
        "after_bytes": item.after_bytes,
    }
