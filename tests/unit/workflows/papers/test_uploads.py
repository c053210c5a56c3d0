"""Uploaded files: known by what they hold, opened where they can do no harm."""

import io

import pikepdf
import pytest

from engine.errors import InvalidInput
from tests.builders_uploads import bomb, deflated, pdf, picture
from workflows.papers.uploads import MAX_BYTES, MAX_NAME, checked_upload


def refusal(content, name="file.pdf"):
    with pytest.raises(InvalidInput) as refused:
        checked_upload(content, name)
    (code,) = refused.value.errors["file"]
    return code


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (pdf(), "Lettre.pdf", "application/pdf"),
        (pdf(3), "LETTRE.PDF", "application/pdf"),
        (picture("PNG"), "photo.png", "image/png"),
        (picture("JPEG"), "photo.jpeg", "image/jpeg"),
        (picture("JPEG"), "photo.JPG", "image/jpeg"),
    ],
)
def test_the_three_kinds_are_taken(content, name, media_type):
    assert checked_upload(content, name) == (media_type, name)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.pdf", "file_empty"),
        (b"%PDF-1.7" + b"\0" * MAX_BYTES, "a.pdf", "file_too_large:10"),
        (b"MZ\x90\0" + b"\0" * 100, "a.pdf", "file_type"),
        (b"<svg onload='alert(1)'/>", "a.png", "file_type"),
        (b"GIF89a" + b"\0" * 50, "a.png", "file_type"),
        (pdf(), "a.png", "file_extension:pdf"),
        (pdf(), "a.pdf.exe", "file_extension:pdf"),
        (pdf(), "a", "file_extension:pdf"),
        (picture("PNG"), "a.jpg", "file_extension:png"),
        (picture("JPEG"), "a.pdf", "file_extension:jpg"),
        (b"%PDF-1.7\nhello", "a.pdf", "file_damaged"),
        (pdf()[:200], "a.pdf", "file_damaged"),
        (picture("PNG")[:70], "a.png", "file_damaged"),
        (picture("JPEG")[:300], "a.jpg", "file_damaged"),
        (b"\xff\xd8\xff" + b"\0" * 500, "a.jpg", "file_damaged"),
        (pdf(201), "a.pdf", "file_pages:200"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_wrong_is_said(content, name, code):
    assert refusal(content, name) == code


@pytest.mark.parametrize("owner_only", [True, False])
def test_an_encrypted_pdf_is_refused(owner_only):
    locked = pikepdf.Encryption(owner="owner", user="" if owner_only else "user")
    assert refusal(pdf(encryption=locked)) == "file_encrypted"


def script(made):
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def program(made):
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=[0, 0, 1, 1],
        A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe"),
    )
    made.pages[0].Annots = pikepdf.Array([link])


def attachment(made):
    made.attachments["x.exe"] = pikepdf.AttachedFileSpec(made, b"MZ")


@pytest.mark.parametrize("change", [script, program, attachment])
def test_what_runs_or_hides_inside_a_pdf_is_refused(change):
    assert refusal(pdf(change=change)) == "file_active"


def test_a_picture_of_too_many_pixels_is_refused_unopened():
    assert refusal(picture("PNG", (10_000, 10_000), "1"), "a.png") == "file_pixels:50"


def test_a_huge_picture_inside_a_pdf_is_refused():
    def change(made):
        held = pikepdf.Stream(made, b"\0")
        held.Type, held.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        held.Width, held.Height = 60_000, 60_000
        made.pages[0].Resources = pikepdf.Dictionary(
            XObject=pikepdf.Dictionary(Im=made.make_indirect(held))
        )

    assert refusal(pdf(change=change)) == "file_pixels:50"


@pytest.mark.parametrize("times", [1, 2])
def test_a_pdf_that_unfolds_without_end_is_refused(times):
    unfolding = bomb(times)
    assert len(unfolding) < 1_000_000
    assert refusal(unfolding) == "file_unfolds"


def test_an_object_stream_that_unfolds_without_end_ends_its_reader_alone():
    """Objects packed in a stream are unfolded to be read at all: memory is the limit."""
    plain = pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate)
    with pikepdf.open(io.BytesIO(plain)) as made:
        first = next(o for o in made.objects if isinstance(o, pikepdf.Stream))
        assert first.Type in {pikepdf.Name.ObjStm, pikepdf.Name.XRef}
    packed = deflated(3_000_000_000)
    head = b"%PDF-1.5\n1 0 obj\n<</Type/ObjStm/N 1/First 5/Filter/FlateDecode/Length "
    body = head + str(len(packed)).encode() + b">>stream\n" + packed + b"\nendstream\nendobj\n"
    rows = bytes([0, 0, 0, 255, 1, 0, 9, 0, 2, 0, 1, 0])
    table = b"3 0 obj\n<</Type/XRef/Size 3/W[1 2 1]/Root 2 0 R/Length 12>>stream\n"
    end = b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(body)
    unfolding = body + table + rows + end
    assert len(unfolding) < MAX_BYTES
    assert refusal(unfolding) in {"file_unfolds", "file_damaged"}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\zoe\\CV.pdf", "CV.pdf"),
        ("evil\u202efdp.exe.pdf", "evilfdp.exe.pdf"),
        ('a"b<c>\r\nSet-Cookie: x.pdf', "a b c Set-Cookie x.pdf"),
        ("  .hidden.pdf", "hidden.pdf"),
        ("Zoe\u0308.pdf", "Zoë.pdf"),
        ("é" * 300 + ".pdf", "é" * (MAX_NAME - 4) + ".pdf"),
    ],
)
def test_a_name_is_made_harmless(name, kept):
    assert checked_upload(pdf(), name)[1] == kept


def test_another_field_can_be_named():
    with pytest.raises(InvalidInput) as refused:
        checked_upload(b"", "a.pdf", field="letter")
    assert refused.value.errors == {"letter": ["file_empty"]}
