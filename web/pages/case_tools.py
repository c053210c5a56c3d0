"""What the page of a mobility's case offers besides the case: messages, and what can be begun."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import ModuleType

from engine.values import Instance
from web import current
from web.pages.relay import Thread, thread_of_case
from web.words import duties
from workflows.difficulty.services import may_report
from workflows.grant.models import SCHEMES
from workflows.grant.services import OVER, grants_of
from workflows.mobility.models import ShortenedStay
from workflows.mobility.services import is_outgoing, mobility_of_case
from workflows.mobility.stays import shortening_of


@dataclass(frozen=True)
class CaseTools:
    """For the viewer of one case; everything is empty where the case is of no mobility."""

    mobility_id: int = 0
    thread: Thread | None = None
    may_report: bool = False
    may_cut_short: bool = False
    shortened: ShortenedStay | None = None
    schemes: Sequence[tuple[str, str]] = ()
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    words: ModuleType = duties


def tools_of(case: Instance) -> CaseTools:
    """The messages of a case's mobility, and what the viewer may begin for it."""
    viewer, home = current.signed_in(), current.settings().home_hei
    with current.reading() as rows:
        mobility = mobility_of_case(rows, case.business_key)
        if mobility is None:
            return CaseTools()
        number = mobility.id
        reports = may_report(viewer.within("difficulty").actor, mobility, home)
        held = {each.scheme for each in grants_of(rows, number) if each.state not in OVER}
        free = [each for each in SCHEMES if each not in held]
        shortened = shortening_of(rows, number)
        rows.expunge_all()
        opens = viewer.within("grant").is_ri and is_outgoing(mobility, home)
    schemes = [(each, duties.grant_scheme(each)) for each in free] if opens else []
    return CaseTools(
        number,
        thread_of_case(case),
        may_report=reports,
        may_cut_short=viewer.within("contract").is_ri,
        shortened=shortened,
        schemes=schemes,
    )
