"""Reading documents of the network: what they say, and what is refused with its line."""

from __future__ import annotations

import contextlib
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders_domain import sample
from workflows.contract.incoming import read
from workflows.contract.views import Part, Role
from workflows.contract.xml import Refused

EX1 = sample("ola-ex1").decode()


def refusal(data):
    with pytest.raises(Refused) as caught:
        read(data if isinstance(data, bytes) else data.encode())
    return caught.value.problems


def line_with(text, document=EX1):
    return next(n for n, line in enumerate(document.splitlines(), 1) if text in line)


def test_the_official_example_has_three_versions():
    (la,) = read(sample("ewp-la-get-response"))
    assert la.omobility_id == "c442c289-5541-4cae-9edb-8ad83e133613"
    assert [version.kind for version in la.versions] == [
        "first-version",
        "approved-changes",
        "changes-proposal",
    ]
    assert [version.changes for version in la.versions] == [False, True, True]
    assert [set(version.signatures) for version in la.versions] == [
        set(Role),
        set(Role),
        {Role.STUDENT, Role.SENDING},
    ]
    proposal = la.versions[2]
    assert proposal.changes_proposal_id == "59B15BAF222F868493C167125FA32452E946"
    assert proposal.agreement.student_family_name == "Karamazov"
    assert la.agreement.student_family_name == "Sidorov"
    assert [(row.status, row.reason_code) for row in proposal.rows] == [
        ("inserted", "substituting-deleted"),
        ("deleted", "language-mismatch"),
    ]


def test_a_producer_without_namespaces_is_read():
    (la,) = read(sample("ola-ex1"))
    (version,) = la.versions
    assert la.agreement.receiving_ounit_id == "5653486D98511E16E0530B501E0A4594"
    assert [row.part for row in version.rows] == [
        Part.STUDIED,
        Part.STUDIED,
        Part.RECOGNISED,
        Part.RECOGNISED,
        Part.VIRTUAL,
    ]
    assert version.rows[3].credits[0].value == Decimal(5)
    assert version.signatures[Role.SENDING].timestamp == "2020-12-20T12:16:15+02:00"
    assert version.signatures[Role.SENDING].at.isoformat() == "2020-12-20T10:16:15+00:00"


def test_answers_are_read():
    (approval,) = read(sample("ola-ex2"))
    (comment,) = read(sample("ola-ex5"))
    assert approval.comment is None
    assert comment.comment == "Some comment why reject"
    assert comment.signature.signer_name == "Ochoa Patel"


def test_a_comment_inside_a_text_loses_nothing_of_it():
    split = EX1.replace("Big Data Mining", "Big <!-- very -->Data<?x y?> Mining")
    assert read(split.encode())[0].versions[0].rows[1].title == "Big Data Mining and Processing"


def test_white_space_and_markup_in_texts_are_kept():
    odd = EX1.replace("Advanced Logic<", "  Logic &lt;b&gt; &amp;\n  more <")
    assert read(odd.encode())[0].versions[0].rows[2].title == "  Logic <b> &\n  more "


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_any_declared_encoding_is_read(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + EX1.replace("Nalty", "Éléonore")
    assert read(text.encode(encoding))[0].agreement.student_given_names == "Éléonore"


def test_an_agreement_that_is_still_being_signed_is_read():
    def without(text, name):
        start, end = text.index(f"<{name}>"), text.index(f"</{name}>") + len(name) + 3
        return text[:start] + text[end:]

    once = without(EX1, "sending-hei-signature")
    assert set(read(once.encode())[0].versions[0].signatures) == {Role.STUDENT}
    never = without(once, "student-signature")
    assert read(never.encode())[0].versions[0].signatures == {}
    (problem,) = refusal(without(EX1, "student-signature"))
    assert problem.code == "signature_order"


def test_every_violation_of_the_schema_is_told_with_its_line():
    wrong = EX1.replace("<cefr-level>B2", "<cefr-level>Z9").replace("<value>5<", "<value>five<")
    found = refusal(wrong)
    assert [(p.line, p.code) for p in found] == [
        (line_with("cefr-level"), "schema"),
        (line_with("<value>5<"), "schema"),
    ]
    assert "cefr-level" in found[0].text
    assert "{http" not in found[0].text


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"not xml", "malformed"),
        (b"PK\x03\x04zip", "malformed"),
        (b"\x1f\x8b\x08gzip", "malformed"),
        (EX1[:-10], "malformed"),
        ("<la>\x01</la>", "malformed"),
        (b"<la>\xff\xfe</la>", "malformed"),
        ('<?xml version="1.0" encoding="klingon"?><la/>', "malformed"),
        ("<html/>", "not_an_agreement"),
        ('<la xmlns="urn:other"/>', "not_an_agreement"),
        ("<la/>", "schema"),
        ("<omobility-las-get-response/>", "no_agreement"),
        ("<!DOCTYPE la>" + EX1, "doctype_refused"),
        ('<!DOCTYPE la [<!ENTITY x SYSTEM "file:///etc/passwd">]><la>&x;</la>', "doctype_refused"),
        (EX1.replace("Nalty", "&nobody;"), "malformed"),
        ("<a>" * 100 + "</a>" * 100, "too_deep"),
        ("<a>" + "<b/>" * 200_001 + "</a>", "too_many_elements"),
        (EX1.replace("Nalty", "x" * 20_001), "text_too_long"),
        (EX1.replace("324-1", "x" * 20_001), "text_too_long"),
        (EX1.replace("<value>5<", f"<value>{'9' * 41}<"), "number_too_long"),
        (EX1.replace("2020-12-19T10:43:16", "12020-12-19T10:43:16"), "bad_timestamp"),
        (EX1.replace("proposal", "proposals"), "schema"),
    ],
)
def test_a_wrong_or_hostile_file_is_refused_in_time(data, code):
    begun = time.process_time()
    assert refusal(data)[0].code == code
    assert time.process_time() - begun < 2


def test_ten_megabytes_are_the_limit():
    (problem,) = refusal(b" " * (10 * 1024 * 1024 + 1))
    assert problem.code == "too_large"


def test_an_agreement_without_a_version_is_refused():
    start, end = EX1.index("<changes-proposal"), EX1.index("</changes-proposal>") + 19
    (problem,) = refusal(EX1[:start] + EX1[end:])
    assert problem.code == "no_version"


@given(st.data())
def test_any_damage_is_read_or_refused(data):
    document = bytearray(EX1.encode())
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(document) - 1))
        length = data.draw(st.integers(0, 40))
        document[start : start + length] = data.draw(st.binary(max_size=12))
    with contextlib.suppress(Refused):
        read(bytes(document))
