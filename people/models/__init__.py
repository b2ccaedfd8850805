"""People, the cohorts they learn in, and how they come in."""

from people.models.cohorts import (
    Blackout,
    Calendar,
    CalendarDay,
    Cohort,
    CohortStaff,
    Membership,
    SpecialDay,
    Team,
    TeamMember,
)
from people.models.entering import (
    AuditEntry,
    ImportChange,
    ImportRun,
    Invitation,
    SignInLink,
    Tries,
)
from people.models.persons import (
    MessengerAccount,
    Preference,
    Reach,
    User,
    UserManager,
    UserQuerySet,
    default_time_zone,
    validate_time_zone,
)

__all__ = [
    "AuditEntry",
    "Blackout",
    "Calendar",
    "CalendarDay",
    "Cohort",
    "CohortStaff",
    "ImportChange",
    "ImportRun",
    "Invitation",
    "Membership",
    "MessengerAccount",
    "Preference",
    "Reach",
    "SignInLink",
    "SpecialDay",
    "Team",
    "TeamMember",
    "Tries",
    "User",
    "UserManager",
    "UserQuerySet",
    "default_time_zone",
    "validate_time_zone",
]
