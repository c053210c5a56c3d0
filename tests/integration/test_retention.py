"""What is kept how long: rules, purges, legal holds, erasure and access."""

import dataclasses
import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine import SYSTEM, Actor, Conflict, Erased, Forbidden, InvalidInput, InvalidState, NotFound
from engine.history.evidence_verifier import verified
from engine.history.keys import KeyRing
from engine.runtime import erasing
from engine.tables import history_payload, incident, instance, metadata, work_item
from tests.builders import at_once
from tests.builders_application import open_for
from tests.builders_domain import draft
from tests.builders_house import House
from web.root import plugged_in
from workflows.contract.models import ContractVersion
from workflows.mail.models import MailMessage
from workflows.mobility.models import Mobility
from workflows.papers import documents
from workflows.people.models import Person
from workflows.retention import purging
from workflows.retention.collecting import subject_of_case, subject_of_person
from workflows.retention.due import due_cases, due_counts
from workflows.retention.holdings import FILES, OF_MOBILITY
from workflows.retention.models import ARCHIVE, DESTROY, PersonErasure
from workflows.retention.persons import erase_person, outlook
from workflows.retention.rules import PROPOSED, put_into_force, rules

SECRET = "Please keep this between us"
YEAR = timedelta(days=366)
CHIEF = Actor("person:99", "Chief", frozenset({"admin"}), oversees=True)
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Files(House):
    """A house whose cases are opened, filled, ended, and kept for a while."""

    def filled(self):
        """A contract with what a person leaves in one; gives mobility and case."""
        mobility = self.open()
        (item,) = self.items(mobility)
        self.engine.save_draft(item.id, actor=self.student, data={**draft(), "note": SECRET})
        self.engine.comment(item.instance_id, actor=self.student, text=SECRET)
        with self.engine.unit(SYSTEM) as unit:
            documents.store(
                unit.session,
                business_key=str(mobility),
                kind="upload.proof",
                language="fr",
                filename="../proof.pdf",
                media_type="application/pdf",
                content=SECRET.encode(),
                now=unit.now,
                actor_id=self.student.id,
            )
        self.work()
        return mobility, item.instance_id

    def ended(self):
        mobility, case = self.filled()
        self.engine.terminate(case, actor=self.ri, reason=SECRET)
        return mobility, case

    def started(self, process, key, **ended):
        """The bare case of another process of the same mobility."""
        from engine.definitions import Bundle
        from tests.builders_domain import ROOT

        self.engine.deploy(Bundle.from_folder(ROOT / "bpmn" / process), actor=SYSTEM)
        version = next(d for d in self.engine.definitions() if d.key == process)
        row = {
            "id": 7_000 + len(process),
            "definition_id": version.id,
            "business_key": key,
            "status": 1,
            "revision": 1,
            "seq": 0,
            "head": bytes(32),
            "subject": "Léa Martin",
            "org_unit": "lea",
            "counterparty": "",
            "started_at": 1,
            "ended_at": int(self.clock.now().timestamp() * 1_000_000),
            **ended,
        }
        with self.engine.unit(SYSTEM) as unit:
            unit.connection.execute(instance.insert(), row)
        return row["id"]

    def work(self):
        while self.engine.run_due_jobs(worker="tests"):
            pass

    def in_force(self, *kinds, **changes):
        with self.engine.unit(CHIEF) as unit:
            for kind in kinds or PROPOSED:
                put_into_force(
                    unit, dataclasses.replace(PROPOSED[kind], basis="So be it", **changes)
                )

    def due(self, **asked):
        with self.engine.reading() as session:
            found = due_cases(
                session.connection(), rules(session), self.clock.now(), limit=99, **asked
            )
        return [each.instance_id for each in found]

    def purge(self):
        with self.engine.unit(CHIEF) as unit:
            purging.start(unit)
        self.work()
        with self.engine.reading() as session:
            (report, *_) = purging.purges(session, limit=9)
            session.expunge_all()
        return report

    def rows(self, table):
        with self.engine.reading() as session:
            return session.scalar(select(func.count()).select_from(metadata.tables[table]))

    def erased(self, case):
        return self.engine.instance(case, actor=CHIEF).erased_at is not None


@pytest.fixture
def files(database, settings, clock):
    made = Files.built(database, settings, clock)
    made.engine.registry = plugged_in(settings)
    return made


