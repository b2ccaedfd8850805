"""The case library in Django's admin: to look at; the editor changes what a case says and is."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.models import Case, CaseRevision
from outbox.admin import ReadOnly
from people.admin import AuditedAdmin


class CaseRevisionInline(ReadOnly, admin.TabularInline):
    model = CaseRevision
    extra = 0
    fields = ("number", "origin", "author", "note", "created_at", "digest")
    readonly_fields = fields
    ordering = ("-number",)


@admin.register(Case)
class CaseAdmin(AuditedAdmin):
    """Nothing can be changed: the editor asks for a note and for the author's consent."""

    list_display = ("slug", "title_zh", "title_en", "industry", "origin", "state")
    list_filter = ("state", "industry", "origin")
    search_fields = ("slug", "title_zh", "title_en")
    fields = (
        "slug", "editor", "state", "title_zh", "title_en", "summary_zh", "summary_en",
        "industry", "steps", "origin", "length", "quiz", "pack_digest",
    )  # fmt: skip
    readonly_fields = fields
    inlines = (CaseRevisionInline,)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    @admin.display(description=_("Editor"))
    def editor(self, case: Case) -> SafeString:
        """The way to the case's editor."""
        return format_html(
            '<a href="{}">{}</a>', reverse("cases:edit", args=[case.slug]), gettext("Edit")
        )
