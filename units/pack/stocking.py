"""Exercises, banks and quizzes of a pack: what lessons, checks and tests are made of."""

from collections.abc import Collection
from dataclasses import dataclass, field

from mot_course.web import Json
from quizzes.models import Bank, BankItem, Exercise, Quiz, Revision
from units.pack import canonical
from units.pack.reading import Pack, PackBank, PackExercise


@dataclass
class Summary:
    """What a load did, by kind of thing."""

    made: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    same: dict[str, int] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)  # edited here, so the pack left them alone

    def count(self, kind: str, what: str) -> None:
        counts: dict[str, int] = getattr(self, what)
        counts[kind] = counts.get(kind, 0) + 1

    @property
    def is_nothing(self) -> bool:
        return not self.made and not self.changed

    def lines(self) -> list[str]:
        """The summary as lines for a person."""
        lines = []
        for kind in sorted({*self.made, *self.changed, *self.same}):
            lines.append(
                f"{kind}: {self.made.get(kind, 0)} new, {self.changed.get(kind, 0)} changed, "
                f"{self.same.get(kind, 0)} as they were"
            )
        lines += [
            f"kept as edited here, not overwritten: {name} (--overwrite takes the pack's version)"
            for name in self.kept
        ]
        return lines


class Stock:
    """The pack's exercises, banks and quizzes in the database, by slug."""

    def __init__(self, pack: Pack, overwrite: Collection[str]) -> None:
        self.pack, self.overwrite = pack, overwrite
        self.summary = Summary()
        self.exercises = {
            exercise.slug: exercise
            for exercise in Exercise.objects.filter(
                slug__in=[one.slug for one in pack.exercises]
            ).select_related("current")
        }
        self.quizzes = {quiz.slug: quiz for quiz in Quiz.objects.all()}
        self.banks = {bank.slug: bank for bank in Bank.objects.prefetch_related("items__exercise")}

    def note(self, kind: str, slug: str, outcome: str) -> None:
        """Count an outcome: `made`, `changed`, `same` or `kept`."""
        if outcome == "kept":
            self.summary.kept.append(f"{kind} {slug}")
        else:
            self.summary.count(kind, outcome)

    def may_change(self, slug: str, loaded: str, present: str) -> bool:
        """Whether nobody has edited the thing here since the pack loaded it."""
        return loaded == present or slug in self.overwrite

    def load_exercises(self) -> None:
        """Make or revise every exercise of the pack, in a few statements."""
        wanted = {one.slug: one for one in self.pack.exercises}
        new = [Exercise(slug=slug) for slug in wanted if slug not in self.exercises]
        Exercise.objects.bulk_create(new)
        self.exercises |= {exercise.slug: exercise for exercise in new}
        revisions: list[Revision] = []
        changed: list[Exercise] = []
        for slug, one in wanted.items():
            exercise = self.exercises[slug]
            form = canonical.exercise_form(one)
            digest = canonical.digest(form)
            present = exercise.current.digest if exercise.current else ""
            if present == digest:
                self.note("exercises", slug, "same")
                if exercise.pack_digest != digest:
                    exercise.pack_digest = digest
                    changed.append(exercise)
                continue
            if not self.may_change(slug, exercise.pack_digest, present):
                self.note("exercises", slug, "kept")
                continue
            self.note("exercises", slug, "changed" if exercise.current else "made")
            revisions.append(self._revision(exercise, one, form, digest))
            exercise.pack_digest = digest
            exercise.steps = list(one.content.steps)
            changed.append(exercise)
        Revision.objects.bulk_create(revisions)
        for revision in revisions:
            revision.exercise.current = revision
        Exercise.objects.bulk_update(changed, ["current", "pack_digest", "steps"], batch_size=500)

    def take_in(self, slugs: Collection[str]) -> None:
        """Know these exercises, too: cases have made them, and lessons borrow them."""
        found = Exercise.objects.filter(slug__in=slugs).select_related("current")
        self.exercises |= {exercise.slug: exercise for exercise in found}

    def _revision(self, exercise: Exercise, one: PackExercise, form: Json, digest: str) -> Revision:
        return Revision(
            exercise=exercise,
            number=exercise.current.number + 1 if exercise.current else 1,
            kind=one.kind,
            content=form["content"],
            digest=digest,
            origin=Revision.Origin.PACK,
        )

    def load_bank(self, bank: PackBank) -> Bank:
        """The bank of that file, with its items in the file's order; an edited one is kept."""
        form = canonical.bank_form(bank)
        digest = canonical.digest(form)
        stored = self.banks.get(bank.slug)
        if stored is not None:
            present = canonical.digest(canonical.stored_bank_form(stored))
            # Without a digest it is from before banks could be edited here.
            if stored.pack_digest and not self.may_change(bank.slug, stored.pack_digest, present):
                self.note("banks", bank.slug, "kept")
                return stored
        title = bank.file.title
        made = self.bank(
            "banks",
            bank.slug,
            (title.zh, title.en),
            form["beliefs"],
            [tuple(item) for item in form["items"]],
            anchors=form["anchors"],
        )
        if made.pack_digest != digest:
            made.pack_digest = digest
            made.save(update_fields=["pack_digest"])
        if bank.file.taken_as is not None:
            self.quiz(
                bank.slug,
                title_zh=title.zh,
                title_en=title.en,
                purpose=bank.file.taken_as,
                bank=made,
                feedback=Quiz.Feedback.SUBMIT,
            )
        return made

    def bank(
        self,
        kind: str,
        slug: str,
        title: tuple[str, str],
        objectives: list[Json],
        items: list[tuple[str, str, str, int]],
        anchors: list[Json] | None = None,
    ) -> Bank:
        """A bank with these items: (exercise, objective, form, weight)."""
        bank = self.banks.get(slug)
        if bank is None:
            bank = Bank(slug=slug)
            present: list[tuple[str, str, str, int]] = []
        else:
            present = [
                (item.exercise.slug, item.objective, item.form, item.weight)
                for item in bank.items.all()
            ]
        same = (
            bank.pk is not None
            and (bank.title_zh, bank.title_en) == title
            and (bank.objectives, bank.anchors) == (objectives, anchors or [])
            and present == items
        )
        self.note(kind, slug, "same" if same else "changed" if bank.pk else "made")
        if same:
            return bank
        bank.title_zh, bank.title_en = title
        bank.objectives, bank.anchors = objectives, anchors or []
        bank.save()
        if present != items:
            BankItem.objects.filter(bank=bank).delete()
            BankItem.objects.bulk_create(
                BankItem(
                    bank=bank,
                    exercise=self.exercises[exercise],
                    position=position,
                    objective=objective,
                    form=form,
                    weight=weight,
                )
                for position, (exercise, objective, form, weight) in enumerate(items, start=1)
            )
        self.banks[slug] = bank
        return bank

    def quiz(self, slug: str, **wanted: object) -> Quiz:
        """The quiz with these settings."""
        quiz = self.quizzes.get(slug)
        if quiz is None:
            quiz = self.quizzes[slug] = Quiz.objects.create(slug=slug, **wanted)
            self.note("quizzes", slug, "made")
        elif any(getattr(quiz, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(quiz, name, value)
            quiz.save(update_fields=list(wanted))
            self.note("quizzes", slug, "changed")
        else:
            self.note("quizzes", slug, "same")
        return quiz
