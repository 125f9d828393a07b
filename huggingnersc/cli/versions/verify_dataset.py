"""The command `verify-dataset`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huggingnersc.cli.completion import complete_version
from huggingnersc.cli.markup import escape
from huggingnersc.cli.options import (
    EngineOption,
    JobsOption,
    JsonOption,
    SiteOption,
    WaitOption,
)
from huggingnersc.cli.output import Streamed, plain, show
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.domain.text.formatting import plural, size_words
from huggingnersc.domain.versions.inventory_mode import Mode
from huggingnersc.fixes import Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.versions.verify_dataset import Verified
    from huggingnersc.domain.versions.comparison import FileDifference

_MOST_REASONS = 10


def verify_dataset(
    title: Annotated[
        str,
        typer.Argument(
            metavar="NICKNAME[@VERSION]|DIR",
            help="The version, a nickname for its current one, or the folder of a pack.",
            show_default=False,
            autocompletion=complete_version,
        ),
    ],
    *,
    full: Annotated[bool, typer.Option("--full", help="Read every file.")] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Read no file; compare names, sizes and times.")
    ] = False,
    sample: Annotated[
        str | None,
        typer.Option(
            "--sample", metavar="SHARE%", help="Read this share of the files, chosen by chance."
        ),
    ] = None,
    engine: EngineOption = EngineName.LOCAL,
    jobs: JobsOption = None,
    wait: WaitOption = True,
    site: SiteOption = None,
    json: JsonOption = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print nothing when all is well.")
    ] = False,
) -> None:
    """Check that the data is still that of a version, or a pack as it was written.

    Names every file that is missing, extra, changed, moved or unreadable, and exits with 1 when
    there is one. Files whose size, times and inode are as when their hash was computed are not
    read again; --full reads them too, and so finds what a disk lost. Of a pack the shards are
    read, with --quick none, with --full each member too. Changes nothing.

    Examples:
        huggingnersc verify-dataset iris
        huggingnersc verify-dataset iris@v1 --full --engine slurm
        huggingnersc verify-dataset ./shards
        # every night, from cron: silent when all is well
        huggingnersc verify-dataset iris --sample 1% --quiet
    """
    from huggingnersc.api.packing.verify_pack import is_pack_path, verify_pack
    from huggingnersc.api.versions.verify_dataset import verify_dataset as verify
    from huggingnersc.cli.left_to_slurm import left_to_slurm
    from huggingnersc.cli.work_progress import work_progress

    mode, share = _mode(sample, full=full, quick=quick)
    if is_pack_path(title):
        from huggingnersc.cli.versions.verified_pack import show_verified_pack

        with work_progress(Verb.VERIFY_DATASET) as report:
            found = verify_pack(Path(title), mode=mode, jobs=jobs, on_progress=report)
        show_verified_pack(found, as_json=json, quiet=quiet)
    with left_to_slurm(as_json=json, quiet=quiet), work_progress(Verb.VERIFY_DATASET) as report:
        result = verify(
            title,
            mode=mode,
            sample=share,
            engine=engine,
            jobs=jobs,
            wait=wait,
            site=site,
            on_progress=report,
        )
    show_verified(result, as_json=json, quiet=quiet)


def show_verified(result: Verified, *, as_json: bool, quiet: bool) -> None:
    """Show a verification and exit with its code."""
    is_silent = quiet and result.is_well
    show(result, verified, as_json=as_json, quiet=is_silent, json_of=verified_json)
    raise typer.Exit(code=0 if result.is_well else 1)


def _mode(sample: str | None, *, full: bool, quick: bool) -> tuple[Mode, float]:
    """Return which files are read, and which share of them.

    Raises:
        BadParameter: the options exclude each other, or the share is none.
    """
    if full + quick + (sample is not None) > 1:
        raise typer.BadParameter("give one of --full, --quick and --sample")
    if sample is not None:
        return Mode.SAMPLE, _share(sample)
    return (Mode.FULL if full else Mode.QUICK if quick else Mode.REUSE), 1.0


def _share(text: str) -> float:
    try:
        share = float(text.removesuffix("%")) / 100
    except ValueError:
        share = 0
    if not text.endswith("%") or not 0 < share <= 1:
        hint = "it is a percentage above 0 and at most 100 with its sign, such as 1%"
        raise typer.BadParameter(hint, param_hint="--sample")
    return share


def verified(result: Verified) -> Iterator[str]:
    """Show whether all is well, a tree of the findings, and what is wrong with the version."""
    from huggingnersc.cli.versions.comparison_view import MOST_LINES, difference_lines
    from huggingnersc.domain.versions.verification import FINDINGS

    title = f"{result.nickname}@{result.version}"
    yield f"[bold]{escape(title)}[/bold]: {escape(result.summary)}"
    if result.comparison is not None:
        yield f"[dim]{_read(result)}[/dim]"
        yield from difference_lines(result.comparison, MOST_LINES, FINDINGS)
    for reason in result.reasons[:_MOST_REASONS]:
        yield f"  [bold red]![/bold red] {escape(reason)}"
    for problem in result.problems:
        message = escape(f"{problem.where} {problem.message}")
        yield f"  [bold red]problem[/bold red] in the catalog: {message}"


_HOW = {
    Mode.REUSE: "those that changed since their hash was computed",
    Mode.FULL: "all",
    Mode.SAMPLE: "a sample",
    Mode.QUICK: "none; names, sizes and times were compared",
}


def _read(result: Verified) -> str:
    counted = f"{plural(result.files, 'file')}, {size_words(result.size_bytes)}"
    read = f"{result.hashed_files:,} read ({size_words(result.hashed_bytes)}): {_HOW[result.mode]}"
    unknown = f"; {result.unknown:,} could not be read for the version" if result.unknown else ""
    return f"{counted}; {read}{unknown}"


def verified_json(result: Verified) -> dict[str, Any]:
    """Return a verification as JSON values; findings are taken one by one."""
    return {
        "nickname": result.nickname,
        "version": result.version,
        "data_path": str(result.data_path),
        "mode": result.mode.value,
        "is_well": result.is_well,
        "summary": result.summary,
        "counts": plain(result.counts),
        "findings": Streamed(map(_finding, result.findings)),
        "reasons": list(result.reasons),
        "problems": plain(result.problems),
        "files": result.files,
        "size_bytes": result.size_bytes,
        "hashed_files": result.hashed_files,
        "hashed_bytes": result.hashed_bytes,
        "unknown": result.unknown,
    }


def _finding(item: FileDifference) -> dict[str, Any]:
    from huggingnersc.domain.versions.verification import FINDINGS

    return {
        "finding": FINDINGS[item.kind],
        "path": item.path,
        "old_path": item.old_path or None,
        "size_bytes": item.after_bytes,
        "version_bytes": item.before_bytes,
    }
