import pytest

from graph.flashcards.html import to_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        pytest.param("a < b & c", "a &lt; b &amp; c", id="escaped"),
        pytest.param("see `a<b>`", "see <code>a&lt;b&gt;</code>", id="code"),
        pytest.param("**yes**", "<b>yes</b>", id="bold"),
        pytest.param("q\n\n> said\nrest", "q<br><br><blockquote>said</blockquote>rest", id="quote"),
        pytest.param("a\n```yaml\nk: <v>\n  x: 1\n```\nb", "a<pre>k: &lt;v&gt;<br>  x: 1</pre>b", id="fence"),
        pytest.param(
            "```yaml\n# `a` **b**\n```", "<pre># `a` **b**</pre>", id="nothing is marked up in a fence"
        ),
        pytest.param("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;", id="no script"),
        pytest.param("", "", id="empty"),
    ],
)
def test_light_markdown_becomes(text: str, html: str) -> None:
    assert to_html(text) == html
    assert "\n" not in to_html(text)
