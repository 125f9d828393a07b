from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.catalog.scripts import Script, line_end, split_opening
from tests.odd_texts import ODD, many

BOM = "\ufeff"
LINES = st.sampled_from(
    ["#!/bin/sh", "#!", "# -*- coding: latin-1 -*-", "# vim: set fileencoding=utf-8 :", "# a", "",
     "  ", "\f", "x = 1", "'''# coding: utf-8", "#SBATCH -N 2", "a\x0cb", "a\x85b", "a\u2028b"]
)  # fmt: skip
TEXTS = st.builds(
    lambda bom, lines, end, last: bom + end.join(lines) + last,
    st.sampled_from(["", BOM]),
    st.lists(LINES, max_size=5),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["", "\n", "\r\n"]),
)


@many
@given(TEXTS | ODD)
def test_opening_and_rest_are_the_text(text: str) -> None:
    opening, rest = split_opening(text)
    assert opening + rest == text
    assert not rest or opening in {"", BOM} or opening.endswith(("\n", "\r"))


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("print()\n", ""),
        ("# a comment\nprint()\n", ""),
        ("#!/bin/sh\necho\n", "#!/bin/sh\n"),
        ("#!/bin/sh\r\necho\r\n", "#!/bin/sh\r\n"),
        ("#!/bin/sh", "#!/bin/sh"),
        ("# coding: utf-8\nx\n", "# coding: utf-8\n"),
        ("#!/usr/bin/python\n# coding: utf-8\nx\n", "#!/usr/bin/python\n# coding: utf-8\n"),
        ("\n# coding: utf-8\nx\n", "\n# coding: utf-8\n"),
        ("# a\n# -*- coding: latin-1 -*-\n", "# a\n# -*- coding: latin-1 -*-\n"),
        ("x = 1\n# coding: latin-1\n", ""),
        ("\n\n# coding: latin-1\n", ""),
        ("# a\x0cb\n# coding: latin-1\nx\n", "# a\x0cb\n# coding: latin-1\n"),
        ("# a\u2028\n# coding: latin-1\nx\n", "# a\u2028\n# coding: latin-1\n"),
        ("# a\r# coding: latin-1\rx\r", "# a\r# coding: latin-1\r"),
        (f"{BOM}x = 1\n", BOM),
        (f"{BOM}#!/bin/sh\nx\n", f"{BOM}#!/bin/sh\n"),
        (f"{BOM}# coding: utf-8\nx\n", f"{BOM}# coding: utf-8\n"),
        ("\n#!/bin/sh\n", ""),
        ("", ""),
    ],
)
def test_what_must_stay_first_stays_first(text: str, opening: str) -> None:
    assert split_opening(text)[0] == opening


@pytest.mark.parametrize(
    ("text", "end"),
    [("a\nb\r\n", "\n"), ("a\r\nb\n", "\r\n"), ("a", "\n"), ("a\r", "\n"), ("", "\n")],
)
def test_the_first_line_shows_the_line_end(text: str, end: str) -> None:
    assert line_end(text) == end


@pytest.mark.parametrize(
    ("name", "text", "language", "command"),
    [
        ("a.py", "x", "python", "python"),
        ("A.PY", "x", "python", "python"),
        ("a.sh", "x", "bash", "bash"),
        ("a.slurm", "x", "bash", "bash"),
        ("a.csh", "x", "csh", "csh"),
        ("a.R", "x", "r", "Rscript"),
        ("a.jl", "x", "julia", "julia"),
        ("a.py", "#!/bin/sh\n", "python", "python"),
        ("a.slurm", "#! /usr/bin/env python3\n", "python", "python"),
        ("a.sh", "#!/bin/bash\n", "bash", "bash"),
        ("a.sh", "#!/bin/ksh\n", "ksh", "ksh"),
        ("a.sh", "#!/usr/bin/env node\n", "", None),
        ("run", "#!/usr/bin/env python3\n", "python", "python"),
        ("run", "#!/usr/bin/python3.11 -u\n", "python", "python"),
        ("run", "#! /bin/bash -l\r\n", "bash", "bash"),
        ("run", "#!/usr/bin/env -S Rscript --vanilla\n", "r", "Rscript"),
        ("run.job", "#!/bin/tcsh\n", "csh", "csh"),
        ("run", f"{BOM}#!/bin/sh\n", "bash", "bash"),
        ("run", "#!/usr/bin/env node\n", "", None),
        ("run", "#!/opt/sh/bin/node\n", "", None),
        ("run", "#!", "", None),
        ("run", "echo\n", "", None),
        ("a.ipynb", "{}", "json", None),
        ("a.cpp", "x", "cpp", None),
        ("a.yml", "x", "", None),
    ],
)
def test_name_and_shebang_show_the_language_and_what_runs_it(
    name: str, text: str, language: str, command: str | None
) -> None:
    script = Script(name, text)
    assert script.language == language
    assert script.command == command
    assert script.comment_mark == ("#" if command else None)


def test_the_code_people_copy_has_no_byte_order_mark() -> None:
    assert Script("a.py", f"{BOM}x\n").code == "x\n"
    assert Script("a.py", "x\r\n").code == "x\r\n"
