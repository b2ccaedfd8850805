"""The people of a demo: `make run` and the browser tests sign in as them."""

from datetime import date, time

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from people.models import Cohort, CohortStaff, Membership, User
from people.sessions import end_sessions
from people.working_days import default_calendar

PASSWORD = "moment-of-truth"  # noqa: S105 -- only where DEMO=1; production refuses to start
PEOPLE = {
    "admin": ("admin", "沈若谷"),
    "instructor": ("instructor", "周知行"),
    "trainee1": ("trainee", "李晓彤"),
    "trainee2": ("trainee", "王志远"),
    "trainee3": ("trainee", "陈思雨"),
    "trainee4": ("trainee", "Emma Clarke"),
    "trainee5": ("trainee", "赵子涵"),
    "trainee6": ("trainee", "刘家豪"),
    "trainee7": ("trainee", "Daniel Okoye"),
    "trainee8": ("trainee", "孙梦洁"),
    "trainee9": ("trainee", "吴俊杰"),
    "trainee10": ("trainee", "Sofia Marino"),
    "trainee11": ("trainee", "欧阳文静"),
    "trainee12": ("trainee", "黄嘉欣"),
}
# From the top down: slug, name, slug of the one above.
TREE = [
    ("demo-group", "云栖酒店集团", ""),
    ("demo-east", "华东区", "demo-group"),
    ("demo-hotel", "云栖酒店·西湖店", "demo-east"),
    ("front-desk-1", "前厅一班", "demo-hotel"),
    ("front-desk-2", "前厅二班", "demo-hotel"),
]
SHIFT_AT = time(9)
CLASSES = {"front-desk-1": range(1, 9), "front-desk-2": range(9, 13)}
SHIFT_LEADER = "trainee12"  # manages the first class and learns in the second


@transaction.atomic
def load_demo_people() -> list[User]:
    """Make the demo people who are missing, and their cohort; return those it made."""
    if not settings.DEMO:
        raise ImproperlyConfigured("Demo people load only with DEMO=1.")
    made = [
        User.objects.create_user(username, PASSWORD, name=name, role=role, is_demo=True)
        for username, (role, name) in PEOPLE.items()
        if not User.objects.filter(username=username).exists()
    ]
    if not Cohort.objects.filter(slug="front-desk-1").exists():
        _make_cohorts()
    return made


def _make_cohorts() -> None:
    """The tree, two classes in it, an instructor of both and a manager of the first."""
    cohorts: dict[str, Cohort] = {}
    calendar = default_calendar()
    for slug, name, above in TREE:
        cohorts[slug], _ = Cohort.objects.get_or_create(
            slug=slug, defaults={"name": name, "parent": cohorts.get(above)}
        )
    Cohort.objects.filter(slug="demo-group").update(calendar=calendar)
    Cohort.objects.filter(slug__in=CLASSES).update(shift_at=SHIFT_AT)
    people = User.objects.in_bulk(PEOPLE, field_name="username")
    duties = [(slug, "instructor", CohortStaff.Duty.INSTRUCTOR) for slug in CLASSES]
    duties.append(("front-desk-1", SHIFT_LEADER, CohortStaff.Duty.MANAGER))
    for slug, username, duty in duties:
        CohortStaff.objects.create(cohort=cohorts[slug], person=people[username], duty=duty)
    Membership.objects.bulk_create(
        Membership(cohort=cohorts[slug], person=people[f"trainee{n}"], joined_on=date.today())
        for slug, numbers in CLASSES.items()
        for n in numbers
    )


@transaction.atomic
def retire_demo_people() -> int:
    """Deactivate every demo person and end their sign-ins; say how many there were."""
    able = list(User.objects.filter(is_demo=True, is_active=True))
    for person in able:
        end_sessions(person)
    User.objects.filter(pk__in=[person.pk for person in able]).update(
        is_active=False, password=UNUSABLE_PASSWORD_PREFIX
    )
    return len(able)
