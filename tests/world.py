"""A small world for the crawls: people of every role, and the arguments of every address."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import get_resolver

from cases.models import WriteUp
from people.models import Cohort, User
from quizzes.kinds import KINDS
from quizzes.models import Attempt, Exercise, Recording, Revision, SavedComment
from quizzes.starting import start_attempt
from quizzes.submitting import submit_attempt
from tests.factories import make_admin, make_cohort, make_instructor, make_trainee
from tests.quizzes.making import make_bank, make_exercise, make_quiz
from tests.units.rooms import write_room
from tests.units.sheet_making import make_team, make_worksheet, put
from tests.world_of_classes import arguments_of_classes, make_manager
from units.models import Lesson, Unit
from units.pack.loading import load_course

ROLES = [
    "anonymous", "trainee", "other trainee", "manager", "instructor", "other instructor", "admin"
]  # fmt: skip


def our_addresses() -> dict[str, Any]:
    """Every named address but those of Django's admin, which has one row for its index."""
    found: dict[str, Any] = {}

    def walk(patterns: Any, prefix: str) -> None:
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                if pattern.app_name != "admin":
                    space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
                    walk(pattern.url_patterns, space)
            else:
                assert pattern.name, f"{pattern.pattern} has no name"
                found[prefix + pattern.name] = pattern

    walk(get_resolver().url_patterns, "")
    return {**found, "admin:index": None}


@dataclass
class World:
    """`people` by role; `arguments` by the name of an address; the trainee's open attempt.

    `more` has further arguments of addresses that show several kinds of things.
    """

    people: dict[str, User | None]
    arguments: dict[str, list[Any]]
    attempt: Attempt
    more: dict[str, list[list[Any]]]

    def person(self, role: str) -> User:
        found = self.people[role]
        assert found is not None
        return found


def make_world(folder: Path) -> World:
    """A trainee in the middle of things; the instructor reaches them, the other one does not."""
    load_course(write_room(folder))
    cohort, elsewhere = make_cohort(), make_cohort()
    trainee = make_trainee(cohort=cohort)
    people = {
        "anonymous": None,
        "trainee": trainee,
        "other trainee": make_trainee(cohort=elsewhere),
        "manager": (manager := make_manager(cohort)),
        "instructor": (instructor := make_instructor(cohort=cohort)),
        "other instructor": make_instructor(cohort=elsewhere),
        "admin": make_admin(),
    }
    check = Unit.objects.get().check_quiz
    assert check is not None
    attempt = start_attempt(quiz=check, trainee=trainee)
    lesson = Lesson.objects.select_related("practice_quiz").get()
    assert lesson.practice_quiz is not None
    revision = Revision.objects.get(exercise__slug="lesson-one-true")
    arguments = {
        "units:course": ["core"],
        "units:comparison": ["core"],
        "units:unit": ["first"],
        "units:lesson": ["first", "one"],
        "units:finish": ["first", "one"],
        "units:seen": ["first", "one"],
        "quizzes:quiz": [check.slug],
        "quizzes:attempt": [attempt.pk],
        "quizzes:answer": [attempt.pk, 1],
        "quizzes:submit": [attempt.pk],
        "quizzes:ticket": [attempt.pk],
        "quizzes:practice": [lesson.practice_quiz.slug, "lesson-one-true"],
        "quizzes:report_mistake": [revision.pk],
        "cases:case": ["a-case"],
        "people:use_link": ["nonsense"],
        "people:end_session": [0],
        "people:person_link": [trainee.username],
        "account_reset_password_from_key": ["a", "set-password"],
    }
    arguments |= _exercises(trainee) | _editors(check.bank.slug if check.bank else "")
    arguments |= _room() | _sheets(trainee, cohort)
    of_classes, more = arguments_of_classes(
        trainee=trainee, instructor=instructor, manager=manager, cohort=cohort
    )
    return World(people, arguments | of_classes, attempt, more)