def everything(files):
    """All that the database holds, as text: of a person erased nothing may be found in it."""
    found = []
    with files.engine.reading() as session:
        for table in metadata.sorted_tables:
            if table.name in ("definition_file", "erasure", "person_erasure", "legal_hold"):
                continue
            found += [str(tuple(row)) for row in session.execute(select(table))]
    return "\n".join(found)


def test_nothing_is_erased_under_a_rule_that_is_only_proposed(files):
    _, case = files.ended()
    files.clock.advance(10 * YEAR)
    assert files.due() == [case]
    assert files.purge().purge.erased == 0
    assert not files.erased(case)


def test_a_case_is_due_once_its_time_is_over_and_not_before(files):
    _, case = files.ended()
    files.clock.advance(timedelta(days=5 * 365))
    assert files.due() == []
    files.clock.advance(timedelta(days=2))
    assert files.due() == [case]


def test_a_case_that_runs_is_never_due(files):
    files.filled()
    files.clock.advance(50 * YEAR)
    assert files.due() == []


def test_a_purge_takes_all_that_is_personal_and_leaves_a_chain_that_verifies(files, tmp_path):
    mobility, _ = files.ended()
    assert SECRET in everything(files)
    assert "Martin" in everything(files)
    files.clock.advance(6 * YEAR)
    files.in_force("agreement", "mails")
    report = files.purge()
    assert (report.purge.erased, report.running, report.kept) == (1, False, ())
    ((kind, revision, cases, payloads),) = report.by_rule
    assert (kind, revision, cases) == ("agreement", 1, 1)
    assert payloads > 0
    left = everything(files)
    for word in (SECRET, "2004-02-29"):
        assert word not in left
    with files.engine.reading() as session:
        assert session.get(Mobility, mobility) is None
        assert session.scalars(select(ContractVersion)).all() == []
        assert session.scalars(select(MailMessage)).all() == []
        assert session.scalars(select(history_payload.c.seq)).all() != []
    found = files.engine.verify_history(KeyRing(tmp_path / "keys"))
    assert (found.intact, found.erased) == (True, payloads)


def test_the_report_of_an_erasure_says_what_by_whom_and_under_which_rule(files):
    _, case = files.ended()
    files.clock.advance(6 * YEAR)
    files.in_force("agreement")
    files.purge()
    told = files.engine.erasure(case, actor=CHIEF)
    assert (told.actor, told.ground.rule, told.ground.revision) == (CHIEF.id, "agreement", 1)
    assert told.at == files.clock.now()
    assert (told.gone.documents, told.gone.archive) == (1, "")
    last = files.engine.history(case, actor=CHIEF)[-1]
    assert (last.kind, last.payload["rule"]) == ("erased", "agreement")
    with pytest.raises(NotFound):
        files.engine.erasure(case + 1, actor=CHIEF)


def test_what_was_erased_takes_nothing_personal_any_more(files):
    _, case = files.ended()
    items = _items_of(files, case)
    files.clock.advance(6 * YEAR)
    files.in_force("agreement")
    files.purge()
    with pytest.raises(Erased):
        files.engine.work_item(items[0], actor=CHIEF)
    member = dataclasses.replace(CHIEF, groups=frozenset({"coordinator:lea"}))
    with pytest.raises(Erased):
        files.engine.comment(case, actor=member, text=SECRET)
    with pytest.raises(Erased):
        files.engine.hold(case, actor=CHIEF, reason="Too late")
    with pytest.raises(NotFound):
        files.engine.instance(case, actor=files.student)


def _items_of(files, case):
    with files.engine.reading() as session:
        own = work_item.c.instance_id == case
        return session.scalars(select(work_item.c.id).where(own)).all()


def test_a_legal_hold_keeps_a_case_until_it_is_lifted(files):
    _, case = files.ended()
    files.engine.hold(case, actor=files.ri, reason="An appeal")
    files.clock.advance(6 * YEAR)
    files.in_force("agreement")
    assert (files.due(), files.due(held=True)) == ([], [case])
    assert files.purge().purge.erased == 0
    files.engine.lift_hold(case, actor=files.ri, reason="It is over")
    assert files.purge().purge.erased == 1
    kinds = [event.kind for event in files.engine.history(case, actor=CHIEF)]
    assert kinds[-3:] == ["hold_set", "hold_lifted", "erased"]
    (hold,) = files.engine.holds(actor=SYSTEM, instance_id=case)
    assert (hold.reason, hold.lifted_because) == ("An appeal", "It is over")


