"""The examples that pack their data run from their files to a use of the data on the Hub."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_EXTRAS = "the extras data and examples are not installed: pip install -e '.[data,examples]'"


def tour(examples: Path, name: str, *words: str | Path) -> str:
    """Run an example and return what it prints."""
    done = subprocess.run(
        [sys.executable, examples / name / f"run_{name}.py", *words],
        env=os.environ | {"XDG_DATA_HOME": os.environ["HOME"], "TMPDIR": os.environ["TMPDIR"]},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_digits_are_learned_from_their_shards_on_the_hub(examples: Path, clean_env: Path) -> None:
    for package in ("sklearn", "pyarrow", "PIL"):
        pytest.importorskip(package, reason=_EXTRAS)
    said = tour(examples, "digits")
    accuracies = re.findall(r"accuracy on (\d+) images of (\w+): ([\d.]+)", said)
    assert [(count, split) for count, split, _ in accuracies] == [
        ("270", "validation"),
        ("179", "test"),
    ]
    assert all(float(accuracy) > 0.95 for *_, accuracy in accuracies)
    assert said.count("\nlabel ") == 2
    assert list(clean_env.iterdir()) == []


@pytest.mark.parametrize("name", ["digits", "videos"])
def test_an_example_without_its_packages_ends_with_one_line(examples: Path, name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-S", examples / name / f"run_{name}.py"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"make example-{name}" in done.stderr


def test_digits_are_not_made_without_scikit_learn(examples: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-S", examples / "digits/make_digits.py", tmp_path / "digits"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "pip install" in done.stderr
    assert "scikit-learn" in done.stderr


def test_a_folder_to_write_to_is_asked_for(examples: Path) -> None:
    done = subprocess.run(
        [sys.executable, examples / "videos/make_videos.py"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_videos_are_rows_whose_frames_are_in_order(examples: Path, tmp_path: Path) -> None:
    for package in ("pyarrow", "PIL"):
        pytest.importorskip(package, reason=_EXTRAS)
    folder = tmp_path / "tour"
    said = tour(examples, "videos", folder)
    counts = re.findall(r"^(\w+) +(\d+) videos, +(\d+) frames$", said, re.MULTILINE)
    files = len([*(folder / "videos").glob("*/*/*.pgm")])
    assert [(name, int(videos)) for name, videos, _ in counts] == [
        ("train", 30),
        ("validation", 6),
        ("test", 4),
    ]
    assert sum(int(frames) for *_, frames in counts) == files
    first, last = bright_columns(said)
    assert first < last  # the shape moves to the right
    assert (folder / "frames.png").stat().st_size


def bright_columns(said: str) -> tuple[float, float]:
    """Return where the shape is in the first and in the last frame that are printed."""
    pairs = re.findall(r"^([.#]{48})  ([.#]{48})$", said, re.MULTILINE)
    assert len(pairs) == 16
    columns: list[list[int]] = [[], []]
    for pair in pairs:
        for found, line in zip(columns, pair, strict=True):
            found += [place for place, mark in enumerate(line) if mark == "#"]
    return sum(columns[0]) / len(columns[0]), sum(columns[1]) / len(columns[1])


def test_loaders_of_the_examples_read_what_these_write(examples: Path, tmp_path: Path) -> None:
    pytest.importorskip("PIL", reason=_EXTRAS)
    import_module("examples.videos.make_videos").make_videos(tmp_path, videos=2)
    rows = [*import_module("examples.videos.videos_loader").load(tmp_path)]
    assert {(row["camera"], row["video"]) for row in rows} == {
        (camera, video) for camera in ("front", "side") for video in ("disk_00", "square_01")
    }
    assert all(8 <= len(row["frames"]) <= 16 for row in rows)
