"""What the database adds to the feedback: where others saw moments, how they put it, marks."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from mot_course.web import Json
from people.models import User
from quizzes.kinds import Peer
from quizzes.models import Mark
from quizzes.questions import Question
from quizzes.tallying import FEWEST, Heat, heat_of

PEERS = 2  # so many other versions stand beside one's own
LOOKED_AT = 40  # the latest answers of others that are looked through for them


@dataclass
class Afterwards:
    """All of it for one question; whatever does not apply is empty."""

    heat: Heat | None = None
    peers: list[Peer] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)  # the newest first


def add_afterwards(questions: Iterable[Question], reader: User) -> None:
    """Set `afterwards` on each question whose feedback may be shown; a few queries in all.

    Nothing is read for the others, so nothing of it can reach a page too early.
    """
    shown = [one for one in questions if one.reveal]
    for one in shown:
        one.afterwards = Afterwards()
    if tallied := [one for one in shown if one.rules.shows_tally and one.revision.pk]:
        _add_heat(tallied, reader)
    if with_peers := [one for one in shown if one.rules.shows_peers and one.revision.pk]:
        _add_peers(with_peers, reader)
    if marked := [one for one in shown if one.answer_id and one.rules.rubric(one.spec)]:
        _add_marks(marked)


def _add_heat(questions: list[Question], reader: User) -> None:
    heats = heat_of({one.revision.pk for one in questions})
    own = _own_firsts(questions, reader)
    for one in questions:
        heat = heats[one.revision.pk]
        if one.revision.pk in own:
            response = own[one.revision.pk]
            heat = heat.without(one.rules.tally(one.spec, response) if response else [])
        if heat.people >= FEWEST:
            one.afterwards.heat = heat


# What the reader has given in a first attempt, as it was counted (see `quizzes.tallying`).
OWN = """
SELECT DISTINCT ON (answer.exercise_id)
    answer.revision_id, attempt.number, coalesce(try.response, answer.response)
FROM quizzes_answer AS answer
JOIN quizzes_attempt AS attempt ON attempt.id = answer.attempt_id
JOIN quizzes_revision AS revision ON revision.id = answer.revision_id
LEFT JOIN quizzes_try AS try ON try.answer_id = answer.id AND try.number = 1
WHERE attempt.trainee_id = %s AND answer.earned IS NOT NULL AND answer.response IS NOT NULL
  AND answer.exercise_id IN (SELECT exercise_id FROM quizzes_revision WHERE id = ANY(%s))
ORDER BY answer.exercise_id, coalesce(try.at, answer.checked_at, attempt.submitted_at), answer.id
"""


def _own_firsts(questions: list[Question], reader: User) -> dict[int, Json]:
    """The reader's own counted answers by revision, so that they see what the others marked."""
    with connection.cursor() as cursor:
        cursor.execute(OWN, [reader.pk, [one.revision.pk for one in questions]])
        return {
            revision: json.loads(response)
            for revision, number, response in cursor.fetchall()
            if number == 1
        }


# The latest answers of others to each exercise that are handed in (submitted, or checked), with
# the levels of their newest mark.
OTHERS = """
SELECT wanted.exercise_id, found.*
FROM unnest(%(exercises)s) AS wanted(exercise_id)
CROSS JOIN LATERAL (
    SELECT attempt.trainee_id, revision.kind, answer.response,
        (SELECT mark.levels FROM quizzes_mark AS mark WHERE mark.answer_id = answer.id
         ORDER BY mark.number DESC LIMIT 1)
    FROM quizzes_answer AS answer
    JOIN quizzes_attempt AS attempt ON attempt.id = answer.attempt_id
    JOIN quizzes_revision AS revision ON revision.id = answer.revision_id
    JOIN people_user AS person ON person.id = attempt.trainee_id
    WHERE answer.exercise_id = wanted.exercise_id AND answer.earned IS NOT NULL
      AND answer.response IS NOT NULL AND attempt.trainee_id <> %(reader)s
      AND person.is_active AND person.erased_at IS NULL
    ORDER BY answer.id DESC
    LIMIT %(most)s
) AS found
"""


def _add_peers(questions: list[Question], reader: User) -> None:
    exercises = {one.revision.exercise_id for one in questions}
    values: Json = {"exercises": list(exercises), "reader": reader.pk, "most": LOOKED_AT}
    with connection.cursor() as cursor:
        cursor.execute(OTHERS, values)
        rows = cursor.fetchall()
    for one in questions:
        theirs = [
            (trainee, json.loads(response), json.loads(levels) if levels else {})
            for exercise, trainee, kind, response, levels in rows
            if exercise == one.revision.exercise_id and kind == one.revision.kind
        ]
        one.afterwards.peers = _chosen(one, theirs)


def _chosen(question: Question, theirs: list[tuple[int, Json, Json]]) -> list[Peer]:
    """Of each person the latest; marked ones first; none that an instructor sent to level 1."""
    met: set[int] = set()
    marked: list[Peer] = []
    unmarked: list[Peer] = []
    for trainee, response, levels in theirs:
        peer = question.rules.peer(question.spec, response)
        if trainee in met or peer is None:
            continue
        met.add(trainee)
        if levels and min(levels.values()) <= 1:
            continue
        (marked if levels else unmarked).append(peer)
    return [*marked, *unmarked][:PEERS]


def _add_marks(questions: list[Question]) -> None:
    by_answer: dict[int, list[Mark]] = {}
    marks = Mark.objects.filter(answer__in=[one.answer_id for one in questions])
    for mark in marks.select_related("marker").order_by("answer", "-number"):
        by_answer.setdefault(mark.answer_id, []).append(mark)
    for one in questions:
        one.afterwards.marks = by_answer.get(one.answer_id or 0, [])
