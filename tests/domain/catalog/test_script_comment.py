from __future__ import annotations

import ast
import subprocess
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.domain.catalog.dataset_spec import DatasetSpec
from huggingnersc.domain.catalog.scripts import Script, Scripts, split_opening, without_our_comment
from tests.builders import make_entry
from tests.odd_entries import ENTRIES, ODD_LINES, ODD_LINKS, ODD_PATHS, file_of, plan_of
from tests.odd_texts import few, some

DATA = "/global/cfs/cdirs/dasrepo/www/iris"
OPTIONS = f"python load.py --data-dir {DATA}"


@some
@given(ENTRIES)
def test_scripts_keep_every_byte_around_the_comment(entry: DatasetSpec) -> None:
    plan = plan_of(entry)
    for script in replace(entry.scripts, includes=()):
        pushed = next(f.content for f in plan.hub_files if f.path == script.name).decode()
        opening, rest = split_opening(script.text)
        assert pushed.startswith(opening)
        assert pushed.endswith(rest)
        comment = pushed[len(opening) : len(pushed) - len(rest)]
        assert all(line.startswith("#") for line in comment.splitlines())
        assert bool(comment) == bool(rest and script.comment_mark)
    for script in entry.scripts.includes:
        assert file_of(plan, script.name) == script.text


def pushed_script(text: str, name: str = "load.py", **changes: Any) -> str:
    return file_of(plan_of(make_entry(loader=Script(name, text), **changes)), name)


@pytest.mark.parametrize(
    "text",
    [
        "'''Doc.'''\nfrom __future__ import annotations\nx = 1\n",
        "#!/usr/bin/env python\nx = 1\n",
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nx = 'é'\n",
        "# coding: utf-8\nx = 'é'\n",
        "\n# coding: utf-8\nx = 'é'\n",
        "\n\n\nx = 1",
        "\r\nx = 1\r\ny = '''\r\n'''\r\n",
        "\ufeffx = 1\n",
        "\ufeff#!/usr/bin/env python\nx = 1\n",
        "x = 1\ry = 2\r",
        "# a\x0cb\n# coding: utf-8\nx = 1\n",
        "x = 1",
        "\\\nx = 1\n",
    ],
)
@pytest.mark.parametrize("title", ["Iris", "Encoding: utf-7", "coding=rot13 +AHg-", "\\"])
def test_a_python_script_still_means_the_same(text: str, title: str) -> None:
    pushed = pushed_script(text, official_name=title).encode()
    before, after = ast.parse(text.encode()), ast.parse(pushed)
    compile(pushed, "load.py", "exec")
    assert ast.dump(after) == ast.dump(before)
    assert ast.get_docstring(after) == ast.get_docstring(before)


@some
@given(ODD_LINES, ODD_PATHS, ODD_LINKS)
def test_no_title_path_or_link_changes_what_a_script_means(
    title: str, path: PurePosixPath, link: str
) -> None:
    texts = {"load.py": "x = 1\n", "load.sh": "echo 1\n"}
    for name, text in texts.items():
        pushed = pushed_script(text, name, official_name=title, data_path=path, portal_link=link)
        assert pushed.endswith(f"#\n{text}")
        assert all(line.startswith("#") for line in pushed.splitlines()[:-1])
        if name == "load.py":
            assert ast.dump(ast.parse(pushed.encode())) == ast.dump(ast.parse(text))


BATCH = """#!/bin/bash -l
#SBATCH -N 4
#SBATCH --time=00:30:00   # half an hour
# a note

#SBATCH -C gpu
cat <<'EOF'
#SBATCH not one
EOF
srun python load.py
"""


def sbatch_lines(text: str) -> list[str]:
    """The options that sbatch reads: until the first line that is no comment and not blank."""
    found = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            break
        found.extend([line] if line.startswith("#SBATCH") else [])
    return found


@few
@given(ODD_LINES, st.sampled_from(["\n", "\r\n"]))
def test_sbatch_reads_the_same_lines_and_bash_the_same_script(title: str, end: str) -> None:
    text = BATCH.replace("\n", end)
    entry = make_entry(official_name=title, batch_script=Script("job.sh", text))
    pushed = next(f.content for f in plan_of(entry).hub_files if f.path == "job.sh")
    lines = pushed.decode().splitlines()
    assert lines[0] == "#!/bin/bash -l"
    assert sbatch_lines(pushed.decode()) == sbatch_lines(text)
    assert len(sbatch_lines(text)) == 3
    assert pushed.count(end.encode()) == pushed.count(b"\n")
    if end == "\n":
        subprocess.run(["bash", "-n"], input=pushed, check=True, capture_output=True)


