"""The marking page with its comments, and what the trainee sees of a mark."""

import pytest
from django.db import connection
from django.test import Client

from quizzes.anchoring import Stretch, find, stretches
from quizzes.marking import Judgement, give_mark, marks_of
from quizzes.models import Mark, SavedComment
from quizzes.saving_comments import MOST, TooManyComments, keep_comment
from tests.factories import make_instructor, make_trainee
from tests.quizzes.marking_world import (
    WRITTEN,
    comment_fields,
    hand_in,
    make_world,
    mark_fields,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


def signed_in(person, language="en"):
    client = Client(headers={"accept-language": language})
    client.force_login(person)
    return client


def url_of(answer):
    return f"/marking/{answer.pk}/"


def levels(answer, level=3):
    rules = answer.revision.rules
    return {one.id: level for one in rules.rubric(rules.parse(answer.revision.content))}


def marked(answer, marker, *, level=3, seen=0, **fields):
    judgement = Judgement(levels=levels(answer, level), **fields)
    return give_mark(answer_id=answer.pk, marker=marker, seen=seen, judgement=judgement)


# --- The page --------------------------------------------------------------------------------


def test_a_mark_with_comments_is_saved_and_leads_to_the_next(world):
    answer = hand_in(world.writing, world.trainee, days_ago=2)
    other = hand_in(world.writing, make_trainee(cohort=world.cohort))
    client = signed_in(world.instructor)
    fields = mark_fields(answer, outcome="returned", why="写写他怎么想。")
    fields |= comment_fields(0, part="event", quote="等很久了", start="10", text="好细节")
    fields |= comment_fields(1, part="insight", quote="", text="再多一句")

    response = client.post(url_of(answer) + "?kind=writing", fields)

    mark = Mark.objects.get()
    assert response.status_code == 302
    assert response.headers["Location"] == f"/marking/{other.pk}/?kind=writing&done={answer.pk}"
    assert (mark.outcome, mark.why, mark.language) == ("returned", "写写他怎么想。", "zh")
    assert mark.comments == [
        {"part": "event", "from": 10, "to": 14, "quote": "等很久了", "text": "好细节"},
        {"part": "insight", "from": 0, "to": 0, "quote": "", "text": "再多一句"},
    ]
    assert WRITTEN["texts"]["event"][10:14] == "等很久了"


def test_after_the_last_one_comes_the_queue(world):
    answer = hand_in(world.writing, world.trainee)

    response = signed_in(world.instructor).post(url_of(answer), mark_fields(answer), follow=True)

    assert response.redirect_chain == [(f"/marking/?done={answer.pk}", 302)]
    assert "All is marked" in response.content.decode()
    assert f'data-forget="{world.instructor.pk}:mark:{answer.pk}:"' in response.content.decode()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"level-event": ""}, "Choose a level."),
        ({"level-event": "5"}, "Select a valid choice. 5 is not one of the available choices."),
        ({"outcome": "returned"}, "Say what they should work on before they send it again."),
        (comment_fields(0, part="event", quote="没这句", text="x"), "does not stand in the text"),
        (comment_fields(0, part="nowhere", quote="", text="x"), "Choose the part this is about."),
        (comment_fields(0, part="event", quote="客人", text=""), "Write what you want to say"),
    ],
)
def test_a_refused_mark_keeps_everything_that_was_typed(world, change, complaint):
    answer = hand_in(world.writing, world.trainee)
    fields = mark_fields(answer, level=2) | {"why": ""} | change
    fields |= comment_fields(7, part="insight", quote="先听", text="我写了很久的一句")

    response = signed_in(world.instructor).post(url_of(answer), fields)
    page = response.content.decode()

    assert response.status_code == 422
    assert complaint in page
    assert "我写了很久的一句" in page
    assert 'value="2" checked' in page
    assert "data-kept" in page
    assert not Mark.objects.exists()


def test_marking_again_needs_a_reason(world):
    answer = hand_in(world.writing, world.trainee)
    marked(answer, world.instructor)
    client = signed_in(world.instructor)

    refused = client.post(url_of(answer), mark_fields(answer, seen=1))
    taken = client.post(url_of(answer), mark_fields(answer, seen=1, why="Misread."))

    assert (refused.status_code, taken.status_code) == (422, 302)
    assert answer.marks.count() == 2


def test_only_texts_are_returned_or_accepted(world):
    answer = hand_in(world.rewriting, world.trainee)

    response = signed_in(world.instructor).post(
        url_of(answer), mark_fields(answer, outcome="accepted", why="x")
    )

    assert response.status_code == 422
    assert not Mark.objects.exists()


def test_what_the_form_does_not_ask_for_changes_nothing(world):
    answer, stranger = hand_in(world.writing, world.trainee), make_instructor()
    fields = mark_fields(answer, level=1) | {
        "marker": stranger.pk,
        "number": 9,
        "earned": 6,
        "possible": 6,
        "at": "2020-01-01",
    }

    signed_in(world.instructor).post(url_of(answer), fields)

    mark = Mark.objects.get()
    answer.refresh_from_db()
    assert (mark.marker, mark.number, answer.earned) == (world.instructor, 1, 0)
    assert mark.at.year >= 2026


def test_comments_and_texts_are_shown_escaped(world):
    evil = "<script>alert(1)</script>"
    answer = hand_in(world.writing, world.trainee, {"texts": {"event": evil}})
    fields = mark_fields(answer, why=evil) | comment_fields(
        0, part="event", quote="alert(1)", text=evil
    )
    client = signed_in(world.instructor)
    client.post(url_of(answer), fields)

    pages = [
        client.get(url_of(answer)).content.decode(),
        signed_in(world.trainee).get(f"/quizzes/attempts/{answer.attempt_id}/").content.decode(),
    ]

    for page in pages:
        assert evil not in page
        assert "&lt;script&gt;" in page


