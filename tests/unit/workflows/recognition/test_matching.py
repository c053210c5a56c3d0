"""Which course answers which component."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from workflows.recognition.matching import Difference, difference, folded, matched, missing


@dataclass(frozen=True)
class Named:
    title: str
    code: str | None = None
    los_id: str | None = None


AGREED = [
    Named("Derecho civil", "DC-101", "CR/1"),
    Named("Historia de España", "HIS 7"),
    Named("Lengua"),
]


@pytest.mark.parametrize(
    ("course", "answers"),
    [
        (Named("Something else", None, "CR/1"), 0),
        (Named("Civil Law", "dc 101"), 0),
        (Named("  HISTORIA DE ESPANA "), 1),
        (Named("Lengua"), 2),
        (Named("Lengua española"), None),
        (Named("", ""), None),
    ],
    ids=lambda value: getattr(value, "title", value),
)
def test_identifier_code_and_title_tell(course, answers):
    assert matched([course], AGREED) == [answers]


def test_the_identifier_is_stronger_than_a_title():
    assert matched([Named("Lengua", None, "CR/1")], AGREED) == [0]


def test_what_several_components_share_tells_none_of_them():
    alike = [Named("Uno", "CUR"), Named("Dos", "CUR")]
    assert matched([Named("Dos", "CUR"), Named("Tres", "CUR")], alike) == [1, None]


def test_two_sessions_answer_one_component():
    assert matched([Named("Lengua"), Named("lengua")], AGREED) == [2, 2]


def test_what_nothing_answers_is_missing():
    assert missing([2, None, 2], AGREED) == [0, 1]


def test_titles_are_compared_without_accents_case_and_punctuation():
    assert folded("  L’Économie, (2) ") == folded("l'economie 2")


def test_credits_differ_only_where_both_are_known():
    assert difference(Decimal(6), [Decimal("4.5"), Decimal("1.5")]) is None
    assert difference(Decimal(6), [Decimal(5)]) == Difference(Decimal(6), Decimal(5))
    assert difference(Decimal(6), [None]) is None
    assert difference(None, [Decimal(5)]) is None
