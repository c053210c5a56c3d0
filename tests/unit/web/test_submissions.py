"""From a page's flat names to nested values, and back to lines to copy."""

from web.lifecycles.contract_editor import submission, with_row_action
from web.submissions import nested, readable, reason_of


def test_paths_become_lists_in_their_order():
    pairs = [("studied.10.title", "b"), ("studied.2.title", "a"), ("language", "es")]
    assert nested(pairs) == {"studied": [{"title": "a"}, {"title": "b"}], "language": "es"}


def test_what_steers_the_page_is_left_out():
    pairs = [("csrf_token", "x"), ("outcome", "approve"), ("reason_return", "y"), ("a", "1")]
    assert nested(pairs) == {"a": "1"}


def test_line_ends_are_those_of_documents():
    assert nested([("a", "one\r\ntwo")]) == {"a": "one\ntwo"}
    assert reason_of({"reason_return": " one\r\ntwo "}, "return") == "one\ntwo"


def test_a_name_that_is_both_value_and_list_is_no_crash():
    assert nested([("a", "x"), ("a.0", "y")]) == {"a": ["y"]}
    assert nested([("a.0", "y"), ("a", "x")]) == {"a": "x"}
    assert nested([("." * 200, "x")])


def test_rows_nobody_wrote_into_are_no_rows():
    empty = {"title": " ", "term_number": "1", "credits": [{"scheme": "ects", "value": ""}]}
    written = {"title": "", "credits": [{"scheme": "ects", "value": "6"}]}
    assert submission({"studied": [empty, written]}) == {"studied": [written]}


def test_rows_come_and_go_without_script():
    data = {"studied": [{"title": "a"}, {"title": "b"}]}
    assert with_row_action(data, "remove:studied:0")["studied"] == [{"title": "b"}]
    assert len(with_row_action(data, "add:studied")["studied"]) == 3
    for nonsense in ("", "add", "add:nothing", "remove:studied:9", "remove:studied:x", "x:studied"):
        assert with_row_action(data, nonsense)["studied"] == data["studied"]


def test_typed_text_as_lines():
    data = {"studied": [{"title": "Law", "lineage": "x"}], "language": "es", "empty": ""}
    assert readable(data) == ["studied.1.title: Law", "language: es"]
