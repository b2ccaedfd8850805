"""From a pack into the database: all or nothing, twice changes nothing, editors' work stays."""

from collections.abc import Collection
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from cases.publishing import publish_case
from mot_course.web import Json
from quizzes.models import Quiz
from units.models import Course, CourseUnit, Lesson, Unit
from units.pack import canonical
from units.pack.reading import Pack, PackLesson, PackUnit, practised_in, read_pack
from units.pack.schema import CourseFile
from units.pack.stocking import Stock, Summary
from units.pack.supplying import load_references, load_worksheets
from units.publishing import fill_lesson, publish_lesson

TESTS = {
    "pre_test": (Quiz.Purpose.PRE, "课前自测", "Pre-test", Quiz.Feedback.NEVER),
    "post_test": (Quiz.Purpose.POST, "课后测验", "Post-test", Quiz.Feedback.SUBMIT),
    "retention_test": (Quiz.Purpose.RETENTION, "保持测验", "Retention test", Quiz.Feedback.SUBMIT),
}


def load_course(folder: Path, *, overwrite: Collection[str] = ()) -> Summary:
    """Load the pack; raises PackIsBroken before anything is written.

    `overwrite` names slugs whose edited version gives way to the pack's.
    """
    pack = read_pack(folder)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('load_course'))")
        return _Loader(pack, overwrite).load()


