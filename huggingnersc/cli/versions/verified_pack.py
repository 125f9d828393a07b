"""What `verify-dataset` shows of a pack."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import typer

from huggingnersc.cli.facts import facts, heading
from huggingnersc.cli.markup import escape
from huggingnersc.cli.output import show
from huggingnersc.domain.text.formatting import plural, size_words
from huggingnersc.domain.versions.inventory_mode import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.packing.verify_pack import VerifiedPack


def show_verified_pack(result: VerifiedPack, *, as_json: bool, quiet: bool) -> NoReturn:
    """Show a verification and exit with its code."""
    show(result, verified_pack, as_json=as_json, quiet=quiet and result.is_well)
    raise typer.Exit(code=0 if result.is_well else 1)


def verified_pack(result: VerifiedPack) -> Iterator[str]:
    """Show whether the pack is as it was written, and each problem."""
    yield heading(str(result.path), _state(result))
    splits = ", ".join(f"{name} {one.samples:,}" for name, one in result.splits.items())
    held = "row" if result.has_tables else "member"
    is_apart = result.is_well and not result.has_tables
    yield from facts(
        [
            ("Splits", f"{splits}; no {held} is in two of them" if is_apart else splits),
            ("Shards", f"{result.shards:,}, {plural(result.members, held)}"),
            ("Read", size_words(result.read_bytes)),
        ]
    )
    for problem in result.problems:
        yield f"  [bold red]![/bold red] {escape(str(problem))}"


def _state(result: VerifiedPack) -> str:
    """Return what was found, and no more than was compared."""
    if not result.is_well:
        return plural(len(result.problems), "problem")
    if result.mode is Mode.QUICK:
        return "sizes and manifests are as they were written; no content was read"
    return "is as it was written"
