"""The tabs of the history: one menu entry, several pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import request, url_for
from flask_babel import lazy_gettext as lazy

from web import current
from web.access_history import HISTORY

TABS: Final[Mapping[str, tuple[str, str]]] = {
    "history.search": (lazy("Search"), "search"),
    "durations.show": (lazy("Durations"), "hourglass-split"),
    "deadlines.show": (lazy("Deadlines"), "clock"),
    "conformance.show": (lazy("Conformance"), "check-circle"),
    "exports.index": (lazy("Exports"), "file-earmark-arrow-up"),
    "retention.index": (lazy("Retention"), "lock"),
    "record.show": (lazy("Audit trail"), "shield-check"),
}
"""Label and icon of each page; the order of the tabs."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab as it is shown."""

    label: str
    icon: str
    address: str
    current: bool


def tabs() -> list[Tab]:
    """The tabs that the viewer may open; the present page's is the current one."""
    viewer = current.viewer()
    here = _here()
    return [
        Tab(str(label), icon, url_for(endpoint), endpoint == here)
        for endpoint, (label, icon) in TABS.items()
        if viewer is not None and HISTORY[endpoint].admits(viewer)
    ]


def in_history() -> bool:
    """Whether the present page is under one of the tabs."""
    return _here() is not None


def _here() -> str | None:
    """The tab whose address the present one begins with; of several, the longest."""
    under = {
        address: endpoint
        for endpoint in TABS
        for address in (url_for(endpoint),)
        if request.path == address or request.path.startswith(f"{address}/")
    }
    return under[max(under, key=len)] if under else None
