"""Who gets what at every route: the table of access, tried cell by cell on the real application.

Objects are a case of Léa's in the department ``lea`` and its task, offered to that
department's coordinators. "Other" student and coordinator have no part in it. The
partner has no account, only the link of that case's last step. The two stand-ins work at
the registrar's office and replace a coordinator and somebody of the international office.
"""

import io
import itertools
import re
from decimal import Decimal
from functools import cached_property

import pytest

from engine.definitions import Bundle
from engine.identity import SYSTEM
from tests.builders_application import open_for
from tests.builders_domain import draft
from tests.security import duties_world, studio_world
from web.app import create_app
from workflows.contract.services import contract_view, open_contract
from workflows.grade_transfer.models import Course
from workflows.links import issue_link
from workflows.office_work.local_time import day_of
from workflows.office_work.substitutions import arrange, plan
from workflows.papers import documents
from workflows.papers.codes import new_code
from workflows.partners.models import Department, Institution
from workflows.people.services import actor_for, create_person, find_person

PASSWORD = "only the tests know this"
DEPUTY = "deputy"
"""A second coordinator of the department: to whom tasks are given, from whom they come."""
PEOPLE = {
    "student": (),
    "other": (),
    "coord": ("coordinator:lea",),
    "coord2": ("coordinator:his",),
    "ri": ("ri",),
    "admin": ("admin",),
    "auditor": ("auditor",),
    DEPUTY: ("coordinator:lea",),
    "for_coord": ("registrar",),
    "for_ri": ("registrar",),
}
STANDING_IN = {"for_coord": "coord", "for_ri": "ri"}
"""Who replaces whom, in every lifecycle."""
ROLES = ("anon", "student", "other", "coord", "coord2", "ri", "partner", "admin", "auditor")
EVERY_ROLE = (*ROLES, *STANDING_IN)
SEES = "302 200 404 200 404 200 302 200 200"
SEES_API = "401 200 404 200 404 200 401 200 200"
HOLDERS = "401 403 404 302 404 403 401 403 403"
HOLDERS_API = "401 403 404 200 404 403 401 403 403"
COMMENT = "401 302 404 302 404 302 401 403 403"
OF_A_CASE = frozenset({"item_id", "instance_id", "mobility_id", "document_id"})
OF_CAMPAIGNS = frozenset({"campaigns", "campaign_places", "rankings", "applications"})
EVERYBODY = "200 200 200 200 200 200 200 200 200"
SIGNED_IN = "302 200 200 200 200 200 302 200 200"
AUDITORS = "302 403 403 403 403 403 302 403 200"

