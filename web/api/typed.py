"""flask-smorest's decorators with types: what a view takes and gives is still checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import orjson
from flask import Request, abort
from flask_smorest import Blueprint
from marshmallow import Schema, missing
from webargs.flaskparser import FlaskParser

View = TypeVar("View", bound=Callable[..., Any])


class Json(FlaskParser):
    """Reads bodies strictly: UTF-8, RFC 8259, no lone surrogates, no bottomless nesting."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        # As the schema says: a filter that is not known is refused, not overlooked.
        "query": None,
    }

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body as JSON values; 415 for a body of another kind, 400 for one that is broken."""
        body = req.get_data(cache=True)
        if not body:
            return missing
        if not req.is_json:
            abort(415)
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            abort(400)


class _Blueprint(Blueprint):  # type: ignore[misc]  # flask-smorest carries no types
    """A blueprint whose views read their bodies strictly."""

    ARGUMENTS_PARSER = Json()


class Routes:
    """A blueprint of the API, described in OpenAPI."""

    def __init__(self, name: str, *, prefix: str, description: str) -> None:
        self.blueprint = _Blueprint(name, __name__, url_prefix=prefix, description=description)

    def before(self, check: View) -> View:
        """Run ``check`` before each of these routes."""
        return cast("View", self.blueprint.before_request(check))

    def get(self, path: str) -> Callable[[View], View]:
        """A route that changes nothing."""
        return cast("Callable[[View], View]", self.blueprint.get(path))

    def post(self, path: str) -> Callable[[View], View]:
        """A route that changes something."""
        return cast("Callable[[View], View]", self.blueprint.post(path))

    def takes(
        self, schema: type[Schema] | Schema, location: str = "json"
    ) -> Callable[[View], View]:
        """The view's next argument is what ``schema`` reads from ``location``."""
        return cast("Callable[[View], View]", self.blueprint.arguments(schema, location=location))

    def gives(
        self, schema: type[Schema], *, status: int = 200, many: bool = False
    ) -> Callable[[View], View]:
        """What the view returns is written by ``schema``."""
        written = schema(many=many)
        return cast("Callable[[View], View]", self.blueprint.response(status, written))
