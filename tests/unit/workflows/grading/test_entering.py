"""How a line of a typed or pasted grading table is read."""

import pytest

from workflows.grading.entering import read_line


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("A\t22", ("A", "22")),
        ("A;22", ("A", "22")),
        ("  A   22 ", ("A", "22")),
        ("A,22", ("A", "22")),
        ("1,3 22", ("1,3", "22")),
        ("1,3;22,5", ("1,3", "22,5")),
        ("Matrícula de honor\t4", ("Matrícula de honor", "4")),
        ("20-39.9 12", ("20-39.9", "12")),
        ("A 22 %", ("A 22", "")),
        ("A 22%", ("A", "22")),
        ("A", ("A", "")),
    ],
)
def test_a_line_is_a_grade_and_its_figure(line, read):
    assert read_line(line) == read
