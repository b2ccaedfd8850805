"""Before and after: what changed in a person, belief by belief, and in a class on average.

Ten true/false items say little about one person (a change of up to three is mostly luck), so a
person sees beliefs and no score; only a class gets a figure, with its interval.
"""

from dataclasses import dataclass, field
from math import sqrt

from django.db import connection
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mot_course.web import Text
from people.models import User
from quizzes.models import Answer, Attempt, Confidence
from quizzes.results import is_released
from units import plots
from units.models import Course

FEWEST = 5  # people with both scores; fewer would show single persons


@dataclass(frozen=True)
class Side:
    """One answer: right, wrong or (None) not given, and how sure."""

    is_right: bool | None = None
    confidence: str | None = None

    @property
    def is_held(self) -> bool:
        """Sure and wrong: not a slip but a belief."""
        return self.is_right is False and self.confidence == Confidence.SURE

    @property
    def is_guessed(self) -> bool:
        """Right, but by a guess: that shows nothing yet."""
        return self.is_right is True and self.confidence == Confidence.GUESS

    @property
    def words(self) -> str:
        """What the answer shows; a right guess is a guess, sure and wrong is a held belief."""
        if self.is_right is None:
            return _("not answered")
        if self.is_right:
            said = {
                Confidence.SURE: _("right, and sure of it"),
                Confidence.FAIRLY: _("right, fairly sure"),
                Confidence.GUESS: pgettext("right answer", "guessed"),
            }
            return said.get(self.confidence, pgettext("answer", "right"))  # type: ignore[call-overload]
        said = {
            Confidence.SURE: _("a held belief: wrong, and sure of it"),
            Confidence.FAIRLY: _("wrong, fairly sure"),
            Confidence.GUESS: _("wrong, a guess"),
        }
        return said.get(self.confidence, pgettext("answer", "wrong"))  # type: ignore[call-overload]


@dataclass
class Belief:
    """What an objective of the bank tests, and the person's two answers to it."""

    title: Text
    holds: Text
    myth: Text
    before: Side = field(default_factory=Side)
    after: Side = field(default_factory=Side)

    @property
    def state(self) -> str:
        """`held`, `slipped`, `changed`, `kept`; `guessed` or `open` where that cannot be said."""
        if self.before.is_right is None or self.after.is_right is None:
            return "open"
        if self.after.is_guessed:
            return "guessed"
        if self.after.is_right:
            return "kept" if self.before.is_right else "changed"
        return "slipped" if self.before.is_right else "held"


@dataclass(frozen=True)
class Comparison:
    """All beliefs of a pair of tests."""

    beliefs: list[Belief]

    def _in(self, state: str) -> list[Belief]:
        return [belief for belief in self.beliefs if belief.state == state]

    @property
    def held(self) -> list[Belief]:
        return self._in("held")

    @property
    def slipped(self) -> list[Belief]:
        return self._in("slipped")

    @property
    def changed(self) -> list[Belief]:
        return self._in("changed")

    @property
    def kept(self) -> list[Belief]:
        return self._in("kept")

    @property
    def guessed(self) -> list[Belief]:
        return self._in("guessed")

    @property
    def open(self) -> list[Belief]:
        return self._in("open")

    @property
    def is_any_firm(self) -> bool:
        """Whether a belief that did not move was answered with certainty."""
        return any(belief.after.is_held for belief in self.held)


