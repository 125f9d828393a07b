"""Scripts `load_<nickname>.py` for data in a folder, as a visitor has them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from dataclasses import asdict
from os import fsencode
from typing import TYPE_CHECKING, Any

from huggingnersc.adapters.data_files.budget import Budget
from huggingnersc.adapters.data_files.survey import survey_data
from huggingnersc.adapters.templates import render
from huggingnersc.domain.draft.data_layout import lay_out
from huggingnersc.domain.loading.generated_loader import LoadedDataset, generated_loader
from huggingnersc.domain.loading.loading import Source
from huggingnersc.domain.text.escaped_names import escaped
from tests.builders import write_tree
from tests.data_files import data_library

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.range_server import RangeServer

COUNT = 173  # examples of small data files


def manifest_of(data: Path) -> bytes:
    """Return the manifest of a folder."""
    lines = []
    for file in data.rglob("*"):
        name = escaped(fsencode(file.relative_to(data)))
        if file.is_symlink():
            target = escaped(fsencode(file.readlink()))
            lines.append(b"%b\tlink:%b\t%d\t0\n" % (name, target, len(target)))
        elif file.is_file():
            content = file.read_bytes()
            digest = hashlib.sha256(content).hexdigest().encode()
            lines.append(b"%b\t%b\t%d\t0\n" % (name, digest, len(content)))
    return b"".join(sorted(lines))


def source_of(data: Path, manifest: bytes) -> Source:
    """Return what is known of the files of a folder."""
    survey = survey_data(data, Budget())
    layout = lay_out(survey)
    return Source(
        file_type=layout.file_type.value,
        suffixes=layout.suffixes,
        only=layout.path.name if layout.is_file else "",
        splits={one.name: one.pattern for one in layout.splits if one.pattern is not None},
        left_out=layout.left_out,
        layout=json.loads(json.dumps(asdict(layout.file), default=str)),
        manifest_sha256=hashlib.sha256(manifest).hexdigest(),
    )


def write_script(
    data: Path, folder: Path, *, portal: str = "", module: str = "data", **changes: Any
) -> Path:
    """Write the script for the data in `data` to `folder`, with the list of its files.

    `portal` is the address of the data, `module` a nickname that no other test of a process has.
    """
    manifest = manifest_of(data)
    values: dict[str, Any] = {
        "nickname": module,
        "title": "The data",
        "version": "v1",
        "data_path": str(data),
        "portal_link": portal,
        "site": "the center",
        "catalog_dir": "/no/catalog",
        "hub_url": f"{portal}no-hub",
        "source": source_of(data, manifest),
    }
    script = generated_loader(LoadedDataset(**{**values, **changes}), render)
    write_tree(folder, {script.path: script.content, "version/manifest.tsv": manifest})
    return folder / script.path


def imported(script: Path) -> Any:
    """Return a script as `import` does."""
    spec = importlib.util.spec_from_file_location(script.stem, script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[script.stem] = module
    spec.loader.exec_module(module)
    return module


def script_for(write: Callable[[Path], object], server: RangeServer, **changes: Any) -> Any:
    """Return the script for data that a function writes to `data`, below the portal."""
    data = server.root / "data"
    data.mkdir(exist_ok=True)
    write(data)
    portal = f"{server.address}/data"
    return imported(write_script(data, server.root / "repository", portal=portal, **changes))


def are_same(one: Any, other: Any) -> bool:
    np = data_library("numpy")
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(are_same(one[k], other[k]) for k in one)
    if isinstance(one, np.ndarray):
        kinds = one.dtype.kind in "fc"
        return bool(np.array_equal(one, other, equal_nan=kinds))
    return bool(one == other) or one != one  # nan


def require_same(ones: Any, others: Any) -> None:
    assert all(are_same(one, other) for one, other in zip(ones, others, strict=True))
