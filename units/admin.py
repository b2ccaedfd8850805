"""Courses in Django's admin: to look at. The course pack is where they are edited."""

from django.contrib import admin

from outbox.admin import ReadOnly
from units.models import Completion, Course, CourseUnit, Lesson, LessonRevision, Reading, Unit


class PlaceInline(ReadOnly, admin.TabularInline):
    model = CourseUnit
    extra = 0
    fields = ("position", "unit")


@admin.register(Course)
class CourseAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("slug", "title_zh", "title_en", "minutes", "archived_at")
    fields = (
        "slug", "position", "title_zh", "title_en", "minutes", "pre_quiz", "post_quiz",
        "retention_quiz", "archived_at", "pack_digest",
    )  # fmt: skip
    inlines = (PlaceInline,)


class LessonInline(ReadOnly, admin.TabularInline):
    model = Lesson
    extra = 0
    fields = ("position", "slug", "title_zh", "title_en", "minutes", "archived_at")
    show_change_link = True


@admin.register(Unit)
class UnitAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("slug", "stage", "title_zh", "title_en", "archived_at")
    list_filter = ("stage",)
    fields = (
        "slug", "position", "stage", "title_zh", "title_en", "check_quiz", "archived_at",
        "pack_digest",
    )  # fmt: skip
    inlines = (LessonInline,)


class LessonRevisionInline(ReadOnly, admin.TabularInline):
    model = LessonRevision
    extra = 0
    fields = ("number", "origin", "author", "created_at", "digest")
    readonly_fields = fields
    ordering = ("-number",)


@admin.register(Lesson)
class LessonAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("slug", "unit", "title_zh", "title_en", "step", "minutes", "archived_at")
    list_select_related = ("unit",)
    list_filter = ("unit", "step")
    search_fields = ("slug", "title_zh", "title_en")
    fields = (
        "unit", "slug", "position", "title_zh", "title_en", "step", "minutes", "practice_quiz",
        "archived_at", "pack_digest",
    )  # fmt: skip
    inlines = (LessonRevisionInline,)


@admin.register(Reading)
class ReadingAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("trainee", "lesson", "block", "seen_at", "finished_at")
    list_select_related = ("trainee", "lesson")
    search_fields = ("trainee__username", "lesson__slug")
    ordering = ("-seen_at",)
    fields = ("trainee", "lesson", "block", "seen_at", "finished_at")


@admin.register(Completion)
class CompletionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("trainee", "unit", "course", "finished_at")
    list_select_related = ("trainee", "unit", "course")
    search_fields = ("trainee__username", "unit__slug", "course__slug")
    ordering = ("-finished_at",)
    fields = ("trainee", "unit", "course", "finished_at")
