"""People, their roles, and the cohorts they learn in."""

from datetime import datetime
from typing import ClassVar
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


def default_time_zone() -> str:
    """The zone of people of whom nobody has said another one."""
    return settings.DEFAULT_PERSON_TIME_ZONE


def validate_time_zone(name: str) -> None:
    """Refuse a zone this machine's clock does not know."""
    if name not in available_timezones():
        raise ValidationError(_("There is no time zone called %(name)s."), params={"name": name})


class UserQuerySet(models.QuerySet["User"]):
    def present(self) -> "UserQuerySet":
        """People who may sign in."""
        return self.filter(is_active=True, erased_at=None)


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def present(self) -> UserQuerySet:
        return self.get_queryset().present()

    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        """A new person; without a password they sign in by a link an instructor issues."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.full_clean()
        user.save()
        return user

    def create_superuser(self, username: str, password: str, **fields: object) -> "User":
        """The first admin of an installation."""
        return self.create_user(username, password, role=User.Role.ADMIN, **fields)


class User(AbstractBaseUser):
    """A person. The sign-in name is the staff number; phone and e-mail serve as well."""

    privacy = "exported"

    class Role(models.TextChoices):
        TRAINEE = "trainee", _("Trainee")
        INSTRUCTOR = "instructor", _("Instructor")
        ADMIN = "admin", _("Admin")

    class Theme(models.TextChoices):
        SYSTEM = "", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    username = models.CharField(
        _("staff number"),
        max_length=60,
        unique=True,
        validators=[RegexValidator(r"^[\w.+-]+$", _("Letters, digits and . + - _ only."))],
        error_messages={"unique": _("Somebody already has this staff number.")},
    )
    name = models.CharField(_("name"), max_length=80)
    phone = models.CharField(
        _("phone"),
        max_length=20,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(r"^\+?\d{5,18}$", _("Digits only, with + in front if abroad."))],
    )
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    role = models.CharField(max_length=12, choices=Role, default=Role.TRAINEE)
    language = models.CharField(
        max_length=10, choices=settings.LANGUAGES, blank=True, default=""
    )  # empty: as the browser asks
    tz = models.CharField(max_length=40, default=default_time_zone, validators=[validate_time_zone])
    theme = models.CharField(max_length=6, choices=Theme, blank=True, default=Theme.SYSTEM)
    time_factor = models.DecimalField(
        max_digits=4, decimal_places=2, default=1, validators=[MinValueValidator(1)]
    )
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_person_per_email",
                condition=~models.Q(email=None),
                violation_error_message=_("Somebody already has this e-mail address."),
            ),
            models.UniqueConstraint(
                Lower("username"),
                name="one_person_per_staff_number_in_any_case",
                violation_error_message=_("Somebody already has this staff number."),
            ),
            models.CheckConstraint(
                condition=models.Q(time_factor__gte=1), name="time_factor_gives_time_never_takes"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["trainee", "instructor", "admin"]),
                name="role_is_one_of_three",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def clean(self) -> None:
        """Keep "no phone" and "no e-mail" as NULL, because both are unique where they are set."""
        super().clean()  # full-width digits of a Chinese keyboard become plain ones
        self.phone = self.phone or None
        self.email = (self.email or "").strip().lower() or None

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Changes with password and role: every session from before a change is over."""
        value = f"{self.password}:{self.role}"
        return salted_hmac(
            "people.User.session", value, secret=secret, algorithm="sha256"
        ).hexdigest()

    @property
    def is_instructor(self) -> bool:
        return self.role in (self.Role.INSTRUCTOR, self.Role.ADMIN)

    @property
    def is_admin(self) -> bool:
        return self.role == self.Role.ADMIN

    # What Django's admin asks of a user.
    @property
    def is_staff(self) -> bool:
        return self.is_admin

    @property
    def is_superuser(self) -> bool:
        return self.is_admin

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and self.is_admin

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_admin


class Cohort(models.Model):
    """A class, a hotel or a region: cohorts form a tree, and a duty reaches down it."""

    privacy = "kept: names no person"

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    tz = models.CharField(max_length=40, default=default_time_zone, validators=[validate_time_zone])
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    archived_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a cohort above itself: a duty would reach round in a ring."""
        above = self.parent
        while above is not None:
            if above.pk == self.pk:
                raise ValidationError({"parent": _("A cohort cannot be placed below itself.")})
            above = above.parent


class Membership(models.Model):
    """A person's time in a cohort; leaving and coming back are two rows."""

    privacy = "exported"

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    joined_on = models.DateField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "person"],
                condition=models.Q(left_at=None),
                name="one_present_membership_per_cohort_and_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.cohort}"


class CohortStaff(models.Model):
    """Who teaches or manages a cohort."""

    privacy = "exported"

    class Duty(models.TextChoices):
        INSTRUCTOR = "instructor", _("Instructor")
        MANAGER = "manager", _("Manager")

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="staff")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duties")
    duty = models.CharField(max_length=12, choices=Duty)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "person", "duty"], name="one_row_per_cohort_person_and_duty"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_duty_display()} of {self.cohort}"


class Team(models.Model):
    """A few people of a cohort who fill worksheets together."""

    privacy = "kept: a name the team gave itself; who is in it stands in its members"

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(_("name"), max_length=60)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "name"],
                name="a_teams_name_is_unique_in_its_cohort",
                violation_error_message=_("There is a team of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """A person in a team."""

    privacy = "exported"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="teams")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "person"], name="once_in_a_team")]

    def __str__(self) -> str:
        return f"{self.person} in {self.team}"


class SignInLink(models.Model):
    """A one-use way in for somebody without a password or mailbox, issued by an instructor."""

    privacy = "erased"

    token_hash = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sign_in_links")
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link for {self.person}"

    def is_open_at(self, now: datetime) -> bool:
        return self.used_at is None and now < self.expires_at


class Tries(models.Model):
    """When a secret was tried, per address or account; people/throttling.py counts here."""

    privacy = "kept: keyed hashes and times that throttle guessing; a day at most"

    key = models.CharField(max_length=64, primary_key=True)
    times = ArrayField(models.DateTimeField())
    over_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "tries"

    def __str__(self) -> str:
        return self.key


class AuditEntry(models.Model):
    """Who did what to whom, and when; append-only."""

    privacy = "kept: the security log shows who changed rights and marks; 180 days"

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    action = models.CharField(max_length=60)
    object = models.CharField(max_length=120, blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object}"
