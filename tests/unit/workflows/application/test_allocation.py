"""Allocation: what always holds, whoever wishes for what."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.application.policy.allocation import (
    Candidate,
    Outcome,
    Verdict,
    allocate,
    changes,
)

PLACES = range(1, 6)


@st.composite
def markets(draw, ties=True, most=9):
    """Candidates and places; with ``ties`` scores repeat and some ties are decided."""
    places = {place: draw(st.integers(0, 3)) for place in PLACES}
    count = draw(st.integers(0, most))
    if ties:
        scores = [Fraction(draw(st.integers(0, 4))) for _ in range(count)]
    else:
        scores = [Fraction(each, 3) for each in draw(st.permutations(range(count)))]
    candidates = [
        Candidate(
            id=number,
            score=scores[number],
            wishes=tuple(draw(st.lists(st.sampled_from(PLACES), unique=True, max_size=3))),
            tie_order=draw(st.sampled_from([None, *range(3)])) if ties else None,
        )
        for number in range(count)
    ]
    return candidates, places


def outcome(allocation):
    return {each.candidate: (each.outcome, each.place) for each in allocation.results}


@given(markets())
def test_no_place_is_given_more_often_than_it_exists(market):
    candidates, places = market
    allocation = allocate(candidates, places)
    given_out = Counter(each.place for each in allocation.results if each.place is not None)
    assert all(given_out[place] + allocation.left[place] == places[place] for place in places)
    assert min(allocation.left.values()) >= 0


@given(markets())
def test_nobody_ranked_lower_holds_a_place_somebody_ranked_higher_preferred(market):
    candidates, places = market
    allocation = allocate(candidates, places)
    wishes = {candidate.id: candidate.wishes for candidate in candidates}
    for number, higher in enumerate(allocation.results):
        wished = wishes[higher.candidate]
        got = wished.index(higher.place) if higher.place is not None else len(wished)
        preferred = set(wished[:got])
        assert not preferred & {lower.place for lower in allocation.results[number + 1 :]}
        assert all(allocation.left[place] == 0 for place in preferred)


@given(markets(), st.randoms())
def test_the_order_of_the_input_means_nothing(market, random):
    candidates, places = market
    expected = allocate(candidates, places)
    shuffled = list(candidates)
    random.shuffle(shuffled)
    turned = dict(random.sample(sorted(places.items()), len(places)))
    assert allocate(shuffled, turned) == expected
    assert allocate(candidates, places) == expected


@given(markets(ties=False), st.data())
def test_promotion_after_a_withdrawal_is_a_run_without_the_withdrawn(market, data):
    """Nobody loses by it, and a freed place goes to the next of its reserve or to whoever
    preferred it to what they had.
    """
    candidates, places = market
    before = allocate(candidates, places)
    holders = [each for each in before.results if each.place is not None]
    if not holders:
        return
    gone = data.draw(st.sampled_from(holders))
    others = [candidate for candidate in candidates if candidate.id != gone.candidate]
    after = allocate(others, places)
    wishes = {candidate.id: candidate.wishes for candidate in candidates}
    for change in changes(before, after):
        if change.candidate == gone.candidate:
            continue
        assert change.after.outcome is Outcome.SELECTED
        if change.before.place is not None:
            mine = wishes[change.candidate]
            assert mine.index(change.after.place) < mine.index(change.before.place)
    reserve = before.reserve[gone.place]
    taker = next((each.candidate for each in after.results if each.place == gone.place), None)
    newly = {each.candidate for each in after.results if each.place == gone.place} - {
        each.candidate for each in before.results if each.place == gone.place
    }
    assert len(newly) <= 1
    if newly & set(reserve):
        assert newly == {reserve[0]}
    if reserve:
        assert taker is not None


@given(markets(ties=False), st.data())
def test_who_has_confirmed_keeps_the_place_and_the_others_keep_theirs(market, data):
    candidates, places = market
    before = allocate(candidates, places)
    held = {
        each.candidate: each.place
        for each in before.results
        if each.place is not None and data.draw(st.booleans())
    }
    pinned = [Candidate(c.id, c.score, c.wishes, c.tie_order, held.get(c.id)) for c in candidates]
    assert outcome(allocate(pinned, places)) == outcome(before)
    more = {place: count + data.draw(st.integers(0, 1)) for place, count in places.items()}
    grown = allocate(pinned, more)
    for number, place in held.items():
        assert grown.of(number).place == place
    for each in before.results:
        if each.outcome is Outcome.SELECTED:
            assert grown.of(each.candidate).outcome is Outcome.SELECTED


@settings(max_examples=60)
@given(markets(most=6))
def test_a_tie_that_is_not_open_could_be_decided_either_way(market):
    candidates, places = market
    allocation = allocate(candidates, places)
    if allocation.open_ties:
        return
    by_id = {candidate.id: candidate for candidate in candidates}
    for tie in allocation.ties:
        if len({by_id[each].tie_order for each in tie.candidates} - {None}) == len(tie.candidates):
            continue
        for order in permutations(tie.candidates):
            decided = [
                Candidate(
                    c.id, c.score, c.wishes, order.index(c.id) if c.id in order else c.tie_order
                )
                for c in candidates
            ]
            other = allocate(decided, places)
            assert outcome(other) == outcome(allocation)
            assert other.reserve == allocation.reserve


@given(markets())
def test_every_wish_has_its_reason(market):
    candidates, places = market
    allocation = allocate(candidates, places, threshold=Fraction(2))
    for candidate in candidates:
        result = allocation.of(candidate.id)
        assert tuple(each.place for each in result.wishes) == candidate.wishes
        verdicts = [each.verdict for each in result.wishes]
        if result.outcome is Outcome.SELECTED:
            assert verdicts.count(Verdict.GIVEN) == 1
            turn = verdicts.index(Verdict.GIVEN)
            assert set(verdicts[:turn]) <= {Verdict.FULL}
            assert set(verdicts[turn + 1 :]) <= {Verdict.NOT_NEEDED}
        elif result.outcome is Outcome.RESERVE:
            assert set(verdicts) == {Verdict.FULL}
            assert all(candidate.id in allocation.reserve[wish] for wish in candidate.wishes)
        else:
            assert set(verdicts) <= {Verdict.BELOW_THRESHOLD}
            assert candidate.score < 2 or not candidate.wishes


def test_a_worked_example():
    """Two places in Salamanca, one in Uppsala; four candidates, two of them tied."""
    salamanca, uppsala = 1, 2
    ana = Candidate(10, Fraction(18), (uppsala, salamanca))
    bob = Candidate(11, Fraction(15), (uppsala, salamanca))
    eva = Candidate(12, Fraction(12), (salamanca,))
    leo = Candidate(13, Fraction(12), (salamanca, uppsala))
    places = {salamanca: 2, uppsala: 1}
    undecided = allocate([leo, eva, bob, ana], places)
    assert [tie.candidates for tie in undecided.open_ties] == [(12, 13)]
    decided = allocate(
        [
            ana,
            bob,
            Candidate(12, eva.score, eva.wishes, tie_order=2),
            Candidate(13, leo.score, leo.wishes, tie_order=1),
        ],
        places,
    )
    assert not decided.open_ties
    assert [(each.candidate, each.outcome, each.place) for each in decided.results] == [
        (10, "selected", uppsala),
        (11, "selected", salamanca),
        (13, "selected", salamanca),
        (12, "reserve", None),
    ]
    assert decided.reserve == {salamanca: (12,), uppsala: ()}
    second = decided.of(11).wishes[0]
    assert (second.verdict, second.lowest) == (Verdict.FULL, Fraction(18))
    assert [each.candidate for each in changes(undecided, decided)] == [13, 12]


@pytest.mark.parametrize(
    ("candidates", "places"),
    [
        ([Candidate(1, Fraction(1), ()), Candidate(1, Fraction(2), ())], {}),
        ([Candidate(1, Fraction(1), (7,))], {1: 1}),
        ([Candidate(1, Fraction(1), (1, 1))], {1: 1}),
        ([Candidate(1, Fraction(1), (1,), held=1)], {1: 0}),
    ],
)
def test_what_makes_no_sense_is_refused(candidates, places):
    with pytest.raises(ValueError):  # noqa: PT011 - each sentence is for a programmer
        allocate(candidates, places)
