"""A single text or path where a list is taken: one value, not its letters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from huggingnersc import init_dataset, list_datasets, validate_metadata
from huggingnersc.api.several import paths, words
from tests.api.iris import catalog_iris, update_iris
from tests.builders import IRIS, write_tree

if TYPE_CHECKING:
    from tests.api.conftest import Centre


def test_one_value_is_a_list_of_one() -> None:
    assert words("csv") == ("csv",)
    assert words(["csv", "txt"]) == ("csv", "txt")
    assert words(()) == ()
    assert paths("a b.json") == paths(Path("a b.json")) == (Path("a b.json"),)
    assert paths(name for name in ("a", "b")) == (Path("a"), Path("b"))


def test_every_verb_takes_one_value_for_a_list(centre: Centre, tmp_path: Path) -> None:
    site = str(centre.profile)
    helper = write_tree(tmp_path, {"helper.py": "x = 1\n"}) / "helper.py"
    catalog_iris(centre, include=str(helper), allow_secret="abc")
    assert (centre.catalog / "iris/iris_info.json").read_text("utf-8").count('"helper.py"') == 2
    update_iris(centre, include=helper, allow_secret="abc")
    assert len(list_datasets(tags="csv", sizes="n<1K", licenses="cc", site=site).datasets) == 1
    assert validate_metadata(str(IRIS / "iris_metadata.json"), site=site).valid
    drafted = init_dataset(
        IRIS / "data", tags="biology", papers="arXiv:2101.00001", output=tmp_path / "d", site=site
    )
    assert drafted.metadata["datacard_tags"]["tags"] == ["csv", "biology"]
    assert drafted.metadata["other_info"]["papers"] == ["arXiv:2101.00001"]
