"""Entries whose every text tries to break out of its place, and what is planned for them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import PurePosixPath

from hypothesis import strategies as st
from markdown_it import MarkdownIt

from huggingnersc.adapters.templates import render
from huggingnersc.domain.catalog.dataset_spec import DatasetSpec
from huggingnersc.domain.catalog.plan import Plan, make_plan
from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.domain.text.markdown import one_line
from tests.builders import IRIS, IRIS_LINK, JETCLASS, make_entry, make_metadata, make_site
from tests.odd_texts import ODD

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ODD_LINES = ODD.map(one_line).filter(bool)  # what a title may be
ODD_CODE = ODD.map(lambda text: text.replace("\0", "") or "x")  # what a script may be
ODD_NAMES = st.sampled_from(
    ["load me.py", "a'b.py", "a`b.py", "javascript:alert(1).py", "a#b?c.py", "100%.py", "a](b).py",
     "é.py", "a&copy;.py", "$(id).py", "<b>.py", "_a_.py", "1. a.py"]
)  # fmt: skip
ODD_PATHS = st.sampled_from(
    ["/data/a  b", "/data/`x`", "/data/\\", "/data/<b>", "/data/漢", "/data/'\"", "/data/{{ x }}"]
).map(PurePosixPath)
ODD_LINKS = st.sampled_from(
    [
        IRIS_LINK,
        f"{IRIS_LINK}/a)b",
        f"{IRIS_LINK}?a=1&copy;=2",
        f"{IRIS_LINK}/<b>",
        f"{IRIS_LINK}/ü",
    ]
)
ENTRIES = st.builds(
    make_entry,
    official_name=ODD_LINES,
    loader=st.builds(Script, ODD_NAMES, ODD_CODE),
    batch_script=st.none() | st.builds(Script, st.just("job.sh"), ODD_CODE),
    includes=st.lists(st.builds(Script, st.just("environment.yml"), ODD_CODE), max_size=1).map(
        tuple
    ),
    data_path=ODD_PATHS,
    portal_link=ODD_LINKS,
    distributed=st.booleans(),
    job_notebook=st.booleans(),
    metadata=st.builds(
        lambda name, papers: make_metadata(
            pretty_name=name, tags=["weather/climate"], other_info={"papers": papers}
        ),
        ODD,
        st.lists(ODD, max_size=3),
    ),
).map(lambda entry: replace(entry, job_notebook=bool(entry.job_notebook and entry.scripts.batch)))


def plan_of(entry: DatasetSpec) -> Plan:
    return make_plan(entry, make_site(), render)


def file_of(plan: Plan, path: str) -> str:
    (file,) = [file for file in (*plan.hub_files, *plan.catalog_files) if file.path == path][:1]
    return file.content.decode()


def body_of(card: str) -> str:
    return card.split("\n---\n", 1)[1]


def as_read(code: str) -> str:
    """A script as a Markdown reader gives it back: one line end, and one at the end."""
    text = code.removeprefix("\ufeff")
    text = text if text.endswith("\n") or not text else f"{text}\n"
    return text.replace("\r\n", "\n").replace("\r", "\n")


def iris_entry() -> DatasetSpec:
    return make_entry(
        official_name="Fisher's Iris Data",
        loader=Script("iris_loader.py", (IRIS / "iris_loader.py").read_text(encoding="utf-8")),
        metadata=json.loads((IRIS / "iris_metadata.json").read_text(encoding="utf-8")),
    )


def jetclass_entry() -> DatasetSpec:
    def script(name: str) -> Script:
        return Script(name, (JETCLASS / name).read_text(encoding="utf-8"))

    return make_entry(
        official_name="JetClass",
        nickname="jetclass",
        loader=script("jetclass_loader.py"),
        batch_script=script("jetclass_batch.sh"),
        includes=(script("jetclass_environment.yml"),),
        portal_link="https://portal.nersc.gov/cfs/dasrepo/jetclass",
        data_path=PurePosixPath("/global/cfs/cdirs/dasrepo/www/jetclass"),
        metadata=json.loads((JETCLASS / "jetclass_metadata.json").read_text(encoding="utf-8")),
        distributed=True,
    )
