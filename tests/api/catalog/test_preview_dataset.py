"""A preview serves a real page from a real Hub and leaves no file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from huggingnersc import preview_dataset, update_dataset
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.domain.catalog.fields import Field
from huggingnersc.errors import DatasetError, DatasetUnknownError, RequestInvalidError
from huggingnersc.fixes import Option, Placeholder, update_fix
from tests.api.iris import api, catalog_iris, tree
from tests.api.old_record import COMPLETED_CARD, OLD_CARD, write_old
from tests.api.versions.publishing import added, publish
from tests.builders import IRIS, IRIS_LINK, make_metadata, write_tree
from tests.conftest import ROOT
from tests.forked_python import forked_python
from tests.versions import made_version
from tests.wording import fixes_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from huggingnersc.api.catalog.preview_dataset import Preview
    from tests.api.conftest import Centre

NEW: list[Any] = [
    "Fisher's Iris",
    "iris",
    IRIS / "iris_loader.py",
    IRIS_LINK,
    IRIS / "iris_metadata.json",
]


def page(address: str) -> str:
    with urlopen(address) as answer:
        return str(answer.read().decode())


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that temporary folders are created in."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


def test_new_dataset_is_shown_without_a_token_or_a_catalog(
    scratch: Path, clean_env: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    seen: list[str] = []

    def look(preview: Preview) -> None:
        assert preview.address.endswith("/datasets/NERSC/iris")
        seen.extend((page(preview.address), preview.card.read_text(encoding="utf-8")))
        assert sorted(file.name for file in preview.card.parent.iterdir()) == [
            "README.md",
            "iris_dataloader.ipynb",
            "iris_info.json",
            "iris_loader.py",
        ]

    preview_dataset(*NEW, on_ready=look, site="nersc")
    assert "Iris" in seen[0]
    assert "# Fisher's Iris" in seen[1]
    assert list(scratch.iterdir()) == []
    assert [f for f in clean_env.rglob("*") if "huggingnersc" in f.parts] == []


def test_job_notebook_is_in_the_folder_of_the_card() -> None:
    seen: list[str] = []
    batch = IRIS.parent / "jetclass" / "jetclass_batch.sh"
    preview_dataset(
        *[*NEW, batch, True],
        job_notebook=True,
        on_ready=lambda shown: seen.extend(file.name for file in shown.card.parent.iterdir()),
        site="nersc",
    )
    assert sorted(seen) == [
        "README.md",
        "iris_info.json",
        "iris_job.ipynb",
        "iris_loader.py",
        "jetclass_batch.sh",
    ]


def test_cataloged_dataset_is_shown_from_its_record(centre: Centre, scratch: Path) -> None:
    catalog_iris(centre, private=True)
    before = tree(centre.catalog)
    cards: list[bytes] = []
    preview_dataset(
        "iris",
        on_ready=lambda shown: cards.append(shown.card.read_bytes()),
        site=str(centre.profile),
    )
    assert cards == [before["iris/README.md"]]
    assert tree(centre.catalog) == before
    assert list(scratch.iterdir()) == []
    assert len(api(centre).list_repo_commits("NERSC/iris", repo_type="dataset")) == 2


def test_card_of_an_old_record_is_shown_as_it_would_be_published(centre: Centre) -> None:
    write_old(centre, README__md=OLD_CARD)
    cards: list[str] = []
    preview_dataset(
        "iris",
        on_ready=lambda shown: cards.append(shown.card.read_text()),
        site=str(centre.profile),
    )
    assert cards == [COMPLETED_CARD]


def test_old_record_without_loader_and_card_has_no_preview(centre: Centre) -> None:
    write_old(centre)
    with pytest.raises(DatasetError) as caught:
        preview_dataset("iris", on_ready=lambda _shown: None, site=str(centre.profile))
    assert type(caught.value) is DatasetError
    (fix,) = fixes_in(caught.value.hint)
    assert fix == update_fix("iris", Option(Field.LOADER, Placeholder.FILE))


def test_preview_reports_every_problem_of_an_invalid_request(scratch: Path) -> None:
    with pytest.raises(RequestInvalidError) as caught:
        preview_dataset(
            "", "iris", "no.py", "no link", "no.json", on_ready=lambda _shown: None, site="local"
        )
    places = [problem.where for problem in caught.value.problems]
    assert places == [Field.OFFICIAL_NAME, Field.LOADER, Field.PORTAL_LINK, Field.METADATA]
    with pytest.raises(DatasetUnknownError):
        preview_dataset("iris", on_ready=lambda _shown: None, site="local")
    assert list(scratch.iterdir()) == []


def test_ctrl_c_ends_the_preview_without_an_error(scratch: Path) -> None:
    def interrupted(_shown: Preview) -> None:
        raise KeyboardInterrupt

    preview_dataset(*NEW, on_ready=interrupted, site="local")
    assert list(scratch.iterdir()) == []


@contextmanager
def previewing(*words: str | Path) -> Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    """Run the command with its input open; yield its JSON result and the process."""
    process = subprocess.Popen(
        [forked_python(), ROOT / "main.py", "preview-dataset", *words, "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        lines = [process.stdout.readline()]
        while lines[-1] not in {"}\n", ""}:
            lines.append(process.stdout.readline())
        yield json.loads("".join(lines)), process
    finally:
        process.kill()
        process.communicate()


def test_command_serves_the_page_until_enter(scratch: Path) -> None:
    with previewing(*NEW, "--site", "local") as (shown, process):
        assert "Iris" in page(shown["address"])
        assert len(list(scratch.iterdir())) == 1
        process.communicate("\n")
        assert process.returncode == 0
    assert list(scratch.iterdir()) == []
    with pytest.raises(URLError):
        page(shown["address"])


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_command_ended_by_a_signal_leaves_nothing(
    scratch: Path, number: signal.Signals, code: int
) -> None:
    with previewing(*NEW, "--site", "local") as (_, process):
        process.send_signal(number)
        process.wait(timeout=60)  # before communicate(), which ends the input
        _, err = process.communicate()
        assert process.returncode == code, err
    assert "Traceback" not in err
    assert list(scratch.iterdir()) == []


def test_open_hands_the_address_to_the_browser(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    browser = write_tree(tmp_path, {"browser": f'#!/bin/sh\necho "$1" > "{seen}"\n'}) / "browser"
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    with previewing(*NEW, "--site", "local", "--open") as (shown, process):
        process.communicate("\n")
    assert seen.read_text(encoding="utf-8").strip() == shown["address"]
    assert not any("browser" in warning for warning in shown["warnings"])


def test_machine_without_a_browser_gets_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("BROWSER", raising=False)
    with previewing(*NEW, "--site", "local", "--open") as (shown, process):
        process.communicate("\n")
    assert "browser" in shown["warnings"][-1]


def test_preview_shows_the_updated_card(centre: Centre, tmp_path: Path) -> None:
    catalog_iris(centre)
    write_tree(tmp_path, {"new.json": json.dumps(make_metadata(license="mit"))})
    update_dataset("iris", metadata=tmp_path / "new.json", site=str(centre.profile))
    cards: list[str] = []
    preview_dataset(
        "iris",
        on_ready=lambda shown: cards.append(shown.card.read_text()),
        site=str(centre.profile),
    )
    assert "license: mit" in cards[0]
    assert os.environ["HF_TOKEN"] not in cards[0]


def test_the_latest_version_is_shown(centre: Centre, tmp_path: Path) -> None:
    catalog_iris(centre)
    publish(centre, added(tmp_path))
    shown: list[str] = []

    def look(preview: Preview) -> None:
        shown.append(page(f"{preview.address}/resolve/v1/version/manifest.tsv"))
        shown.append(page(f"{preview.address}/raw/main/README.md"))

    preview_dataset("iris", on_ready=look, site=str(centre.profile))
    assert shown[0] == (centre.catalog / "iris/versions/v1/manifest.tsv").read_text()
    assert "## Versions" in shown[1]


def test_the_versions_of_a_draft_are_shown(tmp_path: Path, clean_env: Path) -> None:
    store = VersionStore(tmp_path)
    version, files = made_version(tmp_path / "run", published=("manifest.tsv",))
    store.promote(version, store.stage(version, files))
    (tmp_path / "iris_metadata.json").write_bytes((IRIS / "iris_metadata.json").read_bytes())
    shown: list[str] = []

    def look(preview: Preview) -> None:
        shown.append(page(f"{preview.address}/resolve/main/version/manifest.tsv"))

    given = [*NEW[:4], tmp_path / "iris_metadata.json"]
    preview_dataset(*given, on_ready=look)
    assert shown == [files["manifest.tsv"].read_text()]
