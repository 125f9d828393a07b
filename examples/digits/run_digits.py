"""Catalog, pack and upload the digits, load them from the Hub, and train a classifier on them.

python examples/digits/run_digits.py          in a folder that is removed at the end
python examples/digits/run_digits.py DIR      in DIR, which stays
"""

import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from tour import Tour, require, tour  # noqa: E402

SPLITS = "train=0.75,validation=0.15,test=0.10"


def main() -> None:
    """Give the tour."""
    require("digits", "-e '.[data,examples]' datasets", "sklearn", "numpy", "PIL", "pyarrow")
    from make_digits import make_digits

    with tour("digits") as digits:
        digits.say("The digits as 1,797 PNG files in a folder for each digit, and as IDX files")
        make_digits(digits.folder)
        catalog(digits)
        pack(digits)
        digits.say(
            "Put the shards on the Hub, which is on this machine; only its user may see them"
        )
        digits.run("upload-dataset", "digits", "shards", "--private", "--yes")
        look(digits)
        train(digits)


def catalog(digits: Tour) -> None:
    """Catalog the folder of the PNG files."""
    digits.say("Catalog the PNG files")
    data = digits.folder / "png"
    files = (HERE / "digits_loader.py", data.as_uri(), HERE / "digits_metadata.json")
    digits.run("catalog-new-dataset", "Handwritten Digits", "digits", *files, "--schema", "wide")


def pack(digits: Tour) -> None:
    """Pack both forms of the data."""
    digits.say("Pack them, with the same share of each digit in every split")
    options = ("--split", SPLITS, "--stratify-by", "folder", "--seed", "42", "--form", "parquet")
    digits.run("pack-dataset", "digits", "shards", *options)
    digits.say("The same from IDX files, as MNIST is published")
    digits.run("pack-dataset", "./idx", "shards-of-idx")


def look(digits: Tour) -> None:
    """Show the first digits of the Hub and of the IDX files as text, without a copy on disk."""
    from datasets import load_dataset

    digits.say('load_dataset("NERSC/digits", split="train", streaming=True)')
    show(next(iter(load_dataset("NERSC/digits", split="train", streaming=True))))
    digits.say('load_dataset("shards-of-idx", split="test", streaming=True)')
    files = str(digits.folder / "shards-of-idx")
    show(next(iter(load_dataset(files, split="test", streaming=True))))


def show(row: dict[str, Any]) -> None:
    """Print an image as text."""
    import numpy as np

    print(f"label {row['label']}")
    for line in np.asarray(row["image"]):
        print("  " + "".join(2 * " .:-=+*#%@"[int(value) * 10 // 256] for value in line))


def train(digits: Tour) -> None:
    """Train on one split, and print the accuracy on another."""
    import numpy as np
    from datasets import load_dataset
    from sklearn.svm import SVC

    digits.say('data = load_dataset("NERSC/digits"), then a support vector machine')
    data = load_dataset("NERSC/digits")

    def arrays(split: str) -> tuple[Any, Any]:
        rows = data[split]
        return np.stack([np.ravel(image) for image in rows["image"]]) / 255, rows["label"]

    model = SVC(gamma=0.2).fit(*arrays("train"))
    for split in ("validation", "test"):
        accuracy = model.score(*arrays(split))
        print(f"accuracy on {data[split].num_rows} images of {split}: {accuracy:.3f}")


if __name__ == "__main__":
    main()
