"""The command `pack-dataset`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huggingnersc.cli.completion import complete_version
from huggingnersc.cli.facts import facts, heading
from huggingnersc.cli.options import (
    DryRunOption,
    EngineOption,
    JobsOption,
    JsonOption,
    QuietOption,
    SiteOption,
    WaitOption,
    folder,
)
from huggingnersc.cli.output import show
from huggingnersc.cli.program import worded
from huggingnersc.domain.engine_name import EngineName
from huggingnersc.domain.packing.options import PackOptions, ShareUnit
from huggingnersc.domain.packing.pack import Compress, ShardForm
from huggingnersc.domain.packing.sizes import parse_size
from huggingnersc.domain.text.formatting import plural, size_words
from huggingnersc.domain.text.shell import shell_word
from huggingnersc.fixes import Fix, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.packing.pack_dataset import Packed
    from huggingnersc.cli.columns import Columns
    from huggingnersc.domain.packing.pack import Pack
    from huggingnersc.domain.packing.planned_pack import PlannedPack
    from huggingnersc.domain.packing.split_report import SplitProof


def _size(text: str) -> int:
    try:
        return parse_size(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--shard-size") from error


def pack_dataset(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A folder with a slash in its name, a nickname, or a version as iris@v1.",
            show_default=False,
            autocompletion=complete_version,
        ),
    ],
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT",
            help="The folder for the shards: absent, empty, or an unfinished pack.",
            show_default=False,
            parser=folder,
        ),
    ],
    *,
    split: Annotated[
        str,
        typer.Option(
            "--split",
            metavar="SHARES",
            help="The shares of splits, such as train=0.8,validation=0.1,test=0.1. Shares that "
            "name one split of the source divide it.",
            show_default="the source's own folders train and test, else all is train",
        ),
    ] = "",
    seed: Annotated[int, typer.Option("--seed", help="Of the order of the samples.")] = 0,
    by: Annotated[
        ShareUnit, typer.Option("--by", help="What the shares are of: samples or bytes.")
    ] = ShareUnit.COUNT,
    group_by: Annotated[
        str,
        typer.Option(
            "--group-by",
            metavar="WORD",
            help="Which files are one sample: file, stem, folder, folder:N (the folders N deep), "
            "or a regular expression whose matches are alike.",
            show_default="stem; file for Parquet",
        ),
    ] = "",
    stratify_by: Annotated[
        str,
        typer.Option(
            "--stratify-by",
            metavar="WORD",
            help="Give every split its share of each class: folder, a regular expression, or a "
            "column of tables.",
        ),
    ] = "",
    keep_together: Annotated[
        str,
        typer.Option(
            "--keep-together",
            metavar="WORD",
            help="Keep samples in one split: those in whose paths a regular expression finds the "
            "same, or rows of tables with the same value in a column.",
        ),
    ] = "",
    form: Annotated[
        ShardForm | None,
        typer.Option("--form", help="Of the shards.", show_default="by what the source holds"),
    ] = None,
    compress: Annotated[
        Compress, typer.Option("--compress", help="How tar files are compressed.")
    ] = Compress.NONE,
    shard_size: Annotated[
        str,
        typer.Option(
            "--shard-size",
            metavar="SIZE",
            help="The most of a shard, unless it is one sample, such as 512MB or 2GiB.",
        ),
    ] = "512MB",
    path_columns: Annotated[
        str,
        typer.Option(
            "--path-columns",
            metavar="NAMES",
            help="The columns of Parquet that the last folders of a sample are: camera,video.",
        ),
    ] = "",
    dry_run: DryRunOption = False,
    engine: EngineOption = EngineName.LOCAL,
    jobs: JobsOption = None,
    wait: WaitOption = True,
    site: SiteOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Pack a dataset into shards with splits, for the Hub or another machine.

    The same source, options and seed make the same bytes, whatever the machine and however many
    processes work. What is kept together never crosses a split, and a sample never crosses a
    shard. What is done is kept when the command is stopped; run it again to go on.

    Examples:
        huggingnersc pack-dataset ./digits shards --split train=0.8,test=0.2
        huggingnersc pack-dataset iris@v1 shards --shard-size 1GB --dry-run
        huggingnersc pack-dataset ./videos shards --group-by folder:2
    """
    from huggingnersc.api.packing.pack_dataset import pack_dataset as pack
    from huggingnersc.cli.left_to_slurm import left_to_slurm
    from huggingnersc.cli.work_progress import work_progress

    options = PackOptions(
        form=form.value if form else "",
        compress=compress.value,
        group_by=group_by,
        split=split,
        seed=seed,
        by=by.value,
        stratify_by=stratify_by,
        keep_together=keep_together,
        shard_size_bytes=_size(shard_size),
        path_columns=path_columns,
    )
    with left_to_slurm(as_json=json, quiet=quiet), work_progress(Verb.PACK_DATASET) as report:
        result = pack(
            source,
            out,
            options=options,
            dry_run=dry_run,
            engine=engine,
            jobs=jobs,
            wait=wait,
            site=site,
            on_progress=report,
        )
    show_packed(result, as_json=json, quiet=quiet)


