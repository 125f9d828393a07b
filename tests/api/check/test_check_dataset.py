"""Every planted fault is found, and nothing else; the printed commands fix it."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from huggingnersc import check_dataset, update_dataset
from huggingnersc.adapters.files.permissions import read_tree
from huggingnersc.api.check.check_dataset import Checks
from huggingnersc.cli.check.check_dataset import checked_one
from huggingnersc.domain.catalog.description import END
from huggingnersc.domain.check.findings import Checked
from huggingnersc.errors import DatasetUnknownError
from tests.api.check.conftest import catalog
from tests.builders import write_tree
from tests.conftest import Golden, RunCommand
from tests.wording import typed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from huggingnersc.domain.check.findings import Finding
    from tests.api.check.conftest import Kept

Fault = tuple[str, "Callable[[Kept], object]", "Sequence[tuple[str, str]]"]


def findings(kept: Kept) -> tuple[Finding, ...]:
    (dataset,) = check_dataset("iris", site=kept.site).datasets
    return dataset.findings


def edit_record(kept: Kept, edit: Callable[[dict[str, Any]], object]) -> None:
    content = json.loads(kept.record.read_text(encoding="utf-8"))
    edit(content)
    kept.record.write_text(json.dumps(content), encoding="utf-8")


def upload(kept: Kept, path: str, text: str) -> None:
    kept.api.upload_file(
        path_or_fileobj=text.encode(),
        path_in_repo=path,
        repo_id="NERSC/iris",
        repo_type="dataset",
    )


def describe(kept: Kept, words: str) -> None:
    """Write a description in the Hub's editor."""
    card = (kept.folder / "README.md").read_text(encoding="utf-8")
    upload(kept, "README.md", card.replace(END, f"{words}\n\n{END}"))


def catalog_privately(kept: Kept) -> None:
    kept.api.delete_repo("NERSC/iris", repo_type="dataset")
    for file in kept.folder.iterdir():
        file.unlink()
    kept.folder.rmdir()
    catalog(kept, private=True)


def link_out(kept: Kept) -> None:
    write_tree(kept.place, {"closed/part.csv": "1\n"})
    (kept.place / "closed").chmod(0o750)
    (kept.data / "more/out.csv").symlink_to(kept.place / "closed/part.csv")


def move_to_scratch(kept: Kept) -> None:
    scratch = str(kept.place / "scratch")
    edit_record(kept, lambda r: r.update(data_dir=scratch, portal_link="https://example.org/iris"))


