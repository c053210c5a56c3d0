"""Retention in a browser: a hold set and lifted, a rule put into force, evidence of many cases."""

import subprocess
import sys
import zipfile

import pytest
from playwright.sync_api import expect

from tests.acceptance.visitors import Visitor


@pytest.fixture
def visit(browser, live_server):
    visitors = []

    def come(name, language, **how):
        visitors.append(Visitor(browser, live_server, language, **how))
        return visitors[-1].sign_in(name)

    yield come
    for visitor in visitors:
        visitor.close()


def test_an_office_keeps_and_hands_out_what_the_law_asks(visit, tmp_path):
    admin = visit("Samuel Ortiz", "fr", width=390)
    page = admin.page
    page.goto("/cases?status=done")
    page.locator("tbody a").first.click()
    page.get_by_role("link", name="Données personnelles et gel").click()
    page.fill("#f-reason", "Recours devant le tribunal")
    page.get_by_role("button", name="Geler le dossier").click()
    expect(page.locator("main")).to_contain_text("Recours devant le tribunal")
    assert admin.violations() == []
    page.goto("/history/retention")
    expect(page.locator("main")).to_contain_text("Recours devant le tribunal")
    assert admin.violations() == []
    page.locator("tbody a").first.click()
    page.get_by_role("button", name="Mettre en vigueur").click()
    expect(page.locator("main")).to_contain_text("en vigueur")
    page.locator("a[href$='/personal-data']").first.click()
    page.fill("#f-reason", "Le recours est clos")
    page.get_by_role("button", name="Lever le gel").click()
    expect(page.locator("main")).to_contain_text("Le recours est clos")

    auditor = visit("Anne Lacombe", "es")
    page = auditor.page
    page.goto("/history/evidence")
    assert auditor.violations() == []
    page.get_by_role("button", name="Crear el archivo").click()
    link = page.get_by_role("link", name="evidence-bundle-")
    expect(link.first).to_be_visible(timeout=30_000)
    with page.expect_download() as fetched:
        link.first.click()
    fetched.value.save_as(tmp_path / "bundle.zip")
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        (tmp_path / "verify.py").write_bytes(archive.read("verify.py"))
    command = [sys.executable, "-I", "verify.py", "bundle.zip"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")
    assert "The bundle holds." in said.stdout
