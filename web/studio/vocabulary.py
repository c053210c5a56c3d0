"""What a diagram may say here: the engine's allow-list and what is installed, for the editor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine import Engine
from engine.approvals import options_of
from engine.definitions import Bundle
from engine.definitions.properties import PREFIXES, PROPERTIES
from engine.feel.dmn import parse_decisions
from engine.forms import compile_form
from engine.kernel.supported import SUPPORTED_ELEMENTS
from engine.schedule import CALENDARS
from web.words.studio import ELEMENTS

_NAMED = ("name.fr", "name.en", "name.es")
_NAMED_ONLY = "process lane participant sequenceFlow"


def vocabulary(engine: Engine, bundle: Bundle) -> dict[str, Any]:
    """All that palette, menus and properties panel offer for a diagram of ``bundle``."""
    registry = engine.registry
    forms, fields = _forms(bundle)
    decisions, outputs = _decisions(bundle)
    return {
        "supported": sorted(SUPPORTED_ELEMENTS),
        "properties": _properties(),
        "prefixes": dict(PREFIXES),
        "approvals": [
            {
                "kind": kind,
                "options": [
                    {"name": each.name, "feel": each.expression, "required": each.required}
                    for each in options_of(step)
                ],
            }
            for kind, step in sorted(registry.approval_steps.items())
        ],
        "services": {
            name: sorted(service.parameters) for name, service in sorted(registry.services.items())
        },
        "handlers": sorted(registry.handlers),
        "pages": sorted(registry.pages),
        "calendars": sorted(CALENDARS),
        "forms": forms,
        "decisions": decisions,
        "variables": sorted({*fields, *outputs}),
        "messages": _messages(engine),
        "kinds": {type_: str(text) for type_, text in ELEMENTS.items()},
    }


def _properties() -> dict[str, list[str]]:
    """The properties of every element that may carry any, in which :data:`PREFIXES` go on."""
    executed = {key.partition(":")[0] for key in SUPPORTED_ELEMENTS} | set(_NAMED_ONLY.split())
    return {each: sorted(PROPERTIES.get(each, _NAMED)) for each in sorted(executed)}


def _messages(engine: Engine) -> list[str]:
    """The names of the messages by which the lifecycles that are in force meet."""
    names = {
        message.name for each in engine.definitions() for message in each.model.messages.values()
    }
    return sorted(names)


def _forms(bundle: Bundle) -> tuple[list[str], list[str]]:
    """The ids of the forms that can be read, and the variables that they fill."""
    names = [each for each in bundle.names(".json") if each.startswith("forms/")]
    forms = [compile_form(bundle.files[name], name)[0] for name in names]
    return [form.id for form in forms if form.id], [
        field.key for form in forms for field in form.fields
    ]


def _decisions(bundle: Bundle) -> tuple[list[str], list[str]]:
    """The ids of the decision tables that can be read, and the variables that they give."""
    tables = [
        table
        for name in bundle.names(".dmn")
        for table in parse_decisions(bundle.files[name], name)[0]
    ]
    return [table.id for table in tables], list(_outputs(tables))


def _outputs(tables: list[Any]) -> Iterator[str]:
    for table in tables:
        for output in table.outputs:
            yield output.name
