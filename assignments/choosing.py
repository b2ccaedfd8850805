"""What can be assigned, and to whom, as a form offers it."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from assignments.models import WHAT
from cases.models import Case
from mot_course.web import content_language
from people.models import Cohort, Membership, User
from people.teaming import cohorts_taught_by, people_taught_by
from quizzes.models import Quiz
from units.models import Course, CourseUnit, Unit

MOST_CASES = 200
MOST_PEOPLE = 20
TAKEN = (
    Quiz.Purpose.PRE,
    Quiz.Purpose.CHECK,
    Quiz.Purpose.POST,
    Quiz.Purpose.RETENTION,
    Quiz.Purpose.WRITING,
)
Thing = Course | Unit | Quiz | Case


@dataclass(frozen=True)
class Choice:
    """One thing that can be assigned: `unit:12`."""

    value: str
    title: str
    note: str = ""


@dataclass
class Group:
    """Things of one kind under a heading."""

    kind: str
    label: str
    icon: str
    choices: list[Choice] = field(default_factory=list)
    more_count: int = 0  # how many there are beside those shown

    @property
    def values(self) -> list[str]:
        return [one.value for one in self.choices]


def groups_of_things(words: str = "", chosen: str = "") -> list[Group]:
    """Courses, units, quizzes and cases; those cases whose title has the words, if there are many.

    What is chosen already stays among them. Six queries.
    """
    title = f"title_{content_language()}"
    courses = list(
        Course.objects.filter(archived_at=None)
        .only("id", "title_zh", "title_en", "minutes", "position", "slug")
        .annotate(unit_count=Count("places"))
    )
    names: dict[int, list[str]] = defaultdict(list)
    of_courses = CourseUnit.objects.filter(course__in=courses).order_by("course__position")
    for unit_id, name in of_courses.values_list("unit_id", f"course__{title}"):
        names[unit_id].append(name)
    units = Unit.objects.filter(archived_at=None).only("id", "title_zh", "title_en", "position")
    quizzes = Quiz.objects.filter(purpose__in=TAKEN).only("id", "title_zh", "title_en", "purpose")
    cases = Case.objects.published().only("id", "title_zh", "title_en", "industry", "sort_key")
    found = cases.filter(Q(title_zh__icontains=words) | Q(title_en__icontains=words))
    shown = list(found[:MOST_CASES])
    kind, _colon, number = chosen.partition(":")
    if kind == "case" and number.isdigit() and not any(one.pk == int(number) for one in shown):
        shown += list(cases.filter(pk=int(number)))
    order = {purpose: n for n, purpose in enumerate(TAKEN)}
    every_quiz = sorted(quizzes, key=lambda one: (order[Quiz.Purpose(one.purpose)], one.slug))
    return [
        Group("course", _("Courses"), "map", [_of_course(one) for one in courses]),
        Group(
            "unit",
            _("Units"),
            "learn",
            [Choice(f"unit:{one.pk}", one.title, ", ".join(names[one.pk][:1])) for one in units],
        ),
        Group(
            "quiz",
            _("Checks and tests"),
            "quiz",
            [
                Choice(f"quiz:{one.pk}", one.title, str(one.get_purpose_display()))
                for one in every_quiz
            ],
        ),
        Group(
            "case",
            _("Cases"),
            "cases",
            [Choice(f"case:{one.pk}", one.title) for one in shown],
            max(found.count() - len(shown), 0) if len(shown) >= MOST_CASES else 0,
        ),
    ]


def _of_course(course: Course) -> Choice:
    count = getattr(course, "unit_count", 0)
    return Choice(f"course:{course.pk}", course.title, _("%(n)s units") % {"n": count})


def thing_of(value: str) -> Thing | None:
    """What `unit:12` stands for, if it can be assigned."""
    kind, _colon, number = value.partition(":")
    if kind not in WHAT or not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    found: dict[str, QuerySet[Thing]] = {
        "course": Course.objects.filter(archived_at=None),
        "unit": Unit.objects.filter(archived_at=None),
        "quiz": Quiz.objects.filter(purpose__in=TAKEN),
        "case": Case.objects.published(),
    }
    return found[kind].filter(pk=int(number)).first()


@dataclass
class Branch:
    """A cohort, how deep it stands in the tree, and how many are in it and below."""

    cohort: Cohort
    depth: int
    count: int = 0


def tree_of(person: User) -> list[Branch]:
    """The cohorts the person teaches, each below the one above it. Two queries."""
    cohorts = list(cohorts_taught_by(person).order_by("name", "pk"))
    by_id = {one.pk: one for one in cohorts}
    inside = dict(
        Membership.objects.filter(
            cohort__in=by_id, left_at=None, person__is_active=True, person__erased_at=None
        )
        .values_list("cohort_id")
        .annotate(Count("pk"))
    )
    below: dict[int | None, list[Cohort]] = defaultdict(list)
    for one in cohorts:
        below[one.parent_id if one.parent_id in by_id else None].append(one)
    branches: list[Branch] = []

    def walk(cohort: Cohort, depth: int) -> int:
        branch = Branch(cohort, min(depth, 4))
        branches.append(branch)
        branch.count = inside.get(cohort.pk, 0)
        branch.count += sum(walk(child, depth + 1) for child in below[cohort.pk])
        return branch.count

    for top in below[None]:
        walk(top, 0)
    return branches


def people_found(person: User, words: str) -> list[User]:
    """Some of those the person teaches whose name or number has the words."""
    words = words.replace("\x00", "").strip()  # PostgreSQL takes no NUL
    if not words:
        return []
    like = Q(name__icontains=words) | Q(username__icontains=words)
    found = people_assignable_by(person).filter(like)
    return list(found.order_by("name", "pk")[:MOST_PEOPLE])


def people_assignable_by(person: User) -> QuerySet[User]:
    """Those whom the person may assign something to: whom they teach; admins everybody."""
    return User.objects.present() if person.is_admin else people_taught_by(person)
