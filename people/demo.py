"""The people of a demo: `make run` and the browser tests sign in as them."""

from datetime import date

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from people.models import Cohort, CohortStaff, Membership, User
from people.sessions import end_sessions

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
COHORT_SIZE = 8


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
    cohort, is_new = Cohort.objects.get_or_create(
        slug="front-desk-1", defaults={"name": "前厅一班"}
    )
    if is_new:
        people = User.objects.in_bulk(PEOPLE, field_name="username")
        CohortStaff.objects.create(
            cohort=cohort, person=people["instructor"], duty=CohortStaff.Duty.INSTRUCTOR
        )
        Membership.objects.bulk_create(
            Membership(cohort=cohort, person=people[f"trainee{n}"], joined_on=date.today())
            for n in range(1, COHORT_SIZE + 1)
        )
    return made


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
