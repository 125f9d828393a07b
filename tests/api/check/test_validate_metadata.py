from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from huggingnersc import validate_metadata
from huggingnersc.errors import MetadataError
from tests.builders import CENTRE_PROFILE, IRIS, make_metadata, write_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunCommand

GOOD = json.dumps(make_metadata())
BAD = json.dumps(make_metadata(license="Apache-2", size_categories=None))


def test_all_problems_of_all_files_are_reported_in_the_order_given(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.json": BAD, "b.json": GOOD, "c.json": "[]"})
    files = [tmp_path / name for name in ("c.json", "a.json", "b.json", "d.json")]
    result = validate_metadata(files)
    assert not result.valid
    assert [one.file for one in result.files] == list(map(str, files))
    assert [[problem.where for problem in one.problems] for one in result.files] == [
        [""],
        ["$.datacard_tags.license", "$.datacard_tags.size_categories"],
        [],
        [""],
    ]
    assert '"Apache-2"' in str(result.files[1].problems[0].message)


def test_what_cataloging_would_refuse_or_warn_of_is_reported(tmp_path: Path) -> None:
    odd = make_metadata(pretty_name="")
    odd["other_info"] |= {"nickname": "A b", "papers": ["hello", "http://", "10.1111/x"]}
    write_tree(tmp_path, {"a.json": json.dumps(odd), "b.json": GOOD})
    result = validate_metadata([tmp_path / "a.json", tmp_path / "b.json"])
    assert [[problem.where for problem in one.problems] for one in result.files] == [
        ["$.datacard_tags.pretty_name", "$.other_info.nickname"],
        [],
    ]
    for warning, paper in zip(result.warnings, ("hello", "http://"), strict=True):
        assert warning.startswith(f"{tmp_path / 'a.json'}: ")
        assert f'"{paper}"' in warning


def test_valid_files_are_valid_and_progress_is_reported(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    write_tree(tmp_path, {"a.json": GOOD})
    files = [tmp_path / "a.json", IRIS / "iris_metadata.json"]
    assert validate_metadata(files, on_progress=lambda *step: steps.append(step)).valid
    assert steps == [(1, 2), (2, 2)]


@pytest.mark.parametrize("end", ["\n", "\0"])
def test_names_may_come_from_a_file(tmp_path: Path, end: str) -> None:
    write_tree(tmp_path, {"a b.json": GOOD, "é.json": BAD})
    names = "".join(f"{tmp_path / name}{end}" for name in ("a b.json", "é.json"))
    write_tree(tmp_path, {"list": names})
    result = validate_metadata(from_file=tmp_path / "list")
    assert [bool(one.problems) for one in result.files] == [False, True]


def test_name_that_is_not_utf_8_is_printable(tmp_path: Path) -> None:
    write_tree(tmp_path, {"list": b"\xff.json\n"})
    (checked,) = validate_metadata(from_file=tmp_path / "list").files
    assert checked.file == "\\xff.json"
    assert [problem.where for problem in checked.problems] == [""]


def test_list_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(MetadataError, match=r"/none\b") as caught:
        validate_metadata(from_file=tmp_path / "none")
    assert caught.value.hint


def test_the_schema_of_the_site_is_used(tmp_path: Path) -> None:
    profile = CENTRE_PROFILE.format(endpoint="http://127.0.0.1:9", root=tmp_path)
    profile = profile.replace("[portal]", 'metadata_schema = "own.json"\n\n[portal]')
    write_tree(
        tmp_path, {"site.toml": profile, "own.json": '{"required": ["mine"]}', "a.json": GOOD}
    )
    (checked,) = validate_metadata([tmp_path / "a.json"], site=str(tmp_path / "site.toml")).files
    assert [problem.where for problem in checked.problems] == ["$.mine"]


def test_the_command_exits_with_1_and_names_file_and_place(
    run: RunCommand, tmp_path: Path
) -> None:
    write_tree(tmp_path, {"a.json": BAD, "b.json": GOOD})
    done = run("validate-metadata", tmp_path / "a.json", tmp_path / "b.json")
    assert done.code == 1
    assert done.err == ""
    lines = done.out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"{tmp_path / 'a.json'}: $.datacard_tags.license: ")


def test_quiet_is_silent_only_when_all_is_valid(run: RunCommand, tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.json": BAD, "b.json": GOOD})
    loud = run("validate-metadata", tmp_path / "a.json")
    assert run("validate-metadata -q", tmp_path / "a.json") == loud
    assert len(loud.out.splitlines()) == 2
    assert run("validate-metadata -q", tmp_path / "b.json").out == ""


def test_warnings_are_no_reason_to_fail(run: RunCommand, tmp_path: Path) -> None:
    metadata = make_metadata()
    metadata["other_info"]["papers"] = ["hello"]
    write_tree(tmp_path, {"a.json": json.dumps(metadata)})
    done = run("validate-metadata -q", tmp_path / "a.json")
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith(f"warning: {tmp_path / 'a.json'}: ")
    assert '"hello"' in done.err


def test_list_without_a_name_is_a_warning(run: RunCommand, tmp_path: Path) -> None:
    write_tree(tmp_path, {"list": ""})
    done = run("validate-metadata --from-file", tmp_path / "list")
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("warning: ")
    assert len(done.err.splitlines()) == 1


def test_json_of_the_command_has_the_same_problems(run: RunCommand, tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.json": BAD})
    done = run("validate-metadata --json", tmp_path / "a.json")
    result = json.loads(done.out)
    assert (done.code, result["valid"]) == (1, False)
    assert [p["where"] for p in result["files"][0]["problems"]] == [
        "$.datacard_tags.license",
        "$.datacard_tags.size_categories",
    ]


def test_the_command_reads_names_from_stdin(
    run: RunCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {"a.json": BAD})
    names = io.TextIOWrapper(io.BytesIO(f"{tmp_path / 'a.json'}\n".encode()))
    monkeypatch.setattr(sys, "stdin", names)
    assert run("validate-metadata --from-file -").code == 1


def test_the_command_without_files_is_a_usage_error(run: RunCommand) -> None:
    assert run("validate-metadata").code == 2
