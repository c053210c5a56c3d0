"""How correlation values are compared."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from engine.values import Value


def correlation_key(values: Mapping[str, Value]) -> str:
    """Correlation values as one comparable text; empty while any of them is unknown."""
    if not values or any(value is None for value in values.values()):
        return ""
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()
