"""Write scikit-learn's digits as PNG files in a folder for each digit, and as IDX files.

    python make_digits.py DIR    DIR/png/3/0003.png ... and DIR/idx/train-images-idx3-ubyte ...

IDX is the form in which MNIST is published: a header of sizes, then plain bytes.
"""

import struct
import sys
from pathlib import Path

try:
    import numpy as np
    from PIL import Image
    from sklearn.datasets import load_digits
except ImportError as error:
    sys.exit(f"make_digits.py needs {error.name}: pip install numpy pillow scikit-learn")

TRAIN = 1500  # of the 1,797 images; the IDX files have two splits, as MNIST has


def make_digits(folder: Path) -> None:
    """Write both forms below a folder."""
    digits = load_digits()
    images = (digits.images * 255 / 16).round().astype(np.uint8)
    labels = digits.target.astype(np.uint8)
    write_png(folder / "png", images, labels)
    for split, part in (("train", slice(TRAIN)), ("t10k", slice(TRAIN, None))):
        write_idx(folder / "idx" / f"{split}-images-idx3-ubyte", images[part])
        write_idx(folder / "idx" / f"{split}-labels-idx1-ubyte", labels[part])


def write_png(folder: Path, images: np.ndarray, labels: np.ndarray) -> None:
    """Write each image to the folder of its digit."""
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        file = folder / str(label) / f"{number:04}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(file)


def write_idx(file: Path, array: np.ndarray) -> None:
    """Write bytes as an IDX file: 0, 0, the type 8, the number of sizes, the sizes, the bytes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    header = struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    file.write_bytes(header + array.tobytes())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name the folder to write to: python make_digits.py DIR")
    make_digits(Path(sys.argv[1]))
