"""The shape of a scenario file, checked before anything of it is run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, pre_load, validate

from engine.schedule import parse_duration
from workflows.office_work.local_time import ZONE as PARIS
from workflows.scenarios.cast import MEMBERS, PARTNER
from workflows.scenarios.steps import (
    SYSTEM_MEMBER,
    Complete,
    Do,
    Expect,
    ExpectedDocument,
    ExpectedMail,
    Message,
    Refuse,
    Step,
    Wait,
)

MAX_STEPS = 500
_NO_MOMENT = "Write a date and time such as 2026-09-07T09:00."

_people = validate.OneOf((*MEMBERS, PARTNER), error="Nobody of the cast is called '{input}'.")
_some = validate.Length(min=1, error="Say which.")


class Moment(fields.Field[datetime]):
    """A date and time of Paris, or with an offset of its own; a date alone is its midnight."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> datetime:
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day, tzinfo=PARIS)
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value)
            except ValueError as error:
                raise ValidationError(_NO_MOMENT) from error
        if not isinstance(value, datetime):
            raise ValidationError(_NO_MOMENT)
        return value if value.tzinfo else value.replace(tzinfo=PARIS)


class _Shape(Schema):
    """Refuses what it does not know, and makes ``made`` of the rest."""

    made: ClassVar[type]

    class Meta:
        """Unknown keys are mistakes of the writer."""

        unknown = RAISE

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        lists = {name: tuple(value) for name, value in data.items() if isinstance(value, list)}
        return self.made(**{**data, **lists})


def _text(**options: Any) -> fields.String:
    return fields.String(validate=_some, **options)


def _texts() -> fields.List[str]:
    return fields.List(_text())


class DoShape(_Shape):
    """``do``."""

    made = Do
    action = _text(required=True, data_key="do")
    member = fields.String(data_key="as", validate=_people, load_default=SYSTEM_MEMBER)
    arguments = fields.Dict(keys=fields.String(), data_key="with")
    keep = _text()


class CompleteShape(_Shape):
    """``complete``."""

    made = Complete
    element = _text(required=True, data_key="complete")
    member = fields.String(required=True, data_key="as", validate=_people)
    process = _text()
    case = _text()
    number = fields.Integer(strict=True, validate=validate.Range(min=1))
    outcome = _text()
    reason = fields.String()
    data = fields.Raw()


def _duration(text: str) -> None:
    try:
        parse_duration(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error


class WaitShape(_Shape):
    """``wait``."""

    made = Wait
    duration = fields.String(required=True, data_key="wait", validate=_duration)


class UntilShape(_Shape):
    """``until``."""

    made = Wait
    until = Moment(required=True)


class MessageShape(_Shape):
    """``message``."""

    made = Message
    name = _text(required=True, data_key="message")
    payload = fields.Dict(keys=fields.String())
    case = _text()
    delivered = fields.Boolean()


class MailShape(_Shape):
    """A mail that is expected."""

    made = ExpectedMail
    to = _text(required=True)
    contains = fields.Raw()
    count = fields.Integer(strict=True, validate=validate.Range(min=0))

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> ExpectedMail:
        texts = data.get("contains", ())
        texts = (texts,) if isinstance(texts, str) else texts
        if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
            raise ValidationError("Write a text, or a list of texts.", "contains")
        return ExpectedMail(data["to"], tuple(texts), data.get("count"))


class DocumentShape(_Shape):
    """A document that is expected; a text alone is its kind."""

    made = ExpectedDocument
    kind = _text(required=True)
    language = _text()
    superseded = fields.Boolean()
    revoked = fields.Boolean()
    count = fields.Integer(strict=True, validate=validate.Range(min=0))

    @pre_load
    def _of_text(self, data: object, **_: Any) -> object:
        return {"kind": data} if isinstance(data, str) else data


class ExpectShape(_Shape):
    """What is expected."""

    made = Expect
    open = _texts()
    due = fields.Dict(keys=fields.String(), values=fields.Date())
    running = _texts()
    finished = _texts()
    terminated = _texts()
    mails = fields.List(fields.Nested(MailShape))
    documents = fields.List(fields.Nested(DocumentShape))
    facts = fields.Dict(keys=fields.String())
    incidents = fields.Integer(strict=True, validate=validate.Range(min=0))


SHAPES: Mapping[str, type[_Shape]] = {
    "do": DoShape,
    "complete": CompleteShape,
    "wait": WaitShape,
    "until": UntilShape,
    "message": MessageShape,
}
REFUSABLE = ("do", "complete", "message")
KINDS = (*SHAPES, "expect", "refuse")


def load_step(data: object) -> Step:
    """One step; raises marshmallow's ValidationError."""
    if not isinstance(data, Mapping):
        raise ValidationError(f"Write a step as a mapping with one of {', '.join(KINDS)}.")
    kinds = [kind for kind in KINDS if kind in data]
    if len(kinds) != 1:
        raise ValidationError(f"A step is one of {', '.join(KINDS)}; this one is {len(kinds)}.")
    (kind,) = kinds
    if kind in SHAPES:
        loaded: Step = _loaded(SHAPES[kind](), data)
        return loaded
    if set(data) != {kind}:
        raise ValidationError(f"Nothing stands beside '{kind}'; move it inside.")
    if kind == "expect":
        expected: Expect = _loaded(ExpectShape(), data[kind])
        return expected
    return _refusal(data[kind])


def _loaded(shape: _Shape, data: object) -> Any:
    if not isinstance(data, Mapping):
        raise ValidationError("Write a mapping here.")
    return shape.load(data)


def _refusal(data: object) -> Refuse:
    if not isinstance(data, Mapping) or "error" not in data:
        raise ValidationError("Say which error is expected.", "error")
    error = data["error"]
    fields_named = isinstance(error, Mapping) and all(
        isinstance(name, str) and isinstance(code, str) for name, code in error.items()
    )
    if not error or not (isinstance(error, str) or fields_named):
        raise ValidationError("Write a code, or fields with their codes.", "error")
    inner = {name: value for name, value in data.items() if name != "error"}
    if not any(kind in inner for kind in REFUSABLE):
        raise ValidationError(f"Only {', '.join(REFUSABLE)} can be refused.")
    step = load_step(inner)
    if not isinstance(step, Do | Complete | Message):
        raise ValidationError(f"Only {', '.join(REFUSABLE)} can be refused.")
    return Refuse(step, error)
