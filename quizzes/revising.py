"""Giving an exercise a new wording: a revision, made only where something differs."""

from django.db import transaction

from mot_course.web import Json
from people.models import User
from quizzes.canonical import digest, exercise_form
from quizzes.kinds import KINDS
from quizzes.models import Exercise, Revision


@transaction.atomic
def revise_exercise(
    *,
    slug: str,
    kind: str,
    content: Json,
    origin: str = Revision.Origin.EDITOR,
    author: User | None = None,
) -> tuple[Exercise, bool]:
    """(the exercise, whether it got a new revision). New attempts take it, others keep theirs.

    Raises pydantic's ValidationError where the content makes no sense.
    """
    spec = KINDS[kind].parse(content)
    form = exercise_form(kind, spec)
    wanted = digest(form)
    exercise, _ = Exercise.objects.get_or_create(slug=slug)
    exercise = Exercise.objects.select_for_update(of=("self",)).get(pk=exercise.pk)
    present = exercise.current
    if present is not None and present.digest == wanted and exercise.archived_at is None:
        return exercise, False
    exercise.steps = list(spec.steps)
    exercise.archived_at = None
    if present is None or present.digest != wanted:
        exercise.current = Revision.objects.create(
            exercise=exercise,
            number=present.number + 1 if present else 1,
            kind=kind,
            content=form["content"],
            digest=wanted,
            origin=origin,
            author=author,
        )
    exercise.save(update_fields=["current", "steps", "archived_at"])
    return exercise, True
