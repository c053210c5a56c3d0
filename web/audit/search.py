"""Search over all cases and events of the history."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.tabs import tabs

pages = Blueprint("history", __name__)


@pages.app_context_processor
def _shared() -> dict[str, object]:
    return {"history_tabs": tabs}


@pages.get("/history")
def search() -> ResponseReturnValue:
    """The cases or events that a filter finds."""
    return render_template("audit/search.html")
