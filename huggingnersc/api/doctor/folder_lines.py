"""The checks of the site, its metadata schema and its folders."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.adapters.files.path_status import is_file, is_folder
from huggingnersc.api.schema import read_schema
from huggingnersc.assets import site_file
from huggingnersc.domain.doctor.diagnosis import DiagnosisLine, fail, ok, warn
from huggingnersc.domain.text.shell import shell_word
from huggingnersc.errors import MetadataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.site import Site


def folder_lines(site: Site) -> Iterator[DiagnosisLine]:
    """Check the site, the metadata schema, and the folders that cataloging writes to."""
    profile = site.profile
    extends = f", extends {', '.join(map(_named, site.extends))}" if site.extends else ""
    chosen = f"chosen by {site.origin.value}"
    yield ok("site", f"{profile.name} ({profile.title}){extends}, {chosen}")
    yield from _profile_lines(site)
    try:
        read_schema(site)
    except MetadataError as error:
        yield fail("metadata schema", str(error), error.hint)
    yield _folder("catalog folder", Path(site.catalog_root), is_created=site.is_embedded)
    if site.is_embedded:
        yield _folder("embedded Hub's folder", Path(site.hub_root), is_created=True)


def _profile_lines(site: Site) -> Iterator[DiagnosisLine]:
    """Warn of each file of a profile that others may change: they decide who gets the token."""
    if site.is_embedded:
        return
    for file in map(Path, (*([site.file] if site.file else []), *site.extends)):
        if is_file(file) and file.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            message = f"{file} decides which Hub gets your token, and other users can change it"
            yield warn("site profile", message, f"chmod go-w {shell_word(str(file))}")


def _named(file: PurePosixPath) -> str:
    """Return the name of a site that comes with the program, or the path of another's file."""
    shipped = site_file(file.stem)
    return file.stem if shipped and PurePosixPath(shipped) == file else str(file)


def _folder(topic: str, folder: Path, *, is_created: bool) -> DiagnosisLine:
    """Check a folder; `is_created` means that the program creates it when needed."""
    if is_folder(folder):
        if os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            return ok(topic, f"{folder} ({_mode(folder)}), writable")
        message = f"{folder} ({_mode(folder)}) is not writable for you"
        return fail(topic, message, f"Ask its owner for write access: ls -ld {folder}")
    if not is_created:
        step = "Run this at the site, set HUGGINGNERSC_CATALOG_ROOT, or choose another site."
        return fail(topic, f"{folder} does not exist", step)
    above = next(parent for parent in folder.parents if is_folder(parent))
    if os.access(above, os.W_OK | os.X_OK):
        return ok(topic, f"{folder} will be created when needed")
    message = f"{folder} cannot be created: {above} ({_mode(above)}) is not writable for you"
    return fail(topic, message, "Set XDG_DATA_HOME to a folder of your own.")


def _mode(folder: Path) -> str:
    import grp

    status = folder.stat()
    try:
        group = grp.getgrgid(status.st_gid).gr_name
    except KeyError:  # a group of another machine
        group = str(status.st_gid)
    return f"{stat.filemode(status.st_mode)}, group {group}"