MATRIX = {
    # endpoint and method:      anon stud othr coord crd2 ri  part admin audit
    ("static", "GET"): EVERYBODY,
    ("health.livez", "GET"): EVERYBODY,
    ("health.readyz", "GET"): EVERYBODY,
    ("health.metrics", "GET"): EVERYBODY,
    ("api-docs.openapi_json", "GET"): EVERYBODY,
    ("signin.show", "GET"): "200 302 302 302 302 302 200 302 302",
    ("signin.enter", "POST"): "401 401 401 401 401 401 401 401 401",
    ("signin.demo", "POST"): "404 404 404 404 404 404 404 404 404",
    ("signin.language", "POST"): "302 302 302 302 302 302 302 302 302",
    ("home.show", "GET"): "302 302 302 302 302 302 302 302 302",
    ("home.student", "GET"): SIGNED_IN,
    ("inbox.show", "GET"): SIGNED_IN,
    ("inbox.news", "GET"): SIGNED_IN,
    ("inbox.bulk", "POST"): "401 302 302 302 302 302 401 302 302",
    ("inbox.preview", "GET"): SEES,
    ("saved.create", "POST"): "401 302 302 302 302 302 401 302 302",
    ("saved.counts", "GET"): SIGNED_IN,
    ("saved.rename", "POST"): "401 404 404 404 404 404 401 404 404",
    ("saved.delete", "POST"): "401 404 404 404 404 404 401 404 404",
    ("saved.restore", "POST"): "401 404 404 404 404 404 401 404 404",
    ("mentions.index", "GET"): SIGNED_IN,
    ("mentions.follow", "POST"): "401 404 404 404 404 404 401 404 404",
    ("mentions.read", "POST"): "401 302 302 302 302 302 401 302 302",
    ("mentions.people", "GET"): "302 200 404 200 404 200 302 403 403",
    ("settings.show", "GET"): SIGNED_IN,
    ("settings.mail", "POST"): "401 302 302 302 302 302 401 302 302",
    ("settings.substitutes", "GET"): "302 403 403 200 200 200 302 200 200",
    ("settings.arrange", "POST"): "401 403 403 422 422 422 401 422 422",
    ("settings.end", "POST"): "401 403 403 404 404 404 401 404 404",
    ("outbox.index", "GET"): "302 403 403 403 403 404 302 404 403",
    ("outbox.show", "GET"): "302 403 403 403 403 404 302 404 403",
    ("tasks.show", "GET"): SEES,
    ("tasks.claim", "POST"): HOLDERS,
    ("tasks.release", "POST"): HOLDERS,
    ("tasks.assign", "POST"): HOLDERS,
    ("tasks.delegate", "POST"): HOLDERS,
    ("tasks.resolve", "POST"): HOLDERS,
    ("tasks.draft", "POST"): HOLDERS,
    ("tasks.comment", "POST"): COMMENT,
    ("tasks.complete", "POST"): HOLDERS,
    ("cases.index", "GET"): SIGNED_IN,
    ("cases.show", "GET"): SEES,
    ("cases.diagram", "GET"): SEES,
    ("cases.comment", "POST"): COMMENT,
    ("case_history.show", "GET"): studio_world.READERS,
    ("case_history.event", "GET"): studio_world.READERS,
    ("case_history.replay", "GET"): studio_world.READERS,
    ("case_history.diagram", "GET"): studio_world.READERS,
    ("case_history.values", "GET"): studio_world.READERS,
    ("case_history.contract", "GET"): studio_world.READERS,
    ("case_history.incidents", "GET"): studio_world.READERS,
    ("history.search", "GET"): studio_world.READERS,
    ("durations.show", "GET"): studio_world.READERS,
    ("durations.compute", "POST"): "401 403 403 403 403 403 401 302 302",
    ("deadlines.show", "GET"): studio_world.READERS,
    ("exports.index", "GET"): AUDITORS,
    ("exports.create", "POST"): "401 403 403 403 403 403 401 403 422",
    ("exports.cancel", "POST"): "401 403 403 403 403 403 401 403 404",
    ("exports.fetch", "GET"): "302 403 403 403 403 403 302 403 404",
    ("exports.accesses", "GET"): AUDITORS,
    ("conformance.show", "GET"): studio_world.READERS,
    ("history.save", "POST"): "401 403 403 403 403 403 401 422 422",
    ("record.show", "GET"): studio_world.READERS,
    ("record.verify", "POST"): "401 403 403 403 403 403 401 302 302",
    ("record.anchor", "GET"): "302 403 403 403 403 403 302 404 404",
    # After the page of its anchor, for it makes one.
    ("evidence.export", "POST"): "401 403 403 403 403 403 401 403 200",
    ("evidence_bundles.index", "GET"): "302 403 403 403 403 403 302 403 200",
    ("evidence_bundles.make", "POST"): "401 403 403 403 403 403 401 403 422",
    ("evidence_bundles.fetch", "GET"): "302 403 403 403 403 403 302 403 404",
    ("retention.index", "GET"): "302 403 403 403 403 200 302 200 200",
    ("retention.rule", "GET"): "302 403 403 403 403 200 302 200 403",
    ("retention.set_rule", "POST"): "401 403 403 403 403 422 401 422 403",
    ("retention.confirm_purge", "GET"): "302 403 403 403 403 403 302 200 403",
    ("retention.purge", "POST"): "401 403 403 403 403 403 401 302 403",
    ("personal_data.show", "GET"): "302 403 403 403 403 200 302 200 403",
    ("personal_data.hold", "POST"): "401 403 403 403 403 422 401 422 403",
    ("personal_data.lift", "POST"): "401 403 403 403 403 422 401 422 403",
    ("personal_data.export", "POST"): "401 403 403 403 403 200 401 200 403",
    ("personal_data.export_own", "POST"): "401 200 200 403 403 403 401 403 403",
    ("personal_data.confirm_erasing", "GET"): "302 403 403 403 403 403 302 200 403",
    ("personal_data.erase", "POST"): "401 403 403 403 403 403 401 422 403",
    ("hubs.start", "GET"): SIGNED_IN,
    ("hubs.office", "GET"): SIGNED_IN,
    ("start.show", "GET"): "302 200 200 403 403 200 302 403 403",
    ("start.create", "POST"): "401 302 302 403 403 302 401 403 403",
    ("nominations.show", "GET"): "302 403 403 403 403 200 302 403 403",
    ("nominations.create", "POST"): "401 403 403 403 403 422 401 403 403",
    ("campaigns.index", "GET"): SIGNED_IN,
    ("campaigns.new", "GET"): "302 403 403 403 403 200 302 403 403",
    ("campaigns.create", "POST"): "401 403 403 403 403 422 401 403 403",
    ("campaigns.show", "GET"): "302 403 403 200 404 200 302 200 200",
    ("campaigns.edit", "GET"): "302 403 403 403 403 200 302 403 403",
    ("campaigns.change", "POST"): "401 403 403 403 403 422 401 403 403",
    ("campaigns.publish_campaign", "POST"): "401 403 403 403 403 302 401 403 403",
    ("campaigns.close_campaign", "POST"): "401 403 403 403 403 302 401 403 403",
    ("campaigns.copy", "POST"): "401 403 403 403 403 302 401 403 403",
    ("campaigns.begin", "POST"): "401 302 302 403 403 403 401 403 403",
    ("campaign_places.show", "GET"): "302 403 403 403 403 200 302 403 403",
    ("campaign_places.keep", "POST"): "401 403 403 403 403 302 401 403 403",
    ("rankings.show", "GET"): "302 403 403 200 404 200 302 200 200",
    ("rankings.change", "POST"): "401 403 403 422 404 422 401 403 403",
    ("rankings.proposal", "GET"): "302 403 403 403 403 200 302 403 403",
    ("rankings.allocate", "POST"): "401 403 403 403 403 422 401 403 403",
    ("applications.add", "POST"): "401 302 404 403 403 403 401 403 403",
    ("applications.remove", "POST"): "401 302 404 403 403 403 401 403 403",
    ("applications.give_up", "POST"): "401 302 404 403 403 302 401 403 403",
    ("imports.show", "GET"): "302 403 403 403 403 200 302 403 403",
    ("imports.upload", "POST"): "401 403 403 403 403 422 401 403 403",
    ("incidents.index", "GET"): "302 403 403 403 403 200 302 200 403",
    ("incidents.retry", "POST"): "401 403 403 403 403 404 401 404 403",
    ("operations.show", "GET"): "302 403 403 403 403 200 302 200 403",
    ("operations.figures", "GET"): "302 403 403 403 403 200 302 200 403",
    # Back to the page: nothing has failed.
    ("operations.alike", "GET"): "302 403 403 403 403 302 302 302 403",
    ("operations.retry", "POST"): "401 403 403 403 403 302 401 302 403",
    ("operations.order", "GET"): "302 403 403 403 403 404 302 404 403",
    ("exam_waiver.ask", "GET"): "302 200 404 200 404 200 302 403 403",
    ("exam_waiver.send", "POST"): "401 422 404 422 404 422 401 403 403",
    ("stays.shorten", "GET"): "302 403 403 403 403 200 302 403 403",
    ("stays.shortened", "POST"): "401 403 403 403 403 422 401 403 403",
    ("contract_change.ask", "GET"): "302 404 404 404 404 404 302 403 403",
    ("contract_change.send", "POST"): "401 404 404 404 404 404 401 403 403",
    ("contract_change.take_back", "POST"): COMMENT,
    ("contract_change.correction", "GET"): "302 404 404 404 404 404 302 403 403",
    ("contract_change.correct_fields", "POST"): "401 403 404 404 404 404 401 403 403",
    ("contract_change.semesters", "GET"): "302 403 403 403 403 200 302 403 403",
    ("contract_change.set_semester", "POST"): "401 403 403 403 403 422 401 403 403",
    ("validation_plan.reopen", "POST"): "401 404 404 404 404 404 401 403 403",
    ("recognition.start", "POST"): "401 403 403 403 403 302 401 403 403",
    ("recognition.upload", "POST"): "401 404 404 404 404 404 401 404 404",
    ("grading_tables.index", "GET"): "302 403 403 403 403 200 302 403 403",
    ("grading_tables.show", "GET"): "302 403 403 403 403 404 302 403 403",
    ("grading_tables.new", "GET"): "302 403 403 403 403 200 302 403 403",
    ("grading_tables.create", "POST"): "401 403 403 403 403 422 401 403 403",
    ("grades.index", "GET"): "302 403 403 200 200 200 302 200 200",
    ("grades.show", "GET"): "302 403 403 200 404 200 302 200 200",
    ("grades.save", "POST"): "401 403 403 302 404 404 401 404 404",
    ("grades.begin", "POST"): "401 403 403 403 403 302 401 403 403",
    ("grades.correct", "POST"): "401 403 403 403 403 404 401 403 403",
    ("grades.withdraw", "POST"): "401 403 403 403 403 404 401 403 403",
    ("grades.fetch", "GET"): "404 404 404 404 404 404 404 404 404",
    ("documents.fetch", "GET"): SEES,
    ("documents.ask", "GET"): EVERYBODY,
    ("documents.verify", "GET"): EVERYBODY,
    ("documents.compare", "POST"): EVERYBODY,
    ("partner.show", "GET"): "404 404 404 404 404 404 200 404 404",
    ("partner.answer", "POST"): "404 404 404 404 404 404 302 404 404",
    ("api.inbox", "GET"): "401 200 200 200 200 200 401 200 200",
    ("api.work_item", "GET"): SEES_API,
    ("api.claim", "POST"): HOLDERS_API,
    ("api.release", "POST"): HOLDERS_API,
    ("api.complete", "POST"): HOLDERS_API,
    ("api.start", "POST"): "401 201 201 403 403 201 401 403 403",
    ("api.instance", "GET"): SEES_API,
    ("api.history", "GET"): SEES_API,
    ("api_history.search", "GET"): "401 403 403 403 403 403 401 403 200",
    ("api_history.feed", "GET"): "401 403 403 403 403 403 401 403 200",
    **duties_world.MATRIX,
    **studio_world.MATRIX,
    # Last, for it ends the sessions.
    ("signin.leave", "POST"): "302 302 302 302 302 302 302 302 302",
}

