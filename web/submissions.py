"""Reads what a page's form sends into the nested values that engine and domain take.

Field names are paths: ``studied.0.credits.0.value`` is the value of the first
credit of the first component of ``studied``. Numbers in a path only order
entries; gaps close. The last value of a repeated name counts, as with checkboxes.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from engine.errors import InvalidInput
from engine.texts import unusable

Node: TypeAlias = str | list["Node"] | dict[str, "Node"]

CONTROL = frozenset({"csrf_token", "idempotency_key", "outcome", "next", "row_action"})
"""Names that steer the page; they are no part of a submission."""

HIDDEN = frozenset({"digest", "lineage", "los_id", "loi_id", "scheme"})
"""Fields of the pages that nobody types."""

REASON = "reason"
MAX_DEPTH = 5
MAX_FIELDS = 5_000
"""The longest draft there may be, 100 components a part, has fewer."""
MAX_KEY = 200
MAX_TEXT = 4_000

_ORDINAL = re.compile(r"[0-9]{1,9}")


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Node]:
    """The submission in ``pairs`` of path and value, without what steers the page.

    Raises RequestEntityTooLarge for more fields than any page has.
    """
    root: dict[str, object] = {}
    for count, (path, value) in enumerate(pairs):
        if count >= MAX_FIELDS:
            raise RequestEntityTooLarge
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
    if node and not top and all(map(_ORDINAL.fullmatch, node)):
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
    """The reason typed for ``outcome``: each refusal has a box of its own.

    Raises InvalidInput for ``reason``.
    """
    return checked_reason(form.get(f"{REASON}_{outcome}") or form.get(REASON))


def checked_reason(text: str | None) -> str | None:
    """A reason as it is kept, None where there is none; raises InvalidInput for ``reason``."""
    return _free_text(REASON, text) or None


def comment_of(form: Mapping[str, str]) -> str:
    """The remark typed on a case; raises InvalidInput for ``text``."""
    return _free_text("text", form.get("text"))


def _free_text(name: str, text: str | None) -> str:
    text = (text or "").replace("\r\n", "\n").strip()
    if len(text) > MAX_TEXT:
        raise InvalidInput({name: [f"too_long:{MAX_TEXT}"]})
    if unusable(text):
        raise InvalidInput({name: ["invalid_characters"]})
    return text


def key_of(form: Mapping[str, str]) -> str:
    """What makes sending the form twice the same as once; a new one where it brings none.

    Raises BadRequest for a key that no page has given out.
    """
    key = form.get("idempotency_key", "")
    if len(key) > MAX_KEY or not key.isprintable():
        raise BadRequest
    return key or str(uuid.uuid4())
