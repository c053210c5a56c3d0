"""Windows on the running demonstration, closed and checked at the end of each test."""

import pytest

from tests.acceptance.visitors import Visitor


@pytest.fixture(params=["fr", "en", "es"])
def language(request):
    return request.param


@pytest.fixture
def visitors(browser, live_server):
    """Opens a browser window per person and checks at the end that no page complained."""
    opened = []

    def open_window(name=None, *, language="fr", **options):
        visitor = Visitor(browser, live_server, language, **options)
        opened.append(visitor)
        return visitor.sign_in(name) if name else visitor

    yield open_window
    for visitor in opened:
        visitor.close()
