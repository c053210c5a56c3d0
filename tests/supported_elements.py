"""The README's table of supported BPMN elements, made from what the kernel executes.

``python -m tests.supported_elements`` brings the README up to date.
"""

from __future__ import annotations

import re
from pathlib import Path

from engine.kernel.supported import SUPPORTED_ELEMENTS

README = Path(__file__).parents[1] / "README.md"
FRAME = re.compile(
    r"(<!-- supported elements: made from the engine by the tests -->\n)(.*?)"
    r"(<!-- end of supported elements -->\n)",
    re.DOTALL,
)
SPOKEN = {
    "multi instance loop characteristics": "multi-instance marker",
    "standard loop characteristics": "loop marker",
    "sub process": "subprocess",
}


def table() -> str:
    """One row an element, in the kernel's order."""
    rows = [f"| {_spoken(key)} | {what} |\n" for key, what in SUPPORTED_ELEMENTS.items()]
    return "".join(["| element | what it does |\n", "|---|---|\n", *rows])


def _spoken(key: str) -> str:
    element, *variants = (_words(part) for part in key.split(":"))
    name = SPOKEN.get(element, element)
    return ", ".join([name, *variants]) if variants else name


def _words(name: str) -> str:
    return (
        re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
        .lower()
        .replace("non interrupting", "not interrupting")
    )


def shown() -> str:
    """The table that the README holds now."""
    found = FRAME.search(README.read_text(encoding="utf-8"))
    assert found is not None, "the README has lost its frame for the table"
    return found[2]


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    README.write_text(FRAME.sub(lambda m: m[1] + table() + m[3], text), encoding="utf-8")
