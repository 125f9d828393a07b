"""Imported by the parent of describing processes: fills the caches that each would fill.

To compile the forms of secrets takes longer than to look into a small file.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from huggingnersc.adapters.loading.survey_source import survey_source

with tempfile.TemporaryDirectory() as _folder:
    Path(_folder, "a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    survey_source(root=_folder, most_files=1, most_bytes=100)
