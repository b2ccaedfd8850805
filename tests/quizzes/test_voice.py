"""Say it aloud: sound or text, never judged, and the model line only afterwards."""

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from quizzes.kinds import KINDS, Mask
from quizzes.models import Quiz, Revision
from quizzes.questions import Question
from tests.factories import make_trainee
from tests.quizzes.making import make_bank, make_exercise, make_quiz

KIND = KINDS["voice"]
CONTENT = {
    "prompt": {"zh": "怎么说", "en": "Say it"},
    "seconds": 20,
    "cue": {"zh": "太吵", "en": "Far too loud"},
    "model_line": {"zh": "canary-model", "en": "canary-model"},
    "listen_for": [{"zh": "canary-listen", "en": "canary-listen"}],
    "explanation": {"zh": "canary-explained", "en": "canary-explained"},
}


def form(**data):
    return KIND.form(KIND.parse(CONTENT), data, Mask("x"))


def page(response=None, *, reveal=False):
    revision = Revision(kind="voice", content=CONTENT, digest="voice-test")
    question = Question(revision, "say", position=3, response=response, reveal=reveal)
    with override("en"):
        return render_to_string("quizzes/_question.html", {"question": question})


@pytest.mark.parametrize(
    ("data", "response"),
    [
        ({"text": " I see. "}, {"text": "I see."}),
        ({"recording": "12"}, {"recording": 12}),
        ({"recording": "12", "text": "I see."}, {"recording": 12, "text": "I see."}),
    ],
)
def test_a_recording_or_a_text_is_an_answer(data, response):
    given = form(**data)

    assert given.is_valid()
    assert given.cleaned_data == response


@pytest.mark.parametrize(
    "data",
    [{}, {"text": "  "}, {"recording": "-1"}, {"recording": "x"}, {"text": "x" * 401}],
)
def test_nothing_and_nonsense_are_no_answer(data):
    assert not form(**data).is_valid()


def test_no_machine_judges_it():
    for response in ({"text": "x"}, {"recording": 1}):
        grade = KIND.grade(KIND.parse(CONTENT), response)
        assert (grade.earned, grade.possible, grade.verdict) == (0, 0, "noted")
    assert KIND.unanswered(KIND.parse(CONTENT)).possible == 0


def test_the_model_line_and_what_to_listen_for_come_afterwards():
    before, after = page({"text": "I see."}), page({"text": "I see."}, reveal=True)

    assert "canary" not in before
    assert "Far too loud" in before
    assert "canary-model" in after
    assert "canary-listen" in after
    assert "I see." in after


def test_there_is_always_a_way_in_writing_open_for_those_without_script():
    html = page()

    assert 'name="a3-text"' in html
    assert '<details class="writing" open' in html
    assert 'class="recorder js-only"' in html


def test_the_player_saves_what_is_said_and_written():
    # To the player's script this attribute means that a question sees to its saving itself.
    assert "data-saves-itself" not in page()


def test_what_is_ticked_for_oneself_is_sent_nowhere():
    html = page({"text": "x"}, reveal=True)

    checkbox = html[html.index('type="checkbox"') - 20 :][:60]
    assert "name=" not in checkbox


def test_what_somebody_writes_is_shown_escaped():
    html = page({"text": "<script>x</script>"}, reveal=True)

    assert "<script>x" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.django_db
def test_in_a_lesson_a_text_is_noted_and_the_model_line_shown(client):
    quiz = make_quiz(make_bank(exercise := make_exercise("voice")), purpose=Quiz.Purpose.PRACTICE)
    client.force_login(make_trainee())

    response = client.post(
        f"/quizzes/practice/{quiz.slug}/{exercise.slug}/",
        {"revision": exercise.current_id, "a-text": "I will look at once."},
        headers={"hx-request": "true", "accept-language": "en"},
    )
    nothing = client.post(
        f"/quizzes/practice/{quiz.slug}/{exercise.slug}/",
        {"revision": exercise.current_id},
        headers={"hx-request": "true", "accept-language": "en"},
    )

    assert response.status_code == 200
    assert b"Nobody could sleep with that." in response.content
    assert nothing.status_code == 422
    assert b"Say it, or write it." in nothing.content
