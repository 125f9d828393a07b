from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import PurePosixPath
from urllib.parse import quote

import yaml
from hypothesis import given
from hypothesis import strategies as st

from huggingnersc.adapters.templates import render
from huggingnersc.domain.catalog.dataset_spec import DatasetSpec
from huggingnersc.domain.catalog.description import BEGIN, END
from huggingnersc.domain.catalog.papers import read_paper
from huggingnersc.domain.catalog.plan import NO_DATA_HERE, make_plan
from huggingnersc.domain.catalog.scripts import Script
from huggingnersc.domain.catalog.visitor_commands import visitor_commands
from huggingnersc.domain.text.markdown import encoded_url
from tests.builders import make_entry, make_metadata, make_site
from tests.odd_entries import ENTRIES, READER, as_read, body_of, file_of, jetclass_entry, plan_of
from tests.odd_texts import ODD, some


@some
@given(ENTRIES)
def test_the_front_matter_holds_the_tags_and_nothing_else(entry: DatasetSpec) -> None:
    from huggingface_hub import DatasetCard

    text = file_of(plan_of(entry), "README.md")
    expected = {**entry.card_tags, "viewer": False, "configs": NO_DATA_HERE}
    assert yaml.safe_load(text.partition("\n---\n")[0]) == expected
    read = DatasetCard(text).data
    assert {key: read[key] for key in expected} == expected


@some
@given(ENTRIES)
def test_the_card_s_parts_are_the_template_s_whatever_the_texts_hold(entry: DatasetSpec) -> None:
    tokens = READER.parse(body_of(file_of(plan_of(entry), "README.md")))
    headings = [
        (token.tag, after.content)
        for token, after in pairwise(tokens)
        if token.type == "heading_open"
    ]
    expected = [("h2", "How to get the data"), ("h2", "How to load it")]
    expected += [("h3", "As a batch job")] if entry.scripts.batch else []
    expected += [("h2", "Papers")] if entry.papers else []
    assert headings[1:] == expected
    assert headings[0][0] == "h1"
    shown = "".join(child.content for child in tokens[1].children or ())
    assert shown.split() == entry.official_name.split()
    lists = sum(token.type == "bullet_list_open" for token in tokens)
    assert lists == 2 + bool(entry.scripts.includes) + bool(entry.papers)
    assert not any(token.type in {"ordered_list_open", "hr"} for token in tokens)
    html = [token.content.strip() for token in tokens if token.type == "html_block"]
    assert html == [BEGIN, END]


@some
@given(ENTRIES, st.lists(ODD, max_size=4).map("\n".join))
def test_no_description_changes_the_card_below_it(entry: DatasetSpec, about: str) -> None:
    plain = READER.parse(body_of(file_of(plan_of(entry), "README.md")))
    card = body_of(file_of(plan_of(replace(entry, about=about)), "README.md"))
    tokens = READER.parse(card)
    marks = [n for n, one in enumerate(tokens) if one.content.strip() in {BEGIN, END}]
    ends = [n for n, one in enumerate(plain) if one.content.strip() == END]
    (begin, end), (plain_end,) = marks, ends
    below, expected = tokens[end:], plain[plain_end:]
    assert [(t.type, t.level, t.content) for t in below] == [
        (t.type, t.level, t.content) for t in expected
    ]
    described = tokens[begin + 1 : end]
    children = [child for token in described for child in token.children or ()]
    assert not {one.type for one in (*described, *children)} & {
        "html_block", "html_inline", "image",
    }  # fmt: skip
    assert not any(token.tag == "h1" for token in described)


@some
@given(ENTRIES)
def test_the_card_shows_the_code_as_it_is(entry: DatasetSpec) -> None:
    tokens = READER.parse(body_of(file_of(plan_of(entry), "README.md")))
    fences = [token.content for token in tokens if token.type == "fence"]
    commands = visitor_commands(entry, make_site())
    fetch = (*commands.fetch, commands.run)
    submit = (*commands.prepare, commands.submit)
    is_job = entry.distributed and entry.scripts.batch
    expected = ["\n".join((*commands.fetch, *submit) if is_job else fetch) + "\n"]
    expected.append(as_read(entry.scripts.loader.text))
    if entry.scripts.batch:
        expected += [] if is_job else ["\n".join(submit) + "\n"]
        expected.append(as_read(entry.scripts.batch.text))
    assert fences == expected


