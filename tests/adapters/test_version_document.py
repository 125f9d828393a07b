from pathlib import Path

import pytest

from huggingnersc.adapters.version_document import read_document
from huggingnersc.adapters.version_store import VersionStore
from huggingnersc.domain.versions.version import STATISTICS_FILE, Version
from huggingnersc.errors import VersionDamagedError
from tests.versions import made_version

MOST = 100


def stored(tmp_path: Path) -> tuple[Version, VersionStore]:
    store = VersionStore(tmp_path / "iris")
    (tmp_path / "iris").mkdir()
    version, files = made_version(tmp_path / "made")
    store.promote(version, store.stage(version, files))
    return version, store


def refused(_data: bytes) -> str:
    raise ValueError("it is of another form")


def test_a_document_is_read_as_it_was_made(tmp_path: Path) -> None:
    version, store = stored(tmp_path)
    found = read_document(version, store, STATISTICS_FILE, bytes.decode, most=MOST)
    assert found == '{"format": 1}\n'
    assert read_document(version, store, "loading.json", bytes.decode, most=MOST) is None


def test_a_document_that_was_changed_is_refused(tmp_path: Path) -> None:
    version, store = stored(tmp_path)
    file = store.path / "v1" / STATISTICS_FILE
    file.chmod(0o600)
    file.write_bytes(b"{}")
    with pytest.raises(VersionDamagedError, match="not as it was made"):
        read_document(version, store, STATISTICS_FILE, bytes.decode, most=MOST)


def test_a_document_of_another_form_is_refused(tmp_path: Path) -> None:
    version, store = stored(tmp_path)
    with pytest.raises(VersionDamagedError, match="of another form"):
        read_document(version, store, STATISTICS_FILE, refused, most=MOST)
