"""The command `serve-hub`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huggingnersc.cli.options import SiteOption
from huggingnersc.cli.output import note

if TYPE_CHECKING:
    from huggingnersc.adapters.loopback import RunningHub


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
    site: SiteOption = None,
) -> None:
    """Serve the embedded Hub until Ctrl-C.

    Any Hub client can use it: set HF_ENDPOINT to the address shown, and HF_TOKEN to the
    token in the file named.

    Examples:
        # what the local site publishes to
        huggingnersc serve-hub
        # a Hub for a group of people on another machine
        huggingnersc serve-hub --host 0.0.0.0 --accounts accounts.toml
    """
    from huggingnersc.api.serve_hub import serve_hub as serve

    serve(root=root, port=port, host=host, accounts=accounts, site=site, on_ready=_tell)


def _tell(running: RunningHub) -> None:
    note(f"The embedded Hub answers at {running.endpoint} (Ctrl-C ends it).")
    note(f"export HF_ENDPOINT={running.endpoint}")
