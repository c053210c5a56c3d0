"""What each built-in approval step asks and decides."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.approvals import ApprovalStep, Outcome, StepContext, Vote
from engine.approvals.builtin import (
    All,
    Automatic,
    FirstResponse,
    FourEyes,
    Quorum,
    Sequential,
    Single,
)
from engine.approvals.registry import installed_steps
from engine.errors import InvalidInput
from engine.values import Value

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
APPROVE, RETURN, REJECT = "approve", "return", "reject"


def context(answer: dict[str, Value] | None = None, **options: Value) -> StepContext:
    """A step in the lane of the coordinators, with these options."""
    return StepContext(
        candidate="coordinator:lea",
        outcomes=(APPROVE, RETURN, REJECT),
        options=options,
        variables={},
        decide=lambda _table: answer or {},
    )


def votes(*outcomes: str) -> list[Vote]:
    """Votes of as many persons, seat by seat."""
    return [
        Vote(seat, f"person:{seat}", outcome, None, NOON) for seat, outcome in enumerate(outcomes)
    ]


def decided(step: ApprovalStep, ctx: StepContext, *outcomes: str) -> str | None:
    """The name of the outcome these votes amount to."""
    outcome = step.decide(ctx, votes(*outcomes))
    return outcome.name if outcome else None


GROUPS: list[Value] = ["coordinator:lea", "ri", "head:lea"]


def test_every_built_in_step_is_installed_by_its_entry_point() -> None:
    assert set(installed_steps()) >= {
        "single",
        "four_eyes",
        "all",
        "quorum",
        "sequence",
        "first_response",
        "automatic",
    }


def test_single_asks_the_lane_and_takes_the_one_vote() -> None:
    assert [seat.candidate for seat in Single().seats(context())] == ["coordinator:lea"]
    assert decided(Single(), context()) is None
    assert decided(Single(), context(), RETURN) == RETURN


@pytest.mark.parametrize(
    ("said", "outcome"),
    [((), None), ((APPROVE,), None), ((APPROVE, APPROVE), APPROVE), ((APPROVE, RETURN), RETURN)],
)
def test_four_eyes_needs_two_agreements_and_one_refusal_ends_it(
    said: tuple[str, ...], outcome: str | None
) -> None:
    assert decided(FourEyes(), context(), *said) == outcome


def test_all_asks_every_group_at_once() -> None:
    seats = All().seats(context(seats=GROUPS))
    assert [(seat.candidate, seat.order) for seat in seats] == [(name, 0) for name in GROUPS]
    assert decided(All(), context(seats=GROUPS), APPROVE, APPROVE) is None
    assert decided(All(), context(seats=GROUPS), APPROVE, APPROVE, APPROVE) == APPROVE
    assert decided(All(), context(seats=GROUPS), APPROVE, REJECT) == REJECT


def test_sequence_asks_each_group_after_the_one_before() -> None:
    seats = Sequential().seats(context(seats=GROUPS))
    assert [seat.order for seat in seats] == [0, 1, 2]


def test_first_response_takes_whoever_answers_first() -> None:
    assert decided(FirstResponse(), context(seats=GROUPS), REJECT) == REJECT


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ((APPROVE,), None),
        ((APPROVE, APPROVE), APPROVE),
        ((REJECT, APPROVE), None),
        ((REJECT, REJECT), REJECT),
        ((RETURN, APPROVE, REJECT), RETURN),
    ],
)
def test_quorum_of_two_in_three_decides_as_soon_as_it_is_certain(
    said: tuple[str, ...], outcome: str | None
) -> None:
    assert decided(Quorum(), context(required=2, size=3), *said) == outcome


def test_a_quorum_larger_than_its_seats_is_refused() -> None:
    with pytest.raises(InvalidInput):
        Quorum().seats(context(required=4, size=3))


@given(
    size=st.integers(1, 7),
    data=st.data(),
)
def test_a_full_quorum_always_decides_and_never_changes_its_mind(
    size: int, data: st.DataObject
) -> None:
    required = data.draw(st.integers(1, size))
    ctx = context(required=required, size=size)
    said = data.draw(
        st.lists(st.sampled_from((APPROVE, RETURN, REJECT)), min_size=size, max_size=size)
    )
    so_far = [decided(Quorum(), ctx, *said[:n]) for n in range(size + 1)]
    assert so_far[-1] is not None
    first = next(n for n, outcome in enumerate(so_far) if outcome is not None)
    positive = [outcome == APPROVE for outcome in so_far[first:]]
    assert len(set(positive)) == 1


def test_automatic_follows_its_table_and_asks_a_person_where_the_table_is_silent() -> None:
    known = context({"outcome": APPROVE}, decision="check")
    silent = context({"outcome": None}, decision="check")
    assert Automatic().decide(known, []) == Outcome(APPROVE)
    assert Automatic().decide(silent, []) is None
    assert decided(Automatic(), silent, RETURN) == RETURN


def test_automatic_refuses_an_outcome_the_step_does_not_declare() -> None:
    with pytest.raises(InvalidInput):
        Automatic().decide(context({"outcome": "perhaps"}, decision="check"), [])


@pytest.mark.parametrize(
    ("step", "options", "faulty"),
    [
        (Single(), {"size": "3"}, {"size"}),
        (All(), {}, {"seats"}),
        (Quorum(), {"required": "2"}, {"size"}),
        (Quorum(), {"required": "2", "size": "3", "seats": "[]"}, {"size"}),
        (Automatic(), {}, {"decision"}),
    ],
)
def test_unknown_and_missing_options_are_named(
    step: ApprovalStep, options: dict[str, str], faulty: set[str]
) -> None:
    assert {problem.option for problem in step.check(options)} == faulty


@pytest.mark.parametrize("seats", ["", [], 3, ["ri", 4], None])
def test_seats_that_are_no_list_of_groups_are_refused(seats: Value) -> None:
    with pytest.raises(InvalidInput):
        All().seats(context(seats=seats))
