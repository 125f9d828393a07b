"""The addresses of a Hub, one file per subject."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huggingnersc.adapters.loopback.routing import Route

PAGES = "huggingnersc.adapters.loopback.pages"


def all_routes() -> list[Route]:
    """Give every route, the API first: its addresses are more exact than those of the pages.

    The pages for a browser are mounted here: `pages/routes.py` holds `ROUTES`, a sequence of
    `routing.Route` like every file beside this one.
    """
    from huggingnersc.adapters.loopback.routes import (
        account,
        commit,
        commits,
        discussions,
        gating,
        git,
        info,
        lfs,
        lfs_files,
        listing,
        multipart,
        preupload,
        refs,
        repos,
        resolve,
        tree,
        xet,
        yaml,
    )

    api = (
        account, yaml, repos, listing, multipart, lfs, git, resolve, preupload, commit, tree,
        refs, commits, discussions, gating, lfs_files, xet, info,
    )  # fmt: skip
    found = [route for module in api for route in module.ROUTES]
    if find_spec(PAGES) is not None and find_spec(f"{PAGES}.routes") is not None:
        from huggingnersc.adapters.loopback.pages import routes as pages

        found.extend(pages.ROUTES)
    return found
