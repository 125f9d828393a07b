"""Catalog, pack and upload videos, load them from the Hub as rows, and show the frames of one.

python examples/videos/run_videos.py          in a folder that is removed at the end
python examples/videos/run_videos.py DIR      in DIR, which stays
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from make_videos import make_videos  # noqa: E402
from tour import Tour, require, tour  # noqa: E402


def main() -> None:
    """Give the tour."""
    require("videos", "-e '.[data]' datasets", "numpy", "PIL", "pyarrow")
    with tour("videos") as videos:
        videos.say("Draw videos: numbered .pgm frames in a folder for each camera and video")
        make_videos(videos.folder / "videos")
        catalog(videos)
        videos.say("Pack them: a row for each video, never cut by a split or a shard")
        options = ("--group-by", "folder:2", "--path-columns", "camera,name")
        splits = ("--split", "train=0.75,validation=0.15,test=0.10", "--seed", "42")
        videos.run("pack-dataset", "videos", "shards", *options, *splits)
        videos.say(
            "Put the shards on the Hub, which is on this machine; only its user may see them"
        )
        videos.run("upload-dataset", "videos", "shards", "--private", "--yes")
        show(videos)


def catalog(videos: Tour) -> None:
    """Catalog the folder of the videos."""
    videos.say("Catalog them")
    link = (videos.folder / "videos").as_uri()
    files = (HERE / "videos_loader.py", link, HERE / "videos_metadata.json")
    videos.run("catalog-new-dataset", "Moving Shapes", "videos", *files, "--schema", "wide")


def show(videos: Tour) -> None:
    """Print what the splits hold, and show the frames of a video."""
    from datasets import load_dataset

    videos.say('load_dataset("NERSC/videos")')
    data = load_dataset("NERSC/videos")
    for split, rows in data.items():
        frames = sum(len(row["video"]) for row in rows)
        print(f"{split:<11}{rows.num_rows:3} videos, {frames:3} frames")
    videos.say('load_dataset("NERSC/videos", split="test", streaming=True)')
    row = next(iter(load_dataset("NERSC/videos", split="test", streaming=True)))
    print({name: value for name, value in row.items() if name != "video"})
    draw(row["video"], videos.folder / "frames.png" if videos.is_kept else None)


def draw(frames: list[object], file: Path | None) -> None:
    """Print the first and the last frame as text, and save all of them as a picture."""
    import numpy as np
    from PIL import Image

    pixels = [np.asarray(frame) for frame in frames]
    for first, last in zip(pixels[0][::2], pixels[-1][::2], strict=True):
        print(
            "  ".join("".join(".#"[int(value > 127)] for value in line) for line in (first, last))
        )
    if file:
        Image.fromarray(np.hstack(pixels)).save(file)
        print(f"The {len(pixels)} frames beside one another: {file}")


if __name__ == "__main__":
    main()
