"""The demonstration's whole year: everything that is promised of it is there."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from engine import Database, Engine, FixedClock
from engine.tables import definition, incident, instance, work_item
from engine.values import WorkItemStatus
from tests.builders_domain import HOME, ROOT
from web.cli.deployment import deploy_folder
from web.config import Settings
from workflows.contract.models import ContractVersion
from workflows.contract.views import VersionStatus
from workflows.demo import FULL, load
from workflows.grade_transfer.models import Transcript
from workflows.grading.models import GradingTable
from workflows.mobility.models import Mobility
from workflows.office_work.models import Substitution
from workflows.partners.models import Department, Institution
from workflows.partnership.models import Partnership
from workflows.people.models import Person
from workflows.recognition.models import Recognition
from workflows.registry import registry

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
LIFECYCLES = {
    "application",
    "contract",
    "exam_waiver",
    "admission",
    "grade_transfer",
    "recognition",
}


@pytest.fixture(scope="module")
def loaded(_sqlite_template, seal_pkcs12, tmp_path_factory):
    """An engine over the whole year, loaded once for all tests here."""
    folder = tmp_path_factory.mktemp("year")
    path = folder / "passerelle.sqlite3"
    shutil.copyfile(_sqlite_template, path)
    settings = Settings(
        database_url=f"sqlite:///{path}",
        secret_key="a key that only the tests know, 2718281828",
        data_dir=folder,
        bundles_dir=ROOT / "bpmn",
        seal_pkcs12=seal_pkcs12,
    )
    settings = replace(settings, demo=True)
    engine = Engine(Database(settings.database_url), registry(settings), clock=FixedClock(NOW))
    list(deploy_folder(engine, settings.bundles_dir))
    load(engine, settings, size=FULL)
    yield engine
    engine.database.dispose()


@pytest.fixture
def rows(loaded):
    with loaded.reading() as session:
        yield session


def number(rows, what, *where):
    return rows.scalar(select(func.count()).select_from(what).where(*where))


def test_the_cast(rows):
    assert number(rows, Department) == 5
    partners = rows.scalars(select(Institution).where(Institution.hei_id != HOME)).all()
    assert len(partners) == 40
    assert len({each.country for each in partners}) == 15
    with_agreement = set(rows.scalars(select(Partnership.hei_id)))
    with_table = set(rows.scalars(select(GradingTable.hei_id)))
    assert {each.hei_id for each in partners} <= with_agreement & with_table
    students = rows.scalars(select(Person).where(~Person.memberships.any())).all()
    assert len(students) == 150


def test_every_phase_of_both_directions(rows):
    assert number(rows, Mobility, Mobility.sending_hei_id == HOME) > 50
    assert number(rows, Mobility, Mobility.receiving_hei_id == HOME) > 40
    states = rows.execute(
        select(definition.c.key, instance.c.status)
        .join(definition, definition.c.id == instance.c.definition_id)
        .distinct()
    ).all()
    for lifecycle in LIFECYCLES:
        assert {status for key, status in states if key == lifecycle} >= {0, 1}


def test_what_goes_wrong_in_a_year(rows):
    late = (
        work_item.c.status == int(WorkItemStatus.OPEN),
        work_item.c.due_at < int(NOW.timestamp() * 1e6),
    )
    assert number(rows, work_item, *late) > 3
    assert (
        number(rows, Substitution, Substitution.starts_at <= NOW, Substitution.ends_at > NOW) == 1
    )
    assert number(rows, incident, incident.c.status == 0) == 1
    for status in (VersionStatus.REJECTED, VersionStatus.RETURNED):
        assert number(rows, ContractVersion, ContractVersion.status == status.value) > 0
    assert number(rows, ContractVersion, ContractVersion.kind == "change") > 0


def test_transcripts_and_recognitions(rows):
    assert number(rows, Transcript, Transcript.status == "issued") > 0
    assert number(rows, Transcript, Transcript.status == "superseded") > 0
    assert number(rows, Recognition, Recognition.verdict.is_not(None)) > 0
