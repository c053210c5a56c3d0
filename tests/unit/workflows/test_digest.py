"""The digest of what is signed: the same for the same content, another for anything else."""

from __future__ import annotations

import hashlib
import json

import pytest

from tests.builders_domain import agreement, row
from workflows.contract.components import rows_of
from workflows.contract.digest import canonical_form, content_digest
from workflows.contract.models import ContractVersion, Signature
from workflows.contract.views import Part
from workflows.mobility.models import Mobility


def version(rows=None, number=1, base=None, **changes):
    mobility = Mobility(omobility_id="M-1", mobility_type="semester")
    rows = [row(title="Derecho"), row(Part.RECOGNISED, title="Droit")] if rows is None else rows
    return ContractVersion(
        mobility=mobility,
        number=number,
        base=base,
        agreement=agreement(**changes).to_json(),
        components=rows_of({part: [r for r in rows if r.part is part] for part in Part}),
    )


def test_the_form_is_as_documented():
    content = json.loads(canonical_form(version(student_given_names="Zoé")))
    assert content["format"] == "passerelle-contract-1"
    assert content["omobility_id"] == "M-1"
    assert content["mobility_type"] == "semester"
    assert content["changes_to"] is None
    assert content["agreement"]["student_given_names"] == "Zoé"
    assert content["components"]["studied"] == [
        {"title": "Derecho", "term_number": "1", "total_terms": "2", "credits": [["ects", "6"]]}
    ]


def test_the_form_is_canonical_bytes_and_the_digest_their_sha256():
    form = canonical_form(version(student_given_names="Zoé"))
    again = json.dumps(
        json.loads(form), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()
    assert form == again
    assert "Zoé".encode() in form
    assert content_digest(version(student_given_names="Zoé")) == hashlib.sha256(form).hexdigest()


def test_numbers_lineages_and_signatures_are_no_content():
    one, two = version(), version(number=7)
    for component in two.components:
        component.lineage = "another"
    two.signatures.append(Signature(role="student", digest="x"))
    assert content_digest(one) == content_digest(two)


@pytest.mark.parametrize(
    "other",
    [
        version(student_family_name="Martín"),
        version(end_date=None),
        version(end_date=""),
        version([row(title="Derecho "), row(Part.RECOGNISED, title="Droit")]),
        version([row(title="Derecho", credits_="6.0"), row(Part.RECOGNISED, title="Droit")]),
        version([row(title="Droit"), row(Part.RECOGNISED, title="Derecho")]),
        version([row(Part.RECOGNISED, title="Derecho"), row(Part.RECOGNISED, title="Droit")]),
        version([row(title="Derecho")]),
        version(base=version()),
    ],
)
def test_any_other_content_has_another_digest(other):
    assert content_digest(other) != content_digest(version())


def test_the_order_of_components_is_content():
    rows = [row(title="A"), row(title="B")]
    assert content_digest(version(rows)) != content_digest(version(rows[::-1]))
