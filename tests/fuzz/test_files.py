"""Files written by others: metadata, schemas, records, site files, accounts, scripts."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from huggingnersc.adapters.site_profiles import read_profile
from huggingnersc.api.catalog.validate_request import check_metadata
from huggingnersc.api.schema import read_schema
from huggingnersc.assets import asset
from huggingnersc.domain.catalog.record import parse_record, record_bytes
from huggingnersc.domain.metadata.schema import MetadataSchema
from huggingnersc.domain.scan.secrets import find_secrets
from huggingnersc.domain.text.redact import redact
from huggingnersc.errors import HuggingNerscError, SettingsError
from huggingnersc.hub_server.services.accounts_file import read_accounts
from tests.builders import IRIS, make_site
from tests.fuzz.inputs import fuzz, mutated, mutated_json, one_input
from tests.fuzz.valid import ACCOUNTS, RECORD, SECRETS, SITE

if TYPE_CHECKING:
    from pathlib import Path

METADATA = json.loads((IRIS / "iris_metadata.json").read_text())
SCHEMA = json.loads(asset("metadata_schema.json").read_text())
CHECKED_BY = MetadataSchema(SCHEMA)


@fuzz(data=mutated_json(METADATA))
def test_metadata_is_valid_or_its_problems_are_reported(data: bytes) -> None:
    with one_input():
        document, problems = check_metadata(data, CHECKED_BY, name="x.json")
        assert document is not None or problems


@fuzz(data=mutated_json(SCHEMA))
def test_a_schema_is_used_or_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "schema.json"
    file.write_bytes(data)
    with one_input(), suppress(HuggingNerscError):
        schema = read_schema(make_site(metadata_schema=PurePosixPath(file)))
        check_metadata(json.dumps(METADATA).encode(), schema, name="x.json")


@fuzz(data=mutated_json(RECORD))
def test_a_record_is_read_whole_or_refused(data: bytes) -> None:
    with one_input(), suppress(ValueError):
        record = parse_record(data, "iris")
        again = parse_record(record_bytes(record), "iris")
        assert again == replace(record, is_first_format=False)


@fuzz(
    data=mutated(SITE, b"[[", b"{ a = ", b'"""', b"9" * 5000, b"1979-05-27T07:32:00Z", b"[" * 2000)
)
def test_a_site_file_is_read_or_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "site.toml"
    file.write_bytes(data)
    with one_input(), suppress(SettingsError):
        read_profile(file)


@fuzz(data=mutated(ACCOUNTS, b"[[", b"{ a = ", b'"""', b"9" * 5000, b"nan", b"[" * 2000))
def test_an_accounts_file_is_read_or_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "accounts.toml"
    file.write_bytes(data)
    file.chmod(0o600)
    with one_input(), suppress(SettingsError):
        read_accounts(file)


@fuzz(
    data=mutated(
        SECRETS, b"hf_", b"-----BEGIN ", b"://a:b@", b"A" * 3000, b"a." * 2000, b'"+"' * 500
    )
)
def test_a_script_is_scanned_and_redacted(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    with one_input():
        list(find_secrets(text))
        redact(text)
