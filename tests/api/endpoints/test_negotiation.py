import pytest

from api.endpoints.negotiation import choose

OFFERS = ["text/html", "application/json", "text/turtle"]


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        pytest.param(None, "text/html", id="no header"),
        pytest.param("", "text/html", id="an empty header"),
        pytest.param("*/*", "text/html", id="anything"),
        pytest.param("application/json", "application/json", id="one"),
        pytest.param("application/*", "application/json", id="a range"),
        pytest.param("text/html;q=0.5, text/turtle", "text/turtle", id="the better one"),
        pytest.param("text/*, text/html;q=0", "text/turtle", id="all of a range but one"),
        pytest.param("APPLICATION/JSON ; Q=0.2", "application/json", id="case and spaces aside"),
        pytest.param("text/turtle;q=x, application/json;q=0.1", "application/json", id="a broken quality"),
        pytest.param("image/png", None, id="none of them"),
        pytest.param("application/json;q=0", None, id="refused"),
    ],
)
def test_the_best_form(accept: str | None, chosen: str | None) -> None:
    assert choose(accept, OFFERS) == chosen
