"""Load the digits: 1,797 gray images of 8 x 8 pixels in a folder for each digit.

python digits_loader.py DATA_DIR
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image


def load(data_path: str | Path) -> Iterator[dict[str, Any]]:
    """Yield a dict for each image: a PIL image and the digit it shows."""
    for file in sorted(Path(data_path).glob("[0-9]/*.png")):
        with Image.open(file) as image:
            image.load()
        yield {"image": image, "label": int(file.parent.name)}


def main(data_path: str) -> None:
    """Print how many images of each digit there are."""
    for digit, count in sorted(Counter(row["label"] for row in load(data_path)).items()):
        print(digit, count)


if __name__ == "__main__" and "__file__" in globals():  # in a notebook, only define load()
    main(sys.argv[1])
