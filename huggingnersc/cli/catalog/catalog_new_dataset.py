"""The command `catalog-new-dataset`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from huggingnersc.cli.facts import facts, heading
from huggingnersc.cli.options import (
    AboutOption,
    AllowSecretOption,
    DryRunOption,
    EndpointOption,
    JsonOption,
    KernelOption,
    NicknameArgument,
    QuietOption,
    RunCommandOption,
    SchemaOption,
    SiteOption,
    folder,
    is_none,
    site_at,
)
from huggingnersc.cli.output import show
from huggingnersc.cli.program import typed
from huggingnersc.domain.text.formatting import size_words
from huggingnersc.errors import RequestInvalidError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.catalog.catalog_new_dataset import Cataloged

_WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class CommandClass(TyperCommand):
    """The command, which also explains the order of words that a form of it once had."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the words of the command line."""
        if words := without_fourth(args):
            raise RequestInvalidError(
                "PORTAL_LINK comes fourth; the path of the data is the option --data-path.",
                problems=(),
                hint=f"Run: {typed([str(ctx.info_name), *words])}",
            )
        return super().parse_args(ctx, args)


_ADDRESS = ("https://", "http://")


def without_fourth(words: list[str]) -> list[str] | None:
    """Return the command line with the path before the address as `--data-path`.

    Returns:
        None where the fourth word is not followed by a web address and a metadata file.
    """
    path, link, metadata = [*words, *[""] * 6][3:6]
    is_path = bool(path) and not path.startswith(("-", *_ADDRESS)) and path != metadata
    is_extra = is_path and link.startswith(_ADDRESS) and metadata.endswith(".json")
    return [*words[:3], *words[4:], "--data-path", path] if is_extra else None


def yes_or_no(word: str | bool) -> bool:  # noqa: FBT001, RUF100 - Typer hands the default over as it is
    """Read True/False in any case, 1/0, yes/no."""
    if str(word).lower() not in _WORDS:
        raise typer.BadParameter(
            f'"{word}" is neither True nor False (are there quotes around the title?)',
            param_hint="IS_DISTRIBUTED",
        )
    return _WORDS[str(word).lower()]


def path_or_none(word: str) -> Path | None:
    """Read the path of a batch script, or the literal `None`."""
    if not word:
        raise _no_batch_script("is empty; where there is no batch script write None")
    if word.lower() in _WORDS and not Path(word).exists():
        meant = f"None {_WORDS[word.lower()]}"
        raise _no_batch_script(f'"{word}" is no file; is there no batch script? write: {meant}')
    return None if is_none(word) else Path(word)


def _no_batch_script(message: str) -> typer.BadParameter:
    return typer.BadParameter(message, param_hint="BATCH_SCRIPT")


def catalog_new_dataset(
    official_name: Annotated[
        str, typer.Argument(metavar="OFFICIAL_NAME", help="The title people read.")
    ],
    nickname: NicknameArgument,
    loader_script: Annotated[
        Path, typer.Argument(metavar="LOADER_SCRIPT", help="The script that loads the data.")
    ],
    portal_link: Annotated[
        str, typer.Argument(metavar="PORTAL_LINK", help="The https address of the data.")
    ],
    metadata_json: Annotated[
        Path, typer.Argument(metavar="METADATA_JSON", help="The metadata file.")
    ],
    batch_script: Annotated[
        str,
        typer.Argument(
            metavar="BATCH_SCRIPT", help="A script that runs the loader as a batch job, or None."
        ),
    ] = "None",
    is_distributed: Annotated[
        str,
        typer.Argument(
            metavar="IS_DISTRIBUTED", help="Whether the loader is distributed: True or False."
        ),
    ] = "False",
    *,
    distributed: Annotated[
        bool, typer.Option("--distributed", help="The same as IS_DISTRIBUTED True.")
    ] = False,
    data_path: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            parser=folder,
            help="Where the data is stored.",
            show_default="what the site's rule makes of PORTAL_LINK",
        ),
    ] = None,
    include: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="A file that the loader or the batch script needs; may be given several times.",
        ),
    ] = None,
    job_notebook: Annotated[
        bool,
        typer.Option(
            "--job-notebook", help="Add a notebook that submits BATCH_SCRIPT and shows its output."
        ),
    ] = False,
    private: Annotated[
        bool, typer.Option("--private", help="Make the repository private.")
    ] = False,
    about: AboutOption = None,
    run_command: RunCommandOption = "",
    kernel: KernelOption = "",
    schema: SchemaOption = "",
    dry_run: DryRunOption = False,
    allow_secret: AllowSecretOption = None,
    site: SiteOption = None,
    endpoint: EndpointOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    r"""Catalog a dataset that stays where it is.

    One repository on the Hub, in one commit, and one folder in the catalog. Run again, the same
    command changes nothing; after an interruption it completes what is missing.

    Examples:
        # check everything and show what would be written
        huggingnersc catalog-new-dataset "Fisher's Iris Data" iris \
          iris_loader.py https://portal.nersc.gov/cfs/dasrepo/iris \
          iris_metadata.json --dry-run
        # a distributed loader, with its batch script and what that needs
        huggingnersc catalog-new-dataset JetClass jetclass jetclass_loader.py \
          https://portal.nersc.gov/cfs/dasrepo/jetclass jetclass_metadata.json \
          jetclass_batch.sh True --include jetclass_environment.yml
    """
    from huggingnersc.api.catalog.catalog_new_dataset import catalog_new_dataset as catalog

    result = catalog(
        official_name,
        nickname,
        loader_script,
        portal_link,
        metadata_json,
        path_or_none(batch_script),
        distributed or yes_or_no(is_distributed),
        data_path=data_path,
        include=include or (),
        job_notebook=job_notebook,
        private=private,
        about=about,
        run_command=run_command,
        kernel=kernel,
        schema=schema,
        dry_run=dry_run,
        allow_secret=allow_secret or (),
        site=site_at(site, endpoint),
    )
    show(result, cataloged, as_json=json, quiet=quiet)


_SAID = {
    "planned": "would be cataloged; nothing was touched (--dry-run)",
    "cataloged": "is cataloged",
    "completed": "is cataloged; what was missing is in place now",
    "unchanged": "is cataloged already, exactly so; nothing to do",
}


def cataloged(result: Cataloged) -> Iterator[str]:
    """Say what happened and where everything is."""
    yield heading(result.official_name, _SAID[result.outcome.value])
    yield from facts(
        [
            ("Hub", f"{result.hub_url}{' (private)' if result.private else ''}"),
            ("Commit", result.commit),
            ("Catalog folder", result.catalog_dir),
            ("Data", result.data_path),
            ("Versions", ", ".join(result.versions) or None),
            ("Portal", result.portal_link),
            ("Notebook", result.notebook_link or result.notebook),
            ("Job notebook", result.job_notebook_link or result.job_notebook),
        ]
    )
    if result.outcome.value == "planned":
        yield "[bold]To the Hub, in one commit[/bold]"
        yield from facts((file.path, size_words(file.size_bytes)) for file in result.hub_files)
        yield "[bold]To the catalog folder[/bold]"
        yield from facts((file.path, size_words(file.size_bytes)) for file in result.catalog_files)
