"""The addresses of a Hub, one file per subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huggingnersc.hub_server.routing import Route


def all_routes() -> list[Route]:
    """Return every route, the API first: its addresses are more exact than those of the pages.

    The pages for a browser are mounted here: `web/routes.py` holds `ROUTES`, a sequence of
    `routing.Route` like every file beside this one.
    """
    from huggingnersc.hub_server.routes import (
        account,
        commit,
        commits,
        discussions,
        gating,
        git,
        health,
        info,
        lfs,
        lfs_files,
        listing,
        multipart,
        preupload,
        raw,
        refs,
        repos,
        resolve,
        tree,
        validate_yaml,
        xet,
    )
    from huggingnersc.hub_server.web import routes as pages

    api = (
        health, account, validate_yaml, repos, listing, multipart, lfs, git, resolve, raw,
        preupload, commit, tree, refs, commits, discussions, gating, lfs_files, xet, info,
    )  # fmt: skip
    return [route for module in (*api, pages) for route in module.ROUTES]
