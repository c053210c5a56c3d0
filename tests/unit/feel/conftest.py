from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.feel import Feel


@pytest.fixture(scope="session")
def feel() -> Iterator[Feel]:
    feel = Feel()
    yield feel
    feel.close()
