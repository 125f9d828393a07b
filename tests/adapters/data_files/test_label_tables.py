from __future__ import annotations

from pathlib import Path, PurePosixPath

from huggingnersc.adapters.data_files.budget import Budget
from huggingnersc.adapters.data_files.label_tables import find_label_tables
from huggingnersc.adapters.data_files.listing import list_files
from huggingnersc.domain.draft.layout import LabelTables
from tests.builders import write_tree

IMAGES = [PurePosixPath(f"{number}.png") for number in range(300)]
ROWS = "".join(f"{number}.png,{number}\n" for number in range(300))


def found(folder: Path, **tables: str) -> LabelTables | None:
    write_tree(folder, {f"{name}.csv": text for name, text in tables.items()})
    return find_label_tables(folder, list_files(folder, Budget()), IMAGES)


def test_table_that_cannot_be_read_to_its_end_labels_nothing(tmp_path: Path) -> None:
    assert found(tmp_path, a=f"file,y\n{ROWS}x,{'y' * 200_000}\n") is None


def test_text_far_below_numbers_makes_a_column_of_labels_text(tmp_path: Path) -> None:
    tables = found(tmp_path, a=f"file,y\n{ROWS}", b="file,y\n1.png,1\n2.png,word\n")
    assert tables is not None
    assert [str(path) for path in tables.paths] == ["a.csv", "b.csv"]
    assert [(column.name, column.type) for column in tables.columns] == [
        ("file", "str"),
        ("y", "str"),
    ]


def test_tables_that_name_images_in_another_way_are_left(tmp_path: Path) -> None:
    tables = found(tmp_path, a=f"file,y\n{ROWS}", b="id,y\n1,1\n")
    assert tables is not None
    assert [str(path) for path in tables.paths] == ["a.csv"]