KEPT_TO_ONESELF = {
    # What is no lifecycle's work stays with who has the function.
    ("incidents.index", "GET"): 403,
    ("incidents.retry", "POST"): 403,
    ("operations.show", "GET"): 403,
    ("operations.figures", "GET"): 403,
    ("operations.alike", "GET"): 403,
    ("operations.retry", "POST"): 403,
    ("operations.order", "GET"): 403,
    ("outbox.index", "GET"): 403,
    ("outbox.show", "GET"): 403,
    ("retention.index", "GET"): 403,
    ("retention.rule", "GET"): 403,
    ("retention.set_rule", "POST"): 403,
    ("personal_data.show", "GET"): 403,
    ("personal_data.hold", "POST"): 403,
    ("personal_data.lift", "POST"): 403,
    ("personal_data.export", "POST"): 403,
}
"""What a stand-in gets where it is not what they would get whom they replace."""


class World:
    """The application with people, and a fresh case whenever one is asked for."""

    def __init__(self, engine, settings):
        self.engine, self.settings = engine, settings
        self.app = create_app(settings, engine)
        self.app.config["WTF_CSRF_ENABLED"] = False
        self.rules = {rule.endpoint: rule for rule in self.app.url_map.iter_rules()}
        duties_world.deploy(self)
        for key in ("contract", "application"):
            engine.deploy(Bundle.from_folder(settings.bundles_dir / key), actor=SYSTEM)
        with engine.unit(SYSTEM) as unit:
            for code in ("lea", "his"):
                unit.session.add(Department(code=code, name_fr=code, name_en=code, name_es=code))
            unit.session.add(Institution(hei_id="usal.es", name="Salamanca", locale="es"))
            for login, groups in PEOPLE.items():
                create_person(
                    unit.session,
                    login=login,
                    given_names=login,
                    family_name="Test",
                    email=f"{login}@example.org",
                    password=PASSWORD,
                    groups=groups,
                )
        for substitute, absent in STANDING_IN.items():
            self._arrange(absent, substitute)
        self.clients = {role: self._client(role) for role in EVERY_ROLE}

    def _arrange(self, absent, substitute):
        today = day_of(self.engine.clock.now()).isoformat()
        with self.engine.unit(self.actor(absent)) as unit:
            people = [find_person(unit.session, login).id for login in (absent, substitute)]
            typed = dict(zip(("person", "substitute"), map(str, people), strict=True))
            typed |= {"first": today, "last": today}
            arrange(unit, plan(unit.session, unit.actor, typed, unit.now))

    def _client(self, role):
        client = self.app.test_client()
        if role in PEOPLE:
            answer = client.post(
                "/sign-in",
                data={"login": role, "password": PASSWORD},
                environ_overrides={"REMOTE_ADDR": f"10.0.0.{EVERY_ROLE.index(role)}"},
            )
            assert answer.status_code == 302
        return client

    def actor(self, login):
        with self.engine.reading() as session:
            return actor_for(session, find_person(session, login))

    def work(self):
        """Let the workers do all there is to do."""
        while self.engine.run_due_jobs(worker="test"):
            pass

    def case(self):
        """A case of the student's that waits for the coordinator's check."""
        with self.engine.unit(self.actor("student")) as unit:
            opened = open_contract(
                self.engine,
                unit,
                student=find_person(unit.session, "student"),
                department="lea",
                receiving_hei_id="usal.es",
                academic_year="2026/2027",
                home_hei_id=self.settings.home_hei,
            )
        self.work()
        instance = self.engine.instance(opened.instance_id, actor=SYSTEM)
        done = self.engine.complete(
            instance.open_items[0].id,
            actor=self.actor("student"),
            data=draft(),
            idempotency_key=f"draft {opened.instance_id}",
        )
        return opened, done.next_items[0]

    def is_about_a_case(self, endpoint):
        """Whether an endpoint's addresses, or what they need, belong to one case."""
        page = endpoint.partition(".")[0]
        return page in {"grades", *duties_world.PAGES} or bool(
            self.rules[endpoint].arguments & OF_A_CASE
        )

    def application(self):
        """A campaign of the department's, with an application of the student's."""
        return open_for(self.engine, self.actor("ri"), self.actor("student"))

    def document(self, opened):
        """A document of a case."""
        case = self.engine.instance(opened.instance_id, actor=SYSTEM)
        with self.engine.unit(SYSTEM) as unit:
            return documents.store(
                unit.session,
                business_key=case.business_key,
                kind="exam_waiver.decision",
                language="fr",
                filename="decision.pdf",
                media_type="application/pdf",
                content=b"%PDF-1.7",
                now=unit.now,
                actor_id="system",
                code=new_code(),
            )

    def sheet(self, opened):
        """A grade sheet of the department with one mark on it."""
        with self.engine.unit(SYSTEM) as unit:
            course = Course(
                mobility_id=opened.mobility_id,
                position=0,
                department="lea",
                academic_year="2026/2027",
                title="Traduction",
                ects=Decimal(6),
            )
            unit.session.add(course)
        address = {"department": "lea", "year": "2026-2027", "language": "fr"}
        return {**address, "mobility_id": opened.mobility_id}

    @cached_property
    def looked_at(self):
        """A case that nobody changes, and its task."""
        return self.case()

    def partner_token(self):
        """The link of a case that has come to its partner."""
        opened, item = self.case()
        steps = [("coord", {}), ("student", {}), ("coord", {}), ("ri", {})]
        for number, (login, data) in enumerate(steps):
            done = self.engine.complete(
                item,
                actor=self.actor(login),
                data=data,
                outcome="approve",
                idempotency_key=f"{number} {item}",
            )
            item = done.next_items[0]
        with self.engine.reading() as session:
            digest = contract_view(session, opened.mobility_id).current.digest
        return issue_link(
            self.settings.secret_key,
            instance_id=opened.instance_id,
            work_item_id=item,
            digest=digest,
            now=self.engine.clock.now(),
        )


