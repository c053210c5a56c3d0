"""What was agreed and passed cannot be asked again, however courses are joined anew."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInput
from workflows.recognition.keeping import Joined, check_kept, passed_credits

AGREED = {1: Decimal(6), 2: Decimal(6), 3: None}
COMPONENTS = st.sampled_from([None, *AGREED])
COURSES = st.builds(
    Joined,
    passed=st.booleans(),
    credits=st.none() | st.integers(1, 12).map(Decimal),
    before=COMPONENTS,
    after=COMPONENTS,
)


def joined(before, after, credits_="6", *, passed=True):
    return Joined(passed, None if credits_ is None else Decimal(credits_), before, after)


def refused(*courses):
    try:
        check_kept(courses, AGREED)
    except InvalidInput as error:
        return error.errors
    return {}


def test_a_passed_course_is_not_made_extra():
    assert refused(joined(1, None)) == {"lines.0.agreed": ["passed_stays_agreed"]}


def test_it_may_be_moved_to_another_component():
    assert refused(joined(1, 2)) == {}


def test_it_may_be_made_extra_where_another_passed_course_answers_instead():
    assert refused(joined(1, None), joined(None, 1)) == {}
    assert "lines.0.agreed" in refused(joined(1, None), joined(None, 1, passed=False))


def test_a_second_pass_of_one_component_may_be_made_extra():
    assert refused(joined(1, 1), joined(1, None)) == {}


def test_a_course_that_was_moved_makes_no_room_for_another_to_be_dropped():
    assert refused(joined(1, 2), joined(2, None)) == {"lines": ["agreed_credits_lost:12:6"]}


def test_a_course_of_unknown_credits_does_not_vanish_behind_another():
    assert refused(joined(1, 2, None), joined(2, 2)) == {"lines": ["agreed_credits_lost:12:6"]}


def test_fails_and_extras_are_free():
    assert refused(joined(1, None, passed=False), joined(None, 2), joined(None, None)) == {}


@given(st.lists(COURSES, max_size=6))
def test_the_credit_of_a_passed_component_is_never_lost(courses):
    """A component passed before is passed after, or its courses are all in other ones.

    And whatever is joined, the credits secured never fall: neither as a whole nor by a
    passed course that answers nothing while its component stays open.
    """
    if refused(*courses):
        return
    answered = {each.after for each in courses if each.passed}
    for each in courses:
        if each.passed and each.before is not None:
            assert each.after is not None or each.before in answered
    before = [(each.before, each.credits) for each in courses if each.passed]
    after = [(each.after, each.credits) for each in courses if each.passed]
    secured = sum(
        (
            worth if AGREED[component] is None else min(worth, AGREED[component])
            for component, worth in passed_credits(before, AGREED).items()
        ),
        Decimal(0),
    )
    assert sum(passed_credits(after, AGREED).values(), Decimal(0)) >= secured


@given(st.lists(COURSES, max_size=6))
def test_to_leave_all_as_it_was_is_never_refused(courses):
    same = [Joined(each.passed, each.credits, each.before, each.before) for each in courses]
    assert refused(*same) == {}
