"""From the database back into a pack: what load_course reads, meaning the same."""

from pathlib import Path

from cases.models import Case
from mot_course.web import Json
from quizzes.models import Bank, Exercise, Quiz
from quizzes.yaml_files import write_yaml
from units.models import Course, Lesson, Reference, Unit, Worksheet


def dump_course(folder: Path) -> list[Path]:
    """Write every course, unit, lesson, bank and case below `folder`; the files written.

    Refuses a folder that holds anything, so that no file of an older dump stays behind.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    return _Writer(folder).write()


class _Writer:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written: list[Path] = []
        self.exercises = {
            exercise.slug: exercise for exercise in Exercise.objects.select_related("current")
        }

    def write(self) -> list[Path]:
        # The banks of lessons and cases are made from these when they are loaded.
        made = [Quiz.Purpose.PRACTICE, Quiz.Purpose.CASE]
        own = Quiz.objects.filter(purpose__in=made).values("bank")
        for bank in Bank.objects.exclude(pk__in=own).prefetch_related("items__exercise"):
            self._yaml(f"banks/{bank.slug}.yaml", self._bank(bank))
        for case in Case.objects.published().select_related("current"):
            assert case.current is not None  # the database says so, too
            self._yaml(f"cases/{case.slug}.yaml", case.current.content)
        for course in Course.objects.filter(archived_at=None):
            self._yaml(f"courses/{course.slug}.yaml", course.content)
            if course.guide:
                self._yaml(f"guides/{course.slug}.yaml", course.guide)
        for worksheet in Worksheet.objects.filter(archived_at=None).select_related("current"):
            assert worksheet.current is not None
            self._yaml(f"worksheets/{worksheet.slug}.yaml", worksheet.current.content)
        for reference in Reference.objects.all():
            self._yaml(f"{reference.slug}.yaml", reference.content)
        lessons = Lesson.objects.filter(archived_at=None).select_related("current")
        for unit in Unit.objects.filter(archived_at=None):
            name = f"units/{unit.position:02d}-{unit.slug}"
            self._yaml(f"{name}/unit.yaml", unit.content)
            for lesson in lessons.filter(unit=unit).order_by("position"):
                self._lesson(f"{name}/{lesson.position:02d}-{lesson.slug}", lesson)
        return self.written

    def _bank(self, bank: Bank) -> Json:
        file: Json = {"title": {"zh": bank.title_zh, "en": bank.title_en}}
        if bank.objectives:
            file["beliefs"] = bank.objectives
        if Quiz.objects.filter(slug=bank.slug, purpose=Quiz.Purpose.WRITING).exists():
            file["taken_as"] = str(Quiz.Purpose.WRITING)
        if bank.anchors:
            file["anchors"] = bank.anchors
        file["items"] = []
        for item in bank.items.all():
            place: Json = {"objective": item.objective}
            if item.form:
                place["form"] = item.form
            if item.weight != 1:
                place["weight"] = item.weight
            file["items"].append(place | self._exercise(item.exercise.slug))
        return file

    def _exercise(self, slug: str) -> Json:
        revision = self.exercises[slug].current
        assert revision is not None  # only exercises with a revision stand in a bank or lesson
        return {"id": slug, "kind": revision.kind} | revision.content

    def _lesson(self, stem: str, lesson: Lesson) -> None:
        assert lesson.current is not None
        source = dict(lesson.current.source)
        markdown = source.pop("markdown")
        source["exercises"] = [self._exercise(slug) for slug in source["exercises"]]
        self._yaml(f"{stem}.yaml", source)
        for language, text in markdown.items():
            self._file(f"{stem}.{language}.md", text)

    def _yaml(self, name: str, data: Json) -> None:
        self._file(name, write_yaml(data))

    def _file(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        self.written.append(path)
