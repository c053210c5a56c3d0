"""Where one lands: staff in the inbox, a student at the one thing to do now."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine.values import InboxQuery, InstanceQuery
from web import current
from web.lifecycles.path import way_of

pages = Blueprint("home", __name__)


@pages.get("/")
def show() -> ResponseReturnValue:
    """The start page of one's role."""
    viewer = current.signed_in()
    if viewer.is_student:
        return redirect(url_for("home.student"))
    return redirect(url_for("inbox.show"))


@pages.get("/home")
def student() -> ResponseReturnValue:
    """What must I do, until when, and is all well?"""
    engine, actor = current.engine(), current.actor()
    todo = engine.inbox(actor=actor, query=InboxQuery(view="groups", limit=10)).items
    cases = engine.instances(actor=actor, query=InstanceQuery(limit=20)).items
    waiting = None
    if not todo and cases:
        open_items = engine.instance(cases[0].id, actor=actor).open_items
        waiting = open_items[0] if open_items else None
    return render_template(
        "home.html",
        todo=todo,
        cases=cases,
        waiting=waiting,
        stages=way_of(cases[0]).stages if cases else (),
    )
