"""Finding the person behind a sign-in name, and letting them in by password."""

import re
import unicodedata
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.http import HttpRequest

from people.models import User


def sign_in_name(typed: str) -> str:
    """What was meant: full-width digits become plain ones, spaces around go."""
    return unicodedata.normalize("NFKC", typed).strip()


def find_person(typed: str) -> User | None:
    """The person with this staff number, phone or e-mail; one query whether there is one or not.

    A staff number goes before a phone, so nobody can take another's name by way of a phone.
    """
    name = sign_in_name(typed)
    phone = phone_in(name)
    lowered = Lower(Value(name))
    candidates = list(
        User.objects.filter(
            Q(Exact(Lower("username"), lowered))
            | Q(phone=phone or None)
            | Q(Exact(Lower("email"), lowered), email__isnull=False)
        )
    )
    candidates.sort(key=lambda person: (person.username.lower() != name.lower(), not person.phone))
    return candidates[0] if candidates else None


def is_anothers_phone(name: str, person_id: int | None = None) -> bool:
    """Whether this staff number would take somebody else's way in by phone, since it goes first."""
    owner = User.objects.filter(phone=phone_in(name) or None).first()
    return owner is not None and owner.pk != person_id


def phone_in(name: str) -> str:
    """A sign-in name read as a phone: without what people write between its digits."""
    return re.sub(r"[\s()./-]", "", name)


def may_sign_in(person: User) -> bool:
    """Active, not erased; demo people only where demo people may exist."""
    is_allowed_here = settings.DEMO or not person.is_demo
    return person.is_active and person.erased_at is None and is_allowed_here


class PersonBackend(BaseBackend):
    """Signs in by password. Every refusal costs one password hash, whatever its reason."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: Any,
    ) -> User | None:
        """The person if name and password fit and they may come in."""
        if not username or not password:
            return None
        person = find_person(username)
        if person is None:
            User().set_password(password)
            return None
        return person if person.check_password(password) and may_sign_in(person) else None

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, as long as they may still sign in."""
        person = User.objects.filter(pk=user_id).first()
        return person if person and may_sign_in(person) else None
