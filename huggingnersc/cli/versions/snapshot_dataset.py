"""The command `snapshot-dataset`."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

import typer

from huggingnersc.cli.facts import facts, heading
from huggingnersc.cli.options import (
    AllowSecretOption,
    CatalogedArgument,
    DryRunOption,
    EndpointOption,
    EngineOption,
    JobsOption,
    JsonOption,
    QuietOption,
    SiteOption,
    WaitOption,
    YesOption,
    folder,
    site_at,
)
from huggingnersc.cli.output import note, show
from huggingnersc.cli.program import worded
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.domain.text.formatting import plural, size_words
from huggingnersc.domain.versions.snapshot_options import SAMPLE_ROWS
from huggingnersc.fixes import Fix, Message, Verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from huggingnersc.api.versions.snapshot_result import Snapshot, VersionFile
    from huggingnersc.domain.loading.sample import SampledTable

_MOST_SHOWN = 20  # columns and arrays; --json has all
_MOST_COLUMNS = 40  # of a sample
_MOST_CHARS = 60


def snapshot_dataset(
    nickname: CatalogedArgument,
    *,
    version: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="The name, such as v1.2.0.",
            show_default="the latest, its last number increased",
        ),
    ] = "",
    message: Annotated[
        str, typer.Option("--message", "-m", metavar="TEXT", help="What the card says of it.")
    ] = "",
    tag: Annotated[
        list[str] | None,
        typer.Option(metavar="LABEL", help="A word to attach to it. May be repeated."),
    ] = None,
    parent: Annotated[
        str,
        typer.Option(
            metavar="VERSION",
            help="The version it comes from, such as v1 or other@v2.",
            show_default="the latest that is not retired",
        ),
    ] = "",
    full: Annotated[
        bool, typer.Option("--full", help="Read every file, also where nothing suggests a change.")
    ] = False,
    allow_unreadable: Annotated[
        bool,
        typer.Option("--allow-unreadable", help="List files that cannot be read as such."),
    ] = False,
    no_manifest: Annotated[
        bool,
        typer.Option(
            "--no-manifest", help="Keep names, sizes and hashes of the files in the catalog."
        ),
    ] = False,
    no_statistics: Annotated[
        bool, typer.Option("--no-statistics", help="Do not describe what the files contain.")
    ] = False,
    private_statistics: Annotated[
        bool,
        typer.Option("--private-statistics", help="Keep the description in the catalog."),
    ] = False,
    public: Annotated[
        bool, typer.Option("--public", help="Publish these although the site does not by default.")
    ] = False,
    sample_rows: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="The most examples of each split that its sample publishes.",
            show_default=str(SAMPLE_ROWS),
        ),
    ] = None,
    no_sample: Annotated[
        bool, typer.Option("--no-sample", help="Publish no sample, as for sensitive data.")
    ] = False,
    publish_parquet: Annotated[
        bool,
        typer.Option("--publish-parquet", help="Publish small tables in whole, as Parquet."),
    ] = False,
    allow_secret: AllowSecretOption = None,
    draft: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            parser=folder,
            help="The folder of a dataset that is not cataloged yet; keeps its versions.",
        ),
    ] = None,
    data_path: Annotated[
        Path | None,
        typer.Option(metavar="DIR", parser=folder, help="Where the data of --draft is."),
    ] = None,
    engine: EngineOption = EngineName.LOCAL,
    jobs: JobsOption = None,
    wait: WaitOption = True,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    site: SiteOption = None,
    endpoint: EndpointOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make a version of the data of a dataset, which stays where it is.

    Lists every file with its hash, describes the contents in numbers, shows what would become
    public, and asks. One commit and one tag on the Hub; a version never changes afterwards. Only
    files that changed are read again, and what was read is kept until the version is made. Nothing
    of names, hashes and contents becomes public where not everyone may read the data.

    Examples:
        huggingnersc snapshot-dataset iris --dry-run
        huggingnersc snapshot-dataset iris --version v1.2.0 -m "Add 2026" --yes
        # by jobs of Slurm; the command may end before them
        huggingnersc snapshot-dataset iris --engine slurm --no-wait
        # before it is cataloged; cataloging takes the versions along
        huggingnersc snapshot-dataset iris --draft iris --data-path /data/iris
    """
    from huggingnersc.api.versions.snapshot_dataset import plan_snapshot
    from huggingnersc.cli.confirm import confirm
    from huggingnersc.cli.left_to_slurm import left_to_slurm
    from huggingnersc.cli.work_progress import work_progress
    from huggingnersc.domain.versions.snapshot_options import SnapshotOptions

    options = SnapshotOptions(
        version=version,
        message=message,
        labels=tuple(tag or ()),
        parent=parent,
        full=full,
        allow_unreadable=allow_unreadable,
        manifest=False if no_manifest else public or None,
        statistics=False if no_statistics else public or None,
        private_statistics=private_statistics or (False if public else None),
        sample=False if no_sample else public or None,
        sample_rows=sample_rows,
        publish_parquet=publish_parquet,
        allow_secret=tuple(allow_secret or ()),
    )
    with ExitStack() as stack:
        stack.enter_context(left_to_slurm(as_json=json, quiet=quiet))
        with work_progress(Verb.SNAPSHOT_DATASET, nickname) as on_progress:
            pending = stack.enter_context(
                plan_snapshot(
                    nickname,
                    options,
                    draft=draft,
                    data_path=data_path,
                    engine=engine,
                    jobs=jobs,
                    wait=wait,
                    on_progress=on_progress,
                    dry_run=dry_run,
                    is_agreed=yes,
                    site=site_at(site, endpoint),
                )
            )
        was_shown = confirm(pending, snapshot, "Make this version? [y/N]", yes=yes, as_json=json)
        result = pending.apply()
    view, shown = (snapshot_briefly, pending.plan.warnings) if was_shown else (snapshot, ())
    show(result, view, as_json=json, quiet=quiet, shown=shown)


