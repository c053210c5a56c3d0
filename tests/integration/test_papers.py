"""Documents kept with their cases, on both databases."""

import pytest

from engine.errors import InvalidState, NotFound
from engine.identity import SYSTEM
from workflows.papers import documents
from workflows.papers.codes import new_code


@pytest.fixture
def kept(engine, clock):
    """Stores a document of a case in a transaction of its own."""

    def keep(key="17", content=b"%PDF-1.7 one", **more):
        with engine.unit(SYSTEM) as unit:
            return documents.store(
                unit.session,
                **{
                    "business_key": key,
                    "kind": "exam_waiver.decision",
                    "language": "fr",
                    "filename": "decision.pdf",
                    "media_type": "application/pdf",
                    "content": content,
                    "now": unit.now,
                    "actor_id": "person:1",
                    "code": new_code(),
                    **more,
                },
            )

    return keep


def test_what_is_stored_comes_back_byte_by_byte(engine, kept):
    content = bytes(range(256)) * 1000
    document = kept(content=content)
    with engine.reading() as session:
        found = documents.get(session, document.id)
        assert documents.content(session, document.id) == content
    assert (found.size, len(found.sha256)) == (256_000, 64)
    assert (found.in_force, found.uploaded) == (True, False)


def test_a_case_lists_its_own_newest_first(engine, kept):
    first, second, _other = kept(), kept(), kept("18")
    with engine.reading() as session:
        assert [d.id for d in documents.of_case(session, "17")] == [second.id, first.id]
        assert documents.of_case(session, "1") == []


def test_a_code_finds_its_document_and_no_other(engine, kept):
    document = kept()
    with engine.reading() as session:
        assert documents.by_code(session, document.code).id == document.id
        assert documents.by_code(session, new_code()) is None


def test_a_newer_version_takes_the_place_once(engine, kept):
    old, new, third = kept(), kept(), kept()
    for _ in range(2):
        with engine.unit(SYSTEM) as unit:
            documents.supersede(unit.session, documents.get(unit.session, old.id), new)
    with engine.unit(SYSTEM) as unit:
        with pytest.raises(InvalidState):
            documents.supersede(unit.session, documents.get(unit.session, old.id), third)
        with pytest.raises(InvalidState):
            documents.supersede(unit.session, documents.get(unit.session, new.id), new)
    with engine.reading() as session:
        assert documents.get(session, old.id).superseded_by == new.id
        assert not documents.get(session, old.id).in_force


def test_a_revocation_keeps_its_first_instant(engine, kept, clock):
    document = kept()
    revoked = clock.now()
    for _ in range(2):
        with engine.unit(SYSTEM) as unit:
            documents.revoke(unit.session, documents.get(unit.session, document.id), now=unit.now)
        clock.at = clock.at.replace(hour=23)
    with engine.reading() as session:
        assert documents.get(session, document.id).revoked_at == revoked


def test_what_is_not_there_is_not_found(engine):
    with engine.reading() as session:
        with pytest.raises(NotFound):
            documents.get(session, 1)
        with pytest.raises(NotFound):
            documents.content(session, 1)