class _Loader:
    def __init__(self, pack: Pack, overwrite: Collection[str]) -> None:
        self.pack, self.overwrite = pack, overwrite
        self.stock = Stock(pack, overwrite)

    def load(self) -> Summary:
        self.stock.load_exercises()
        for slug, case in self.pack.cases.items():
            outcome = publish_case(
                slug=slug,
                content=(form := canonical.case_form(case)),
                digest=canonical.digest(form),
                overwrite=slug in self.overwrite,
            )
            self.stock.note("cases", slug, outcome)
        self.stock.take_in(self.pack.case_exercise_slugs)
        for bank in self.pack.banks.values():
            self.stock.load_bank(bank)
        units = {slug: self._load_unit(unit) for slug, unit in self.pack.units.items()}
        for position, (slug, course) in enumerate(self.pack.courses.items()):
            self._load_course(slug, course, position, units)
        load_worksheets(self.pack, self.stock)
        load_references(self.pack, self.stock)
        return self.stock.summary

    # Units and lessons

    def _load_unit(self, unit: PackUnit) -> Unit:
        stored = Unit.objects.filter(slug=unit.slug).first()
        lessons = (
            list(Lesson.objects.filter(unit=stored).select_related("current")) if stored else []
        )
        form = canonical.unit_form(unit)
        digest = canonical.digest(form)
        present = canonical.digest(canonical.stored_unit_form(stored, lessons)) if stored else ""
        if stored is None:
            outcome = "made"
        elif present == digest:
            outcome = "same"
        elif self.stock.may_change(unit.slug, stored.pack_digest, present):
            outcome = "changed"
        else:
            outcome = "kept"
        self.stock.note("units", unit.slug, outcome)
        if stored is None or outcome == "changed":
            stored = self._write_unit(stored or Unit(slug=unit.slug), unit, form, digest)
        by_slug = {lesson.slug: lesson for lesson in lessons}
        for lesson in unit.lessons:
            self._load_lesson(stored, unit, lesson, by_slug.get(lesson.slug))
        if outcome != "kept":
            gone = set(by_slug) - {lesson.slug for lesson in unit.lessons}
            self._archive_lessons([by_slug[slug] for slug in gone])
        return stored

    def _write_unit(self, stored: Unit, unit: PackUnit, form: Json, digest: str) -> Unit:
        file = unit.file
        stored.position, stored.stage = unit.position, file.stage
        stored.title_zh, stored.title_en = file.title.zh, file.title.en
        stored.content, stored.pack_digest = form["file"], digest
        stored.archived_at = None
        if file.check is None:
            stored.check_quiz = None
        else:
            stored.check_quiz = self.stock.quiz(
                f"check-{unit.slug}",
                title_zh=f"单元测验：{file.title.zh}",
                title_en=f"Unit check: {file.title.en}",
                purpose=Quiz.Purpose.CHECK,
                bank=self.stock.banks[file.check.bank],
                draw=file.check.draw,
                pass_percent=file.check.pass_percent,
                attempts_allowed=file.check.attempts,
                retry_minutes=file.check.retry_minutes,
                seconds=file.check.seconds,
                shuffle=True,
                feedback=Quiz.Feedback.SUBMIT,
            )
        stored.save()
        return stored

    def _archive_lessons(self, lessons: list[Lesson]) -> None:

        for lesson in lessons:
            if lesson.archived_at is None:
                lesson.archived_at = timezone.now()
                lesson.save(update_fields=["archived_at"])
                self.stock.note("lessons", lesson.slug, "changed")

    def _load_lesson(
        self, unit: Unit, pack_unit: PackUnit, one: PackLesson, stored: Lesson | None
    ) -> None:
        source = canonical.lesson_source(one)
        digest = canonical.lesson_digest(source)
        name = f"{pack_unit.slug}/{one.slug}"
        present = stored.current.digest if stored and stored.current else ""
        lesson = stored or Lesson(unit=unit, slug=one.slug)
        moved = (lesson.position, lesson.archived_at) != (one.position, None)
        if present == digest and not moved:
            self.stock.note("lessons", name, "same")
            return
        if (
            stored
            and present != digest
            and not self.stock.may_change(one.slug, stored.pack_digest, present)
        ):
            self.stock.note("lessons", name, "kept")
            return
        self.stock.note("lessons", name, "changed" if stored else "made")
        lesson.position, lesson.archived_at = one.position, None
        fill_lesson(lesson, source)
        lesson.practice_quiz = self._practice(pack_unit, one)
        lesson.pack_digest = digest
        lesson.save()
        if present != digest:
            publish_lesson(lesson=lesson, source=source, digest=digest)

    def _practice(self, unit: PackUnit, one: PackLesson) -> Quiz | None:
        practised = practised_in(self.pack, one)
        if not practised:
            return None
        slug = f"practice-{unit.slug}-{one.slug}"
        title = (f"练习：{one.file.title.zh}", f"Practice: {one.file.title.en}")
        bank = self.stock.bank(
            "practice banks",
            slug,
            title,
            [],
            [(exercise, one.slug, "", 1) for exercise in practised],
        )
        return self.stock.quiz(
            slug,
            title_zh=title[0],
            title_en=title[1],
            purpose=Quiz.Purpose.PRACTICE,
            bank=bank,
            feedback=Quiz.Feedback.EACH,
        )

    # Courses

    def _load_course(
        self, slug: str, file: CourseFile, position: int, units: dict[str, Unit]
    ) -> None:
        stored = Course.objects.filter(slug=slug).first()
        form = canonical.course_form(file, self.pack.guides.get(slug))
        digest = canonical.digest(form)
        present = canonical.digest(canonical.stored_course_form(stored)) if stored else ""
        if stored and present == digest:
            self.stock.note("courses", slug, "same")
            return
        # What was loaded before courses had guides was digested without one.
        before = canonical.digest(stored.content) if stored and stored.guide is None else ""
        is_as_loaded = stored is not None and stored.pack_digest == before
        if stored and not (
            is_as_loaded or self.stock.may_change(slug, stored.pack_digest, present)
        ):
            self.stock.note("courses", slug, "kept")
            return
        self.stock.note("courses", slug, "changed" if stored else "made")
        course = stored or Course(slug=slug)
        course.position, course.minutes = position, file.minutes
        course.title_zh, course.title_en = file.title.zh, file.title.en
        course.content, course.guide = form["file"], form["guide"]
        course.pack_digest = digest
        for name, field_name in (
            ("pre_test", "pre_quiz"),
            ("post_test", "post_quiz"),
            ("retention_test", "retention_quiz"),
        ):
            setattr(course, field_name, self._test(slug, file, name))
        course.save()
        CourseUnit.objects.filter(course=course).delete()
        CourseUnit.objects.bulk_create(
            CourseUnit(course=course, unit=units[unit], position=n)
            for n, unit in enumerate(file.units, start=1)
        )

    def _test(self, slug: str, file: CourseFile, name: str) -> Quiz | None:
        test = getattr(file, name)
        if test is None:
            return None
        purpose, zh, en, feedback = TESTS[name]
        return self.stock.quiz(
            f"{purpose}-{slug}",
            title_zh=zh,
            title_en=en,
            purpose=purpose,
            bank=self.stock.banks[test.bank],
            attempts_allowed=1,
            feedback=feedback,
        )
