"""People and their roles, where messages reach them, and what they want to be told."""

from typing import ClassVar
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
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
    # When the person's shift usually begins; empty: as in the cohort.
    shift_at = models.TimeField(_("start of my shift"), null=True, blank=True)
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


class MessengerAccount(models.Model):
    """What a company messenger calls a person; messages and sign-on find them by it."""

    privacy = "exported"

    class Channel(models.TextChoices):
        WECOM = "wecom", _("WeCom")
        DINGTALK = "dingtalk", _("DingTalk")
        FEISHU = "feishu", _("Feishu")

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="messengers")
    channel = models.CharField(max_length=10, choices=Channel)
    account = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "account"],
                name="an_account_of_a_messenger_is_one_persons",
                violation_error_message=_("Somebody already has this account."),
            ),
            models.UniqueConstraint(
                fields=["person", "channel"], name="one_account_per_person_and_messenger"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel}:{self.account}"


class Preference(models.Model):
    """How somebody wants one kind of message on one channel; no row: as it comes."""

    privacy = "exported"

    class Cadence(models.TextChoices):
        IMMEDIATE = "immediate", _("At once")
        DAILY = "daily", _("Once a day, together")
        WEEKLY = "weekly", _("Once a week, together")
        NEVER = "never", _("Not at all")

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="preferences")
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=10)
    cadence = models.CharField(max_length=10, choices=Cadence)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "channel"],
                name="one_preference_per_person_kind_and_channel",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}: {self.cadence}"


class Reach(models.Model):
    """On which channels a person has an address: a view, one row per person and channel."""

    privacy = "kept: a view of what stands in users and messenger accounts"

    pk = models.CompositePrimaryKey("person_id", "channel")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reach")
    channel = models.CharField(max_length=10)  # email | sms | wecom | dingtalk | feishu
    address = models.CharField(max_length=254)

    class Meta:
        managed = False
        db_table = "people_reach"

    def __str__(self) -> str:
        return f"{self.person_id} by {self.channel}"
