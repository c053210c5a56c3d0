"""What became of components between two versions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.builders_domain import row
from workflows.contract.components import adopt_lineage, applied, marked, totals
from workflows.contract.views import Change, CreditView


def changes(rows):
    return [(view.title, view.change) for view in rows]


def test_rows_are_marked_against_the_version_before():
    kept, old, gone = row(title="A"), row(title="B"), row(title="C")
    new = replace(old, title="B2", credits=row(credits_="7").credits)
    result = marked([kept, new, row(title="D")], [kept, old, gone])
    assert changes(result) == [
        ("A", Change.KEPT),
        ("B2", Change.CHANGED),
        ("D", Change.ADDED),
        ("C", Change.REMOVED),
    ]
    assert result[1].changed_fields == {"title", "credits"}
    assert result[1].previous is old


def test_the_same_number_written_otherwise_is_no_change():
    result = marked([row(credits_="6.0")], [row(credits_="6")])
    assert changes(result) == [("Derecho", Change.KEPT)]


def test_a_change_list_is_applied_to_what_it_changes():
    base = [row(title="A", los_code="1"), row(title="B", los_code="2")]
    listed = [
        replace(row(title="B", los_code="2"), status="deleted"),
        replace(row(title="C"), status="inserted"),
    ]
    assert changes(applied(listed, base)) == [
        ("A", Change.KEPT),
        ("B", Change.REMOVED),
        ("C", Change.ADDED),
    ]


def test_removed_rows_stay_out_of_the_totals():
    rows = [row(credits_="6"), row(credits_="4.5"), replace(row(), change=Change.REMOVED)]
    rows.append(replace(row(), credits=(CreditView("local", Decimal(2), "2"),)))
    assert totals(rows) == {"ects": Decimal("10.5"), "local": Decimal(2)}


def test_rows_of_documents_are_recognised_by_identifier_then_code_then_title():
    before = [
        replace(row(title="Old", los_id="CR/1"), lineage="by id"),
        replace(row(title="Other", los_code="X1"), lineage="by code"),
        replace(row(title="Same"), lineage="by title"),
    ]
    after = [
        replace(row(title="Same"), lineage="?"),
        replace(row(title="New", los_id="CR/1"), lineage="?"),
        replace(row(title="Renamed", los_code="X1"), lineage="?"),
        replace(row(title="Same"), lineage="?"),
    ]
    assert [view.lineage for view in adopt_lineage(after, before)] == [
        "by title",
        "by id",
        "by code",
        "?",
    ]
