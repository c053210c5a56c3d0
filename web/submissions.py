"""Reads what a page's form sends into the nested values that engine and domain take.

Field names are paths: ``studied.0.credits.0.value`` is the value of the first
credit of the first component of ``studied``. Numbers in a path only order
entries; gaps close. The last value of a repeated name counts, as with checkboxes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

Node: TypeAlias = str | list["Node"] | dict[str, "Node"]

CONTROL = frozenset({"csrf_token", "idempotency_key", "outcome", "next", "row_action"})
"""Names that steer the page; they are no part of a submission."""

HIDDEN = frozenset({"digest", "lineage", "los_id", "loi_id", "scheme"})
"""Fields of the pages that nobody types."""

REASON = "reason"
MAX_DEPTH = 5


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Node]:
    """The submission in ``pairs`` of path and value, without what steers the page."""
    root: dict[str, object] = {}
    for path, value in pairs:
        if path in CONTROL or path == REASON or path.startswith(f"{REASON}_"):
            continue
        _put(root, path.split(".", MAX_DEPTH), value)
    listed = _listed(root)
    assert isinstance(listed, dict), "the root has no numbered names"
    return listed


def _put(root: dict[str, object], path: list[str], value: str) -> None:
    node = root
    for name in path[:-1]:
        below = node.get(name)
        if not isinstance(below, dict):
            below = node[name] = {}
        node = below
    # Browsers send CRLF; the texts of documents and comparisons use LF.
    node[path[-1]] = value.replace("\r\n", "\n")


def _listed(node: object, *, top: bool = True) -> Node:
    if not isinstance(node, dict):
        return str(node)
    if node and not top and all(name.isascii() and name.isdigit() for name in node):
        return [_listed(node[name], top=False) for name in sorted(node, key=int)]
    return {name: _listed(below, top=False) for name, below in node.items()}


def readable(data: Mapping[str, object], path: str = "") -> list[str]:
    """What was typed as lines "path: text", to be copied by hand; identifiers are left out."""
    lines: list[str] = []
    for name, value in data.items():
        where = f"{path}.{name}" if path else name
        if isinstance(value, dict):
            lines += readable(value, where)
        elif isinstance(value, list):
            lines += readable({str(n + 1): entry for n, entry in enumerate(value)}, where)
        elif value and name not in HIDDEN:
            lines.append(f"{where}: {value}")
    return lines


def reason_of(form: Mapping[str, str], outcome: str | None) -> str | None:
    """The reason typed for ``outcome``: each refusal has a box of its own."""
    text = form.get(f"{REASON}_{outcome}") or form.get(REASON) or ""
    return text.replace("\r\n", "\n").strip() or None
