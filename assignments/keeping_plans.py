"""Reminder plans: who may use and change which, and how a changed one is kept."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from assignments.models import Assignment, Plan, Reminder, Rule
from outbox.clock import Now
from people import auditing
from people.models import User

PRESET_ORDER = {"gentle": 0, "standard": 1, "strict": 2}


def plans_for(person: User) -> QuerySet[Plan]:
    """The presets and the person's own plans; admins see everybody's."""
    plans = Plan.objects.filter(archived_at=None).prefetch_related("rules")
    if not person.is_admin:
        plans = plans.filter(~Q(preset="") | Q(made_by=person))
    return plans


def listed_plans(person: User) -> list[Plan]:
    """The plans the person may use: presets from gentle to strict, then own ones by name."""
    counted = plans_for(person).annotate(
        used_count=Count("assignments", filter=Q(assignments__cancelled_at=None))
    )
    return sorted(
        counted.select_related("made_by"),
        key=lambda plan: (PRESET_ORDER.get(plan.preset, 9), plan.title, plan.pk),
    )


def may_change(person: User, plan: Plan) -> bool:
    """Whether the person may change the plan: no preset, and their own unless they are an admin."""
    return plan.preset == "" and (person.is_admin or plan.made_by_id == person.pk)


@transaction.atomic
def keep_plan(*, plan: Plan, rules: Sequence[Rule], by: User) -> Plan:
    """The plan with exactly these rules, in this order; what was told under gone ones stays told.

    Reminders of it that wait follow it by themselves: the minute pass moves or forgets them.
    """
    is_new = plan.pk is None
    if is_new:
        plan.made_by = by
        plan.save()
    else:
        Plan.objects.select_for_update().only("pk").get(pk=plan.pk)
        plan.save()
    kept = [rule.pk for rule in rules if rule.pk]
    _retire(plan, Rule.objects.filter(plan=plan).exclude(pk__in=kept))
    for position, rule in enumerate(rules, start=1):
        rule.plan, rule.position = plan, position
        rule.save()
    auditing.record(by, "plan_made" if is_new else "plan_changed", plan)
    return plan


def _retire(plan: Plan, rules: QuerySet[Rule]) -> None:
    """Delete these rules; those that told something move to a plan that nobody uses."""
    told = Reminder.objects.filter(rule=OuterRef("pk")).exclude(told_at=None, dropped_because="")
    spoken = list(rules.filter(Exists(told)).order_by("position"))
    rules.exclude(pk__in=[rule.pk for rule in spoken]).delete()
    if not spoken:
        return
    past = Plan.objects.create(
        title_zh=plan.title_zh,
        title_en=plan.title_en,
        quiet_from=plan.quiet_from,
        quiet_to=plan.quiet_to,
        max_count=plan.max_count,
        made_by=plan.made_by,
        archived_at=Now(),
    )
    for position, rule in enumerate(spoken, start=1):
        rule.plan, rule.position = past, position
        rule.save(update_fields=["plan", "position"])


def archive_plan(*, plan: Plan, by: User) -> bool:
    """Take the plan out of the lists; False where a running assignment still uses it."""
    unused = ~Exists(Assignment.objects.filter(plan=OuterRef("pk"), cancelled_at=None))
    done = Plan.objects.filter(unused, pk=plan.pk, preset="").update(archived_at=Now())
    if done:
        auditing.record(by, "plan_archived", plan)
    return bool(done)
