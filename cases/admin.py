"""The case library in Django's admin: to look at, and to take a case off the shelf."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

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
    """Only the state can be changed; what a case says comes from the course pack."""

    audited = ("state",)
    list_display = ("slug", "title_zh", "title_en", "industry", "origin", "state")
    list_filter = ("state", "industry", "origin")
    search_fields = ("slug", "title_zh", "title_en")
    fields = (
        "slug", "state", "title_zh", "title_en", "summary_zh", "summary_en", "industry", "steps",
        "origin", "length", "quiz", "pack_digest",
    )  # fmt: skip
    readonly_fields = tuple(name for name in fields if name != "state")
    inlines = (CaseRevisionInline,)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False
