"""Files that describe the data are no samples; files of samples are, whatever their names."""

import pytest

from huggingnersc.domain.packing.description_files import is_description


@pytest.mark.parametrize("path", [b"README.md", b"LICENSE", b"citation.cff", b"SHA256SUMS"])
def test_a_file_about_the_data_is_known_by_its_name(path: bytes) -> None:
    assert is_description(path)


@pytest.mark.parametrize(
    "path", [b"license_plate.png", b"readme.png", b"a/readme.txt", b"0.md", b"readme.md.gz"]
)
def test_a_sample_with_a_similar_name_is_none(path: bytes) -> None:
    assert not is_description(path)
