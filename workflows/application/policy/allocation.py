"""Allocation of places: in rank order, each candidate gets the best wish still available.

This is serial dictatorship with quotas. It is deterministic, no place is given twice, and
nobody holds a place that a better-ranked candidate preferred to their own result. It is
also consistent: run again without a candidate and the place they held, the others keep
what they have. So the same function promotes after a withdrawal.

Candidates with equal scores are a tie. A tie that could change a result is *open* until
somebody has put its members in an order; an allocation with open ties is only provisional.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import groupby


class Outcome(StrEnum):
    """What a candidate ends up with."""

    SELECTED = "selected"  #: holds a place
    RESERVE = "reserve"  #: waits for one of the places they wished for
    REJECTED = "rejected"  #: no wish was admitted, or the score is below the threshold


class Verdict(StrEnum):
    """What became of one wish."""

    GIVEN = "given"  #: the candidate's place
    FULL = "full"  #: every place went to better-ranked candidates
    NOT_NEEDED = "not_needed"  #: a wish before this one was given
    GIVEN_UP = "given_up"  #: the candidate has confirmed another place
    BELOW_THRESHOLD = "below_threshold"  #: the score does not reach the campaign's minimum


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who takes part. ``wishes`` are admitted places, the dearest first.

    ``tie_order`` is the place given to them among candidates of equal score; ``held`` the
    place they have confirmed, which nobody takes from them and they do not leave.
    """

    id: int
    score: Fraction
    wishes: tuple[int, ...]
    tie_order: int | None = None
    held: int | None = None


