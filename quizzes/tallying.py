"""How a class has marked each line so far: counted with the answers, read in one query.

Counted is a person's first answer to an exercise: given in the first attempt at a quiz (in
practice its first try), before any feedback on it. `line_id` '' counts the people.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import Sum

from quizzes.kinds import KINDS
from quizzes.models import Answer, LineTally
from quizzes.questions import spec_of
from quizzes.revisions import revisions_of

FEWEST = 5  # others; with fewer one could guess who it was
Key = tuple[int, str, str, str]  # revision, line or phrase, polarity, step

# One statement in one order of rows, so that two transactions wait for each other and never
# in a circle.
ADD = """
INSERT INTO quizzes_linetally (revision_id, line_id, polarity, step, count)
SELECT revision, line, polarity, step, n
FROM jsonb_to_recordset(%s) AS given(revision bigint, line text, polarity text, step text, n int)
ORDER BY revision, line, polarity, step
ON CONFLICT (revision_id, line_id, polarity, step)
DO UPDATE SET count = quizzes_linetally.count + excluded.count
"""


def tally(answers: Iterable[Answer], trainee_id: int) -> None:
    """Count those of the person's freshly graded answers that are their first.

    All of an attempt of number 1; call it once and last in the transaction that grades them.
    """
    counted = [one for one in answers if one.response and one.revision.rules.shows_tally]
    if not counted:
        return
    # The same exercise may stand in two quizzes: then the answer graded earlier has counted.
    earlier = set(
        Answer.objects.filter(
            exercise__in=[one.exercise_id for one in counted],
            attempt__trainee=trainee_id,
            earned__isnull=False,
            response__isnull=False,
        )
        .exclude(pk__in=[one.pk for one in counted])
        .values_list("exercise_id", flat=True)
    )
    rows: Counter[Key] = Counter()
    for one in counted:
        if one.exercise_id not in earlier:
            rows.update(_rows(one))
    _add(rows)


def _rows(answer: Answer) -> Iterable[Key]:
    """The person, and each of their marks."""
    revision = answer.revision
    yield revision.pk, "", "", ""
    for line, polarity, step in revision.rules.tally(spec_of(revision), answer.response or {}):
        yield revision.pk, line, polarity, step


def _add(rows: Counter[Key]) -> None:
    if not rows:
        return
    given = [
        {"revision": revision, "line": line, "polarity": polarity, "step": step, "n": n}
        for (revision, line, polarity, step), n in rows.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(ADD, [json.dumps(given)])


@dataclass
class Heat:
    """How the others marked a conversation: how many people, and each line good and bad."""

    people: int = 0
    lines: dict[str, dict[str, int]] = field(default_factory=dict)

    def without(self, marks: Iterable[tuple[str, str, str]]) -> "Heat":
        """The same without one person."""
        lines = {line: dict(counts) for line, counts in self.lines.items()}
        for line, polarity, _step in marks:
            if lines.get(line, {}).get(polarity, 0) > 0:
                lines[line][polarity] -= 1
        return Heat(self.people - 1, lines)


def heat_of(revisions: Collection[int]) -> dict[int, Heat]:
    """The counts of these revisions, in one query."""
    found: dict[int, Heat] = {revision: Heat() for revision in revisions}
    counts = (
        LineTally.objects.filter(revision__in=revisions)
        .values_list("revision", "line_id", "polarity")
        .annotate(n=Sum("count"))
        .order_by()
    )
    for revision, line, polarity, n in counts:
        if line:
            found[revision].lines.setdefault(line, {})[polarity] = n
        else:
            found[revision].people = n
    return found


# Per person and exercise the answer graded first, as `tally` met it.
FIRST = """
SELECT DISTINCT ON (attempt.trainee_id, answer.exercise_id)
    answer.id, revision.id, revision.digest, attempt.number,
    CASE WHEN quiz.purpose = 'practice' THEN try.response ELSE answer.response END
FROM quizzes_answer AS answer
JOIN quizzes_attempt AS attempt ON attempt.id = answer.attempt_id
JOIN quizzes_quiz AS quiz ON quiz.id = attempt.quiz_id
JOIN quizzes_revision AS revision ON revision.id = answer.revision_id
LEFT JOIN quizzes_try AS try ON try.answer_id = answer.id AND try.number = 1
WHERE revision.kind = ANY(%s) AND answer.earned IS NOT NULL AND answer.response IS NOT NULL
ORDER BY attempt.trainee_id, answer.exercise_id,
    coalesce(try.at, answer.checked_at, attempt.submitted_at), answer.id
"""


@transaction.atomic
def recount() -> tuple[int, int]:
    """Count everything anew from the answers; (rows now, rows that were not as they should be).

    Whoever grades meanwhile waits, and is counted on top.
    """
    kinds = [kind.slug for kind in KINDS.values() if kind.shows_tally]
    right: Counter[Key] = Counter()
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE quizzes_linetally IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(FIRST, [kinds])
        while some := cursor.fetchmany(2000):
            revisions = revisions_of([(row[1], row[2]) for row in some])
            for row, revision in zip(some, revisions, strict=True):
                if row[3] == 1 and row[4]:
                    response = json.loads(row[4])
                    right.update(_rows(Answer(pk=row[0], revision=revision, response=response)))
    present = {
        (revision, line, polarity, step): n
        for revision, line, polarity, step, n in LineTally.objects.values_list(
            "revision", "line_id", "polarity", "step", "count"
        )
        if n
    }
    differing = len(dict(right.items() ^ present.items()))
    if differing:
        LineTally.objects.all().delete()
        _add(right)
    return len(right), differing
