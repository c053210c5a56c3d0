"""flask-smorest's decorators with types: what a view takes and gives is still checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask_smorest import Blueprint
from marshmallow import Schema

View = TypeVar("View", bound=Callable[..., Any])


class Routes:
    """A blueprint of the API, described in OpenAPI."""

    def __init__(self, name: str, *, prefix: str, description: str) -> None:
        self.blueprint = Blueprint(name, __name__, url_prefix=prefix, description=description)

    def before(self, check: View) -> View:
        """Run ``check`` before each of these routes."""
        return cast("View", self.blueprint.before_request(check))

    def get(self, path: str) -> Callable[[View], View]:
        """A route that changes nothing."""
        return cast("Callable[[View], View]", self.blueprint.get(path))

    def post(self, path: str) -> Callable[[View], View]:
        """A route that changes something."""
        return cast("Callable[[View], View]", self.blueprint.post(path))

    def takes(self, schema: type[Schema], location: str = "json") -> Callable[[View], View]:
        """The view's next argument is what ``schema`` reads from ``location``."""
        return cast("Callable[[View], View]", self.blueprint.arguments(schema, location=location))

    def gives(
        self, schema: type[Schema], *, status: int = 200, many: bool = False
    ) -> Callable[[View], View]:
        """What the view returns is written by ``schema``."""
        written = schema(many=many)
        return cast("Callable[[View], View]", self.blueprint.response(status, written))
