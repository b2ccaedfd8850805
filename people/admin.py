"""People in Django's admin: allow-listed fields, everything audited, nothing deleted."""

from typing import Any

import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401 -- registered first, to be taken out below
import django.contrib.auth.admin  # noqa: F401 -- likewise
from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from people import auditing, second_factor
from people.models import AuditEntry, Cohort, CohortStaff, Membership, User
from people.sessions import end_sessions
from people.signing_in import may_sign_in

for model in list(admin.site._registry):
    if model._meta.app_label in {"account", "mfa", "usersessions"} or model is Group:
        admin.site.unregister(model)


def sign_in(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """The admin's door is the site's own: one place for passwords, limits and second factors."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
    if not request.user.is_admin:
        raise Http404
    return redirect("admin:index")


def change_password(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """The site's own page for it."""
    return redirect("account_change_password")


admin.site.login = sign_in  # type: ignore[method-assign]
admin.site.password_change = change_password  # type: ignore[method-assign, assignment]
admin.site.site_header = admin.site.site_title = _("MOT Course")


class AuditedAdmin(admin.ModelAdmin):
    """Writes every change into the security log, with the values before and after."""

    audited: tuple[str, ...] = ()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody is deleted: people are deactivated, cohorts archived, memberships ended."""
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: Any,
        form: Any,
        change: bool,  # noqa: FBT001 -- Django's signature
    ) -> None:
        old = type(obj).objects.get(pk=obj.pk) if change else None
        super().save_model(request, obj, form, change)
        changed = [
            name for name in self.audited if not old or getattr(old, name) != getattr(obj, name)
        ]
        if changed:
            auditing.record(
                request.user,  # type: ignore[arg-type]
                f"{obj._meta.model_name}_{'changed' if change else 'added'}",
                obj,
                before={name: _text(old, name) for name in changed} if old else None,
                after={name: _text(obj, name) for name in changed},
            )
        self.after_save(request, obj, changed if change else [])

    def after_save(self, request: HttpRequest, obj: Any, changed: list[str]) -> None:
        """What follows from a change."""


def _text(obj: Any, name: str) -> Any:
    value = getattr(obj, name)
    return str(value) if value is not None else None


class PersonForm(forms.ModelForm):
    """Nobody takes the ground from under their own feet."""

    class Meta:
        model = User
        fields = (
            "username", "name", "phone", "email", "role", "language", "tz",
            "time_factor", "is_active",
        )  # fmt: skip

    editor: User

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.instance.pk == self.editor.pk and {"role", "is_active"} & set(self.changed_data):
            raise forms.ValidationError(
                _("You cannot change your own role or deactivate yourself. Ask another admin.")
            )
        return data


@admin.register(User)
class PersonAdmin(AuditedAdmin):
    """Passwords are neither shown nor set here: people choose them by link or mail."""

    form = PersonForm
    fields = (*PersonForm.Meta.fields, "sign_in_link")
    readonly_fields = ("sign_in_link",)
    audited = PersonForm.Meta.fields
    list_display = ("username", "name", "role", "is_active", "is_demo", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("username", "name", "phone", "email")
    ordering = ("username",)
    actions = ("take_second_factor_away",)

    @method_decorator(reauthentication_required(app="people", allow_get=True))
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Roles and addresses are changed only soon after the password was given."""
        return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> type[forms.ModelForm]:
        form = super().get_form(request, *args, **kwargs)
        form.editor = request.user  # type: ignore[attr-defined]
        return form

    @admin.display(description=_("sign-in link"))
    def sign_in_link(self, person: User) -> str:
        if person.pk is None or person.is_admin or not may_sign_in(person):
            return "–"
        address = reverse("people:person_link", args=[person.username])
        return format_html('<a href="{}">{}</a>', address, _("Issue a sign-in link"))

    def save_model(
        self,
        request: HttpRequest,
        obj: User,
        form: Any,
        change: bool,  # noqa: FBT001 -- Django's signature
    ) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def after_save(self, request: HttpRequest, obj: User, changed: list[str]) -> None:
        """Other rights or none: every sign-in and open link from before is over."""
        if {"role", "is_active", "email", "username"} & set(changed):
            end_sessions(obj, keep=request.session.session_key)
            obj.sign_in_links.filter(used_at=None).delete()

    @admin.action(description=_("Take the second factor away (phone lost)"))
    def take_second_factor_away(self, request: HttpRequest, people: QuerySet[User]) -> None:
        others = [person for person in people if person != request.user]
        for person in others:
            second_factor.take_away(actor=request.user, person=person)  # type: ignore[arg-type]
        text = _("%(count)d people set up a new second factor at their next sign-in.")
        messages.success(request, text % {"count": len(others)})


@admin.register(Cohort)
class CohortAdmin(AuditedAdmin):
    fields = audited = ("slug", "name", "tz", "parent", "archived_at")
    list_display = ("slug", "name", "parent", "archived_at")
    list_select_related = ("parent",)
    search_fields = ("slug", "name")
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Membership)
class MembershipAdmin(AuditedAdmin):
    fields = audited = ("cohort", "person", "joined_on", "left_at")
    list_display = ("cohort", "person", "joined_on", "left_at")
    list_filter = ("cohort",)
    list_select_related = ("cohort", "person")
    raw_id_fields = ("person",)


@admin.register(CohortStaff)
class CohortStaffAdmin(AuditedAdmin):
    """The one table whose rows may go: a duty that is over is over."""

    fields = audited = ("cohort", "person", "duty")
    list_display = ("cohort", "person", "duty")
    list_filter = ("cohort", "duty")
    list_select_related = ("cohort", "person")
    raw_id_fields = ("person",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: CohortStaff) -> None:
        before = {name: _text(obj, name) for name in self.audited}
        auditing.record(request.user, "cohortstaff_removed", obj, before=before)  # type: ignore[arg-type]
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[CohortStaff]) -> None:
        for duty in queryset:
            self.delete_model(request, duty)


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    """The security log: to read, not to write."""

    fields = list_display = ("at", "actor", "action", "object", "before", "after")
    list_filter = ("action",)
    list_select_related = ("actor",)
    search_fields = ("object", "actor__username")
    ordering = ("-at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
