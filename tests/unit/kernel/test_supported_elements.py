"""Every element of the allow-list does what its description says; one example each.

The table of supported elements in the README is generated from these ids.
"""

from __future__ import annotations

import pytest

from engine.kernel import SUPPORTED_ELEMENTS
from tests.unit.kernel import examples_activities, examples_events
from tests.unit.kernel.examples import EXAMPLES


def test_every_supported_element_has_an_example_and_no_other():
    assert {examples_events.__name__, examples_activities.__name__} == {
        each.__module__ for each in EXAMPLES.values()
    }
    assert set(EXAMPLES) == set(SUPPORTED_ELEMENTS)


@pytest.mark.parametrize("element", SUPPORTED_ELEMENTS)
def test_supported(element, case, case_of_files, fake):
    EXAMPLES[element](case=case, case_of_files=case_of_files, fake=fake)
