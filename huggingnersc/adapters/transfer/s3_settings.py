"""What the environment and the files of a user say to the AWS tools; never any secret."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from huggingnersc.adapters.files.path_status import is_file
from huggingnersc.domain.text.redact import redact_address


@dataclass(frozen=True, slots=True)
class S3Settings:
    """The settings for S3 storages, each as a reader may see it.

    Attributes:
        endpoint: the address of the storage; empty where none is set.
        profile: the name of the profile; empty where none is set.
        region: its name; empty where none is set.
        credentials: where there are some: names of variables and files.
    """

    endpoint: str
    profile: str
    region: str
    credentials: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is set."""
        return not any((self.endpoint, self.profile, self.region, self.credentials))


def s3_settings() -> S3Settings:
    """Read the settings; nothing is asked."""
    files = (
        _file("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials"),
        _file("AWS_CONFIG_FILE", ".aws/config"),
    )
    return S3Settings(
        endpoint=redact_address(_variable("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")),
        profile=_variable("AWS_PROFILE", "AWS_DEFAULT_PROFILE"),
        region=_variable("AWS_REGION", "AWS_DEFAULT_REGION"),
        credentials=(
            *(["AWS_ACCESS_KEY_ID"] if _variable("AWS_ACCESS_KEY_ID") else []),
            *(str(file) for file in files if is_file(file)),
        ),
    )


def _variable(*names: str) -> str:
    return next((value for name in names if (value := os.environ.get(name))), "")


def _file(variable: str, usual: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / usual)
