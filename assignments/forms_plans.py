"""Forms of reminder plans: the plan, its rules as rows, and what is said about them."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from assignments.models import Plan, Rule
from assignments.saying import said_at, said_offset, said_time
from people.models import Cohort

MOST_RULES = 12
SIDES = {
    "before": _l("days before"),
    "on": _l("on the day"),
    "after": _l("days after"),
}


class PlanForm(forms.ModelForm):
    """Name, quiet hours and how many reminders at most. One name serves both languages."""

    title_zh = forms.CharField(max_length=80, required=False, label=_l("Name in Chinese"))
    title_en = forms.CharField(max_length=80, required=False, label=_l("Name in English"))

    class Meta:
        model = Plan
        fields = ["title_zh", "title_en", "quiet_from", "quiet_to", "max_count"]
        labels = {
            "quiet_from": _l("Quiet from"),
            "quiet_to": _l("until"),
            "max_count": _l("At most so many reminders"),
        }
        widgets = {
            "quiet_from": forms.TimeInput({"type": "time"}, format="%H:%M"),
            "quiet_to": forms.TimeInput({"type": "time"}, format="%H:%M"),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        zh, en = data.get("title_zh", ""), data.get("title_en", "")
        if not zh and not en and "title_zh" not in self.errors:
            self.add_error("title_zh", _("Give the plan a name."))
        data["title_zh"], data["title_en"] = zh or en, en or zh
        if data.get("quiet_from") and data.get("quiet_from") == data.get("quiet_to"):
            self.add_error("quiet_to", _("Quiet hours cannot last the whole day."))
        return data


class RuleForm(forms.ModelForm):
    """One reminder: so many days before or after, at a time, to somebody."""

    count = forms.IntegerField(
        label=_l("How many days"),
        required=False,
        validators=[MinValueValidator(0), MaxValueValidator(60)],
        widget=forms.NumberInput({"min": 0, "max": 60, "inputmode": "numeric"}),
    )
    side = forms.ChoiceField(choices=list(SIDES.items()), label=_l("Before or after"))
    clock = forms.ChoiceField(
        choices=[("time", _l("at")), ("shift", _l("before the shift"))],
        label=_l("At a time or before the shift"),
    )
    channels = forms.MultipleChoiceField(
        choices=Rule.Channel.choices,
        required=False,
        label=_l("Besides the inbox"),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Rule
        fields = ["anchor", "working", "at", "channels", "audience", "text_zh", "text_en"]
        labels = {
            "anchor": _l("Counted from"),
            "working": _l("Count working days only"),
            "at": _l("Time of day"),
            "audience": _l("Who is told"),
            "text_zh": _l("A line of your own in Chinese"),
            "text_en": _l("A line of your own in English"),
        }
        widgets = {
            "at": forms.TimeInput({"type": "time"}, format="%H:%M"),
            "text_zh": forms.TextInput({"lang": "zh-Hans"}),
            "text_en": forms.TextInput({"lang": "en"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        rule = kwargs.get("instance")
        if rule is not None and rule.days is not None:
            kwargs["initial"] = {
                "count": abs(rule.days),
                "side": "on" if rule.days == 0 else "before" if rule.days < 0 else "after",
                "clock": "time" if rule.at else "shift",
            } | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        # They stand in a sentence, without a label beside each.
        for name in ("count", "side", "anchor", "clock", "at", "audience"):
            self.fields[name].widget.attrs["aria-label"] = self.fields[name].label

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        side, count = data.get("side"), data.get("count") or 0
        if side in ("before", "after") and not count and "count" not in self.errors:
            self.add_error("count", _("Say how many days, from 1."))
        data["days"] = {"before": -count, "after": count}.get(side or "", 0)
        if data["days"] < 0 and data.get("anchor") == Rule.Anchor.FINISHED:
            self.add_error("side", _("Nobody knows beforehand when somebody will finish."))
        if data.get("clock") == "shift":
            data["at"] = None
        elif not data.get("at") and "at" not in self.errors:
            self.add_error("at", _("Give a time of day, or choose “before the shift”."))
        return data

    @property
    def words(self) -> str:
        """The reminder in a line; empty while it is not right."""
        if not self.is_bound:
            rule = self.instance if self.instance.pk or self.instance.days is not None else None
        else:
            rule = self.rule(0) if not self.errors and "days" in self.cleaned_data else None
        if rule is None:
            return ""
        return f"{said_offset(rule)}, {said_at(rule)}"

    def rule(self, position: int) -> Rule:
        """The rule as typed; after `is_valid()`."""
        rule: Rule = self.save(commit=False)
        rule.days, rule.position = self.cleaned_data["days"], position
        return rule


class RuleRows:
    """The rules of a plan as rows of a form, each under a key: r12 for a rule, n3 for a new one."""

    def __init__(self, rules: Sequence[Rule], data: Any = None, *, copied: bool = False) -> None:
        self.bound = data is not None
        known = {} if copied else {f"r{rule.pk}": rule for rule in rules}
        if data is None:
            self.forms = {
                (f"n{n}" if copied else f"r{rule.pk}"): self._form(rule, n, copied=copied)
                for n, rule in enumerate(rules)
            }
        else:
            keys = [key for key in dict.fromkeys(data.getlist("row")) if _is_key(key)]
            self.forms = {
                key: RuleForm(data, prefix=key, instance=known.get(key, Rule()))
                for key in keys[:MOST_RULES]
            }

    @staticmethod
    def _form(rule: Rule, n: int, *, copied: bool) -> RuleForm:
        return RuleForm(prefix=f"n{n}" if copied else f"r{rule.pk}", instance=rule)

    def __iter__(self) -> Any:
        return iter(self.forms.items())

    def __len__(self) -> int:
        return len(self.forms)

    @property
    def is_full(self) -> bool:
        return len(self.forms) >= MOST_RULES

    def add(self) -> str:
        """One more row at the end, three working days before the due day; its key."""
        number = 1 + max([int(key[1:]) for key in self.forms if key[0] == "n"], default=0)
        key = f"n{number}"
        start = {"count": 3, "side": "before", "clock": "time", "at": "09:00"}
        start |= {"anchor": "due", "working": True, "audience": "trainee"}
        self.forms[key] = RuleForm(prefix=key, initial=start | {"channels": ["messenger", "email"]})
        return key

    def remove(self, key: str) -> None:
        self.forms.pop(key, None)

    def move(self, key: str, by: int) -> None:
        """Put the row one place up or down."""
        keys = list(self.forms)
        if key not in keys:
            return
        at = keys.index(key)
        to = min(max(at + by, 0), len(keys) - 1)
        keys.insert(to, keys.pop(at))
        self.forms = {one: self.forms[one] for one in keys}

    def is_valid(self) -> bool:
        """Whether each row is right, and no two say the same."""
        checked = [form.is_valid() for form in self.forms.values() if form.is_bound]
        fine = all(checked)
        seen: dict[tuple[object, ...], int] = {}
        for number, form in enumerate(self.forms.values(), start=1):
            if not form.is_bound or not form.is_valid():
                continue
            data = form.cleaned_data
            same = (data["anchor"], data["days"], data["working"], data["audience"])
            if same in seen:
                form.add_error(None, _("This says the same as reminder %(n)s.") % {"n": seen[same]})
                fine = False
            seen.setdefault(same, number)
        return fine

    def rules(self) -> list[Rule]:
        """The rules as typed, numbered from 1; those rows that are wrong are left out."""
        found = []
        for number, form in enumerate(self.forms.values(), start=1):
            if not form.is_bound:
                found.append(form.instance if form.instance.pk else _example(form, number))
            elif form.is_valid():
                found.append(form.rule(number))
        return found


def _example(form: RuleForm, number: int) -> Rule:
    """The rule that a row not typed into yet stands for."""
    if form.instance.position is not None:
        return form.instance
    return Rule(position=number, anchor="due", days=-3, working=True, at=None)


def _is_key(key: str) -> bool:
    return key[:1] in ("r", "n") and key[1:].isascii() and key[1:].isdigit() and len(key) < 12


def remarks(plan: Plan, rules: Sequence[Rule]) -> list[str]:
    """What somebody should know about a plan that is right as it is."""
    said = []
    for rule in rules:
        if rule.at and (leaves := leaves_at(plan, rule.at)) != rule.at:
            said.append(
                _("%(rule)s: %(time)s lies in the quiet hours, it will leave at %(leaves)s.")
                % {
                    "rule": said_offset(rule),
                    "time": said_time(rule.at),
                    "leaves": said_time(leaves),
                }
            )
    told = sum(rule.audience == Rule.Audience.TRAINEE for rule in rules)
    if told > plan.max_count:
        said.append(
            _("The plan has %(n)s reminders for the trainee and sends at most %(most)s of them.")
            % {"n": told, "most": plan.max_count}
        )
    if not rules:
        said.append(_("There is no reminder in it yet."))
    return said


def leaves_at(plan: Plan, at: time) -> time:
    """When a reminder for that time of day leaves, by the plan's quiet hours.

    As the planner has it (AWAKE in planning_sql.py): in the morning when they end, in the evening
    a quarter of an hour before they begin.
    """
    start, end = plan.quiet_from, plan.quiet_to
    if start < end:
        return end if start <= at < end else at
    if at < end:
        return end
    if at < start:
        return at
    early = (
        datetime.combine(date.min, start) - timedelta(minutes=15) if start >= time(0, 15) else None
    )
    return max(end, early.time()) if early else end


class ExampleForm(forms.Form):
    """For whose calendar and which due day the preview is drawn."""

    example_due = forms.DateField(
        required=False,
        label=_l("If it is due on"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    example_cohort: "forms.ModelChoiceField[Cohort]" = forms.ModelChoiceField(
        queryset=Cohort.objects.none(), required=False, label=_l("In the calendar of")
    )

    def __init__(self, *args: Any, cohorts: "QuerySet[Cohort]", day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["example_cohort"].queryset = cohorts.order_by("name")  # type: ignore[attr-defined]
        self.fields["example_due"].initial = day
