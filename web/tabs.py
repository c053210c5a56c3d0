"""The tabs of the history: one menu entry, several pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from flask import Flask, current_app, request
from flask_babel import lazy_gettext as lazy

HOME: Final = "/history"
TABS: Final[Mapping[str, tuple[str, str]]] = {
    HOME: (lazy("Search"), "search"),
    "/history/durations": (lazy("Durations"), "hourglass-split"),
    "/history/deadlines": (lazy("Deadlines"), "clock"),
    "/history/conformance": (lazy("Conformance"), "check-circle"),
    "/history/exports": (lazy("Exports"), "file-earmark-arrow-up"),
    "/history/retention": (lazy("Retention"), "lock"),
    "/record": (lazy("Audit trail"), "shield-check"),
}
"""Label and icon of each page by its address; the order of the tabs."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab as it is shown."""

    label: str
    icon: str
    address: str
    current: bool


def tabs() -> list[Tab]:
    """The tabs whose pages this installation has; the present page's is the current one."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    here = _tab_of(request.path)
    return [
        Tab(str(label), icon, address, address == here)
        for address, (label, icon) in TABS.items()
        if address in _addresses(app)
    ]


def in_history() -> bool:
    """Whether the present page is under one of the tabs."""
    return _tab_of(request.path) is not None


def _tab_of(path: str) -> str | None:
    under = [each for each in TABS if path == each or path.startswith(f"{each}/")]
    return max(under, key=len, default=None)


@cache
def _addresses(app: Flask) -> frozenset[str]:
    return frozenset(
        rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())
    )
