"""Documents under test, judged by other tools than those that made them.

A PDF is read with qpdf (pikepdf) and PDFium, its seal verified with OpenSSL: neither has a
part in making it.
"""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import page
import pikepdf
import pypdfium2
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from lxml import etree
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image

SIGNATURE = "/ETSI.CAdES.detached"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"
SIGNING_TIME = "1.2.840.113549.1.9.5"
FORBIDDEN = {"/JavaScript", "/Launch", "/Sound", "/Movie", "/ImportData", "/ResetForm"}
PRINT, HIDDEN = 4, 2
MISREAD = {"PDFA2A-STREAM-LENGTH-001"}
"""The validator takes the last byte of a stream for its line end where it is a carriage return;
lengths are counted here instead."""
BLEND_MODES = {
    "/Normal", "/Compatible", "/Multiply", "/Screen", "/Overlay", "/Darken", "/Lighten",
    "/ColorDodge", "/ColorBurn", "/HardLight", "/SoftLight", "/Difference", "/Exclusion",
    "/Hue", "/Saturation", "/Color", "/Luminosity",
}  # fmt: skip
NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
}


def text_of(pdf: bytes) -> str:
    """What a reader sees: one line a page, whatever lines it is broken into there."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = (page.get_textpage().get_text_range() for page in document)
        return "\n".join(" ".join(text.split()) for text in texts)
    finally:
        document.close()


def numbers_of(pdf: bytes) -> list[str]:
    """Every number a reader sees, in order, written the same in every language."""
    found = re.findall(r"\d+(?:[.,]\d+)?", text_of(pdf))
    return [number.replace(",", ".") for number in found]


def pictures_of(pdf: bytes, scale: float = 1.5) -> list[Image.Image]:
    """The pages as pictures, to be looked at."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=scale).to_pil() for page in document]
    finally:
        document.close()


def pdf_a_problems(content: bytes, language: str) -> list[str]:
    """What keeps a PDF from being a tagged PDF/A-2a and PDF/UA-1 in that language.

    Checks of ISO 19005-2 (file, metadata, output intent, fonts, actions, annotations, logical
    structure) and of ISO 14289-1 (title, language, alternatives) that can be read off the file,
    and all that an independent validator finds (page-validation, which agrees with the corpus
    of veraPDF).
    """
    with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as pdf:
        return [
            *_file_problems(content, pdf),
            *_metadata_problems(pdf, language),
            *_intent_problems(pdf),
            *_font_problems(pdf),
            *_object_problems(pdf),
            *_structure_problems(pdf, language),
            *_validator_problems(content),
        ]


def _validator_problems(content: bytes):
    for profile in ("2a", "ua1"):
        for failure in page.validate_pdf_bytes(content, profile=profile).failures:
            if failure.rule_id not in MISREAD:
                yield f"{failure.rule_id}: {failure.message}"


def _file_problems(content: bytes, pdf: Pdf):
    if not re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4}", content):
        yield "header: no PDF 1.0 to 1.7 with a binary comment"
    if not re.search(rb"%%EOF\r?\n?$", content):
        yield "something follows the end of the file"
    for stream in re.finditer(rb"/Length (\d+)[^>]*>>\s*stream\r?\n", content):
        end = stream.end() + int(stream[1])
        if not re.match(rb"(\r\n|\r|\n)endstream", content[end : end + 11]):
            yield f"the stream at {stream.start()} is not as long as it says"
    if "/ID" not in pdf.trailer:
        yield "the trailer has no identifier"
    if pdf.is_encrypted:
        yield "encrypted"
    if str(pdf.Root.get("/Version", "/1.7")) > "/1.7":
        yield "the catalog asks for a newer PDF"


def _metadata_problems(pdf: Pdf, language: str):
    stream = pdf.Root.get("/Metadata")
    if stream is None or "/Filter" in stream:
        yield "metadata: none that is readable as it stands"
        return
    tree = etree.fromstring(stream.read_bytes())
    expected = {"pdfaid:part": "2", "pdfaid:conformance": "A", "pdfuaid:part": "1"}
    for path, value in expected.items():
        if tree.findtext(f".//{path}", namespaces=NAMESPACES) != value:
            yield f"metadata: {path} is not {value}"
    if not tree.findtext(".//dc:title//rdf:li", namespaces=NAMESPACES):
        yield "metadata: no title"
    if tree.findtext(".//dc:language//rdf:li", namespaces=NAMESPACES) != language:
        yield "metadata: another language"