def _exercises(trainee: User) -> dict[str, list[Any]]:
    """An open attempt with feedback after each answer; marked work; a recording; a write-up."""
    dialogue = make_exercise("dialogue")
    each = make_quiz(make_bank(dialogue, make_exercise()), purpose="case", feedback="each")
    attempt = start_attempt(quiz=each, trainee=trainee)
    practised = make_quiz(make_bank(dialogue), purpose="practice", feedback="each")
    rewrite = make_exercise("rewrite")
    quiz = make_quiz(make_bank(rewrite), purpose="case", feedback="each")
    handed_in = start_attempt(quiz=quiz, trainee=trainee)
    answer = handed_in.answers.get()
    answer.response = KINDS["rewrite"].sample_response
    answer.save()
    submit_attempt(attempt_id=handed_in.pk, trainee=trainee)
    writing = make_quiz(
        make_bank(make_exercise("writing")), slug="own-case", purpose="writing", feedback="submit"
    )
    written = start_attempt(quiz=writing, trainee=trainee)
    recording = Recording.objects.create(
        owner=trainee, exercise=make_exercise("voice"), name="nowhere.webm",
        content_type="audio/webm", size=1,
    )  # fmt: skip
    note = WriteUp.objects.create(author=trainee, title="A note", note="…", language="en")
    comment = SavedComment.objects.create(owner=trainee, text="Well heard.")
    assert isinstance(dialogue, Exercise)
    rungs = (
        "write_up", "mine_save_note", "mine_findings", "mine_climb", "mine_hand_in",
        "mine_rename", "mine_versions", "mine_consent", "nominate", "mine_discard",
        "mine_bring_back",
    )  # fmt: skip
    mine: dict[str, list[Any]] = {f"cases:{name}": [note.pk] for name in rungs}
    return mine | {
        "quizzes:check_answer": [attempt.pk, 2],
        "quizzes:turn": [attempt.pk, 1],
        "quizzes:practice_turn": [practised.slug, dialogue.slug],
        "quizzes:save_part": [written.pk, 1, "event"],
        "quizzes:save_flag": [written.pk, 1],
        "quizzes:recording": [recording.pk],
        "quizzes:delete_recording": [recording.pk],
        "quizzes:send_recording": [recording.pk],
        "marking:answer": [answer.pk],
        "marking:here": [answer.pk],
        "marking:remove_comment": [comment.pk],
        "marking:calibration": [writing.bank.slug if writing.bank else ""],
    }


def _room() -> dict[str, list[Any]]:
    """What a trainer teaches from."""
    return {
        "units:guide": ["core"],
        "units:projector": ["first"],
        "units:lesson_projector": ["first", "one"],
        "units:case_projector": ["a-case"],
        "units:crib": ["first"],
        "units:briefing": ["first"],
        "units:handout": ["first"],
    }


def _sheets(trainee: User, cohort: Cohort) -> dict[str, list[Any]]:
    """A worksheet that the trainee's team has begun to fill."""
    worksheet = make_worksheet()
    team = make_team(trainee, cohort=cohort)
    whose = f"team-{team.pk}"
    put(trainee, "Look up.", whose=whose, slug=worksheet.slug)
    of_team = [worksheet.slug, whose]
    return {
        "teams:teams": [cohort.slug],
        "teams:change": [cohort.slug, team.pk],
        "units:worksheet": [worksheet.slug],
        "units:print_worksheet": [worksheet.slug],
        "units:sheet": of_team,
        "units:save_cell": of_team,
        "units:sheet_news": of_team,
        "units:share_sheet": [worksheet.slug, "mine"],
        "units:comment_sheet": of_team,
        "units:print_sheet": of_team,
        "units:sheet_file": [*of_team, "markdown"],
        "units:handbook_of": [whose],
        "units:handbook_file": [whose, "markdown"],
        "units:cohort_sheets": [cohort.slug],
    }


def _editors(bank: str) -> dict[str, list[Any]]:
    """What admins edit: a case, an exercise, a bank and a lesson of the pack."""
    found: dict[str, list[Any]] = {}
    for name in (
        "edit", "edit_draft", "edit_compare", "edit_here", "edit_preview", "edit_publish",
        "edit_history", "edit_exercises", "edit_new_exercise", "edit_moments", "edit_import",
    ):  # fmt: skip
        found[f"cases:{name}"] = ["a-case"]
    for name in ("bank", "add_item", "import_items", "export_items"):
        found[f"items:{name}"] = [bank]
    for name in (
        "edit", "save_draft", "compare_draft", "here", "preview", "publish", "history"
    ):  # fmt: skip
        found[f"items:{name}"] = ["lesson-one-true"]
    for name in (
        "edit_lesson", "edit_draft", "edit_compare", "edit_here", "edit_preview", "edit_publish",
        "edit_history",
    ):  # fmt: skip
        found[f"units:{name}"] = ["first", "one"]
    return found | {
        "cases:edit_line": ["a-case", "l1"],
        "cases:edit_add_line": ["a-case", "s1"],
        "cases:edit_restore": ["a-case", 1],
        "cases:edit_exercise": ["a-case", "nowhere"],
        "cases:edit_export": ["a-case", "yaml"],
        "items:restore": ["lesson-one-true", 1],
        "units:edit_restore": ["first", "one", 1],
    }
