"""Check, without reading files, that the data is still that of the current version."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc.adapters.inventory.unread_files import unread_manifest
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.api.versions.recorded_files import recorded_manifest
from huggingnersc.domain.check.findings import unchecked, warning
from huggingnersc.domain.text.shell import shown
from huggingnersc.domain.versions.compare import found_differences
from huggingnersc.domain.versions.inventory_mode import Mode
from huggingnersc.domain.versions.verification import FindingCounts, is_finding
from huggingnersc.domain.versions.version import VersionName
from huggingnersc.errors import DatasetError
from huggingnersc.fixes import Fix, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.domain.catalog.record import Record
    from huggingnersc.domain.check.findings import Finding
    from huggingnersc.domain.site import Site
    from huggingnersc.domain.versions.comparison import DifferenceKind


class _TimeIsUpError(Exception):
    """The time for looking at files is over."""


def unchanged_findings(record: Record, site: Site) -> Iterator[Finding]:
    """Yield how the data differs from the current version by names, sizes and times.

    After the seconds that the site allows for counting, the rest of the files is not checked.
    """
    version = record.history.current
    if version is None or record.data_path is None:
        return
    title = VersionName(record.nickname, version.name)
    found: Counter[DifferenceKind] = Counter()
    try:
        store = VersionStore(Path(site.catalog_root), record.nickname)
        _, manifest = recorded_manifest(store, version)
        seconds = site.profile.counting.seconds
        files = _files(Path(record.data_path), time.monotonic() + seconds)
        for one in found_differences(manifest.pieces(), files):
            found[one.kind] += is_finding(one, Mode.QUICK)
        manifest.require_digest()
    except _TimeIsUpError:
        yield unchecked("data", f"not all files were compared with {title} in {seconds:g} seconds")
    except (FileNotFoundError, NotADirectoryError):
        return  # that it is missing is another finding
    except (OSError, ValueError, DatasetError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error).rstrip(".")
        yield unchecked("data", f"the files were not compared with {title}: {shown(reason)}")
        return
    if (counts := FindingCounts.of(found)).total:
        message = f"it is not as in {title}: {counts.summary}, by names, sizes and times"
        see, accept = Fix(Verb.VERIFY_DATASET, (str(title),)), (record.nickname,)
        yield warning("data", message, see, Fix(Verb.SNAPSHOT_DATASET, accept))


def _files(root: Path, until: float) -> Iterator[bytes]:
    """Yield a line of a manifest for each file, none of them read.

    Raises:
        OSError: the root cannot be listed.
        _TimeIsUpError: the time is over.
    """
    for line in unread_manifest(root):
        if time.monotonic() > until:
            raise _TimeIsUpError
        yield line
