"""The diagram editor: how soon one can work in it, and how much the browser has to fetch."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path
from time import perf_counter

from playwright.sync_api import Browser, sync_playwright

from tests.conftest import CHROMIUM
from tests.servers import running_server
from web.assets import DIST, Assets

EDITOR = "/processes/contract/draft/edit/contract.bpmn"


def measure(_url: str) -> dict[str, float]:
    """Milliseconds from a cold cache until a chosen step can be renamed; kilobytes gzipped."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder) / "var") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        took = min(_interaction(browser, server.url) for _ in range(3))
        browser.close()
    return {"editor_interaction_ms": round(took * 1000), "editor_gz_kb": round(_gzipped() / 1024)}


def _interaction(browser: Browser, url: str) -> float:
    """From the address to the cursor in the name of the first step, in a browser of its own."""
    context = browser.new_context(base_url=url)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_role("button", name="Samuel Ortiz").click()
    page.wait_for_load_state()
    began = perf_counter()
    page.goto(EDITOR, wait_until="commit")
    page.wait_for_selector("[data-ready]")
    page.locator("[data-steps] button").first.click()
    page.wait_for_selector("[data-entry-id=name] :focus")
    took = perf_counter() - began
    context.close()
    return took


def _gzipped() -> int:
    assets = Assets()
    files = [*assets.scripts_of("diagram_editor"), *assets.styles_of("diagram_editor")]
    return sum(len(gzip.compress((DIST / file).read_bytes())) for file in files)
