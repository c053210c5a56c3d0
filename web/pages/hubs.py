"""Pages that lead on: what one may begin, and the tools of the office."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from web import current
from web.ways import STARTS, TOOLS, open_to

pages = Blueprint("hubs", __name__)


@pages.get("/new")
def start() -> ResponseReturnValue:
    """What can be begun by this person."""
    ways = open_to(current.signed_in(), STARTS)
    retired = current.engine().retired()
    closed = {way.endpoint for way in ways if way.starts and way.starts <= retired}
    return render_template("hub.html", title=_("Begin something"), ways=ways, closed=closed)


@pages.get("/office")
def office() -> ResponseReturnValue:
    """The tools of the office that are open to this person."""
    ways = open_to(current.signed_in(), TOOLS)
    return render_template("hub.html", title=_("Office tools"), ways=ways, closed=())