@dataclass(frozen=True, slots=True)
class WishResult:
    """What became of one wish.

    ``lowest`` is the lowest score with which that place was given, None where it was not.
    """

    place: int
    verdict: Verdict
    lowest: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A candidate's result with its reasons, wish by wish. ``rank`` counts from 1."""

    candidate: int
    rank: int
    outcome: Outcome
    place: int | None
    wishes: tuple[WishResult, ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """Candidates of equal score, in the order they stand in now.

    ``open`` says that their order could change a result and nobody has decided it.
    """

    candidates: tuple[int, ...]
    score: Fraction
    open: bool


@dataclass(frozen=True, slots=True)
class Allocation:
    """Who gets what, in rank order.

    ``reserve`` holds for each place who waits for it, the next one first; ``left`` how many
    of each place nobody has; ``ties`` all groups of equal scores.
    """

    results: tuple[Result, ...]
    reserve: Mapping[int, tuple[int, ...]]
    left: Mapping[int, int]
    ties: tuple[Tie, ...]

    @property
    def open_ties(self) -> tuple[Tie, ...]:
        """The ties somebody must decide first."""
        return tuple(tie for tie in self.ties if tie.open)

    def of(self, candidate: int) -> Result | None:
        """One candidate's result."""
        return next((each for each in self.results if each.candidate == candidate), None)


@dataclass(frozen=True, slots=True)
class Change:
    """How a candidate's result differs between two allocations; None where they are not in it."""

    candidate: int
    before: Result | None
    after: Result | None


def allocate(
    candidates: Iterable[Candidate], places: Mapping[int, int], *, threshold: Fraction | None = None
) -> Allocation:
    """Give out ``places`` (how many there are of each) among ``candidates``.

    The order in which candidates are passed in means nothing. Raises ValueError for a
    candidate passed twice, a wish for a place that is not among ``places``, or more held
    places than there are.
    """
    ranked = sorted(candidates, key=_standing)
    _check(ranked, places)
    left = Counter({place: places[place] for place in places})
    for candidate in ranked:
        if candidate.held is not None:
            left[candidate.held] -= 1
    if min(left.values(), default=0) < 0:
        raise ValueError("More candidates hold a place than there are places.")
    return _Run(ranked, left, threshold).allocation()


def changes(before: Allocation, after: Allocation) -> tuple[Change, ...]:
    """Whose outcome or place differs, in the rank order of ``after``, then of ``before``."""
    order = dict.fromkeys(each.candidate for each in (*after.results, *before.results))
    pairs = [Change(candidate, before.of(candidate), after.of(candidate)) for candidate in order]
    return tuple(each for each in pairs if _shown(each.before) != _shown(each.after))


def _shown(result: Result | None) -> tuple[Outcome, int | None] | None:
    return None if result is None else (result.outcome, result.place)


def _standing(candidate: Candidate) -> tuple[Fraction, bool, int, int]:
    """The rank order: score, then the decided order of a tie, then the number of the file."""
    undecided = candidate.tie_order is None
    return (-candidate.score, undecided, candidate.tie_order or 0, candidate.id)


def _check(candidates: Sequence[Candidate], places: Mapping[int, int]) -> None:
    if len({candidate.id for candidate in candidates}) < len(candidates):
        raise ValueError("A candidate takes part once.")
    for candidate in candidates:
        named = {*candidate.wishes, *({candidate.held} - {None})}
        if len(set(candidate.wishes)) < len(candidate.wishes) or not named <= set(places):
            raise ValueError(f"Candidate {candidate.id} wishes for a place twice, or for none.")


class _Run:
    """One pass in rank order."""

    def __init__(
        self, ranked: Sequence[Candidate], left: Counter[int], threshold: Fraction | None
    ) -> None:
        self.ranked = ranked
        self.left = left
        self.threshold = threshold
        self.lowest: dict[int, Fraction] = {}
        self.given: dict[int, int | None] = {}
        self.ties: list[Tie] = []

    def allocation(self) -> Allocation:
        """Serve everybody, one group of equal scores after the other."""
        for score, group in groupby(self.ranked, key=lambda candidate: candidate.score):
            members = list(group)
            if len(members) > 1:
                numbers = tuple(member.id for member in members)
                self.ties.append(Tie(numbers, score, self._is_open(members)))
            for member in members:
                self._serve(member)
        results = tuple(self._result(c, rank) for rank, c in enumerate(self.ranked, 1))
        waiting = {each.candidate for each in results if each.outcome is Outcome.RESERVE}
        reserve = {
            place: tuple(c.id for c in self.ranked if c.id in waiting and place in c.wishes)
            for place in self.left
        }
        return Allocation(results, reserve, dict(self.left), tuple(self.ties))

    def _is_open(self, members: Sequence[Candidate]) -> bool:
        """Whether the order of a tie is undecided and could change a result.

        It cannot where there is room for the first wish of every member at once.
        """
        orders = [member.tie_order for member in members]
        if None not in orders and len(set(orders)) == len(orders):
            return False
        choosing = [each for each in members if each.held is None and self._may_go(each)]
        wanted = Counter(each.wishes[0] for each in choosing)
        return any(count > self.left[place] for place, count in wanted.items())

    def _may_go(self, candidate: Candidate) -> bool:
        reached = self.threshold is None or candidate.score >= self.threshold
        return bool(candidate.wishes) and reached

    def _serve(self, candidate: Candidate) -> None:
        place = candidate.held
        if place is None and self._may_go(candidate):
            place = next((wish for wish in candidate.wishes if self.left[wish] > 0), None)
            if place is not None:
                self.left[place] -= 1
        self.given[candidate.id] = place
        if place is not None:
            self.lowest[place] = candidate.score

    def _result(self, candidate: Candidate, rank: int) -> Result:
        place = self.given[candidate.id]
        if place is not None:
            outcome = Outcome.SELECTED
        elif self._may_go(candidate):
            outcome = Outcome.RESERVE
        else:
            outcome = Outcome.REJECTED
        wishes = tuple(self._wish(candidate, place, wish) for wish in candidate.wishes)
        return Result(candidate.id, rank, outcome, place, wishes)

    def _wish(self, candidate: Candidate, place: int | None, wish: int) -> WishResult:
        if wish == place:
            return WishResult(wish, Verdict.GIVEN)
        if candidate.held is not None:
            return WishResult(wish, Verdict.GIVEN_UP)
        if not self._may_go(candidate):
            return WishResult(wish, Verdict.BELOW_THRESHOLD)
        if place is not None and candidate.wishes.index(place) < candidate.wishes.index(wish):
            return WishResult(wish, Verdict.NOT_NEEDED)
        return WishResult(wish, Verdict.FULL, self.lowest.get(wish))
