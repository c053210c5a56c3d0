"""What the API sends and takes. Ids are strings: they do not fit a double."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from web.addresses import CURSOR, MAX_ID

MAX_TEXT = 200
SHORT = [validate.Length(max=MAX_TEXT), validate.ContainsNoneOf("\0")]
"""A text that a database can compare with: PostgreSQL refuses the zero character."""


class Strict(Schema):
    """Unknown fields are refused."""

    class Meta:
        """Refuse what is not declared."""

        unknown = RAISE


class LabelsSchema(Schema):
    """How a case is shown in lists."""

    subject = fields.String()
    org_unit = fields.String()
    counterparty = fields.String()


class Names(fields.Dict):
    """Texts by language: fr, en, es."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(keys=fields.String(), values=fields.String(), **kwargs)


class WorkItemSchema(Schema):
    """One task asked of one person or group."""

    id = fields.String()
    instance_id = fields.String()
    process = fields.String(attribute="key")
    business_key = fields.String()
    element = fields.String()
    names = Names()
    instructions = Names()
    candidate = fields.String()
    assignee = fields.String(allow_none=True)
    status = fields.Function(lambda item: item.status.name.lower(), metadata={"type": "string"})
    outcomes = fields.List(fields.String())
    reason_required = fields.Function(
        lambda item: sorted(item.reason_required), metadata={"type": "array"}
    )
    due_at = fields.AwareDateTime(allow_none=True)
    follow_up_at = fields.AwareDateTime(allow_none=True)
    priority = fields.Integer()
    created_at = fields.AwareDateTime()
    completed_at = fields.AwareDateTime(allow_none=True)
    completed_by = fields.String(allow_none=True)
    outcome = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    labels = fields.Nested(LabelsSchema)


class InboxQuerySchema(Strict):
    """Which work items, in which order, from where."""

    view = fields.String(load_default="groups", validate=validate.OneOf(["mine", "groups", "all"]))
    text = fields.String(load_default="", validate=SHORT)
    process = fields.String(load_default="", validate=SHORT)
    element = fields.String(load_default="", validate=SHORT)
    org_unit = fields.String(load_default="", validate=SHORT)
    counterparty = fields.String(load_default="", validate=SHORT)
    overdue = fields.Boolean(load_default=False)
    sort = fields.String(load_default="due", validate=validate.OneOf(["due", "newest"]))
    after = fields.String(load_default=None, validate=validate.Regexp(f"^{CURSOR.pattern}$"))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 100))


class InboxSchema(Schema):
    """A page of work items; ``after`` is the cursor of the next one."""

    items = fields.List(fields.Nested(WorkItemSchema))
    after = fields.String(allow_none=True)


class CompleteSchema(Strict):
    """An answer: form data, an outcome where the step has some, a reason where it asks."""

    data = fields.Dict(keys=fields.String(), load_default=dict)
    outcome = fields.String(load_default=None, allow_none=True)
    reason = fields.String(load_default=None, allow_none=True)


def _key(value: str) -> None:
    if not value.strip() or not value.isprintable():
        raise ValidationError("Not a key.")


class IdempotencySchema(Schema):
    """The header that makes a command safe to repeat."""

    idempotency_key = fields.String(
        required=True,
        data_key="Idempotency-Key",
        validate=[validate.Length(min=1, max=MAX_TEXT), _key],
    )


class CompletedSchema(Schema):
    """What a completion led to; the same again for the same key."""

    work_item_id = fields.String()
    instance_id = fields.String()
    outcome = fields.String(allow_none=True)
    next_items = fields.List(fields.String())
    instance_finished = fields.Boolean()


class StartSchema(Strict):
    """A new learning agreement."""

    student = fields.String(load_default="", validate=validate.Length(max=MAX_TEXT))
    department = fields.String(required=True, validate=validate.Length(1, MAX_TEXT))
    receiving_hei_id = fields.String(required=True, validate=validate.Length(1, MAX_TEXT))
    academic_year = fields.String(required=True, validate=validate.Length(1, MAX_TEXT))
    mobility_type = fields.String(load_default="semester", validate=validate.Length(max=MAX_TEXT))


class StartedSchema(Schema):
    """The new case and its first work items."""

    mobility_id = fields.String()
    instance_id = fields.String()
    work_items = fields.List(fields.String())


class InstanceSchema(Schema):
    """One case."""

    id = fields.String()
    process = fields.String(attribute="key")
    version = fields.Integer()
    business_key = fields.String()
    status = fields.Function(lambda case: case.status.name.lower(), metadata={"type": "string"})
    labels = fields.Nested(LabelsSchema)
    started_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)
    active_elements = fields.List(fields.String())
    incidents = fields.Integer()
    open_items = fields.List(fields.Nested(WorkItemSchema))


class HistoryQuerySchema(Strict):
    """Events after a sequence number."""

    after = fields.Integer(load_default=0, validate=validate.Range(0, MAX_ID))
    limit = fields.Integer(load_default=200, validate=validate.Range(1, 1000))


class HistoryEventSchema(Schema):
    """One link of a case's chain of events."""

    seq = fields.Integer()
    at = fields.AwareDateTime()
    kind = fields.String()
    element = fields.String(allow_none=True)
    work_item_id = fields.String(allow_none=True)
    actor = fields.String()
    on_behalf_of = fields.String(allow_none=True)
    payload = fields.Raw(allow_none=True)


class ProblemSchema(Schema):
    """An RFC 9457 problem document."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    code = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
