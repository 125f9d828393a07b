"""The doctor checks a bucket, and shows no secret of its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from huggingnersc import doctor
from tests.s3_server import KEY, SECRET, WRONG_KEY, no_fault

if TYPE_CHECKING:
    from pathlib import Path

    from huggingnersc.domain.doctor.diagnosis import DiagnosisLine
    from tests.s3_server import S3Server


def lines(bucket: str | None = None, *, write: bool = False) -> dict[str, DiagnosisLine]:
    found = doctor(bucket=bucket, write=write, site="local").lines
    assert KEY not in str(found)
    assert SECRET not in str(found)
    return {line.topic: line for line in found}


def test_a_bucket_is_read_and_only_on_request_written(s3: S3Server) -> None:
    for public in (False, True):
        name = s3.new_bucket(f"doctor-{public}".lower(), public=public)
        found = lines(f"s3://{name}/digits")
        assert {found[one].health for one in ("S3 settings", "bucket", "bucket rights")} == {"ok"}
        assert s3.endpoint in found["S3 settings"].message
        assert not s3.asked("PUT")
        message = lines(f"s3://{name}/digits", write=True)["bucket rights"].message
        assert ("everyone" in message) is public
        assert s3.objects(name) == {}
        s3.requests.clear()


def test_what_keeps_from_a_bucket_is_a_failure_with_the_next_step(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = s3.new_bucket("doctor-fails")
    s3.fault = lambda method, _: "AccessDenied" if method == "PUT" else None
    for bucket in (f"s3://{name}", "s3://no-such-bucket", "s3://No_Bucket"):
        found = lines(bucket, write=True)["bucket"]
        assert found.next_step
        assert found.health == "fail"
    s3.fault = no_fault
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", WRONG_KEY)
    assert lines(f"s3://{name}")["bucket"].health == "fail"


def test_settings_are_shown_where_there_are_some(
    clean_env: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "S3 settings" not in lines()
    (clean_env / ".aws").mkdir()
    (clean_env / ".aws/credentials").write_text(f"[default]\naws_secret_access_key={SECRET}\n")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://user:word@s3.example.org")
    message = lines()["S3 settings"].message
    assert ".aws/credentials" in message
    assert "s3.example.org" in message
    assert "word" not in message
