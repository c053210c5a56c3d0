"""What an imported document holds is on the case page, each text alone and as it was written."""

import io

import pytest
from lxml import etree, html

from engine.identity import SYSTEM
from tests.builders_domain import sample
from workflows.contract.models import ContractVersion

LATER = {"ola-ex2", "ola-ex5"}
"""Answers to the agreement of ``ola-ex1``, which must be there first."""
NAMES = ("ewp-la-get-response", "ola-ex1", "ola-ex2", "ola-ex4", "ola-ex5")


def upload(client, name, data=None):
    content = sample(name) if data is None else data
    return client.post("/contracts/import", data={"file": (io.BytesIO(content), f"{name}.xml")})


def case_of(answer):
    """The address of the case a report leads to."""
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text).xpath("//main//a[starts-with(@href, '/cases/')]/@href")[0]


def shown(page):
    """The text of every element of a page that has a text of its own."""
    return {node.text for node in html.fromstring(page).iter() if isinstance(node.tag, str)}


@pytest.mark.parametrize("name", NAMES)
def test_every_text_of_a_file_is_on_the_case_page(sign_in, name):
    client = sign_in("claire")
    if name in LATER:
        upload(client, "ola-ex1")
    page = client.get(case_of(upload(client, name))).text
    root = etree.fromstring(sample(name), etree.XMLParser(remove_comments=True))
    texts = {node.text for node in root.iter() if not len(node) and node.text}
    attributes = {value for node in root.iter() for key, value in node.items() if "}" not in key}
    assert texts
    assert sorted((texts | attributes) - shown(page)) == []


def test_blanks_and_markup_are_shown_as_they_were_written(sign_in):
    given = "  Two  blanks,\n<i>no</i> markup & “quotes”  "
    escaped = given.replace("&", "&amp;").replace("<", "&lt;")
    changed = sample("ewp-la-get-response").replace(b"Dynamical systems theory", escaped.encode())
    client = sign_in("claire")
    page = client.get(case_of(upload(client, "changed", changed))).text
    assert given in shown(page)


def test_a_version_overtaken_by_a_document_says_so(app, sign_in, engine):
    client = sign_in("claire")
    case = case_of(upload(client, "ewp-la-get-response"))
    with engine.unit(SYSTEM) as unit:
        unit.session.query(ContractVersion).filter_by(number=2).one().status = "superseded"
    assert "overtaken by a version that a document brought" in client.get(case).text