def test_a_hold_needs_a_reason_and_somebody_who_oversees_and_is_set_once(files):
    _, case = files.ended()
    with pytest.raises(InvalidInput):
        files.engine.hold(case, actor=files.ri, reason=" ")
    with pytest.raises(Forbidden):
        files.engine.hold(case, actor=files.coordinator, reason="Mine")
    with pytest.raises(Conflict):
        files.engine.lift_hold(case, actor=files.ri, reason="There is none")
    said = at_once(*[lambda: files.engine.hold(case, actor=files.ri, reason="Once")] * 4)
    assert len(files.engine.holds(actor=SYSTEM, instance_id=case)) == 1, said


def test_what_others_rest_on_is_kept_until_they_are_gone(files):
    mobility, case = files.ended()
    files.started("recognition", str(mobility))
    files.clock.advance(6 * YEAR)
    assert files.due() == []
    files.clock.advance(5 * YEAR)
    with files.engine.reading() as session:
        counts = due_counts(session.connection(), rules(session), files.clock.now())
    assert counts == {"recognition": 1}
    files.in_force("recognition", fate=DESTROY)
    files.in_force("agreement")
    files.purge()
    assert files.erased(case)
    assert files.rows("mobility") == 0


def test_of_two_cases_of_a_lifecycle_the_last_takes_what_they_share(files):
    mobility, case = files.ended()
    other = files.started("contract", str(mobility), ended_at=None, status=0)
    with files.engine.unit(CHIEF) as unit:
        from workflows.retention.erasing import erase_case

        erase_case(unit, case, erasing.Ground("agreement", 1))
    assert files.rows("contract_version") == 1
    assert other != case


def test_the_archives_get_the_evidence_and_the_documents_before_anything_goes(files, settings):
    _, case = files.ended()
    files.clock.advance(6 * YEAR)
    files.in_force("agreement", fate=ARCHIVE)
    files.purge()
    told = files.engine.erasure(case, actor=CHIEF).gone
    content = (settings.archive_dir / told.archive).read_bytes()
    assert hashlib.sha256(content).hexdigest() == told.archive_sha256
    assert any("0 with erased content" in line for line in verified(content))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        (paper,) = json.loads(archive.read("documents.json"))
        assert archive.read(paper["file"]) == SECRET.encode()
        assert paper["file"].startswith("documents/")
        assert ".." not in paper["file"]
        assert "contract_version" in json.loads(archive.read("data.json"))
    assert files.engine.verify_history(KeyRing(settings.anchor_keys_dir)).intact


def test_a_case_that_cannot_be_sealed_stays_as_it_was(files, settings):
    _, case = files.ended()
    files.clock.advance(6 * YEAR)
    files.in_force("agreement", fate=ARCHIVE)
    settings.anchor_keys_dir.mkdir(parents=True)
    (settings.anchor_keys_dir / "signing.key").write_bytes(b"no key")
    before = files.engine.history(case, actor=CHIEF)
    assert files.purge().kept == ()
    assert not files.erased(case)
    assert files.engine.history(case, actor=CHIEF) == before


def test_a_case_that_cannot_be_archived_is_kept_and_told(files):
    _, case = files.ended()
    with files.engine.database.write() as connection:
        where = instance.c.id == case
        connection.execute(instance.update().where(where).values(head=bytes(32)))
    files.clock.advance(6 * YEAR)
    files.in_force("agreement", fate=ARCHIVE)
    report = files.purge()
    assert (report.purge.erased, report.kept) == (0, ((case, "invalid_state"),))
    assert not files.erased(case)


def test_an_archive_that_cannot_be_written_erases_nothing_and_is_an_incident(files, settings):
    _, case = files.ended()
    settings.archive_dir.parent.mkdir(exist_ok=True)
    settings.archive_dir.write_text("no folder")
    files.clock.advance(6 * YEAR)
    files.in_force("agreement", fate=ARCHIVE)
    files.purge()
    for _ in range(9):
        files.clock.advance(timedelta(days=1))
        files.work()
    assert not files.erased(case)
    with files.engine.reading() as session:
        assert session.scalar(select(func.count()).select_from(incident)) == 1


