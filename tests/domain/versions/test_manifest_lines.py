"""Lines of manifests: damage is named by line, and sha256sum accepts the exported form."""

from __future__ import annotations

import hashlib
import subprocess
from typing import TYPE_CHECKING

import pytest

from huggingnersc.domain.versions.manifest import (
    ManifestEntry,
    first_damage,
    sha256sum_lines,
)
from tests.manifest_lines import line_of

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = b"0" * 64
ODD_NAMES = [
    b"plain",
    b"-c",
    b"--help",
    b" two  spaces ",
    b"back\\slash",
    b"\\",
    b"new\nline",
    b"\n",
    b"carriage\rreturn",
    b"at the end\r",
    b"tab\t",
    b"not \xff utf-8",
    "ünïcode ☃".encode(),
    b"quote'\"$(x)`",
    b"*",
    b"sub/a\\n",
]


def test_sha256sum_accepts_every_odd_name(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    entries = [ManifestEntry(b"link", b"link:plain", 5, 1), ManifestEntry(b"pipe", b"fifo", 0, 1)]
    for name in ODD_NAMES:
        with open(bytes(tmp_path) + b"/" + name, "wb") as stream:  # noqa: PTH123 - odd bytes
            stream.write(name)
        digest = hashlib.sha256(name).hexdigest().encode()
        entries.append(ManifestEntry(name, digest, len(name), 1))
    sums = b"".join(sha256sum_lines(sorted(map(line_of, entries))))
    done = subprocess.run(
        ["sha256sum", "--check", "--strict"],
        input=sums,
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b": OK\n") == len(ODD_NAMES)


def test_no_line_is_damaged_where_all_are_whole_and_in_order() -> None:
    entries = [ManifestEntry(name, DIGEST, 1, -1) for name in ODD_NAMES]
    entries += [
        ManifestEntry(b"l", b"link:\xff\n", 5, 1),
        ManifestEntry(b"u", b"unreadable", 0, 1),
        ManifestEntry(b"d", b"device", 0, 1),
    ]
    assert first_damage(sorted(map(line_of, entries))) is None


@pytest.mark.parametrize(
    "damaged",
    [
        line_of(ManifestEntry(b"a", DIGEST, 1, 1)),
        line_of(ManifestEntry(b"b", DIGEST, 1, 1)),
        b"c\t" + DIGEST + b"\t1\t1",
        b"c\t" + DIGEST + b"\t1\n",
        b"c\t" + DIGEST[1:] + b"\t1\t1\n",
        b"c\t" + DIGEST + b"\t-1\t1\n",
        b"c\t" + DIGEST + b"\t1\tx\n",
        b"c\r\t" + DIGEST + b"\t1\t1\n",
        b"\t" + DIGEST + b"\t1\t1\n",
    ],
)
def test_damage_is_named_by_line(damaged: bytes) -> None:
    lines = [line_of(ManifestEntry(name, DIGEST, 1, 1)) for name in (b"a", b"b")]
    found = first_damage([*lines, damaged])
    assert found is not None
    assert found[0] == 3
