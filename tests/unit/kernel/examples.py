"""Where the examples of supported elements register themselves."""

from __future__ import annotations

from collections.abc import Callable

EXAMPLES: dict[str, Callable] = {}


def example(element: str) -> Callable[[Callable], Callable]:
    """Mark a function as the example of an element of the allow-list."""

    def register(function: Callable) -> Callable:
        assert element not in EXAMPLES
        EXAMPLES[element] = function
        return function

    return register
