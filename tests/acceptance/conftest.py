"""Windows on a running installation, closed and checked at the end of each test."""

import shutil
from contextlib import contextmanager

import pytest

from tests.acceptance.moved_office import moved_office
from tests.acceptance.visitors import Visitor
from tests.servers import ROOT
from web.config import Settings


@pytest.fixture(params=["fr", "en", "es"])
def language(request):
    return request.param


@contextmanager
def _windows(browser, server):
    """Opens a browser window per person and checks at the end that no page complained."""
    opened = []

    def open_window(name=None, *, language="fr", **options):
        visitor = Visitor(browser, server, language, **options)
        opened.append(visitor)
        return visitor.sign_in(name) if name else visitor

    yield open_window
    for visitor in opened:
        visitor.close()


@pytest.fixture
def visitors(browser, live_server):
    """People before the running demonstration."""
    with _windows(browser, live_server) as open_window:
        yield open_window


@pytest.fixture
def house(_sqlite_template, tmp_path, seal_pkcs12):
    """An office where nothing has happened yet, on a Monday morning; the test moves its clock."""
    shutil.copyfile(_sqlite_template, tmp_path / "passerelle.sqlite3")
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'passerelle.sqlite3'}",
        secret_key="a key that only the tests know, 2718281828",
        data_dir=tmp_path,
        bundles_dir=ROOT / "bpmn",
        seal_pkcs12=seal_pkcs12,
    )
    with moved_office(settings, 2026, 1, 12, 9) as office:
        yield office


@pytest.fixture
def people(browser, house):
    """People before the pages of :func:`house`."""
    with _windows(browser, house) as open_window:
        yield open_window
