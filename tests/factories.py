"""Things that tests need, each with unsurprising values; a test names only what it is about."""

from datetime import date
from itertools import count
from typing import Any

from outbox.models import Message
from outbox.posting import new_message
from people.models import Cohort, CohortStaff, Membership, User

numbers = count(1)
PASSWORD = "three quiet rivers"


def make_person(*, password: str | None = None, **fields: Any) -> User:
    """A person; without a password, because hashing one takes 30 ms."""
    number = next(numbers)
    fields = {"username": f"p{number}", "name": f"Person {number}", "tz": "Asia/Shanghai"} | fields
    return User.objects.create_user(password=password, **fields)


def make_trainee(*, cohort: Cohort | None = None, **fields: Any) -> User:
    """A trainee, in a cohort if one is given."""
    person = make_person(role=User.Role.TRAINEE, **fields)
    if cohort is not None:
        Membership.objects.create(cohort=cohort, person=person, joined_on=date(2026, 1, 5))
    return person


def make_instructor(*, cohort: Cohort | None = None, **fields: Any) -> User:
    """An instructor, on duty in a cohort if one is given."""
    person = make_person(role=User.Role.INSTRUCTOR, **fields)
    if cohort is not None:
        CohortStaff.objects.create(cohort=cohort, person=person, duty=CohortStaff.Duty.INSTRUCTOR)
    return person


def make_admin(*, with_second_factor: bool = True, **fields: Any) -> User:
    """An admin; with a second factor, because without one an admin gets nowhere."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    person = make_person(role=User.Role.ADMIN, **fields)
    if with_second_factor:
        TOTP.activate(person, generate_totp_secret())
    return person


def make_cohort(*, parent: Cohort | None = None, **fields: Any) -> Cohort:
    """A cohort, below another if one is given."""
    number = next(numbers)
    fields = {"slug": f"cohort-{number}", "name": f"Cohort {number}"} | fields
    return Cohort.objects.create(parent=parent, **fields)


def make_message(**fields: Any) -> Message:
    """A queued message that is due."""
    recipient = fields.pop("recipient", None) or make_trainee(email=f"m{next(numbers)}@mot.example")
    state = {name: fields.pop(name) for name in list(fields) if name in {"state", "tries"}}
    defaults = {"key": f"message-{next(numbers)}", "kind": "test-note"}
    message = new_message(recipient_id=recipient.pk, **(defaults | fields))
    for name, value in state.items():
        setattr(message, name, value)
    message.save(force_insert=True)
    message.refresh_from_db()
    return message