def show_snapshot(result: Snapshot, *, as_json: bool, quiet: bool) -> None:
    """Show a snapshot that was completed, or is to be agreed to."""
    show(result, snapshot, as_json=as_json, quiet=quiet)
    if result.outcome.value == "planned" and not quiet:
        again = Fix(Verb.SNAPSHOT_DATASET, (result.nickname,))
        note(worded(Message("Nothing is left to be read. Agree and make it: ", again)))


_SAID = {
    "planned": "would be made; nothing was published yet",
    "made": "is made",
    "unchanged": "has the files that are there now; nothing to do",
}


def snapshot(result: Snapshot) -> Iterator[str]:
    """Show a version, and what of it becomes public."""
    yield from snapshot_briefly(result)
    if result.outcome.value == "unchanged":
        return
    where = "on the Hub" if result.hub_url else "on the Hub once it is cataloged"
    yield from _file_list(f"Public, {where}", result.public_files)
    yield from _file_list("Private, in its folder only", result.private_files)
    yield from _samples("Examples that the public sample shows", result.sample)
    yield from _rows(
        "Left out of the sample, since they are or look like",
        ((one.where, one.reason) for one in result.left_out),
    )
    yield from _rows(
        "Values of the data that the public statistics show",
        ((one.where, _cut(", ".join(one.values))) for one in result.public_values),
    )
    yield from _rows(
        "Left out of the statistics, since they look like",
        ((one.where, one.reason) for one in result.withheld),
    )


def snapshot_briefly(result: Snapshot) -> Iterator[str]:
    """Show what a version is made of."""
    yield heading(f"{result.nickname}@{result.version}", _SAID[result.outcome.value])
    is_new = result.outcome.value != "unchanged"
    yield from facts(
        [
            ("Hub", result.hub_url),
            ("Tag", result.version if result.hub_url and is_new else None),
            ("Commit", result.commit),
            ("Folder", result.folder),
            ("Data", result.data_path),
            ("Files", f"{result.files:,}, {size_words(result.size_bytes)}"),
            ("Beside them", _others(result) or None),
            ("Read now", _read(result)),
            ("Since", f"{result.parent}: {result.summary}" if result.parent else None),
        ]
    )


def _others(result: Snapshot) -> str:
    pairs = (
        (result.links, "link"),
        (result.others, "special file"),
        (result.unreadable, "unreadable one"),
    )
    return ", ".join(plural(count, one) for count, one in pairs if count)


def _read(result: Snapshot) -> str:
    if not result.hashed_files:
        return "none; every hash was known"
    return f"{plural(result.hashed_files, 'file')}, {size_words(result.hashed_bytes)}"


def _file_list(title: str, files: tuple[VersionFile, ...]) -> Iterator[str]:
    yield from _rows(title, ((file.path, size_words(file.size_bytes)) for file in files))


def _rows(title: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    listed = list(rows)
    if listed:
        yield f"[bold]{title}[/bold]"
        yield from facts(listed[:_MOST_SHOWN])
    yield from _more(len(listed))


def _samples(title: str, tables: Sequence[SampledTable]) -> Iterator[str]:
    if tables:
        yield f"[bold]{title}[/bold]"
        yield from facts(line for table in tables[:_MOST_SHOWN] for line in _sampled(table))
    yield from _more(len(tables))


def _more(count: int) -> Iterator[str]:
    if count > _MOST_SHOWN:
        yield f"  and {count - _MOST_SHOWN:,} more; --json shows them"


def _sampled(table: SampledTable) -> Iterator[tuple[str, str]]:
    """Yield the rows and the columns of a file, in lines that fit into a narrow terminal."""
    columns = ", ".join(table.columns[:_MOST_COLUMNS])
    if (more := len(table.columns) - _MOST_COLUMNS) > 0:
        columns += f" and {more:,} more; --json shows them"
    text = f"{plural(table.rows, 'row')} of {columns}"
    first, *others = wrap(text, _MOST_CHARS - len(table.path) // 2, break_on_hyphens=False)
    yield table.path, first
    yield from (("", line) for line in others)


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARS else f"{text[: _MOST_CHARS - 3]}..."
