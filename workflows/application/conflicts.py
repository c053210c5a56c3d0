"""Who may score an application, and who must not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.errors import InvalidState
from workflows.people.services import actor_id, all_people, coordinator_group

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.values import Value
    from workflows.application.file_models import Application
    from workflows.application.models import Ranking
    from workflows.people.models import Person


def commission_seats(ranking: Ranking, appointed: Sequence[int]) -> dict[str, Value]:
    """Who is asked to score, as the variables of the approval step.

    ``appointed`` are asked all, where there are any; else the commission with its quorum;
    without one, one of the department's coordinators.
    """
    members = list(appointed) or [member.person_id for member in ranking.commission]
    if not members:
        return {
            "commission": [coordinator_group(ranking.department)],
            "quorum": 1,
            "conflicts": [],
        }
    seats: list[Value] = [actor_id(number) for number in members]
    quorum = len(members) if appointed else ranking.quorum or len(members)
    return {"commission": seats, "quorum": quorum, "conflicts": []}


def conflicted(application: Application) -> list[Value]:
    """The actors who have declared a conflict of interest."""
    return [actor_id(review.person_id) for review in application.reviews if review.conflict]


def may_review(session: Session, application: Application) -> list[Person]:
    """Who may be appointed: staff without a conflict who have not scored yet, by name.

    Raises InvalidState where that is nobody.
    """
    done = {review.person_id for review in application.reviews}
    found = [
        person
        for person in all_people(session)
        if person.active
        and person.groups
        and person.id not in done
        and person.id != application.person_id
    ]
    if not found:
        raise InvalidState("There is nobody left who could score this application.")
    return sorted(found, key=lambda person: (person.family_name, person.given_names, person.id))
