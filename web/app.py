"""The web application: everything it is made of, in the order it is put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from web import (
    assets,
    current,
    display,
    enforcement,
    errors,
    i18n,
    navigation,
    security,
    sessions,
    words,
)
from web.addresses import IdConverter, KeyConverter
from web.api import register_api
from web.audit import (
    bundles,
    case_history,
    conformance,
    deadlines,
    durations,
    evidence,
    exports,
    personal_data,
    record,
    retention,
    search,
)
from web.operations import pages as operations
from web.pages import (
    applications,
    campaign_places,
    campaigns,
    cases,
    contract_change,
    difficulties,
    documents,
    exam_waiver,
    grade_transfer,
    grading_tables,
    grants,
    health,
    home,
    hubs,
    imports,
    inbox,
    incidents,
    meetings,
    mentions,
    nominations,
    outbox,
    partner,
    partnerships,
    rankings,
    recognition,
    relay,
    saved,
    settings,
    signin,
    start,
    stays,
    tasks,
    validation_plan,
)
from web.rehearsal import pages as rehearsals
from web.rehearsal import stage as rehearsal_stage
from web.rehearsal.house import FACTORY
from web.studio import (
    beginning,
    comparisons,
    decisions,
    draft_files,
    drafts,
    editing,
    forms,
    library,
    migration,
    offers,
    planning,
    retiring,
    scenario_sheets,
    scenarios,
)

if TYPE_CHECKING:
    from engine import Engine
    from web.config import Settings


PAGES = (
    health,
    signin,
    home,
    hubs,
    inbox,
    saved,
    mentions,
    tasks,
    cases,
    documents,
    start,
    campaigns,
    campaign_places,
    rankings,
    applications,
    contract_change,
    validation_plan,
    exam_waiver,
    grade_transfer,
    nominations,
    recognition,
    grading_tables,
    grants,
    stays,
    difficulties,
    meetings,
    partnerships,
    relay,
    imports,
    incidents,
    operations,
    library,
    beginning,
    drafts,
    search,
    durations,
    deadlines,
    exports,
    conformance,
    record,
    evidence,
    case_history,
    bundles,
    retention,
    personal_data,
    migration,
    scenarios,
    scenario_sheets,
    rehearsals,
    rehearsal_stage,
    draft_files,
    editing,
    forms,
    decisions,
    comparisons,
    planning,
    retiring,
    offers,
    outbox,
    settings,
    partner,
)
"""Every module of pages, in the order of a visit."""


def create_app(settings: Settings, engine: Engine | None = None) -> Flask:
    """The application for ``settings``; ``engine`` is built from them unless it is given.

    Raises RuntimeError where a route has no policy or the assets are not built.
    """
    if engine is None:
        from web.root import build_engine

        engine = build_engine(settings)
    app = Flask("web", static_folder="static", template_folder="templates")
    app.config["SECRET_KEY"] = settings.secret_key
    app.extensions[current.KEY] = current.Running(engine, settings)
    app.extensions[FACTORY] = create_app
    app.url_map.converters["id"] = IdConverter
    app.url_map.converters["key"] = KeyConverter
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["words"] = words

    health.measure(app)
    current.init_app(app)
    # Before what may refuse a request, so that refusals know whom they speak to.
    sessions.init_app(app)
    security.init_app(app, https=settings.secure_cookies)
    i18n.init_app(app)
    assets.init_app(app)
    display.init_app(app)
    navigation.init_app(app)
    enforcement.init_app(app)
    for module in PAGES:
        app.register_blueprint(module.pages)
    register_api(app)
    # After the API, whose extension brings handlers of its own.
    errors.init_app(app)
    enforcement.require_complete(app)
    return app