def test_a_purge_that_was_stopped_goes_on_and_two_are_one(files):
    cases = [files.ended()[1] for _ in range(3)]
    files.clock.advance(6 * YEAR)
    files.in_force("agreement")
    with files.engine.unit(CHIEF) as unit:
        first = purging.start(unit)
    files.engine.run_due_jobs(worker="tests", limit=1)
    assert [files.erased(case) for case in cases] == [False, False, True]
    with files.engine.unit(CHIEF) as unit:
        assert purging.start(unit) == first
    files.work()
    assert all(files.erased(case) for case in cases)


def test_every_day_what_is_due_is_erased_and_a_day_without_leaves_no_report(files):
    day = timedelta(days=1)
    with files.engine.unit(SYSTEM) as unit:
        purging.keep_purging(unit, day)
        purging.keep_purging(unit, day)
    files.in_force("agreement")
    files.clock.advance(day)
    files.work()
    assert files.rows("purge") == 0
    _, case = files.ended()
    files.clock.advance(6 * YEAR)
    files.work()
    assert files.erased(case)


def test_copies_of_mails_go_by_their_own_rule(files):
    files.ended()
    assert files.rows("mail_message") > 0
    files.in_force("mails")
    assert files.purge().purge.mails == 0
    files.clock.advance(YEAR)
    assert files.purge().purge.mails > 0
    assert files.rows("mail_message") == 0


def test_an_application_that_led_nowhere_goes_with_its_documents(files):
    from engine.definitions import Bundle
    from tests.builders_domain import ROOT

    files.engine.deploy(Bundle.from_folder(ROOT / "bpmn" / "application"), actor=SYSTEM)
    open_for(files.engine, files.ri, files.student)
    with files.engine.reading() as session:
        case = session.scalar(select(instance.c.id))
    files.engine.terminate(case, actor=files.ri, reason=SECRET)
    files.clock.advance(YEAR)
    with files.engine.reading() as session:
        (due,) = due_cases(session.connection(), rules(session), files.clock.now(), limit=9)
    assert due.kind == "rejected_application"
    files.in_force("rejected_application")
    files.purge()
    assert [files.rows(name) for name in ("application", "document", "document_content")] == [0] * 3
    assert files.rows("campaign") == 1


def test_a_rule_is_put_into_force_with_grounds_and_on_what_was_read(files):
    files.in_force("grades")
    with files.engine.reading() as session:
        rule = rules(session)["grades"]
    assert (rule.revision, rule.months, rule.set_by) == (1, 120, CHIEF.id)
    for changes in (
        {"basis": ""},
        {"keep_active": -1},
        {"keep_active": 0, "keep_intermediate": 0},
        {"fate": "sold"},
    ):
        with pytest.raises(InvalidInput), files.engine.unit(CHIEF) as unit:
            put_into_force(unit, dataclasses.replace(rule, **changes))
    with pytest.raises(Conflict):
        files.in_force("grades")
    with pytest.raises(InvalidInput):
        files.in_force("mails", fate=ARCHIVE)


def test_a_person_is_erased_with_every_case_and_their_account(files, tmp_path):
    for _ in range(2):
        files.ended()
    with files.engine.reading() as session:
        person = session.get_one(Person, files.ids["student"])
        subject = subject_of_person(session, person)
    assert len(subject.cases) == 2
    assert erase_person(files.engine, subject, actor=CHIEF, reason="Their request") == 2
    left = everything(files)
    for word in (SECRET, "lea.martin", "Léa", "2004-02-29"):
        assert word not in left, word
    with files.engine.reading() as session:
        person = session.get_one(Person, files.ids["student"])
        assert (person.name, person.active, person.email) == ("", False, "")
        (report,) = session.scalars(select(PersonErasure))
        assert (report.cases, report.reason, report.actor) == (2, "Their request", CHIEF.id)
    assert files.engine.verify_history(KeyRing(tmp_path / "keys")).intact


def test_a_person_is_not_erased_while_a_case_runs_or_is_held_or_who_works_here(files):
    _, running = files.filled()
    _, kept = files.ended()
    files.engine.hold(kept, actor=files.ri, reason="An appeal")
    with files.engine.reading() as session:
        subject = subject_of_case(session, running)
        seen = outlook(session, subject)
        staff = subject_of_person(session, session.get_one(Person, files.ids["ri"]))
        assert outlook(session, staff).staff
    assert ([each.id for each in seen.running], [each.id for each in seen.kept]) == (
        [running],
        [kept],
    )
    with pytest.raises(InvalidState):
        erase_person(files.engine, subject, actor=CHIEF, reason="Their request")
    assert not files.erased(kept)