@some
@given(ENTRIES)
def test_the_card_s_links_lead_where_they_should_and_nowhere_else(entry: DatasetSpec) -> None:
    plan = plan_of(entry)
    tokens = READER.parse(body_of(file_of(plan, "README.md")))
    children = [child for token in tokens for child in token.children or ()]
    hrefs = [child.attrs["href"] for child in children if child.type == "link_open"]
    papers = [paper.url for paper in map(read_paper, entry.papers) if paper.url]
    names = [script.name for script in entry.scripts]
    expected = [READER.normalizeLink(encoded_url(url)) for url in (entry.portal_link, *papers)]
    expected += [quote(name) for name in names]
    expected += [link for link in (plan.notebook_link, plan.job_notebook_link) if link]
    assert sorted(map(str, hrefs)) == sorted(expected)
    assert not any(child.type in {"html_inline", "image"} for child in children)


@some
@given(ENTRIES)
def test_the_card_shows_the_data_s_path_to_the_letter(entry: DatasetSpec) -> None:
    tokens = READER.parse(body_of(file_of(plan_of(entry), "README.md")))
    spans = [
        child.content
        for token in tokens
        for child in token.children or ()
        if child.type == "code_inline"
    ]
    assert spans[0] == str(entry.data_path)


def test_jinja_never_reads_what_people_wrote() -> None:
    evil = "{{ 1234 * 5678 }}{% include 'x' %}{# gone #}"
    entry = make_entry(
        official_name=evil,
        loader=Script("a.py", f"x = '''{evil}'''\n"),
        metadata=make_metadata(pretty_name=evil, other_info={"papers": [evil]}),
    )
    plan = plan_of(entry)
    for path in ("README.md", "iris_dataloader.ipynb", "iris_info.json", "a.py"):
        text = file_of(plan, path)
        assert str(1234 * 5678) not in text
        assert "gone" in text


def test_the_notebook_link_is_percent_encoded_and_absent_when_distributed() -> None:
    site = make_site(catalog_root=PurePosixPath("/a b/ü"))
    plan = make_plan(make_entry(), site, render)
    assert plan.notebook_link == (
        "https://jupyter.nersc.gov/hub/user-redirect/lab/tree"
        "/a%20b/%C3%BC/iris/iris_dataloader.ipynb"
    )
    assert plan.notebook_link in file_of(plan, "README.md")
    distributed = make_plan(make_entry(distributed=True), site, render)
    assert distributed.notebook_link is None
    assert "ipynb" not in file_of(distributed, "README.md")


def test_the_job_notebook_is_linked_and_is_the_only_one_of_a_distributed_dataset() -> None:
    plan = plan_of(replace(jetclass_entry(), job_notebook=True))
    assert plan.notebook_link is None
    assert plan.job_notebook_link == (
        "https://jupyter.nersc.gov/hub/user-redirect/lab/tree/catalog/jetclass/jetclass_job.ipynb"
    )
    card = file_of(plan, "README.md")
    assert f"[open it on Jupyter at NERSC]({plan.job_notebook_link})" in card
    assert "`/catalog/jetclass/jetclass_job.ipynb`" in card


def test_the_card_says_what_the_included_files_are_for() -> None:
    included = (Script("columns.yml", "a: 1\n"),)
    alone = file_of(plan_of(make_entry(includes=included)), "README.md")
    assert "Files that the loader needs:\n\n- [columns.yml](columns.yml)\n" in alone
    assert "batch" not in alone
    job = make_entry(includes=included, batch_script=Script("job.sh", "#!/bin/sh\nsrun x\n"))
    assert "Files that belong to the batch job:\n" in file_of(plan_of(job), "README.md")
