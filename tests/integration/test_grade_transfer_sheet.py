"""The grade sheet of a department: many students, one course certified for all of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.errors import InvalidInput, NotFound
from tests.builders_grade_transfer import ReceivingHouse
from workflows.grade_transfer.courses import entries_of
from workflows.grade_transfer.grading import certify_course, save
from workflows.grade_transfer.sheets import CellState, departments_of, progress, sheet

YEAR = "2026/2027"


@pytest.fixture
def house(once):
    return once(ReceivingHouse.built)


def students(house, count=3):
    """Some students that the department is asked about."""
    ids = [house.incoming(student_family_name=f"Ortega {n}") for n in range(count)]
    for mobility in ids:
        house.begin(mobility)
    house.until("2027-05-20")
    return ids


def write(house, marks, actor=None, seen=None):
    """Save marks by (mobility, code)."""
    cells = {house.courses(m)[code].id: mark for (m, code), mark in marks.items()}
    before = {house.courses(m)[code].id: house.courses(m)[code].mark for (m, code) in marks}
    with house.engine.unit(actor or house.coordinator) as unit:
        return save(unit, "lea", YEAR, cells, seen=before if seen is None else seen(before))


def shown(house, actor=None):
    with house.engine.reading() as session:
        return sheet(session, "lea", YEAR, actor or house.coordinator)


def certify(house, mobility, code, actor=None):
    number = house.courses(mobility)[code].id
    return certify_course(house.engine, actor or house.coordinator, "lea", YEAR, number)


def test_students_down_courses_across(house):
    students(house)
    table = shown(house)
    assert [column.code for column in table.columns] == ["LEA501", "LEA502"]
    assert [row.student for row in table.rows] == [f"Ortega {n} Inés" for n in range(3)]
    assert {cell.state for row in table.rows for cell in row.cells} == {CellState.OPEN}
    assert (table.total, table.entered, table.certified) == (6, 0, 0)


def test_a_course_is_certified_for_all_who_have_a_mark(house):
    first, second, third = students(house)
    write(house, {(first, "LEA501"): "12", (second, "LEA501"): "abi", (first, "LEA502"): "13"})
    done = certify(house, third, "LEA501")
    assert (done.certified, done.without_mark, done.finished) == ([first, second], [third], [])
    assert house.open(first) == ["certify"]
    done = certify(house, second, "LEA502")
    assert (done.certified, done.finished) == ([first], [first])
    house.wait()
    assert house.open(first) == ["check"]
    assert house.open(second) == ["certify"]
    table = shown(house)
    assert (table.total, table.entered, table.certified) == (6, 3, 3)
    courses = house.courses(first)
    with house.engine.reading() as session:
        entries = entries_of(session, [courses["LEA501"].id])
    assert [(entry.kind, entry.mark, entry.actor) for entry in entries] == [
        ("entered", "12", house.coordinator.id),
        ("certified", "12", house.coordinator.id),
    ]


def test_one_wrong_cell_saves_nothing(house):
    first, second, _ = students(house)
    with pytest.raises(InvalidInput) as refusal:
        write(house, {(first, "LEA501"): "12", (second, "LEA501"): "20,01"})
    wrong = house.courses(second)["LEA501"].id
    assert refusal.value.errors == {f"cells.c{wrong}": ["off_scale:0:20"]}
    assert house.courses(first)["LEA501"].mark == ""


def test_what_a_colleague_has_changed_meanwhile_is_not_overwritten(house):
    first, *_ = students(house)
    write(house, {(first, "LEA501"): "12"})
    with pytest.raises(InvalidInput) as refusal:
        write(house, {(first, "LEA501"): "13"}, seen=lambda _: dict.fromkeys(_, ""))
    number = house.courses(first)["LEA501"].id
    assert refusal.value.errors == {f"cells.c{number}": ["changed_meanwhile:12"]}
    assert write(house, {(first, "LEA501"): "12"}, seen=lambda _: dict.fromkeys(_, "")) == 0


def test_a_certified_mark_stays(house):
    first, *_ = students(house)
    write(house, {(first, "LEA501"): "12"})
    certify(house, first, "LEA501")
    with pytest.raises(InvalidInput) as refusal:
        write(house, {(first, "LEA501"): "13"})
    number = house.courses(first)["LEA501"].id
    assert refusal.value.errors == {f"cells.c{number}": ["certified_already"]}
    assert write(house, {(first, "LEA501"): "12"}) == 0


def test_another_department_s_sheet_is_not_found(house):
    first, *_ = students(house)
    for actor in (house.other_coordinator, house.ri, house.student):
        with pytest.raises(NotFound):
            write(house, {(first, "LEA501"): "12"}, actor=actor)
        with pytest.raises(NotFound):
            certify(house, first, "LEA501", actor=actor)
    number = house.courses(first)["LEA501"].id
    house.join("other_coordinator", "coordinator:phi")
    with house.engine.unit(house.other_coordinator) as unit, pytest.raises(InvalidInput):
        save(unit, "his", YEAR, {number: "12"}, seen={})
    with pytest.raises(NotFound):
        certify_course(house.engine, house.other_coordinator, "his", YEAR, number)
    with house.engine.unit(house.coordinator) as unit, pytest.raises(InvalidInput) as refusal:
        save(unit, "lea", YEAR, {10**12: "12"}, seen={})
    assert refusal.value.errors == {f"cells.c{10**12}": ["not_on_sheet"]}


def test_a_task_that_a_colleague_has_claimed_is_theirs(house):
    first, second, _ = students(house)
    write(house, {(first, "LEA501"): "12", (second, "LEA501"): "12"})
    house.join("other_coordinator", "coordinator:lea")
    (item,) = house.case(first).open_items
    house.engine.claim(item.id, actor=house.other_coordinator)
    assert shown(house).rows[0].cells[0].state is CellState.TAKEN
    with pytest.raises(InvalidInput) as refusal:
        write(house, {(first, "LEA502"): "12"})
    assert list(refusal.value.errors.values()) == [["not_asked"]]
    done = certify(house, first, "LEA501")
    assert (done.certified, done.not_asked) == ([second], [first])


def test_before_the_sheets_open_there_is_nothing_to_fill(house):
    mobility = house.incoming()
    house.begin(mobility)
    assert shown(house).rows == ()
    with house.engine.reading() as session:
        assert progress(session) == []


def test_how_far_each_department_is(house):
    first, *_ = students(house)
    write(house, {(first, "LEA501"): "12"})
    certify(house, first, "LEA501")
    with house.engine.reading() as session:
        (lea,) = progress(session, departments_of(house.coordinator))
        assert progress(session, departments_of(house.other_coordinator)) == []
    assert (lea.department, lea.students, lea.total, lea.certified) == ("lea", 3, 6, 1)


def test_two_colleagues_who_certify_at_once_certify_once(house):
    first, second, third = students(house)
    house.join("other_coordinator", "coordinator:lea")
    marks = {(m, code): "12" for m in (first, second, third) for code in ("LEA501", "LEA502")}
    write(house, marks)
    with ThreadPoolExecutor(4) as pool:
        done = list(
            pool.map(
                lambda task: certify(house, first, task[0], task[1]),
                [
                    (code, actor)
                    for code in ("LEA501", "LEA502")
                    for actor in (house.coordinator, house.other_coordinator)
                ],
            )
        )
    finished = [mobility for each in done for mobility in each.finished]
    assert sorted(finished) == sorted([first, second, third])
    house.wait()
    assert [house.open(mobility) for mobility in (first, second, third)] == [["check"]] * 3
    for mobility in (first, second, third):
        ids = [course.id for course in house.courses(mobility).values()]
        with house.engine.reading() as session:
            kinds = [entry.kind for entry in entries_of(session, ids)]
        assert kinds.count("certified") == 2
