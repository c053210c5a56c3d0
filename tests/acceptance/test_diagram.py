"""The diagram as it is drawn: in the reader's language, with the current step lit."""

import pytest

LABELS = {
    "fr": ("Vérifier la cohérence pédagogique", "Étudiant", "Contrat d’études"),
    "en": ("Check academic coherence", "Student", "Learning agreement"),
    "es": ("Comprobar la coherencia académica", "Estudiante", "Acuerdo de aprendizaje"),
}


@pytest.mark.parametrize("language", LABELS)
def test_names_are_those_of_the_reader_s_language(visitors, language):
    page = visitors("Marie Delmas", language=language).page
    page.goto("/inbox?view=groups")
    page.goto(page.locator("[data-item] a.title").first.get_attribute("href"))
    page.goto(page.locator("a[href^='/cases/']").last.get_attribute("href"))
    page.locator(".diagram-canvas.is-large").scroll_into_view_if_needed()
    page.wait_for_selector(".is-large .djs-element.is-active")
    step, lane, pool = LABELS[language]
    assert drawn(page, "check_coherence") == step
    assert drawn(page, "lane_student") == lane
    assert drawn(page, "contract_pool") == pool
    others = {name for spoken in LABELS for name in LABELS[spoken] if spoken != language}
    assert others.isdisjoint(page.locator(".is-large text").evaluate_all(WHOLE))
    lit = page.locator(".is-large .djs-element.is-active").get_attribute("data-element-id")
    current = page.locator(".steps-list [aria-current=step]").inner_text()
    assert lit == "check_coherence"
    assert current.startswith(step)


WHOLE = "texts => texts.map(text => [...text.children].map(each => each.textContent).join(' '))"


def drawn(page, element):
    """The label of an element; its lines are parts of one text."""
    label = page.locator(f".is-large [data-element-id={element}] > .djs-visual text").first
    lines = label.locator("tspan").all_text_contents()
    return " ".join(line.strip() for line in lines).strip()
