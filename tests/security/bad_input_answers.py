"""How the tests of bad input read an answer: its words, its errors, and what must not be in it."""

import html
import re


def said(answer) -> str:
    """The page as a person reads it: without tags, entities resolved."""
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.text))


def is_problem(answer, status):
    """Whether an answer is a problem document (RFC 9457) that says its own status."""
    return (
        answer.status_code == status
        and answer.content_type == "application/problem+json"
        and answer.json["status"] == status
        and bool(answer.json["title"] and answer.json["detail"])
    )


def assert_no_markup(page):
    """Nothing of the payloads has become an element, an attribute or a template's result."""
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<svg/onload" not in page
    assert 'href="javascript' not in page
    assert "49 {% raw %}" not in page


def errors_at(answer, field):
    """The sentences at a field, as its own description says them."""
    identifier = f"f-{field}".replace(".", "-")
    found = re.findall(
        rf'<p class="field-error" id="{re.escape(identifier)}-error-\d+">(.*?)</p>',
        answer.text,
        re.DOTALL,
    )
    return " ".join(re.sub(r"<[^>]+>|\s+", " ", text) for text in found)


def typed_in(answer, field):
    """What stands in the box of a field."""
    box = re.search(rf'<input[^>]*?name="{re.escape(field)}"[^>]*?value="([^"]*)"', answer.text)
    return html.unescape(box[1]) if box else None
