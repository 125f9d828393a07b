"""Draw videos of moving shapes: numbered .pgm frames in a folder for each camera and video.

    python make_videos.py DIR        DIR/front/disk_07/frame_1.pgm, frame_2.pgm, ... frame_12.pgm

The videos have different lengths, and the numbers of their frames no leading zeros, as cameras
write them. It needs only Python.
"""

import random
import sys
from pathlib import Path

WIDTH, HEIGHT = 48, 32
CAMERAS = ("front", "side")
SHAPES = ("disk", "square")
VIDEOS = 20  # of each camera
RADIUS = 6


def make_videos(folder: Path, videos: int = VIDEOS) -> None:
    """Write the videos of each camera below a folder; always the same."""
    chance = random.Random(42)  # noqa: S311 - moving shapes, no secret
    for camera in CAMERAS:
        for number in range(videos):
            shape = SHAPES[number % len(SHAPES)]
            write_video(folder / camera / f"{shape}_{number:02}", shape, chance)


def write_video(folder: Path, shape: str, chance: random.Random) -> None:
    """Write the frames of one video, in which a shape moves on a straight line."""
    folder.mkdir(parents=True, exist_ok=True)
    frames = chance.randint(8, 16)
    x, y = chance.uniform(8, 16), chance.uniform(8, HEIGHT - 8)
    step_x, step_y = chance.uniform(1, 2), chance.uniform(-0.5, 0.5)
    for number in range(frames):
        pixels = draw(shape, x + number * step_x, y + number * step_y)
        header = f"P5\n{WIDTH} {HEIGHT}\n255\n".encode()
        (folder / f"frame_{number + 1}.pgm").write_bytes(header + pixels)


def draw(shape: str, x: float, y: float) -> bytes:
    """Return the pixels of a frame: a bright shape on a dark ground, row by row."""

    def is_inside(column: int, row: int) -> bool:
        width, height = abs(column - x), abs(row - y)
        return (
            max(width, height) <= RADIUS
            if shape == "square"
            else (width**2 + height**2 <= RADIUS**2)
        )

    return bytes(
        230 if is_inside(column, row) else 20 for row in range(HEIGHT) for column in range(WIDTH)
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name the folder to write to: python make_videos.py DIR")
    make_videos(Path(sys.argv[1]))
