"""The doctor checks everything, reports what is wrong, and never shows a token."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import constants

from huggingnersc import catalog_new_dataset, doctor
from huggingnersc.domain.site import SiteOrigin
from tests.builders import IRIS, IRIS_LINK, write_tree
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.domain.doctor.diagnosis import DiagnosisLine
    from tests.api.conftest import Centre
    from tests.conftest import RunCommand


def lines(site: str | Path | None = None) -> dict[str, DiagnosisLine]:
    return {line.topic: line for line in doctor(site=str(site) if site else None).lines}


def test_fresh_machine_with_the_local_site_works_and_stays_untouched(clean_env: Path) -> None:
    diagnosis = doctor(site="local")
    assert diagnosis.works
    assert {"Python", "packages", "site", "catalog folder", "endpoint", "Slurm"} <= set(lines())
    assert list(clean_env.iterdir()) == []


def test_site_is_reported_with_what_chose_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lines()["site"].message.startswith("local (the local site)")
    assert SiteOrigin.DEFAULT in lines()["site"].message
    monkeypatch.setenv("HUGGINGNERSC_SITE", "local")
    assert "HUGGINGNERSC_SITE" in lines()["site"].message


def test_centre_with_a_token_that_may_write_works(centre: Centre) -> None:
    found = lines(centre.profile)
    assert found["endpoint"].health == "ok"
    assert centre.hub.endpoint in found["endpoint"].message
    assert found["token"].health == "ok"
    assert "HF_TOKEN" in found["token"].message
    assert "NERSC" in found["token"].message
    assert centre.hub.token not in str(found)


def test_embedded_hub_is_checked_once_it_exists() -> None:
    words = ("Iris", "iris", IRIS / "iris_loader.py", IRIS_LINK, IRIS / "iris_metadata.json")
    catalog_new_dataset(*words, site="local")
    found = lines("local")
    assert (found["endpoint"].health, found["token"].health) == ("ok", "ok")
    assert "embedded" in found["endpoint"].message


def test_missing_token_is_a_failure_though_the_hub_answers(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    found = lines(centre.profile)
    assert (found["endpoint"].health, found["token"].health) == ("ok", "fail")
    assert "hf auth login" in str(found["token"].next_step)


def test_token_file_that_cannot_be_read_is_a_failure_and_the_hub_is_still_checked(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    (tmp_path / "token").write_bytes(b"\xff")
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
    found = lines(centre.profile)
    assert (found["endpoint"].health, found["token"].health) == ("ok", "fail")
    assert str(tmp_path / "token") in found["token"].message
    assert "HF_HOME" in str(found["token"].next_step)
    assert found["git"].health == "ok"


@pytest.mark.attack("tokens sent elsewhere")
def test_profile_that_others_may_change_is_a_warning(centre: Centre) -> None:
    centre.profile.chmod(0o644)
    assert "site profile" not in lines(centre.profile)
    for mode in (0o664, 0o646):
        centre.profile.chmod(mode)
        found = lines(centre.profile)["site profile"]
        assert (found.health, str(centre.profile) in str(found.next_step)) == ("warn", True)


@pytest.mark.attack("tokens sent elsewhere")
def test_a_file_that_the_profile_extends_is_watched_too(centre: Centre, tmp_path: Path) -> None:
    team = tmp_path / "team.toml"
    team.write_text(f'name = "team"\nextends = "{centre.profile}"\n', encoding="utf-8")
    team.chmod(0o644)
    centre.profile.chmod(0o664)
    found = lines(team)
    assert str(centre.profile) in found["site"].message
    assert str(centre.profile) in str(found["site profile"].next_step)
    centre.profile.chmod(0o644)
    assert "site profile" not in lines(team)


def test_wrong_token_and_one_without_rights_are_failures(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = centre.profile.read_text(encoding="utf-8").replace('"NERSC"', '"OLCF"', 1)
    write_tree(tmp_path, {"olcf.toml": text})
    token = lines(tmp_path / "olcf.toml")["token"]
    assert token.health == "fail"
    assert "OLCF" in token.message
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    found = lines(centre.profile)
    assert found["token"].health == "fail"
    assert "hf_wrong" not in str(found)


def test_hub_that_does_not_answer_hides_nothing_else(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    text = centre.profile.read_text(encoding="utf-8")
    write_tree(tmp_path, {"dead.toml": text.replace(centre.hub.endpoint, "http://127.0.0.1:9")})
    found = lines(tmp_path / "dead.toml")
    assert (found["endpoint"].health, found["token"].health) == ("fail", "fail")
    assert found["git"].health == "ok"


def test_catalog_folder_that_is_missing_is_a_failure(centre: Centre) -> None:
    centre.catalog.rmdir()
    assert lines(centre.profile)["catalog folder"].health == "fail"


def test_wrong_site_and_schema_are_reported_and_the_rest_is_checked(
    centre: Centre, tmp_path: Path
) -> None:
    found = lines("nresc")
    assert found["site"].health == "fail"
    assert "nersc" in str(found["site"].next_step)
    assert "proxies" in found
    text = centre.profile.read_text(encoding="utf-8")
    with_schema = text.replace("[portal]", 'metadata_schema = "none.json"\n\n[portal]')
    write_tree(tmp_path, {"schema.toml": with_schema})
    assert lines(tmp_path / "schema.toml")["metadata schema"].health == "fail"


def test_programs_that_are_missing_are_warnings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = lines()
    assert {found[topic].health.value for topic in ("git", "git-lfs", "bash", "Slurm")} == {"warn"}
    assert doctor().works


@pytest.mark.parametrize("proxy", ["http://ada:s3cr@et@127.0.0.1:3128", "ada:x@127.0.0.1:3128"])
def test_proxies_are_shown_without_their_password(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    shown = lines()["proxies"].message
    assert shown == "https: http://***@127.0.0.1:3128, no: localhost,127.0.0.1"


def test_saved_token_its_file_and_offline_mode_are_reported(clean_env: Path) -> None:
    home = write_tree(clean_env / "hf", {"token": "hf_saved"})
    (home / "token").chmod(0o644)
    done = subprocess.run(
        [sys.executable, ROOT / "main.py", "doctor", "--site", "nersc", "--json"],
        env={**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "hf_saved" not in done.stdout + done.stderr
    found = {line["topic"]: line for line in json.loads(done.stdout)["lines"]}
    assert found["offline mode"]["health"] == "fail"
    assert found["token file"]["next_step"] == f"chmod 600 {home / 'token'}"
    assert found["endpoint"]["health"] == "fail"
    assert "HF_HUB_OFFLINE" in found["endpoint"]["next_step"]


def test_command_shows_a_line_for_each_and_the_next_step_below(
    run: RunCommand, centre: Centre
) -> None:
    assert run(f"doctor --site '{centre.profile}' --quiet").out == ""
    centre.catalog.rmdir()
    done = run(f"doctor --site '{centre.profile}'")
    assert done.code == 1
    assert "\nfail  catalog folder " in done.out
    assert re.search(r"^ +-> .*HUGGINGNERSC_CATALOG_ROOT", done.out, re.MULTILINE)
