"""Worksheets, teams and sheets for tests."""

from datetime import date
from itertools import count

from django.test import Client

from people.models import Membership, Team, TeamMember
from quizzes.canonical import plain
from tests.factories import make_cohort, make_instructor, make_trainee
from units.filling import save_cell
from units.models import Worksheet, WorksheetRevision
from units.pack import canonical
from units.sheets import open_desk
from units.worksheet_content import WorksheetFile

numbers = count(1)
KEY = "grid.r1.c1"


def both(text):
    return {"zh": f"中{text}", "en": text}


def content(rows=2, columns=2):
    """A table, questions and open rows; model answers in the first two."""
    names = [{"id": f"c{n}", "label": both(f"Column {n}")} for n in range(1, columns + 1)]
    return {
        "title": both("Moments"), "summary": both("What it is for"), "minutes": 20,
        "guide": both("Write **what one sees**."),
        "sections": [
            {"id": "grid", "title": both("A table"),
             "columns": names,
             "rows": [{"id": f"r{n}", "label": both(f"Row {n}")} for n in range(1, rows + 1)],
             "models": {"r1.c1": both("MODEL-GRID")}},
            {"id": "ask", "title": both("Questions"),
             "columns": [{"id": "text", "label": both("In words")}],
             "rows": [{"id": "why", "label": both("Why us?")}],
             "models": {"why.text": both("MODEL-ASK")}},
            {"id": "list", "title": both("A list"), "open_rows": 5,
             "columns": [{"id": "name", "label": both("Name")},
                         {"id": "next", "label": both("Next")}]},
        ],
    }  # fmt: skip


def make_worksheet(slug="moments", **changes):
    """A published worksheet of 2 × 2 + 1 + 5 × 2 = 15 cells."""
    sizes = {name: changes.pop(name) for name in ("rows", "columns") if name in changes}
    file = WorksheetFile.model_validate(content(**sizes) | changes)
    made = Worksheet.objects.create(
        slug=slug, position=next(numbers), title_zh=file.title.zh, title_en=file.title.en
    )
    form = plain(file)
    made.current = WorksheetRevision.objects.create(
        worksheet=made, number=1, content=form, digest=canonical.digest(form)
    )
    made.save()
    return made


def make_team(*people, cohort=None, name=""):
    """A team of these people, who are made members of its cohort where they are not."""
    cohort = cohort or make_cohort()
    team = Team.objects.create(cohort=cohort, name=name or f"Team {next(numbers)}")
    for person in people:
        Membership.objects.get_or_create(
            cohort=cohort, person=person, left_at=None, defaults={"joined_on": date(2026, 1, 5)}
        )
        TeamMember.objects.create(team=team, person=person)
    return team


class Class:
    """A cohort with two teams, somebody without one, and whoever teaches it; another beside it."""

    def __init__(self):
        self.cohort, elsewhere = make_cohort(), make_cohort()
        self.anna, self.bo, self.chen = (
            make_trainee(cohort=self.cohort, language="en", name=name)
            for name in ("Anna", "Bo", "Chen")
        )
        self.team = make_team(self.anna, self.bo, cohort=self.cohort, name="Early shift")
        self.alone = make_trainee(cohort=self.cohort, language="en", name="Alone")
        self.other_team = make_team(self.chen, cohort=self.cohort)
        self.teacher = make_instructor(cohort=self.cohort, language="en", name="Teacher")
        self.other_teacher = make_instructor(cohort=elsewhere, language="en")
        self.worksheet = make_worksheet()


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def put(person, text, whose="mine", key=KEY, seen=0, slug="moments"):
    """Save a cell as the person; its version."""
    return save_cell(open_desk(person, slug, whose), key=key, text=text, seen=seen, by=person)
