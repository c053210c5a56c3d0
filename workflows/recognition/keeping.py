"""What was agreed and passed stays agreed and passed when courses are joined anew.

Source: Council Recommendation of 26 November 2018: credits that were agreed and confirmed
are transferred "without any additional work or assessment". So whoever corrects the
comparison may move a passed course, but may not let it answer nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.errors import InvalidInput

Credits = Decimal | None


@dataclass(frozen=True, slots=True)
class Joined:
    """One course with the component it answers before and after, None for none."""

    passed: bool
    credits: Credits
    before: int | None
    after: int | None


def check_kept(courses: Sequence[Joined], agreed: Mapping[int, Credits]) -> None:
    """Refuse what would lose something passed; ``agreed`` gives each component's credits.

    Raises InvalidInput at ``lines.<n>.agreed`` for a passed course that would answer
    nothing while no other passed course answers its component, and at ``lines`` where the
    components passed would carry fewer credits than before. Beyond what is agreed for a
    component nothing is promised, so that one of two passes of it may be left out.
    """
    passed = [each for each in courses if each.passed]
    answered = {each.after for each in passed}
    dropped = [
        n
        for n, each in enumerate(courses)
        if each.passed and each.before not in answered and each.after is None
    ]
    if dropped:
        raise InvalidInput({f"lines.{n}.agreed": ["passed_stays_agreed"] for n in dropped})
    promised = sum(
        (
            _at_most(worth, agreed[component])
            for component, worth in passed_credits(
                [(each.before, each.credits) for each in passed], agreed
            ).items()
        ),
        Decimal(0),
    )
    kept = sum(
        passed_credits([(each.after, each.credits) for each in passed], agreed).values(),
        Decimal(0),
    )
    if kept < promised:
        raise InvalidInput({"lines": [f"agreed_credits_lost:{promised:f}:{kept:f}"]})


def passed_credits(
    courses: Iterable[tuple[int | None, Credits]], agreed: Mapping[int, Credits]
) -> dict[int, Decimal]:
    """What passed courses are worth together in each component they answer.

    A course without credits of its own carries those agreed where it alone answers.
    """
    of: dict[int, list[Credits]] = defaultdict(list)
    for component, credit in courses:
        if component is not None:
            of[component].append(credit)
    return {
        component: sum((each or Decimal(0) for each in found), Decimal(0))
        if found != [None]
        else agreed[component] or Decimal(0)
        for component, found in of.items()
    }


def _at_most(worth: Decimal, most: Credits) -> Decimal:
    return worth if most is None else min(worth, most)
