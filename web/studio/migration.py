"""Running cases move to another version: looked at, ordered, followed, stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import Definition, Order, Preview, Route, Selection, Version
from engine.errors import InvalidInput, InvalidState, NotFound
from web import current
from web.addresses import cursor, number, wanted
from web.display import remember_names
from web.i18n import translated
from web.studio.library import versions_of

pages = Blueprint("migrations", __name__)

MAPPED = "map."
"""Before an element's id, the name of the field that says what takes its place."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person has chosen so far; kept in the address, so that it can be sent around."""

    to: int
    selection: Selection
    mapping: Mapping[str, str]

    @property
    def fields(self) -> dict[str, str]:
        """The choice as the fields of a form or the arguments of an address."""
        chosen = {
            "to": str(self.to),
            "department": self.selection.org_unit,
            "partner": self.selection.counterparty,
            "step": self.selection.element,
            **{f"{MAPPED}{old}": new for old, new in self.mapping.items()},
        }
        return {name: value for name, value in chosen.items() if value}


def _asked(given: Mapping[str, str], default: int) -> Asked:
    selection = Selection(
        org_unit=wanted(given.get("department")),
        counterparty=wanted(given.get("partner")),
        element=wanted(given.get("step")),
    )
    mapping = {
        name.removeprefix(MAPPED): wanted(value)
        for name, value in given.items()
        if name.startswith(MAPPED) and wanted(value)
    }
    return Asked(number(given.get("to", "")) or default, selection, mapping)


@pages.get("/processes/<key:key>/migrations")
def index(key: str) -> ResponseReturnValue:
    """The migrations of a lifecycle, the newest first."""
    versions = versions_of(key)
    orders = current.engine().migrations(key)
    remember_names([each.asked_by for each in orders])
    definition = current.engine().definition(versions[0].definition_id)
    return render_template(
        "studio/migrations.html",
        key=key,
        definition=definition,
        orders=orders,
        versions=[each for each in versions if each.running or definition.model.restricted],
    )


@pages.get("/processes/<key:key>/versions/<id:number>/migrate")
def ask(key: str, number: int) -> ResponseReturnValue:
    """Where to, which cases, and what would become of each."""
    source = current.engine().version(key, number)
    targets = [each for each in versions_of(key) if each.number != number]
    if not targets:
        return render_template("studio/migration_none.html", key=key, source=source)
    return _page(source, targets, _asked(request.args, targets[0].number))


def _page(source: Definition, targets: list[Version], asked: Asked) -> str:
    engine, actor = current.engine(), current.actor()
    route, unusable = _route(source, asked)
    preview: Preview | None = None
    if not unusable:
        preview = engine.preview_migration(
            route,
            actor=actor,
            selection=asked.selection,
            after=cursor(request.args.get("after")),
        )
    return render_template(
        "studio/migration.html",
        key=source.key,
        source=source,
        target=route.target,
        targets=targets,
        asked=asked,
        preview=preview,
        unusable=unusable,
        mappable=route.mappable(),
        choices=engine.migration_choices(source.id, actor=actor),
        names=_names(source),
        prefix=MAPPED,
    )


def _route(source: Definition, asked: Asked) -> tuple[Route, bool]:
    """The way that was asked for; without its mapping, and true, where that cannot be used."""
    engine = current.engine()
    try:
        route = engine.migration_route(source.key, source.version, asked.to, asked.mapping)
    except InvalidInput as error:
        if "mapping" not in error.errors:
            raise
        return engine.migration_route(source.key, source.version, asked.to, {}), True
    return route, False


def _names(definition: Definition) -> dict[str, str]:
    """The elements' names, and the id of one that has none."""
    elements = definition.model.elements
    return {name: translated(each.names) or name for name, each in elements.items()}


@pages.post("/processes/<key:key>/versions/<id:number>/migrate")
def begin(key: str, number: int) -> ResponseReturnValue:
    """Order the migration; the workers do it, whether this browser stays open or not."""
    engine = current.engine()
    source = engine.version(key, number)
    targets = [each for each in versions_of(key) if each.number != number]
    asked = _asked(request.form, 0)
    if asked.to not in {each.number for each in targets}:
        raise InvalidInput({"to": ["not_an_option"]})
    route, unusable = _route(source, asked)
    if unusable:
        return _page(source, targets, asked), 422
    order = engine.migrate(route, actor=current.actor(), selection=asked.selection)
    return redirect(url_for("migrations.show", key=key, order_id=order))


@pages.get("/processes/<key:key>/migrations/<id:order_id>")
def show(key: str, order_id: int) -> ResponseReturnValue:
    """How far a migration is, and which cases stayed."""
    engine, actor = current.engine(), current.actor()
    order = _order(key, order_id)
    remember_names([order.asked_by])
    source = engine.definition(order.source_id)
    return render_template(
        "studio/migration_order.html",
        key=key,
        order=order,
        source=source,
        names=_names(source),
        target_names=_names(engine.definition(order.target_id)),
        page=engine.stayed(
            order_id, actor=actor, after=cursor(request.args.get("after")), limit=50
        ),
    )


def _order(key: str, order_id: int) -> Order:
    """An order of this lifecycle; raises NotFound for one of another."""
    order = current.engine().migration(order_id, actor=current.actor())
    if order.key != key:
        raise NotFound
    return order


@pages.post("/processes/<key:key>/migrations/<id:order_id>/cancel")
def cancel(key: str, order_id: int) -> ResponseReturnValue:
    """Let no further case move."""
    _order(key, order_id)
    try:
        current.engine().cancel_migration(order_id, actor=current.actor())
    except InvalidState:
        flash(_("This migration had ended already."))
    else:
        flash(_("Stopped. What has moved stays moved."), "done")
    return redirect(url_for("migrations.show", key=key, order_id=order_id))