def _intent_problems(pdf: Pdf):
    intents = [i for i in pdf.Root.get("/OutputIntents", []) if i.S == Name.GTS_PDFA1]
    if len(intents) != 1:
        yield "no output intent, or several"
        return
    profile = intents[0].get("/DestOutputProfile")
    if profile is None or profile.read_bytes()[36:40] != b"acsp":
        yield "the output intent has no ICC profile"
        return
    channels = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}.get(profile.read_bytes()[16:20])
    if profile.get("/N") != channels:
        yield "the output intent's profile has another number of colours than it says"
    if "/DeviceCMYK" in {str(each) for each in _colour_spaces(pdf)} and channels != 4:
        yield "colours that the output intent cannot show"


def _colour_spaces(pdf: Pdf):
    for each in pdf.objects:
        if isinstance(each, Dictionary | Stream):
            yield each.get("/ColorSpace")
            yield each.get("/CS")


def _font_problems(pdf: Pdf):
    fonts = [o for o in pdf.objects if isinstance(o, Dictionary) and o.get("/Type") == Name.Font]
    if not fonts:
        yield "no fonts"
    for font in fonts:
        if font.Subtype == Name.Type0:
            if "/ToUnicode" not in font:
                yield f"font {font.BaseFont}: no way back to characters"
            continue
        if font.Subtype == Name.CIDFontType2 and "/CIDToGIDMap" not in font:
            yield f"font {font.BaseFont}: nothing tells which glyphs are meant"
        descriptor = font.get("/FontDescriptor", {})
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys()):
            yield f"font {font.get('/BaseFont')}: not embedded"


def _object_problems(pdf: Pdf):
    for each in pdf.objects:
        if not isinstance(each, Dictionary | Stream):
            continue
        if str(each.get("/S")) in FORBIDDEN or "/AA" in each:
            yield "an action that PDF/A forbids"
        if isinstance(each, Stream) and ("/F" in each or "/LZWDecode" in str(each.get("/Filter"))):
            yield "a stream outside the file, or compressed with LZW"
        if each.get("/Type") == Name.Annot:
            yield from _annotation_problems(each)
        yield from _graphics_problems(each)
    if pdf.Root.get("/AcroForm", {}).get("/NeedAppearances", False):
        yield "the form asks the reader for appearances"
    if "/XFA" in pdf.Root.get("/AcroForm", {}) or pdf.Root.get("/NeedsRendering", False):
        yield "a form that is drawn by the reader"
    if "/EmbeddedFiles" in pdf.Root.get("/Names", {}):
        yield "files inside the file"
    if "/JavaScript" in pdf.Root.get("/Names", {}):
        yield "scripts inside the file"


def _graphics_problems(each: Dictionary | Stream):
    """Of ISO 19005-2, 6.2: what would look otherwise on another machine."""
    modes = each.get("/BM", Name.Normal)
    names = {str(mode) for mode in (modes if isinstance(modes, Array) else [modes])}
    if not names <= BLEND_MODES:
        yield "a blend mode that PDF does not define"
    if "/TR" in each or str(each.get("/TR2", "/Default")) != "/Default" or "/HTP" in each:
        yield "a transfer function or a halftone of its own"
    if each.get("/Subtype") == Name.PS or each.get("/Subtype2") == Name.PS or "/OPI" in each:
        yield "a PostScript object, or a picture that lies elsewhere"
    if each.get("/Subtype") == Name.Image and bool(each.get("/Interpolate", False)):
        yield "a picture that readers smooth"


