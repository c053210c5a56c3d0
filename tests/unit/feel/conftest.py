from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.feel import Feel


@pytest.fixture(scope="session")
def feel() -> Iterator[Feel]:
    # Generous: the limits have tests of their own, and the machine may be busy.
    feel = Feel(seconds=5)
    yield feel
    feel.close()