def show_packed(result: Packed, *, as_json: bool, quiet: bool) -> None:
    """Show a pack, or the plan of one."""
    show(result, packed, as_json=as_json, quiet=quiet)


def packed(result: Packed) -> Iterator[str | Columns]:
    """Show the splits and shards, what was left out, the proof, and the next commands."""
    plan = result.plan
    yield heading(str(result.out), result.outcome.value)
    yield _table(result)
    left_out = "; ".join(f"{count:,} {why}" for why, count in plan.left_out.items())
    verify = Fix(Verb.VERIFY_DATASET, (str(result.out),))
    yield from facts(
        [
            ("Source", _source(plan)),
            ("Form", _form(plan)),
            ("Left out", left_out or None),
            ("Splits", _proof(result.proof) if result.proof else None),
            *(_readers(result, result.pack) if result.pack else ()),
            ("Verify it", worded(verify) if result.pack else None),
        ]
    )


def _readers(result: Packed, pack: Pack) -> Iterator[tuple[str, str]]:
    if result.loads:
        yield "Load it", f'load_dataset("{result.out}")'
    elif not pack.shards:
        return
    elif pack.compress is Compress.ZST:
        yield "Unpack it", f"tar --zstd -xf {shell_word(result.out / pack.shards[0].path)}"
    else:
        yield "Read it", f'webdataset.WebDataset("{result.out}/{_first_split(pack)}")'


def _first_split(pack: Pack) -> str:
    """Return the paths of the shards of the first split, as `webdataset` takes them."""
    first = pack.shards[0]
    last = pack.splits[first.split].shards - 1
    numbers = f"-{{{0:05}..{last:05}}}-of-" if last else f"-{0:05}-of-"
    return first.path.replace(f"-{0:05}-of-", numbers)


def _table(result: Packed) -> Columns:
    from huggingnersc.cli.columns import Columns

    head = ("SPLIT", "SHARE", "ASKED", "SAMPLES", "SIZE", "SHARDS")
    rows = [
        (
            split.name,
            f"{split.share:.1%}",
            "" if split.asked is None else f"{split.asked:.1%}",
            f"{split.samples:,}",
            size_words(split.size_bytes),
            f"{split.shards:,}",
        )
        for split in result.plan.splits
    ]
    return Columns(head, rows, frozenset())


def _source(plan: PlannedPack) -> str:
    source = plan.source
    named = f"{source.nickname}@{source.version}" if source.version else source.nickname
    return (
        f"{named or source.path}: {plural(plan.samples, 'sample')} of {plural(plan.files, 'file')}"
    )


def _form(plan: PlannedPack) -> str:
    columns = ", ".join(str(column["name"]) for column in plan.features)
    return f"{plan.options['form']}; columns {columns}" if columns else plan.options["form"]


def _proof(proof: SplitProof) -> str:
    return (
        f"disjoint and complete: {plural(proof.packed, 'sample')} of {proof.planned:,} are in the "
        f"shards, each once (sum of keys {proof.packed_sum})"
    )
