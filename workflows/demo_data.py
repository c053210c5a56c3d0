"""Invented people, real universities, invented contacts: what the demonstration shows.

Addresses end in ``example.org``, which RFC 2606 keeps free, so no mail of the demonstration
ever reaches anybody.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An account; ``shown`` ones are offered on the sign-in page."""

    login: str
    given_names: str
    family_name: str
    groups: tuple[str, ...] = ()
    locale: str | None = None
    shown: bool = True

    @property
    def email(self) -> str:
        """An address nobody has."""
        return f"{self.login}@example.org"


@dataclass(frozen=True, slots=True)
class DemoCase:
    """One student's contract, and how far it has come.

    ``moves`` are the answers given, in order, each with the login of who gives it, the
    outcome and its reason; ``age`` is how many days ago the case began.
    """

    student: str
    department: str
    partner: str
    language: str
    age: int
    moves: tuple[tuple[str, str | None, str | None], ...] = ()
    mobility_type: str = "semester"
    terms: str = "1"


STAFF = (
    DemoPerson("marie.delmas", "Marie", "Delmas", ("coordinator:lea",)),
    DemoPerson("paul.roussel", "Paul", "Roussel", ("coordinator:his",)),
    DemoPerson("nadia.haddad", "Nadia", "Haddad", ("coordinator:mi",), "en"),
    DemoPerson("claire.vidal", "Claire", "Vidal", ("ri",)),
    DemoPerson("samuel.ortiz", "Samuel", "Ortiz", ("admin",), "es"),
    DemoPerson("anne.lacombe", "Anne", "Lacombe", ("auditor",)),
)

STUDENTS = (
    DemoPerson("lea.martin", "Léa", "Martin"),
    DemoPerson("theo.garnier", "Théo", "Garnier"),
    DemoPerson("ines.benali", "Inès", "Benali", shown=False),
    DemoPerson("hugo.fernandez", "Hugo", "Fernández Ruiz", shown=False),
    DemoPerson("zoe.legoff", "Zoé", "Le Goff", shown=False),
    DemoPerson("mateo.garcia", "Mateo", "García Ibáñez", (), "es", shown=False),
    DemoPerson("asa.lindqvist", "Åsa", "Lindqvist", (), "en", shown=False),
    DemoPerson("noemie.castaing", "Noémie", "Dufour-Castaing", shown=False),
    DemoPerson("camille.nguyen", "Camille", "Nguyễn", shown=False),
    DemoPerson(
        "marie.aubeterre",
        "Marie-Amélie Bérengère Clémence",
        "de La Rochefoucauld-Montmorency Saint-Barthélemy Aubeterre",
        shown=False,
    ),
    DemoPerson("yanis.belkacem", "Yanis", "Belkacem", shown=False),
    DemoPerson("lucia.navarro", "Lucía", "Navarro Peña", (), "es", shown=False),
)

DEPARTMENTS = (
    (
        "lea",
        "Langues étrangères appliquées",
        "Applied Foreign Languages",
        "Lenguas Extranjeras Aplicadas",
    ),
    ("his", "Histoire, arts et archéologie", "History, Art and Archaeology", "Historia y Arte"),
    (
        "mi",
        "Mathématiques et informatique",
        "Mathematics and Computer Science",
        "Matemáticas e Informática",
    ),
)

PARTNERS = (
    ("usal.es", "Universidad de Salamanca", "ES", "E SALAMAN02", "Carmen", "Sánchez Prieto", "es"),
    ("uu.se", "Uppsala universitet", "SE", "S UPPSALA01", "Karin", "Åkerström", "en"),
    ("uw.edu.pl", "Uniwersytet Warszawski", "PL", "PL WARSZAW01", "Agnieszka", "Wójcik", "en"),
    ("unibo.it", "Università di Bologna", "IT", "I BOLOGNA01", "Giulia", "Montanari", "en"),
    ("uni-heidelberg.de", "Universität Heidelberg", "DE", "D HEIDELB01", "Jörg", "Weiß", "en"),
    ("uc.pt", "Universidade de Coimbra", "PT", "P COIMBRA01", "Inês", "Magalhães", "en"),
)

HOME = ("univ-tlse2.fr", "Université Toulouse - Jean Jaurès", "FR", "F TOULOUS02")