def _annotation_problems(annotation: Dictionary):
    flags = int(annotation.get("/F", 0))
    if not flags & PRINT or flags & HIDDEN:
        yield "an annotation that is not printed"
    left, bottom, right, top = map(float, annotation.Rect)
    if (
        "/AP" not in annotation
        and annotation.Subtype != Name.Link
        and (left, bottom) != (right, top)
    ):
        yield "an annotation without appearance"
    if annotation.Subtype == Name.Link and "/StructParent" not in annotation:
        yield "a link that is not tagged"


def _structure_problems(pdf: Pdf, language: str):
    if not pdf.Root.get("/MarkInfo", {}).get("/Marked", False):
        yield "not marked"
    if str(pdf.Root.get("/Lang", "")) != language:
        yield "the document's language is another"
    if not pdf.Root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False):
        yield "readers show the file's name instead of its title"
    if "/StructTreeRoot" not in pdf.Root:
        yield "no structure"
        return
    if any("/StructParents" not in page for page in pdf.pages):
        yield "a page outside the structure"
    yield from _tag_problems(list(_tags(pdf.Root.StructTreeRoot)))


def _tag_problems(tags: list[Dictionary]):
    if "/H1" not in {str(tag.S) for tag in tags}:
        yield "no heading"
    for tag in tags:
        kind = str(tag.S)
        if kind == "/Figure" and not str(tag.get("/Alt", "")):
            yield "a figure without alternative text"
        if kind == "/Table" and "/TH" not in {str(t.S) for t in _tags(tag)}:
            yield "a table without header cells"


def _tags(node):
    children = node.get("/K", [])
    for child in children if isinstance(children, Array) else [children]:
        if isinstance(child, Dictionary) and "/S" in child:
            yield child
            yield from _tags(child)


def seal_problems(content: bytes, certificate: Path, folder: Path) -> list[str]:
    """What is wrong with the one seal of a PDF, by OpenSSL and by the bytes it covers.

    ``certificate`` is the PKCS#12 file without password whose certificate is trusted.
    """
    with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as pdf:
        fields = [
            f for f in pdf.Root.get("/AcroForm", {}).get("/Fields", []) if str(f.FT) == "/Sig"
        ]
        if len(fields) != 1:
            return [f"{len(fields)} seals"]
        value = fields[0].V
        covered = [int(number) for number in value.ByteRange]
        container = bytes(value.Contents)
        problems = [] if str(value.SubFilter) == SIGNATURE else ["no PAdES signature"]
        if int(value.Reference[0].TransformParams.P) != 1:
            problems.append("later changes are allowed")
    return [*problems, *_cover_problems(content, covered), *_cms_problems(container),
            *_openssl(content, covered, container, certificate, folder)]  # fmt: skip


def _cover_problems(content: bytes, covered: list[int]):
    start, length, second, rest = covered
    gap = content[length:second]
    if start != 0 or second + rest != len(content):
        yield "the seal does not cover the whole file"
    if not re.fullmatch(rb"<[0-9A-Fa-f]+>", gap):
        yield "something beside the seal is not covered"


def _cms_problems(container: bytes):
    printed = subprocess.run(
        ["openssl", "cms", "-cmsout", "-print", "-inform", "DER"],
        input=container.rstrip(b"\0"), capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    if f"({SIGNING_CERTIFICATE})" not in printed:
        yield "the seal does not name its certificate (ETSI EN 319 142-1)"
    if f"({SIGNING_TIME})" in printed:
        yield "the time of signing is said twice (ETSI EN 319 142-1)"


def _openssl(content, covered, container, certificate, folder):
    _, held, _ = pkcs12.load_key_and_certificates(certificate.read_bytes(), None)
    start, length, second, rest = covered
    signed = folder / "signed.bin"
    signed.write_bytes(content[start : start + length] + content[second : second + rest])
    (folder / "seal.der").write_bytes(container)
    (folder / "trusted.pem").write_bytes(held.public_bytes(Encoding.PEM))
    done = subprocess.run(
        ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", folder / "seal.der",
         "-content", signed, "-CAfile", folder / "trusted.pem", "-partial_chain",
         "-purpose", "any", "-out", folder / "out.bin"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return [] if done.returncode == 0 else [f"openssl: {done.stderr.strip()}"]