@pytest.fixture
def world(engine, settings):
    return World(engine, settings)


def test_the_matrix_names_every_route_and_method(world):
    routes = {
        (rule.endpoint, method)
        for rule in world.app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert routes == set(MATRIX)


ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what no kind of database has a say in."""


@ON_SQLITE
def test_every_cell(world):
    wrong = []
    for (endpoint, method), cells in MATRIX.items():
        expected = dict(zip(ROLES, map(int, cells.split()), strict=True))
        wrong += differing(world, endpoint, method, expected)
    assert wrong == []


@ON_SQLITE
@pytest.mark.parametrize("role", STANDING_IN)
def test_a_stand_in_gets_what_they_get_whom_they_replace(world, role):
    wrong = []
    for (endpoint, method), cells in MATRIX.items():
        theirs = cells.split()[ROLES.index(STANDING_IN[role])]
        expected = KEPT_TO_ONESELF.get((endpoint, method), int(theirs))
        wrong += differing(world, endpoint, method, {role: expected})
    assert wrong == []


def differing(world, endpoint, method, expected):
    """Where what a route answers is not what is expected by role.

    What may be changed is made anew; all may look at the same case.
    """
    token = world.partner_token() if endpoint.startswith("partner.") else "x" * 40
    changes_a_case = method == "POST" and world.is_about_a_case(endpoint)
    opened, item = world.case() if changes_a_case else world.looked_at
    document = world.document(opened) if endpoint.startswith("documents.") else None
    numbers = world.application() if endpoint.partition(".")[0] in OF_CAMPAIGNS else {}
    if endpoint.startswith("grades."):
        numbers = world.sheet(opened)
    if endpoint.partition(".")[0] in duties_world.PAGES:
        numbers = duties_world.numbers(world, opened, endpoint)
        token = str(numbers.pop("token", token))
    if endpoint.endswith(".release"):
        world.engine.claim(item, actor=world.actor("coord"))
    if endpoint.endswith(".resolve"):
        world.engine.delegate(item, actor=world.actor(DEPUTY), to=world.actor("coord").id)
    wrong = []
    # Who may do it comes last: their success must not be what keeps the others out.
    for role in sorted(expected, key=lambda role: (expected[role] < 400, EVERY_ROLE.index(role))):
        got = request(world, role, endpoint, method, opened, item, token, document, numbers)
        if got != expected[role]:
            wrong.append(f"{method} {endpoint} as {role}: {got} instead of {expected[role]}")
    return wrong


def test_unknown_and_forbidden_ids_look_the_same(world):
    opened, item = world.case()
    client = world.clients["other"]
    for path, known in (("/tasks", item), ("/cases", opened.instance_id)):
        forbidden, unknown = client.get(f"{path}/{known}"), client.get(f"{path}/{known + 1}")
        assert forbidden.status_code == unknown.status_code == 404
        # The frame repeats the address asked for, in the form that switches languages.
        assert content(forbidden) == content(unknown)
    api = [client.get(f"/api/v1/work-items/{number}") for number in (item, item + 1)]
    assert api[0].json == api[1].json


def test_a_link_opens_nothing_but_its_own_task(world):
    token = world.partner_token()
    opened, item = world.case()
    client = world.app.test_client()
    assert client.get(f"/partner/{token}").status_code == 200
    assert client.get(f"/tasks/{item}").status_code == 302
    assert client.get(f"/api/v1/instances/{opened.instance_id}").status_code == 401
    for place in range(0, len(token), 7):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert client.get(f"/partner/{changed}").status_code == 404


def content(answer):
    return re.search(r"<main.*</main>", answer.text, re.DOTALL)[0]


_keys = itertools.count()


def request(world, role, endpoint, method, opened, item, token, document, numbers):
    """The status a role gets; always with a body that would do, were it allowed."""
    values = {
        "item_id": item,
        "instance_id": opened.instance_id,
        "incident_id": 1,
        "said": "0123456789abcdef",
        "view_id": 999,
        "mention_id": 1,
        "substitution_id": 999,
        "mail_id": 1,
        "table_id": 1,
        "order_id": 1,
        "key": "contract",
        "number": 1,
        "seq": 1,
        "file": "late.yaml",
        "document_id": document.id if document else 1,
        "code": document.code if document else "x",
        "token": token if role == "partner" else "x" * 40,
        "filename": "icon.svg",
        "name": "contract.bpmn",
        "form_name": "administrative_check",
        "table": "deadlines",
        "stem": "contract",
        "path": "",
        "kind": "grades",
        "bundle_id": 1,
        **numbers,
    }
    rule = world.rules[endpoint]
    with world.app.test_request_context():
        path = rule.build({name: values[name] for name in rule.arguments})[1]
    options = {"headers": {"X-Requested-With": "test", "Idempotency-Key": f"k{next(_keys)}"}}
    start = {"department": "lea", "receiving_hei_id": "usal.es", "academic_year": "2026/2027"}
    if method == "POST" and endpoint.startswith("api."):
        student = {"student": "student"} if role in {"ri", "for_ri"} else {}
        options["json"] = {
            "api.complete": {"outcome": "approve"},
            "api.start": {**start, **student},
        }.get(endpoint, {})
    elif method == "POST":
        with world.engine.reading() as session:
            colleague = f"person:{find_person(session, DEPUTY).id}"
        options["data"] = {
            "tasks.assign": {"to": colleague},
            "tasks.delegate": {"to": colleague},
            "tasks.complete": {"outcome": "approve", "idempotency_key": f"k{next(_keys)}"},
            "tasks.comment": {"text": "hello"},
            "cases.comment": {"text": "hello"},
            "signin.language": {"language": "en"},
            "saved.create": {"name": "Urgent"},
            "documents.compare": {"file": (io.BytesIO(b"%PDF-1.7"), "decision.pdf")},
            "campaigns.publish_campaign": {"revision": numbers.get("campaign")},
            "campaigns.close_campaign": {"revision": numbers.get("campaign")},
            "campaign_places.keep": {"revision": numbers.get("campaign")},
            "campaigns.begin": {"ranking": numbers.get("ranking_id")},
            "rankings.allocate": {"revision": numbers.get("ranking")},
            "start.create": {**start, "mobility_type": "semester", "student": "student"},
            "partner.answer": {
                "outcome": "approve",
                "signer_name": "Carmen Sánchez",
                "signer_position": "Coordinator",
            },
            **duties_world.BODIES,
            **studio_world.BODIES,
        }.get(endpoint, {"person": "1", "login": "nobody", "password": "wrong"})
        options["environ_overrides"] = {"REMOTE_ADDR": f"10.1.{next(_keys) % 250}.1"}
    with world.clients[role].open(path, method=method, **options) as answer:
        return answer.status_code
