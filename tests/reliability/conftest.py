"""Databases that a test empties as often as it likes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.conftest import empty


@pytest.fixture
def wipe(database_url, _sqlite_template):
    """Empties the test's database."""
    if database_url.startswith("sqlite"):
        path = Path(make_url(database_url).database)

        def begin_anew() -> None:
            for file in path.parent.glob(f"{path.name}-*"):
                file.unlink()
            shutil.copyfile(_sqlite_template, path)

        return begin_anew
    return lambda: empty(database_url)