def test_who_was_stopped_while_erasing_a_person_goes_on(files, monkeypatch):
    cases = [files.ended()[1] for _ in range(3)]
    with files.engine.reading() as session:
        subject = subject_of_case(session, cases[0])
    from workflows.retention import persons

    whole, done = persons.erase_case, []

    def stopped(unit, case, ground):
        if len(done) == 1:
            raise KeyboardInterrupt
        done.append(whole(unit, case, ground))

    monkeypatch.setattr(persons, "erase_case", stopped)
    with pytest.raises(KeyboardInterrupt):
        erase_person(files.engine, subject, actor=CHIEF, reason="Their request")
    monkeypatch.undo()
    with files.engine.reading() as session:
        again = subject_of_case(session, cases[0])
    assert len(again.cases) == 2
    erase_person(files.engine, again, actor=CHIEF, reason="Their request")
    assert all(files.erased(case) for case in cases)


def test_every_table_is_a_file_s_a_person_s_or_nobody_s():
    """A new table has to say whose it is, or erasure and access would forget it."""
    from workflows.retention.collecting import ABOUT_PERSON

    said = {holding.name for file in FILES.values() for holding in file.holdings}
    said |= {holding.name for holding in OF_MOBILITY} | set(ABOUT_PERSON) | ROOTS
    while True:
        more = {
            table.name
            for table in metadata.sorted_tables
            for key in table.foreign_key_constraints
            if key.referred_table.name in said - {"instance", "person"}
            and not all(element.parent.nullable for element in key.elements)
        }
        if more <= said:
            break
        said |= more
    assert {table.name for table in metadata.sorted_tables} - said - NOBODYS == set()
    assert NOBODYS & said == set()


ROOTS = {"mobility", "person", "document", "comment", "mail_message", "instance", "work_item"} | {
    "history_payload", "identity_link", "incident", "job", "digest", "membership", "mention",
    "substitution",
}  # fmt: skip
"""Where erasure begins, beside the holdings."""

NOBODYS = {
    # processes and what becomes of them
    "definition", "definition_draft", "definition_draft_editor", "definition_draft_file",
    "definition_file", "definition_publication", "definition_retirement", "scenario_result",
    "published_despite", "migration_order", "migration_result",
    "retry_order", "worker",
    # the record, which names nobody, and the reports
    "history_event", "history_anchor", "history_anchored", "history_anchor_stamp",
    "history_check", "history_log", "history_feed", "history_export", "history_report", "erasure",
    "access_refused", "legal_hold", "person_erasure", "purge", "retention_rule",
    "evidence_bundle", "evidence_bundle_case",
    # ids alone
    "idempotency", "received_message", "subscription",
    # the offer, the partners, the departments, the office
    "campaign", "campaign_ranking", "campaign_place", "campaign_seat", "campaign_commission",
    "institution", "department", "grading_table", "semester_start", "partnership",
    "partnership_opinion", "meeting", "meeting_department",
}  # fmt: skip


@ON_SQLITE
def test_the_commands_tell_what_is_due_and_erase_it(files, cli, settings):
    _, case = files.ended()
    with files.engine.database.write() as connection:
        connection.execute(instance.update().values(ended_at=1))
    assert cli("history", "purge", "--dry-run", "--json").json == [
        {"file": "agreement", "due": 1, "fate": "destroy", "revision": 0, "in_force": False}
    ]
    assert cli("history", "hold", case, "--reason", "An appeal").code == 0
    files.in_force("agreement")
    assert cli("history", "purge", "--json").json["erased"] == []
    assert cli("history", "lift-hold", case, "--reason", "It is over").code == 0
    done = cli("history", "purge", "--json")
    assert [each["cases"] for each in done.json["erased"]] == [1]
    assert files.erased(case)


@ON_SQLITE
def test_the_command_erases_a_person_once_it_is_told_twice(files, cli):
    files.ended()
    assert cli("history", "erase-person", "lea.martin", "--reason", "Why", stdin="n\n").code != 0
    done = cli("history", "erase-person", "lea.martin", "--reason", "Why", "--yes")
    assert (done.code, done.out) == (0, "Erased: 1 cases, and the account.\n")
    assert cli("history", "erase-person", "lea.martin", "--reason", "Why", "--yes").code == 1
