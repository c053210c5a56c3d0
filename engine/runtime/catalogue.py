"""What an installation offers to diagrams, as the linter asks for it."""

from __future__ import annotations

from engine.definitions import Catalogue
from engine.feel import Feel
from engine.feel.dmn import parse_decisions
from engine.forms import compile_form
from engine.registry import Registry
from engine.schedule import CALENDARS, parse_timer


def catalogue(registry: Registry, feel: Feel) -> Catalogue:
    """The linter's view of a registry."""
    return Catalogue(
        feel=feel,
        approval_kinds=registry.approval_steps,
        services={name: service.parameters for name, service in registry.services.items()},
        handlers=frozenset(registry.handlers),
        pages=registry.pages,
        calendars=frozenset(CALENDARS),
        compile_form=compile_form,
        parse_decisions=parse_decisions,
        check_timer=parse_timer,
    )