FAULTS: list[Fault] = [
    (
        "invalid metadata",
        lambda kept: edit_record(
            kept, lambda r: r["metadata"]["datacard_tags"].update(license="MIT")
        ),
        [("problem", "metadata")],
    ),
    (
        "data gone",
        lambda kept: kept.data.rename(kept.place / "elsewhere"),
        [("problem", "data")],
    ),
    (
        "closed parent",
        lambda kept: kept.data.parent.chmod(0o770),
        [("problem", "data")],
    ),
    (
        "closed file",
        lambda kept: (kept.data / "more/part.csv").chmod(0o640),
        [("problem", "data")],
    ),
    (
        "closed folder",
        lambda kept: (kept.data / "more").chmod(0o754),
        [("problem", "data")],
    ),
    (
        "broken link",
        lambda kept: (kept.data / "gone.csv").symlink_to("nothing"),
        [("problem", "data")],
    ),
    ("link out of reach", link_out, [("problem", "data")]),
    (
        "link to other data",
        lambda kept: edit_record(
            kept, lambda r: r.update(portal_link="https://portal.example.org/cfs/dasrepo/other")
        ),
        [("problem", "portal")],
    ),
    (
        "data on purged scratch off the portal",
        move_to_scratch,
        [("warning", "data"), ("note", "portal")],
    ),
    (
        "notebook lost",
        lambda kept: (kept.folder / "iris_dataloader.ipynb").unlink(),
        [("problem", "catalog")],
    ),
    (
        "job notebook lost",
        lambda kept: (kept.folder / "iris_job.ipynb").unlink(),
        [("problem", "catalog")],
    ),
    (
        "loader lost",
        lambda kept: (kept.folder / "loader.py").unlink(),
        [("problem", "catalog")],
    ),
    (
        "loader edited in the folder",
        lambda kept: (kept.folder / "loader.py").write_text("mine\n"),
        [("warning", "catalog")],
    ),
    (
        "card edited in the folder",
        lambda kept: (kept.folder / "README.md").write_text("mine\n"),
        [("warning", "catalog")],
    ),
    (
        "notebook closed",
        lambda kept: (kept.folder / "iris_dataloader.ipynb").chmod(0o640),
        [("problem", "catalog")],
    ),
    (
        "folder closed",
        lambda kept: kept.folder.chmod(0o750),
        [("problem", "catalog")],
    ),
    (
        "record of another place",
        lambda kept: edit_record(kept, lambda r: r.update(nersc_dir="/old/iris")),
        [("warning", "catalog")],
    ),
    (
        "damaged record",
        lambda kept: kept.record.write_text("{"),
        [("problem", "record")],
    ),
    (
        "loader mentions what is gone",
        lambda kept: (kept.place / "cfs/dasrepo/calibration.txt").unlink(),
        [("warning", "loader")],
    ),
    (
        "repository gone",
        lambda kept: kept.api.delete_repo("NERSC/iris", repo_type="dataset"),
        [("problem", "Hub")],
    ),
    (
        "description edited on the Hub",
        lambda kept: describe(kept, "Words."),
        [("warning", "Hub")],
    ),
    (
        "file changed on the Hub",
        lambda kept: upload(kept, "loader.py", "print('other')\n"),
        [("warning", "Hub")],
    ),
    (
        "file added on the Hub",
        lambda kept: upload(kept, "extra.csv", "1\n"),
        [("warning", "Hub")],
    ),
    (
        "file deleted on the Hub",
        lambda kept: kept.api.delete_file("loader.py", "NERSC/iris", repo_type="dataset"),
        [("warning", "Hub")],
    ),
    (
        "private card with open data",
        catalog_privately,
        [("warning", "data")],
    ),
    (
        "gated card with open data",
        lambda kept: kept.api.update_repo_settings(
            "NERSC/iris", repo_type="dataset", gated="auto"
        ),
        [("warning", "data")],
    ),
    (
        "made private on the Hub",
        lambda kept: kept.api.update_repo_settings(
            "NERSC/iris", repo_type="dataset", private=True
        ),
        [
            ("warning", "data"),
            ("warning", "Hub"),
        ],
    ),
]


def test_dataset_without_a_fault_has_no_finding(kept: Kept) -> None:
    checks = check_dataset("iris", site=kept.site)
    assert checks.datasets[0].findings == ()
    assert checks.all_is_well
    assert checks.warnings == ()


