"""Saved views: kept for oneself or a group, renamed, deleted, taken back; nobody else's."""

import re

import pytest

from engine.identity import SYSTEM
from tests.builders_web import PASSWORD
from workflows.office_work.saved_views import KEPT, MOST
from workflows.people.services import create_person

FILTER = {"view": "all", "department": "lea", "due": "week", "q": "Léa & <b>"}


@pytest.fixture
def denis(app, engine, sign_in):
    """A second coordinator of the department."""
    with engine.unit(SYSTEM) as unit:
        create_person(
            unit.session, login="denis", given_names="Denis", family_name="Test",
            email="denis@example.org", password=PASSWORD, groups=("coordinator:lea",),
        )  # fmt: skip
    return sign_in("denis")


def save(client, name="Week", **changes):
    return client.post("/inbox/saved", data={"name": name, **FILTER, **changes})


def names(client):
    found = re.findall(r'<span class="saved-name">([^<]*)', client.get("/inbox").text)
    return [name.strip() for name in found]


def view_id(client, name="Week"):
    page = client.get("/inbox").text
    return int(re.search(rf'rename-(\d+)" name="name" value="{name}"', page)[1])


def test_a_saved_view_leads_to_the_same_list(sign_in, task):
    client = sign_in("marie")
    answer = save(client)
    assert answer.status_code == 302
    target = answer.headers["Location"]
    assert "department=lea" in target
    assert "q=L%C3%A9a+%26+%3Cb%3E" in target
    page = client.get(target).text
    assert re.search(r'aria-current="true">.*?<span class="saved-name">Week', page, re.DOTALL)
    assert names(client) == ["Week"]


def test_counts_stand_beside_the_names(sign_in, task):
    client = sign_in("marie")
    save(client, q="", due="")
    save(client, "Nothing", q="nobody", due="")
    page = client.get("/inbox/saved/counts").text
    ids = [view_id(client, name) for name in ("Week", "Nothing")]
    found = dict(re.findall(r'id="saved-(\d+)" hx-swap-oob="true">(\d+)<', page))
    assert [found[str(number)] for number in ids] == ["1", "0"]


def test_a_view_is_private_or_shared_with_a_group_of_ones_own(sign_in, denis):
    marie, claire = sign_in("marie"), sign_in("claire")
    save(marie, "Mine")
    save(marie, "Ours", group="coordinator:lea")
    assert names(marie) == ["Mine", "Ours"]
    assert names(denis) == ["Ours"]
    assert names(claire) == []
    page = denis.get("/inbox").text
    assert "shared with Coordination, Languages" in page
    assert "rename-" not in page


@pytest.mark.parametrize(
    "group", ["ri", "student:1", "student:2", "everybody", "coordinator:lea\0"]
)
def test_nobody_shares_with_a_group_they_are_not_in(sign_in, group):
    client = sign_in("marie")
    answer = save(client, group=group)
    assert answer.status_code == 422
    assert "Please choose one of the options." in answer.text
    assert names(client) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "Please fill this in."),
        ("  \t ", "Please fill this in."),
        ("x" * 61, "At most 60 characters, please."),
        ("a\x00b", "The text holds a character that cannot be kept."),
        ("Week", "This is already taken."),
    ],
)
def test_names_that_are_refused_keep_what_was_typed(sign_in, name, said):
    client = sign_in("marie")
    save(client)
    answer = save(client, name, group="coordinator:lea")
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="coordinator:lea" selected' in answer.text
    assert '<option value="lea" selected>' in answer.text
    assert names(client) == ["Week"]


def test_rename_and_undo(sign_in):
    client = sign_in("marie")
    save(client)
    number = view_id(client)
    client.post(f"/inbox/saved/{number}/rename", data={"name": "Month"})
    page = client.get("/inbox").text
    assert "“Week” has another name now." in page
    assert 'name="undo"' in page
    assert "has another name now" not in client.get("/inbox").text
    client.post(f"/inbox/saved/{number}/rename", data={"name": "Week", "undo": "1"})
    assert names(client) == ["Week"]
    assert "has another name now" not in client.get("/inbox").text
    save(client, "Other")
    client.post(f"/inbox/saved/{number}/rename", data={"name": "Other"})
    assert "This is already taken." in client.get("/inbox").text
    assert names(client) == ["Other", "Week"]


def test_delete_and_undo(sign_in):
    client = sign_in("marie")
    save(client)
    number = view_id(client)
    client.post(f"/inbox/saved/{number}/delete")
    page = client.get("/inbox").text
    assert "“Week” is deleted." in page
    assert f"/inbox/saved/{number}/restore" in page
    assert names(client) == []
    assert client.post(f"/inbox/saved/{number}/delete").status_code == 404
    client.post(f"/inbox/saved/{number}/restore")
    assert names(client) == ["Week"]
    client.post(f"/inbox/saved/{number}/delete")
    save(client)
    client.post(f"/inbox/saved/{number}/restore")
    assert "Another view has that name by now" in client.get("/inbox").text
    assert names(client) == ["Week"]


def test_a_deleted_view_is_kept_for_a_day(sign_in, clock):
    client = sign_in("marie")
    save(client)
    number = view_id(client)
    client.post(f"/inbox/saved/{number}/delete")
    clock.advance(KEPT * 2)
    client = sign_in("marie")
    save(client, "Other")
    assert client.post(f"/inbox/saved/{number}/restore").status_code == 404


def test_a_view_is_its_owners_alone(sign_in, denis):
    marie = sign_in("marie")
    save(marie, group="coordinator:lea")
    number = view_id(marie)
    for action in ("rename", "delete", "restore"):
        for target in (number, number + 1):
            answer = denis.post(f"/inbox/saved/{target}/{action}", data={"name": "Mine now"})
            assert answer.status_code == 404
    assert names(marie) == ["Week"]


def test_there_is_an_end_to_them(sign_in):
    client = sign_in("marie")
    for number in range(MOST):
        assert save(client, f"View {number}").status_code == 302
    answer = save(client, "One more")
    assert answer.status_code == 422
    assert f"At most {MOST} entries" in answer.text


def test_made_up_arguments_are_left_out(sign_in):
    client = sign_in("marie")
    answer = save(client, view="x" * 500, q="\x01", after="1.1", due="week")
    assert answer.status_code == 302
    assert "after" not in answer.headers["Location"]
    assert client.get(answer.headers["Location"]).status_code == 200
    assert client.get("/inbox/saved/counts").status_code == 200
