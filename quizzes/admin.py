"""Exercises and attempts in Django's admin: to look at. Reports of mistakes are settled here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from outbox.admin import ReadOnly
from people.admin import AuditedAdmin
from quizzes.models import Answer, Attempt, Bank, BankItem, Exercise, MistakeReport, Quiz, Revision


class RevisionInline(ReadOnly, admin.TabularInline):
    model = Revision
    fk_name = "exercise"
    extra = 0
    fields = ("number", "kind", "origin", "author", "created_at", "digest")
    readonly_fields = fields
    ordering = ("-number",)


@admin.register(Exercise)
class ExerciseAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("slug", "steps", "archived_at")
    search_fields = ("slug",)
    fields = ("slug", "steps", "archived_at", "pack_digest")
    inlines = (RevisionInline,)


class BankItemInline(ReadOnly, admin.TabularInline):
    model = BankItem
    extra = 0
    fields = ("position", "exercise", "objective", "form", "weight")


@admin.register(Bank)
class BankAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("slug", "title_zh", "title_en")
    search_fields = ("slug", "title_zh", "title_en")
    fields = ("slug", "title_zh", "title_en")
    inlines = (BankItemInline,)


@admin.register(Quiz)
class QuizAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("slug", "purpose", "bank", "draw", "pass_percent", "attempts_allowed")
    list_select_related = ("bank",)
    list_filter = ("purpose",)
    search_fields = ("slug", "title_zh", "title_en")
    fields = (
        "slug", "title_zh", "title_en", "purpose", "bank", "draw", "pass_percent",
        "attempts_allowed", "seconds", "retry_minutes", "shuffle", "feedback",
    )  # fmt: skip


class AnswerInline(ReadOnly, admin.TabularInline):
    model = Answer
    extra = 0
    fields = ("position", "exercise", "confidence", "saved_at", "earned", "possible", "needs_mark")


@admin.register(Attempt)
class AttemptAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("id", "quiz", "trainee", "number", "started_at", "submitted_at", "score")
    list_select_related = ("quiz", "trainee")
    list_filter = ("quiz__purpose",)
    search_fields = ("quiz__slug", "trainee__username")
    ordering = ("-started_at",)
    show_full_result_count = False
    fields = (
        "quiz", "trainee", "number", "form", "started_at", "deadline_at", "submitted_at", "score",
        "needs_mark",
    )  # fmt: skip
    inlines = (AnswerInline,)


@admin.register(MistakeReport)
class MistakeReportAdmin(AuditedAdmin):
    """What somebody thinks is wrong; an admin notes when it is settled."""

    audited = ("settled_at",)
    list_display = ("revision", "reporter", "language", "at", "settled_at")
    list_select_related = ("revision", "reporter")
    list_filter = ("language", ("settled_at", admin.EmptyFieldListFilter))
    ordering = ("-at",)
    fields = ("revision", "reporter", "text", "language", "at", "settled_at")
    readonly_fields = ("revision", "reporter", "text", "language", "at")

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False
