"""The command `serve-hub`."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from huggingnersc.cli.markup import escape
from huggingnersc.cli.options import JsonOption, QuietOption, SiteOption, folder
from huggingnersc.cli.output import note, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.hub.check_hub import CheckReport
    from huggingnersc.api.hub.serve_hub import ServedHub


def serve_hub(
    *,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help="The TCP port; 0 selects a free one.", show_default="8017"
        ),
    ] = None,
    root: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            parser=folder,
            help="The folder of the Hub.",
            show_default="the one that the local site publishes to",
        ),
    ] = None,
    host: Annotated[
        str,
        typer.Option(
            help="The address to listen on; any address but loopback requires --accounts."
        ),
    ] = "127.0.0.1",
    accounts: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A TOML file of users and organizations.")
    ] = None,
    xet: Annotated[
        bool, typer.Option("--xet", help="Transfer big files of local clients through a folder.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Verify all stored data and exit; code 1 on damage.")
    ] = False,
    site: SiteOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Serve the embedded Hub until Ctrl-C.

    Any Hub client, git and a browser can use it. Prints the two lines that configure the Hugging
    Face tools for it; with --json, its URL and the path of the token file.

    Examples:
        # the Hub that the local site publishes to
        huggingnersc serve-hub
        # a Hub for users on other machines
        huggingnersc serve-hub --host 0.0.0.0 --accounts accounts.toml
        # verify everything stored in it
        huggingnersc serve-hub --check
    """
    if check:
        from huggingnersc.api.hub.check_hub import check_hub

        report = check_hub(root=root, site=site)
        show(report, checked_hub, as_json=json, quiet=quiet)
        raise typer.Exit(code=0 if report.sound else 1)
    from huggingnersc.api.hub.serve_hub import serve_hub as serve

    def ready(hub: ServedHub) -> None:
        show(hub, served, as_json=json, quiet=quiet)
        if not quiet:
            note(f"The embedded Hub is running at {hub.endpoint} (press Ctrl-C to stop it).")
            if hub.tunnel:
                note(f"To open it in the browser of your computer, run there: {hub.tunnel}")

    serve(root=root, port=port, host=host, accounts=accounts, xet=xet, site=site, on_ready=ready)


def checked_hub(report: CheckReport) -> Iterator[str]:
    """Yield what was verified and every damage found."""
    verified = f"Repositories verified: {report.repositories}; big files: {report.lfs_objects}"
    yield f"{verified}; no damage." if report.sound else f"{verified}; damaged:"
    yield from (f"  {escape(str(problem))}" for problem in report.problems)


def served(hub: ServedHub) -> Iterator[str]:
    """Yield the lines that configure the Hugging Face tools in another terminal."""
    yield f"export HF_ENDPOINT={hub.endpoint}"
    if hub.token_file is not None:
        yield escape(f'export HF_TOKEN="$(cat {quote(str(hub.token_file))})"')