COURSES = {
    "lea": (
        (
            ("103501", "Traducción jurada francés-español", "6"),
            ("103507", "Derecho mercantil internacional", "6"),
            ("103512", "Comunicación intercultural en la empresa", "6"),
            ("103520", "Economía de la Unión Europea", "6"),
            ("103533", "Lengua portuguesa III", "6"),
        ),
        (
            ("LEA501", "Traduction spécialisée espagnol", "8"),
            ("LEA502", "Droit et commerce international", "8"),
            ("LEA503", "Langue et civilisation, langue B", "8"),
            ("LEA504", "Économie européenne", "6"),
        ),
    ),
    "his": (
        (
            ("5HA221", "Nordic Medieval Art", "7.5"),
            ("5HI117", "The Baltic World, 1500–1800", "7.5"),
            ("5AR030", "Archaeological Field Methods", "7.5"),
            ("5HI140", "Archives and Palaeography", "7.5"),
        ),
        (
            ("HIS301", "Histoire moderne : l’Europe du Nord", "10"),
            ("HIS302", "Histoire de l’art médiéval", "10"),
            ("HIS303", "Sources et méthodes", "10"),
        ),
    ),
    "mi": (
        (
            ("1000-2M01", "Numerical Analysis", "6"),
            ("1000-2M12", "Distributed Systems", "6"),
            ("1000-2M20", "Mathematical Logic", "7"),
            ("1000-2M33", "Machine Learning", "6"),
        ),
        (
            ("MI601", "Analyse numérique", "9"),
            ("MI602", "Systèmes et réseaux", "9"),
            ("MI603", "Logique et calculabilité", "9"),
            ("MI604", "Projet tutoré", "3"),
        ),
    ),
}
"""By department: components offered abroad, and units they replace together at home."""

_COORDINATOR = {"lea": "marie.delmas", "his": "paul.roussel", "mi": "nadia.haddad"}
_DESK = "claire.vidal"


def _path(
    student: str, department: str, steps: int
) -> tuple[tuple[str, str | None, str | None], ...]:
    """The first ``steps`` answers of a contract that everybody approves."""
    coordinator = _COORDINATOR[department]
    moves: tuple[tuple[str, str | None, str | None], ...] = (
        (student, None, None),
        (coordinator, "approve", None),
        (student, "approve", None),
        (coordinator, "approve", None),
        (_DESK, "approve", None),
        (_DESK, "approve", None),
    )
    return moves[:steps]


_REJECTED = (
    _DESK,
    "reject",
    "Archaeological Field Methods is not taught in that term. Please choose another course.",
)

CASES = (
    DemoCase("lea.martin", "lea", "usal.es", "es", 3),
    DemoCase("ines.benali", "his", "uu.se", "en", 6, _path("ines.benali", "his", 1)),
    DemoCase(
        "hugo.fernandez",
        "mi",
        "uw.edu.pl",
        "en",
        12,
        (
            *_path("hugo.fernandez", "mi", 1),
            (
                "nadia.haddad",
                "return",
                "Il manque l’équivalent du projet tutoré : prévoyez 5 crédits de plus à Varsovie.",
            ),
        ),
    ),
    DemoCase("zoe.legoff", "lea", "unibo.it", "it", 9, _path("zoe.legoff", "lea", 2)),
    DemoCase("mateo.garcia", "his", "uc.pt", "pt", 10, _path("mateo.garcia", "his", 3)),
    DemoCase("asa.lindqvist", "mi", "uni-heidelberg.de", "de", 11, _path("asa.lindqvist", "mi", 4)),
    DemoCase("noemie.castaing", "lea", "usal.es", "es", 14, _path("noemie.castaing", "lea", 5)),
    DemoCase(
        "theo.garnier", "his", "uu.se", "en", 20, (*_path("theo.garnier", "his", 5), _REJECTED)
    ),
    DemoCase("camille.nguyen", "mi", "uw.edu.pl", "en", 35, _path("camille.nguyen", "mi", 6)),
    DemoCase("marie.aubeterre", "lea", "unibo.it", "it", 30, _path("marie.aubeterre", "lea", 1)),
    DemoCase(
        "yanis.belkacem",
        "his",
        "unibo.it",
        "it",
        32,
        (
            *_path("yanis.belkacem", "his", 5),
            _REJECTED,
            *_path("yanis.belkacem", "his", 5),
        ),
        terms="2",
    ),
    DemoCase(
        "lucia.navarro",
        "lea",
        "usal.es",
        "es",
        2,
        _path("lucia.navarro", "lea", 1),
        mobility_type="blended",
    ),
)