def test_a_script_of_a_shebang_alone_is_left_alone() -> None:
    assert pushed_script("#!/bin/sh", "load.sh") == "#!/bin/sh"


def test_a_script_in_an_unknown_language_is_left_alone() -> None:
    assert pushed_script("#include <a>\n", "load.cpp") == "#include <a>\n"
    assert pushed_script("#!/usr/bin/env node\nlet x\n", "load") == "#!/usr/bin/env node\nlet x\n"


@pytest.mark.parametrize(
    ("name", "text", "run"),
    [
        ("load.py", "x\n", "python load.py"),
        ("load me.py", "import sys; sys.argv[1]\n", f"python 'load me.py' {DATA}"),
        ("load.py", "p.add_argument('--data-dir') # argparse\nimport argparse\n", OPTIONS),
        ("load.R", "x\n", f"Rscript load.R {DATA}"),
        ("load.sh", "x\n", f"bash load.sh {DATA}"),
    ],
)
def test_the_comment_says_what_it_is_where_the_data_lies_and_how_to_run_it(
    name: str, text: str, run: str
) -> None:
    assert pushed_script(text, name) == (
        "# Comment added by HuggingNERSC; the rest of the file is as its author wrote it.\n"
        "#\n"
        "# Dataset: Iris flower classification (iris)\n"
        "# Data: /global/cfs/cdirs/dasrepo/www/iris\n"
        "# Portal: https://portal.nersc.gov/cfs/dasrepo/iris\n"
        f"# Run: {run}\n"
        f"#\n{text}"
    )


def test_the_comment_names_the_command_that_the_steward_stated() -> None:
    stated = "python {loader} --root={data}"
    assert f"# Run: python load.py --root={DATA}\n" in pushed_script("x\n", run_command=stated)


def test_the_comment_names_no_command_where_none_is_known() -> None:
    text = "import sys\nprint(sys.argv[2])\n"
    pushed = pushed_script(text)
    assert "Run:" not in pushed
    assert without_our_comment(Script("load.py", pushed)).text == text


def test_comment_of_an_earlier_version_goes_too() -> None:
    earlier = (
        "# Comment added by HuggingNERSC; the rest of the file is as its author wrote it.\n"
        "#\n# Dataset: Iris (iris)\n# Data: /d\n# Portal: https://p\n# Run: python load.py\n#\n"
    )
    assert without_our_comment(Script("load.py", f"{earlier}x\n")).text == "x\n"


@some
@given(ENTRIES, st.integers(1, 3))
def test_a_script_taken_from_the_hub_is_the_one_that_was_given(
    entry: DatasetSpec, times: int
) -> None:
    given = list(replace(entry.scripts, includes=()))
    for script in given:
        taken = script
        for _ in range(times):  # as it was published again with its comment
            again = replace(entry, scripts=Scripts(taken), job_notebook=False)
            taken = Script(script.name, file_of(plan_of(again), script.name))
        if split_opening(script.text)[1].strip():
            assert without_our_comment(taken) == script


@pytest.mark.parametrize("opening", ["", "#!/bin/sh\n", "#!/bin/sh\n# coding: utf-8\n", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["load.py", "job.sh"])
def test_our_comment_goes_and_the_edit_stays(opening: str, end: str, name: str) -> None:
    text = f"{opening}x = 1\n".replace("\n", end)
    edited = pushed_script(text, name).replace("x = 1", f"# Run: me{end}y = 2")
    assert without_our_comment(Script(name, edited)).text == text.replace(
        "x = 1", f"# Run: me{end}y = 2"
    )


@pytest.mark.parametrize(
    "text",
    [
        "# Comment added by me\n#\nx = 1\n",
        "x = 1\n# Comment added by HuggingNERSC; the rest\n#\n",
        "# Comment added by HuggingNERSC; and nothing else\n#\n",
    ],
)
def test_other_comments_stay(text: str) -> None:
    assert without_our_comment(Script("load.py", text)).text == text
