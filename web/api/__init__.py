"""The API for programs: JSON over the same engine, described in OpenAPI 3.1."""

from __future__ import annotations

from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from flask_smorest import Api

from web.addresses import IdConverter
from web.api.history import history
from web.api.schemas import ProblemSchema
from web.api.v1 import v1
from web.security import csrf


class _Api(Api):  # type: ignore[misc]  # flask-smorest carries no types
    """The description's own shape of an error is that of our problem documents."""

    ERROR_SCHEMA = ProblemSchema


def register_api(app: Flask) -> None:
    """Add ``/api/v1`` and its description at ``/api/v1/openapi.json``."""
    app.config.update(
        API_TITLE="Passerelle",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = _Api(app, spec_kwargs={"marshmallow_plugin": MarshmallowPlugin()})
    _describe_ids(api)
    # The custom header every unsafe call must carry takes the place of the form's token.
    for routes in (v1, history):
        csrf.exempt(routes.blueprint)
        api.register_blueprint(routes.blueprint)
    _describe_problems(api)


def _describe_ids(api: Any) -> None:
    """Ids in addresses are positive 63-bit integers; programs keep them as strings."""

    def describe(_converter: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[0-9]{1,19}$"}

    api.register_converter(IdConverter, describe)


def _describe_problems(api: Any) -> None:
    """Errors carry the media type of RFC 9457 in the description too."""
    for response in api.spec.components.responses.values():
        content = response.get("content", {})
        if "application/json" in content:
            content["application/problem+json"] = content.pop("application/json")
