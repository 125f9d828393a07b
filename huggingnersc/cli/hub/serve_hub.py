"""The command `serve-hub`."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from huggingnersc.cli.options import JsonOption, QuietOption, SiteOption, folder
from huggingnersc.cli.output import note, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.hub.check_hub import CheckReport
    from huggingnersc.api.hub.serve_hub import Serving


def serve_hub(
    *,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help="The TCP port; 0 takes a free one.", show_default="8017"
        ),
    ] = None,
    root: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            parser=folder,
            help="The folder of its repositories.",
            show_default="what the local site publishes to",
        ),
    ] = None,
    host: Annotated[
        str, typer.Option(help="The address to listen on; any but loopback needs --accounts.")
    ] = "127.0.0.1",
    accounts: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Users and organizations, as TOML.")
    ] = None,
    xet: Annotated[
        bool, typer.Option("--xet", help="Take big files of clients on this machine by folder.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Verify all that is kept, and stop; 1 on damage.")
    ] = False,
    site: SiteOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Serve the embedded Hub until Ctrl-C.

    Any Hub client, git and a browser can use it. It prints the two lines that point the Hugging
    Face tools at it; with --json its address and the file of the token.

    Examples:
        # what the local site publishes to
        huggingnersc serve-hub
        # a Hub for a group of people on another machine
        huggingnersc serve-hub --host 0.0.0.0 --accounts accounts.toml
        # is everything in it whole?
        huggingnersc serve-hub --check
    """
    if check:
        from huggingnersc.api.hub.check_hub import check_hub

        report = check_hub(root=root, site=site)
        show(report, checked_hub, as_json=json, quiet=quiet)
        raise typer.Exit(code=0 if report.sound else 1)
    from huggingnersc.api.hub.serve_hub import serve_hub as serve

    def tell(serving: Serving) -> None:
        show(serving, served, as_json=json, quiet=quiet)
        if not quiet:
            note(f"The embedded Hub answers at {serving.endpoint} (Ctrl-C ends it).")

    serve(root=root, port=port, host=host, accounts=accounts, xet=xet, site=site, on_ready=tell)


def checked_hub(report: CheckReport) -> Iterator[str]:
    """Say what was read and every damage found."""
    read = f"Repositories read: {report.repositories}; big files: {report.lfs_objects}"
    yield f"{read}; all is whole." if report.sound else f"{read}; damaged:"
    yield from (f"  {escape(str(problem))}" for problem in report.problems)


def served(serving: Serving) -> Iterator[str]:
    """Yield the lines that point the Hugging Face tools at it, to be typed in another terminal."""
    yield f"export HF_ENDPOINT={serving.endpoint}"
    if serving.token_file is not None:
        yield escape(f'export HF_TOKEN="$(cat {quote(str(serving.token_file))})"')
