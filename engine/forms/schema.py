"""Form fields as a marshmallow schema whose errors are message codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from marshmallow import RAISE, Schema, ValidationError, fields, missing

from engine.errors import InvalidInput
from engine.forms.answers import reader_for
from engine.values import Value

if TYPE_CHECKING:
    from engine.forms.model import Field

MAX_ERRORS: Final = 50


class FormSchema(Schema):
    """The base of all generated schemas: unknown fields are refused, messages are codes."""

    error_messages = {"unknown": "unknown_field", "type": "wrong_type"}  # noqa: RUF012

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE


class Answer(fields.Field[Any]):
    """A marshmallow field that reads one answer the way its form field says."""

    def __init__(self, field: Field) -> None:
        self._read = reader_for(field)
        super().__init__(allow_none=True)

    def deserialize(
        self,
        value: Any,
        attr: str | None = None,
        data: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> Value:
        """The answer as a JSON value; an absent one is read like null."""
        return self._read(None if value is missing else value)


def schema_for(form_fields: Iterable[Field]) -> Schema:
    """A schema with one marshmallow field for each form field."""
    generated = FormSchema.from_dict({field.key: Answer(field) for field in form_fields})
    return generated()


def validate(schema: Schema, data: Mapping[str, object]) -> dict[str, Value]:
    """Load a submission; InvalidInput with codes by field if it is not acceptable."""
    if not isinstance(data, Mapping):
        raise InvalidInput({"_schema": ["wrong_type"]})
    try:
        loaded: dict[str, Value] = schema.load(dict(data))
    except ValidationError as refused:
        found = refused.messages
        messages = found if isinstance(found, dict) else {"_schema": found}
        shown = list(messages.items())[:MAX_ERRORS]
        raise InvalidInput({str(name): _codes(codes) for name, codes in shown}) from None
    return loaded


def _codes(messages: object) -> list[str]:
    return [str(each) for each in messages] if isinstance(messages, list) else [str(messages)]