def test_the_page_costs_the_same_with_one_mark_and_with_many(world, django_assert_num_queries):
    from django.test.utils import CaptureQueriesContext

    answer = hand_in(world.writing, world.trainee)
    client = signed_in(world.instructor)
    client.get(url_of(answer))
    with CaptureQueriesContext(connection) as few:
        client.get(url_of(answer))
    for n in range(6):
        marked(answer, world.instructor, seen=n, why="again", outcome="returned")
        keep_comment(owner=world.instructor, text=f"comment {n}")
    for _ in range(4):
        answer = hand_in(world.writing, world.trainee)
        marked(answer, world.instructor, why="again")

    with CaptureQueriesContext(connection) as many:
        client.get(url_of(answer))

    assert len(many) <= len(few) + 0
    assert len(many) <= 12


# --- Saved comments --------------------------------------------------------------------------


def test_a_comment_is_kept_while_marking_and_the_one_used_last_stands_first(world):
    answer = hand_in(world.writing, world.trainee)
    old = keep_comment(owner=world.instructor, text="好细节")
    keep_comment(owner=world.instructor, text="later")
    fields = mark_fields(answer) | comment_fields(0, part="event", text="好细节")
    fields |= comment_fields(1, part="event", text="new one", keep="1")

    signed_in(world.instructor).post(url_of(answer), fields)

    saved = list(SavedComment.objects.filter(owner=world.instructor).values_list("text", flat=True))
    assert saved == ["new one", "好细节", "later"]
    assert SavedComment.objects.get(text="好细节").pk == old.pk


def test_a_saved_comment_is_chosen_without_a_script(world):
    answer = hand_in(world.writing, world.trainee)
    fields = mark_fields(answer) | comment_fields(
        0, part="event", text="", quote="客人", saved="Why?"
    )

    signed_in(world.instructor).post(url_of(answer), fields)

    assert Mark.objects.get().comments[0]["text"] == "Why?"


def test_there_is_room_for_fifty(world):
    for n in range(MOST):
        keep_comment(owner=world.instructor, text=f"comment {n}")

    assert keep_comment(owner=world.instructor, text="comment 3").text == "comment 3"
    with pytest.raises(TooManyComments):
        keep_comment(owner=world.instructor, text="one more")
    response = signed_in(world.instructor).post("/marking/comments/", {"text": "one more"})
    assert response.status_code == 422
    assert "one more" in response.content.decode()


def test_saved_comments_belong_to_one_person(world):
    mine = keep_comment(owner=world.instructor, text="mine")
    other = make_instructor(cohort=world.cohort)

    assert "mine" not in signed_in(other).get("/marking/comments/").content.decode()
    assert signed_in(other).post(f"/marking/comments/{mine.pk}/remove/").status_code == 404
    assert signed_in(world.trainee).get("/marking/comments/").status_code == 404
    assert (
        signed_in(world.instructor).post(f"/marking/comments/{mine.pk}/remove/").status_code == 302
    )
    assert not SavedComment.objects.exists()


# --- What the trainee sees -------------------------------------------------------------------


def test_the_trainee_reads_levels_in_words_what_would_lift_them_and_comments(world):
    answer = hand_in(world.rewriting, world.trainee)
    quote = answer.response["text"]
    comment = {"part": "", "from": 0, "to": len(quote), "quote": quote, "text": "Nearly there"}
    marked(answer, world.instructor, level=2, why="First word", comments=[comment])
    marked(answer, world.instructor, level=3, seen=1, why="Second word", comments=[comment])

    page = signed_in(world.trainee).get(f"/quizzes/attempts/{answer.attempt_id}/").content.decode()

    assert "What would lift it" in page
    assert "Nearly there" in page
    assert f"<mark>{quote}</mark>" in page
    assert page.index("Second word") < page.index("One earlier mark") < page.index("First word")
    assert str(world.instructor) in page
    assert "an instructor will mark it" not in page


def test_marks_of_many_answers_take_one_query(world, django_assert_num_queries):
    answers = [hand_in(world.rewriting, make_trainee(cohort=world.cohort)) for _ in range(3)]
    for answer in answers:
        marked(answer, world.instructor)
        marked(answer, world.instructor, seen=1, why="x")

    with django_assert_num_queries(1):
        found = marks_of([answer.pk for answer in answers])
        names = {str(mark.marker) for marks in found.values() for mark in marks}

    assert {len(marks) for marks in found.values()} == {2}
    assert [mark.number for mark in found[answers[0].pk]] == [2, 1]
    assert names == {str(world.instructor)}


# --- Passages (pure) -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "quote", "near", "place"),
    [
        ("abcabc", "bc", None, (1, 3)),
        ("abcabc", "bc", 5, (4, 6)),
        ("😊 a\nb", "a\r\nb", None, (2, 5)),
        ("abc", "  b ", None, (1, 2)),
        ("abc", "x", 0, None),
        ("abc", "  ", 0, None),
    ],
)
def test_a_quote_is_found_nearest_to_where_it_was(text, quote, near, place):
    assert find(text, quote, near) == place


def test_a_text_is_cut_where_comments_begin_and_end():
    comments = [(1, {"from": 1, "to": 4}), (2, {"from": 3, "to": 6}), (3, {"from": 0, "to": 0})]

    assert stretches("abcdefg", comments) == [
        Stretch("a"),
        Stretch("bc", (1,)),
        Stretch("d", (1, 2), (1,)),
        Stretch("ef", (2,), (2,)),
        Stretch("g"),
    ]
