from __future__ import annotations

import pytest
from hypothesis import given

from huggingnersc.domain.catalog.papers import Paper, has_link, paper_warnings, read_paper
from huggingnersc.domain.text.markdown import one_line
from tests.odd_texts import ODD, some

ABSTRACT = Paper("arXiv:2101.00001", "https://arxiv.org/abs/2101.00001")


@pytest.mark.parametrize(
    "text",
    [
        "https://arxiv.org/abs/2101.00001",
        "http://arxiv.org/abs/2101.00001/",
        "https://www.arxiv.org/pdf/2101.00001",
        "https://arxiv.org/pdf/2101.00001.pdf",
        "https://export.arxiv.org/abs/2101.00001",
        "https://ArXiv.org/html/2101.00001",
        "https://arxiv.org/abs/2101.00001?context=cs#top",
        "arXiv:2101.00001",
        "arxiv: 2101.00001",
        " ARXIV:2101.00001\n",
        "https://doi.org/10.48550/arXiv.2101.00001",
        "doi:10.48550/ARXIV.2101.00001",
        "10.48550/arXiv.2101.00001",
    ],
)
def test_every_form_of_an_arxiv_paper_links_its_abstract(text: str) -> None:
    assert read_paper(text) == ABSTRACT


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("arXiv:2101.00001v3", "2101.00001v3"),
        ("https://arxiv.org/pdf/1234.5678v1.pdf", "1234.5678v1"),
        ("https://arxiv.org/abs/hep-th/9901001", "hep-th/9901001"),
        ("arXiv:math.GT/0309136v2", "math.GT/0309136v2"),
    ],
)
def test_versions_and_old_numbers_are_kept(text: str, name: str) -> None:
    assert read_paper(text) == Paper(f"arXiv:{name}", f"https://arxiv.org/abs/{name}")


@pytest.mark.parametrize(
    ("text", "doi", "url"),
    [
        ("10.1111/j.1469-1809.1936.tb02137.x", "10.1111/j.1469-1809.1936.tb02137.x", None),
        ("doi:10.1/x", None, None),
        ("DOI: 10.1000/ABC", "10.1000/ABC", None),
        ("https://doi.org/10.1000/a_b", "10.1000/a_b", None),
        ("http://dx.doi.org/10.1000/a", "10.1000/a", None),
        ("https://www.doi.org/10.1000/a", "10.1000/a", None),
        (
            "10.1002/(SICI)1097(19980815/30)17:15/16<1661::AID>3.0.CO;2-2",
            "10.1002/(SICI)1097(19980815/30)17:15/16<1661::AID>3.0.CO;2-2",
            "10.1002/%28SICI%291097%2819980815/30%2917:15/16%3C1661::AID%3E3.0.CO;2-2",
        ),
    ],
)
def test_every_form_of_a_doi_links_its_resolver(
    text: str, doi: str | None, url: str | None
) -> None:
    paper = read_paper(text)
    if doi is None:
        assert paper == Paper(text, None)
    else:
        assert paper == Paper(f"doi:{doi}", f"https://doi.org/{url or doi}")


@pytest.mark.parametrize(
    "text", ["https://example.org/paper?id=1&x=2#s", "http://example.org", "https://ü.org/ß"]
)
def test_a_web_address_links_itself(text: str) -> None:
    assert read_paper(text) == Paper(text, text)


@pytest.mark.parametrize(
    "text",
    [
        "Fisher (1936), The use of multiple measurements",
        "see https://example.org and more",
        "javascript:alert(1)",
        "ftp://example.org/x",
        "file:///etc/passwd",
        "https://",
        "https://[",
        "arXiv:banana",
        "arXiv:\uff12\uff11\uff10\uff11.00001",
        "https://arxiv.org.evil.org",
        "",
    ],
)
def test_anything_else_keeps_its_words(text: str) -> None:
    paper = read_paper(text)
    assert paper.label == text
    assert paper.url in {None, text if text.startswith("https://arxiv.org.") else None}


@some
@given(ODD)
def test_no_text_becomes_anything_but_a_web_link(text: str) -> None:
    for written in (
        text,
        f"https://{text}",
        f"arXiv:2101.00001{text}",
        f"https://a.b/{text}",
        f"10.1000/{text}",
    ):
        paper = read_paper(written)
        assert one_line(paper.label) == paper.label
        assert paper.url is None or paper.url.startswith(("https://", "http://"))
        assert paper.url is None or not set(paper.url) & set("\n\r\t ")
        assert has_link(written) == (paper.url is not None)


def test_papers_without_a_link_are_reported_as_they_stand() -> None:
    papers = ["hello", "http://", "arXiv:2101.00001", "https://x.org/a", 3]
    assert list(paper_warnings({"other_info": {"papers": papers}})) == [
        'The paper "hello" is not a link; it is shown as text.',
        'The paper "http://" is not a link; it is shown as text.',
    ]


@pytest.mark.parametrize("info", [None, [], {}, {"papers": None}, {"papers": "hello"}])
def test_metadata_that_is_not_valid_has_no_papers_to_tell(info: object) -> None:
    assert list(paper_warnings({"other_info": info})) == []
