"""The environment of every test: nothing of this machine or its user, and no call home."""

from __future__ import annotations

import os

FOREIGN = ("HUGGINGNERSC_", "XDG_", "NERSC_", "SLURM_", "AWS_")
_ALSO_FOREIGN = {
    "HF_ENDPOINT", "HF_TOKEN", "HUGGINGFACE_CO_STAGING", "NO_COLOR", "FORCE_COLOR",
    "SSL_CERT_FILE",
}  # fmt: skip


def clean_environment(hf_home: str) -> None:
    """Set what huggingface_hub and datasets read when they are imported; forget the machine."""
    for name in list(os.environ):
        if name.startswith(FOREIGN) or name in _ALSO_FOREIGN:
            del os.environ[name]
    os.environ |= {
        "HF_HOME": hf_home,
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_UPDATE_DOWNLOAD_COUNTS": "0",
        "COLUMNS": "80",
    }
