"""Load videos: folders of numbered .pgm frames, one for each camera and video.

python videos_loader.py DATA_DIR
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image


def load(data_path: str | Path) -> Iterator[dict[str, Any]]:
    """Yield a dict for each video: its camera, its name, and its frames as PIL images."""
    for folder in sorted(Path(data_path).glob("*/*")):
        files = sorted(folder.glob("*.pgm"), key=number)
        frames = [Image.open(file).copy() for file in files]
        yield {"camera": folder.parent.name, "video": folder.name, "frames": frames}


def number(frame: Path) -> int:
    """Return the number of a frame: frame_10 comes after frame_9."""
    return int(re.findall(r"\d+", frame.stem)[-1])


def main(data_path: str) -> None:
    """Print the length of each video."""
    for row in load(data_path):
        print(row["camera"], row["video"], len(row["frames"]), "frames")


if __name__ == "__main__" and "__file__" in globals():  # in a notebook, only define load()
    main(sys.argv[1])