@pytest.mark.parametrize(("name", "plant", "expected"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_planted_fault_is_found_and_nothing_else(
    kept: Kept,
    golden: Golden,
    name: str,
    plant: Callable[[Kept], object],
    expected: Sequence[tuple[str, str]],
) -> None:
    plant(kept)
    before = tree(kept.place)
    found = findings(kept)
    assert [(one.level, one.about) for one in found] == expected
    golden(f"messages/check_dataset/{name.replace(' ', '_')}.txt", printed(kept, found))
    assert tree(kept.place) == before


def printed(kept: Kept, found: Sequence[Finding]) -> str:
    """Return the findings as they are printed, without what differs from run to run."""
    without_diffs = tuple(replace(one, diff=None) for one in found)
    lines = checked_one(Checks((Checked("iris", without_diffs),)))
    owner = kept.place.owner()
    return (
        "".join(f"{line}\n" for line in lines)
        .replace(str(kept.place), "PLACE")
        .replace(kept.api.endpoint, "HUB")
        .replace(f"owner {owner})", "owner OWNER)")
    )


def test_folder_that_an_older_version_wrote_has_no_finding(kept: Kept) -> None:
    for name in ("loader.py", "job.sh"):
        (kept.folder / name).unlink()
    (kept.folder / "iris_dataloader.ipynb").write_text('{"cells": []}')
    assert findings(kept) == ()
    assert update_dataset("iris", site=kept.site).outcome == "updated"
    assert (kept.folder / "loader.py").is_file()
    assert findings(kept) == ()


def test_at_least_a_dozen_kinds_of_fault_are_planted() -> None:
    assert len({name for name, _, _ in FAULTS}) == len(FAULTS) >= 12


def test_printed_commands_fix_the_permissions(kept: Kept) -> None:
    write_tree(kept.data, {f"many/{n} '$x'.csv": "1\n" for n in range(8)})
    for number in range(8):
        (kept.data / f"many/{number} '$x'.csv").chmod(0o600)
    (kept.data / "many").chmod(0o700)
    kept.data.parent.chmod(0o2770)
    kept.data.parent.parent.chmod(0o750)
    (kept.folder / "README.md").chmod(0o600)
    assert not strangers_read(kept.data / "iris.csv")
    commands = [typed(fix) for finding in findings(kept) for fix in finding.fixes]
    assert len(commands) == 4
    subprocess.run(["bash", "-euc", "\n".join(commands)], check=True)
    assert findings(kept) == ()
    assert strangers_read(kept.data / "many/3 '$x'.csv")
    assert strangers_read(kept.folder / "README.md")
    assert kept.data.parent.stat().st_mode & 0o7777 == 0o2771  # no more than was needed


def test_commands_that_fix_mean_the_site_of_the_command_line(
    kept: Kept, run: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    (kept.folder / "iris_dataloader.ipynb").unlink()
    shown = run("check-dataset iris --site", kept.site).out
    assert f"\n      huggingnersc update-dataset iris --site {kept.site}\n" in shown
    monkeypatch.setenv("HUGGINGNERSC_SITE", kept.site)
    assert "\n      huggingnersc update-dataset iris\n" in run("check-dataset iris").out


def test_names_with_control_characters_and_odd_bytes_are_reported_and_fixed(kept: Kept) -> None:
    odd = os.fsencode(kept.data) + b"/bad\x1b[31m\nname\xff.csv"
    with open(odd, "wb") as stream:  # noqa: PTH123 - a name of bytes
        stream.write(b"1")
    os.chmod(odd, 0o600)  # noqa: PTH101 - a name of bytes
    (found,) = findings(kept)
    assert str(found.message).isprintable()
    subprocess.run(["bash", "-euc", "\n".join(map(typed, found.fixes))], check=True)
    assert findings(kept) == ()


def test_drift_is_shown_as_a_diff(kept: Kept) -> None:
    upload(kept, "loader.py", "print('other')\n")
    (found,) = findings(kept)
    assert found.diff is not None
    assert "+++ b/loader.py" in found.diff
    assert "+print('other')" in found.diff
    assert "calibration.txt" in found.diff


def test_closed_data_of_a_private_card_is_no_finding(kept: Kept) -> None:
    catalog_privately(kept)
    kept.data.chmod(0o750)
    assert findings(kept) == ()


def test_data_of_another_machine_is_reported_as_unchecked(kept: Kept) -> None:
    far = {
        "data_dir": "/no-such-filesystem/iris",
        "portal_link": "https://example.org/iris",
    }
    edit_record(kept, lambda r: r.update(far))
    assert [(f.level, f.about) for f in findings(kept)] == [
        ("not checked", "data"),
        ("note", "portal"),
    ]
    assert check_dataset("iris", site=kept.site).all_is_well


def test_large_data_is_read_up_to_a_limit(kept: Kept) -> None:
    tree = read_tree(kept.data, most=2)
    assert not tree.is_whole
    assert [entry.path.name for entry in tree.entries] == ["iris", "iris.csv", "more"]


def test_all_datasets_are_checked_though_one_is_damaged(kept: Kept) -> None:
    catalog(kept, nickname="second")
    kept.record.write_text("{")
    checks = check_dataset(site=kept.site)
    assert [(one.nickname, one.is_well) for one in checks.datasets] == [
        ("iris", False),
        ("second", True),
    ]


def test_unknown_dataset_is_an_error_that_names_it(kept: Kept) -> None:
    with pytest.raises(DatasetUnknownError, match=r"\biri\b"):
        check_dataset("iri", site=kept.site)


def tree(root: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.lstat().st_mode, path.lstat().st_mtime_ns) for path in root.rglob("*")
    }


def strangers_read(file: Path) -> bool:
    """Return whether a user with no rights of their own reads it; for that one must be root."""
    if os.geteuid() != 0:
        parents = all(folder.stat().st_mode & 0o001 for folder in file.parents)
        return parents and bool(file.stat().st_mode & 0o004)
    stranger = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    done = subprocess.run([*stranger, "cat", file], capture_output=True, check=False)
    return done.returncode == 0


def test_link_is_requested_only_with_probe(kept: Kept) -> None:
    edit_record(
        kept,
        lambda r: r.update(portal_link="http://127.0.0.1:9/iris", data_dir=str(kept.place)),
    )
    quiet = check_dataset("iris", site=kept.site).datasets[0]
    asked = check_dataset("iris", probe=True, site=kept.site).datasets[0]
    (found,) = set(asked.findings) - set(quiet.findings)
    assert (found.level, found.about) == ("warning", "portal")
    assert "http://127.0.0.1:9/iris" in str(found.message)
