"""What a policy of access is, and how the case that a route names is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import g

from engine.errors import Erased
from engine.identity import Actor
from web import current
from web.viewer import Viewer

Loader = Callable[[Viewer, Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may use a route. ``roles`` is None for routes open to everybody."""

    name: str
    roles: Callable[[Viewer], bool] | None = None
    load: Loader | None = None

    def admits(self, viewer: Viewer) -> bool:
        """Whether the viewer's role is one of these; a route's object is another question."""
        return self.roles is None or self.roles(viewer)


def instance(_viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Load the case of a route as the person sees it; raises NotFound."""
    g.instance = current.engine().instance(arguments["instance_id"], actor=person())


def whole_instance(viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """The same, for what needs its content; raises Erased where that is gone."""
    instance(viewer, arguments)
    if g.instance.erased_at is not None:
        raise Erased(instance_id=g.instance.id)


def person() -> Actor:
    """Who is signed in: the engine itself knows in which cases they replace whom."""
    viewer = current.viewer()
    assert viewer is not None, "objects are loaded for who is signed in"
    return viewer.actor


OPERATORS = Policy(
    "process administrator or international office",
    lambda viewer: viewer.is_admin or viewer.is_ri,
)
PROCESS_ADMINISTRATORS = Policy("process administrator", lambda viewer: viewer.is_admin)
PROCESS_READERS = Policy(
    "process administrator or auditor", lambda viewer: viewer.is_admin or viewer.is_auditor
)
AUDITORS = Policy("auditor", lambda viewer: viewer.is_auditor)
