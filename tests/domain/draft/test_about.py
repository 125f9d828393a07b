from __future__ import annotations

import pytest

from huggingnersc.domain.draft.about import MOST_CHARS, ProposedAbout, Readme, propose_about


def test_readme_becomes_a_description_without_front_matter_and_title() -> None:
    text = "---\nlicense: mit\n---\n# Jets\n\nSimulated jets.\n\n## Files\n\n- `a.h5`\n"
    proposed = propose_about(Readme("README.md", text), title="Jets")
    assert proposed.text == "Simulated jets.\n\n## Files\n\n- `a.h5`\n"


@pytest.mark.parametrize("readme", [None, Readme("README", "# Jets\n")])
def test_nothing_is_proposed_where_nothing_is_said(readme: Readme | None) -> None:
    assert propose_about(readme, title="Jets") == ProposedAbout()


def test_readme_with_a_secret_is_not_proposed() -> None:
    token = "hf_" + "a1B2" * 9
    proposed = propose_about(Readme("README.md", f"Jets.\n\ntoken: {token}\n"), title="Jets")
    assert proposed.text == ""
    (warning,) = map(str, proposed.warnings)
    assert "line 3 of README.md" in warning
    assert token not in warning


def test_long_readme_is_cut_after_a_paragraph_and_says_so() -> None:
    text = "A paragraph of words.\n\n" * 1000
    proposed = propose_about(Readme("README.md", text), title="Jets")
    assert len(proposed.text) <= MOST_CHARS
    assert proposed.text.endswith("\n\nA paragraph of words.\n")
    assert "README.md" in str(proposed.warnings[-1])


def test_html_of_a_readme_is_not_proposed() -> None:
    proposed = propose_about(Readme("README.md", "<script>x</script>\n\nJets.\n"), title="J")
    assert proposed.text.startswith("\\<script")
    assert "Jets." in proposed.text
