"""What the diagram of grants has done by itself: keeping unmet rules, computing anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from workflows.grant.services import named_grant, note, recompute
from workflows.mobility.stays import shortening_of

if TYPE_CHECKING:
    from engine.registry import Job, JobContext
    from engine.values import Value


class RecordEligibility:
    """The service ``grant.record_eligibility``: which rules the decision table found unmet.

    Parameter: ``failed``, the codes of those rules.
    """

    parameters = frozenset({"failed"})

    def perform(self, job: Job) -> Value:
        """Nothing outside the database."""
        return None

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Keep them with the grant, for those who decide and for the student."""
        failed = ctx.job.payload.get("failed")
        # A table without a hit gives nothing at all: then every rule is met.
        rules = failed if isinstance(failed, list) else []
        grant = named_grant(ctx.session, ctx.job.variables)
        grant.failed_rules = " ".join(str(rule) for rule in rules)
        return {}


class Recompute:
    """The service ``grant.recompute``: the grant for the stay as it is known to last now.

    It runs when the case begins to wait for the end of the stay, and each time that end
    moves. Sets ``stay_end``, the day that is waited for.
    """

    parameters: frozenset[str] = frozenset()

    def perform(self, job: Job) -> Value:
        """Nothing outside the database."""
        return None

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Compute at the grant's own rates, and note it where the end has moved."""
        grant = named_grant(ctx.session, ctx.job.variables)
        told = shortening_of(ctx.session, grant.mobility_id)
        last = told.last_day if told else date.fromisoformat(str(ctx.job.variables["stay_end"]))
        assert grant.stay_start is not None
        if last != grant.stay_end:
            recompute(grant, grant.stay_start, max(last, grant.stay_start))
            reason = told.reason if told else ""
            note(ctx.session, grant, "recomputed", ctx.unit.actor, ctx.now, text=reason, day=last)
        return {"stay_end": last.isoformat()}