def comparison_of(course: Course, person: User) -> Comparison | None:
    """The person's first attempts compared; None until both are submitted and may be explained."""
    pre, post = course.pre_quiz, course.post_quiz
    if pre is None or post is None or pre.bank_id != post.bank_id or not is_released(post):
        return None
    attempts = Attempt.objects.of(person).submitted().filter(quiz__in=[pre, post], number=1)
    quiz_of = dict(attempts.values_list("pk", "quiz_id"))
    if len(quiz_of) != 2 or pre.bank is None:
        return None
    beliefs = {
        one["id"]: Belief(Text(**one["title"]), Text(**one["holds"]), Text(**one["myth"]))
        for one in pre.bank.objectives
    }
    answers = Answer.objects.filter(attempt__in=quiz_of, exercise__bank_items__bank=pre.bank_id)
    for attempt_id, objective, response, earned, possible, confidence in answers.values_list(
        "attempt", "exercise__bank_items__objective", "response", "earned", "possible", "confidence"
    ):
        if objective in beliefs:
            is_right = None if response is None else earned == possible
            side = "before" if quiz_of[attempt_id] == pre.pk else "after"
            setattr(beliefs[objective], side, Side(is_right, confidence))
    return Comparison(list(beliefs.values()))


@dataclass(frozen=True)
class ClassGain:
    """The mean change of a class, in percentage points, with its 95 % interval."""

    cohort: str
    count: int
    mean: float
    low: float
    high: float

    @property
    def is_luck_possible(self) -> bool:
        """Whether the interval reaches down to no change at all."""
        return self.low <= 0

    @property
    def drawing(self) -> SafeString | str:
        """The interval as SVG; empty where it leaves the scale from 0 to 100."""
        if self.low < 0 or self.high > 100:
            return ""
        label = _("Mean gain %(mean)s points, 95%% interval %(low)s to %(high)s") % self.numbers
        low, mean, high = (round(number) for number in (self.low, self.mean, self.high))
        # plots escapes every text it is given
        return mark_safe(plots.interval(low, mean, high, label, unit=""))  # noqa: S308

    @property
    def numbers(self) -> dict[str, int]:
        return {"mean": round(self.mean), "low": round(self.low), "high": round(self.high)}


# The present members of the person's present cohorts who submitted both tests, first attempts.
GAIN = """
    SELECT cohort.name, count(*), avg(post.score - pre.score), stddev_samp(post.score - pre.score)
    FROM people_membership AS mine
    JOIN people_cohort AS cohort ON cohort.id = mine.cohort_id AND cohort.archived_at IS NULL
    JOIN people_membership AS member
      ON member.cohort_id = cohort.id AND member.left_at IS NULL
    JOIN quizzes_attempt AS pre
      ON pre.trainee_id = member.person_id AND pre.quiz_id = %(pre)s AND pre.number = 1
    JOIN quizzes_attempt AS post
      ON post.trainee_id = member.person_id AND post.quiz_id = %(post)s AND post.number = 1
    WHERE mine.person_id = %(person)s AND mine.left_at IS NULL
      AND pre.score IS NOT NULL AND post.score IS NOT NULL
    GROUP BY cohort.id
    HAVING count(*) >= %(fewest)s
    ORDER BY count(*) DESC, cohort.id
    LIMIT 1
"""


def class_gain(course: Course, person: User) -> ClassGain | None:
    """The gain of the largest of the person's classes in which at least five took both tests.

    A t interval for the mean of paired differences (post − pre, percent of the possible
    points): mean ± t(0.975, n − 1) · s / √n; see Altman, Machin, Bryant and Gardner,
    Statistics with Confidence (2nd ed., 2000), chapter 4. t and not the normal quantile,
    because classes are small.
    """
    values = {
        "pre": course.pre_quiz_id,
        "post": course.post_quiz_id,
        "person": person.pk,
        "fewest": FEWEST,
    }
    with connection.cursor() as cursor:
        cursor.execute(GAIN, values)
        row = cursor.fetchone()
    if row is None:
        return None
    cohort, count, mean, deviation = row[0], row[1], float(row[2]) / 100, float(row[3]) / 100
    half = t_975(count - 1) * deviation / sqrt(count)
    return ClassGain(cohort, count, mean, mean - half, mean + half)


def t_975(freedom: int) -> float:
    """The 0.975 quantile of Student's t, right to 0.001 from 4 degrees of freedom on.

    The expansion of Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5.
    """
    z = 1.959963985
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * freedom**4)
    )
