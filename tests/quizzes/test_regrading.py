"""Working out machines' grades anew: look first, then write, once."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from quizzes import regrading
from quizzes.kinds import KINDS
from quizzes.models import Answer, Attempt, Quiz, Regrade
from quizzes.practising import check_answer
from quizzes.starting import start_attempt
from quizzes.submitting import submit_attempt
from tests.factories import make_trainee
from tests.quizzes.making import make_bank, make_exercise, make_quiz, make_revision
from tests.quizzes.marking_world import hand_in, make_world

pytestmark = pytest.mark.django_db
STATEMENT = KINDS["true_false"].sample_content


def taken(exercise, response, *, others=1):
    """A submitted attempt at this exercise and some statements that are left out."""
    quiz = make_quiz(make_bank(exercise, *[make_exercise() for _ in range(others)]))
    trainee = make_trainee()
    attempt = start_attempt(quiz=quiz, trainee=trainee)
    attempt.answers.filter(exercise=exercise).update(response=response)
    return submit_attempt(attempt_id=attempt.pk, trainee=trainee)


def turned(content=STATEMENT):
    """The statement with the other key, as if the author had been wrong."""
    return content | {"answer": not content["answer"]}


def run(*arguments):
    out = StringIO()
    call_command("regrade", *arguments, stdout=out)
    return out.getvalue()


def everything():
    return (
        list(Answer.objects.order_by("pk").values()),
        list(Attempt.objects.order_by("pk").values()),
        Regrade.objects.count(),
    )


def test_a_dry_run_lists_and_writes_nothing():
    exercise = make_exercise()
    taken(exercise, {"answer": True})
    make_revision(exercise, "true_false", turned())
    before = everything()

    said = run(exercise.slug, "--why", "key was wrong", "--to-current")

    assert "1/1 -> 0/1" in said
    assert "1 answers in 1 attempts would change; --apply writes it" in said
    assert everything() == before


def test_applied_it_changes_answers_and_scores_and_says_why_and_twice_is_once():
    exercise = make_exercise()
    right, wrong = taken(exercise, {"answer": False}), taken(exercise, {"answer": True})
    assert (right.score, wrong.score) == (0, 5000)
    make_revision(exercise, "true_false", turned())
    arguments = [exercise.slug, "--why", "key was wrong", "--to-current", "--apply"]

    first, second = run(*arguments), run(*arguments)

    right.refresh_from_db()
    wrong.refresh_from_db()
    assert (right.score, wrong.score) == (5000, 0)
    assert "2 answers in 2 attempts were changed" in first
    assert "nothing to change" in second
    rows = Regrade.objects.order_by("answer").values_list(
        "was_earned", "now_earned", "why", "revision__number"
    )
    assert list(rows) == [(0, 1, "key was wrong", 2), (1, 0, "key was wrong", 2)]


def test_without_to_current_the_pinned_revision_rules(monkeypatch):
    exercise = make_exercise()
    attempt = taken(exercise, {"answer": True})
    make_revision(exercise, "true_false", turned())
    assert run(exercise.slug, "--why", "x") == "nothing to change\n"
    # The rules themselves have changed since: all got nothing then.
    Answer.objects.filter(exercise=exercise).update(earned=0)

    run(exercise.slug, "--why", "rules", "--apply")

    attempt.refresh_from_db()
    assert attempt.score == 5000
    assert Regrade.objects.get().revision.number == 1


def test_other_options_are_another_question():
    content = KINDS["single_choice"].sample_content
    exercise = make_exercise("single_choice")
    taken(exercise, KINDS["single_choice"].sample_response)
    options = [one | {"correct": False} for one in content["options"]]
    last = {"correct": True, "id": "new"}
    other = content | {"options": [*options[:-1], options[-1] | last]}
    make_revision(exercise, "single_choice", other)

    assert run(exercise.slug, "--why", "x", "--to-current") == "nothing to change\n"
    same = content | {"options": [*options[:-1], options[-1] | {"correct": True}]}
    make_revision(exercise, "single_choice", same)
    assert "would change" in run(exercise.slug, "--why", "x", "--to-current")


def test_one_revision_can_be_named():
    exercise = make_exercise()
    taken(exercise, {"answer": True})
    make_revision(exercise, "true_false", STATEMENT | {"prompt": {"zh": "新", "en": "new"}})
    taken(exercise, {"answer": True})
    make_revision(exercise, "true_false", turned())

    said = run(exercise.slug, "--why", "x", "--to-current", "--revision", "2")

    assert "1 answers in 1 attempts" in said
    with pytest.raises(CommandError, match="has no revision 9"):
        run(exercise.slug, "--why", "x", "--revision", "9")


def test_what_people_mark_is_left_alone():
    world = make_world()
    answer = hand_in(world.writing, world.trainee)

    with pytest.raises(CommandError, match="marked by people"):
        run(answer.exercise.slug, "--why", "x", "--apply")
    with pytest.raises(CommandError, match="no exercise 'nowhere'"):
        run("nowhere", "--why", "x")
    with pytest.raises(CommandError, match="1 to 400"):
        run(answer.exercise.slug, "--why", "  ")


def test_an_answer_with_a_mark_keeps_its_points_even_where_a_machine_could_grade_it():
    from quizzes.models import Mark
    from tests.factories import make_instructor

    exercise = make_exercise()
    attempt = taken(exercise, {"answer": True})
    answer = attempt.answers.get(exercise=exercise)
    Mark.objects.create(
        answer=answer,
        number=1,
        marker=make_instructor(),
        levels={},
        outcome="marked",
        language="zh",
    )
    make_revision(exercise, "true_false", turned())

    assert run(exercise.slug, "--why", "x", "--to-current", "--apply") == "nothing to change\n"


def test_in_practice_the_first_try_is_graded_anew():
    exercise = make_exercise()
    quiz = make_quiz(make_bank(exercise), purpose=Quiz.Purpose.PRACTICE)
    trainee = make_trainee()
    for answer in (False, True):
        check_answer(
            quiz=quiz, trainee=trainee, revision=exercise.current, response={"answer": answer}
        )
    make_revision(exercise, "true_false", turned())

    run(exercise.slug, "--why", "x", "--to-current", "--apply")

    answer = Answer.objects.get()
    assert (answer.earned, answer.response) == (1, {"answer": True})
    assert answer.attempt.score is None


def test_many_go_in_several_transactions(monkeypatch):
    exercise = make_exercise()
    for _ in range(5):
        taken(exercise, {"answer": True}, others=0)
    make_revision(exercise, "true_false", turned())
    monkeypatch.setattr(regrading, "BATCH", 2)

    said = run(exercise.slug, "--why", "x", "--to-current", "--apply")

    assert "5 answers in 5 attempts were changed" in said
    assert set(Attempt.objects.values_list("score", flat=True)) == {0}


def test_ids_are_found_at_any_depth():
    assert regrading.ids_in({"id": "b", "lines": [{"id": "a", "phrases": [{"id": "c"}]}]}) == [
        "a",
        "b",
        "c",
    ]
