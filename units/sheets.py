"""Sheets: whose a sheet is, who may read, write and comment on it, and how it stands.

`whose` names a sheet of a worksheet in an address: `mine`, `team-3`, or `person-7`, which an
instructor opens once the person has shown it.
"""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404

from people import teaming
from people.models import Cohort, Membership, Team, User
from units.models import Cell, Sheet, SheetComment, Worksheet, WorksheetRevision
from units.worksheet_content import WorksheetFile

MINE = "mine"
MOST_TEXTS = 200
_contents: dict[tuple[int, str], WorksheetFile] = {}


def content_of(revision: WorksheetRevision) -> WorksheetFile:
    """What the revision asks; read once a process, because revisions never change."""
    key = (revision.pk, revision.digest)
    content = _contents.get(key)
    if content is None:
        if len(_contents) >= MOST_TEXTS:
            _contents.clear()
        content = _contents[key] = WorksheetFile.model_validate(revision.content)
    return content


@dataclass
class Desk:
    """A worksheet as somebody finds it: whose it is and what they may do there."""

    worksheet: Worksheet
    revision: WorksheetRevision
    sheet: Sheet | None  # none before the first save
    whose: str
    team: Team | None = None
    owner: User | None = None  # of a person's own sheet
    may_write: bool = False
    may_comment: bool = False

    @cached_property
    def content(self) -> WorksheetFile:
        return content_of(self.revision)

    @property
    def is_own(self) -> bool:
        return self.whose == MINE

    @property
    def name(self) -> str:
        """Whose it is, in words: the team's name or the person's."""
        return str(self.team or self.owner)

    @property
    def key(self) -> str:
        """Under which name pages keep what is unsent, and say who is there."""
        return f"sheet:{self.worksheet.pk}:{self.whose}"

    @cached_property
    def cells(self) -> dict[str, Cell]:
        """The cells that have been written in, by their key."""
        if self.sheet is None:
            return {}
        return {one.key: one for one in self.sheet.cells.select_related("edited_by")}

    @cached_property
    def comments(self) -> dict[str, list[SheetComment]]:
        """What instructors said, the oldest first, by the cell's key; '' is the whole sheet."""
        found: dict[str, list[SheetComment]] = {}
        if self.sheet is not None:
            for one in self.sheet.comments.select_related("author").order_by("made_at", "pk"):
                found.setdefault(one.key, []).append(one)
        return found

    def has_written_in(self, section: str) -> bool:
        """Whether anything stands in the section: what others wrote may be seen from then on."""
        return any(
            one.text.strip() for key, one in self.cells.items() if key.split(".")[0] == section
        )


def open_desk(person: User, slug: str, whose: str) -> Desk:
    """The worksheet as the person may meet it; Http404 where there is nothing for them."""
    worksheet = Worksheet.objects.select_related("current").filter(slug=slug).first()
    if worksheet is None or worksheet.current is None:
        raise Http404
    kind, _, number = whose.partition("-")
    if kind == MINE or (number == str(person.pk) and kind == "person"):
        desk = _own(person, worksheet)
    elif kind == "team":
        desk = _of_team(person, worksheet, int(number))
    else:
        desk = _shown(person, worksheet, int(number))
    if worksheet.archived_at is not None:
        desk.may_write = False
        if desk.sheet is None:
            raise Http404
    return desk


def _own(person: User, worksheet: Worksheet) -> Desk:
    return _desk(worksheet, _sheet(worksheet, person=person), MINE, owner=person, may_write=True)


def _of_team(person: User, worksheet: Worksheet, number: int) -> Desk:
    team = teaming.teams_of(person).filter(pk=number).first()
    is_member = team is not None
    if team is None:
        team = Team.objects.filter(pk=number, cohort__in=teaming.cohorts_taught_by(person)).first()
    if team is None:
        raise Http404
    sheet = _sheet(worksheet, team=team)
    may_write = is_member and teaming.is_live(team)
    if sheet is None and is_member and not may_write:
        raise Http404  # an archived team begins nothing new
    may_comment = not is_member and sheet is not None
    desk = _desk(worksheet, sheet, f"team-{team.pk}", team=team, may_write=may_write)
    desk.may_comment = may_comment
    return desk


def _shown(person: User, worksheet: Worksheet, number: int) -> Desk:
    sheet = _sheet(worksheet, person_id=number)
    if sheet is None or sheet.shared_at is None:
        raise Http404
    owner = teaming.people_taught_by(person).filter(pk=number).first()
    if owner is None:
        raise Http404
    desk = _desk(worksheet, sheet, f"person-{number}", owner=owner, may_write=False)
    desk.may_comment = True
    return desk


def _sheet(worksheet: Worksheet, **whose: User | Team | int) -> Sheet | None:
    return Sheet.objects.select_related("revision").filter(worksheet=worksheet, **whose).first()


def _desk(
    worksheet: Worksheet,
    sheet: Sheet | None,
    whose: str,
    *,
    may_write: bool,
    team: Team | None = None,
    owner: User | None = None,
) -> Desk:
    revision = sheet.revision if sheet else worksheet.current
    assert revision is not None
    return Desk(worksheet, revision, sheet, whose, team, owner, may_write)


# How far sheets have come


@dataclass
class Standing:
    """How much of a sheet is written: `filled` of `total` cells."""

    worksheet: Worksheet
    whose: str
    name: str  # of the team or person; empty for one's own
    filled: int = 0
    total: int = 0
    comments: int = 0
    is_begun: bool = False
    is_live: bool = True


@dataclass
class Offer:
    """A worksheet on the list, and the sheets of it that the person has or could begin."""

    worksheet: Worksheet
    content: WorksheetFile
    standings: list[Standing] = field(default_factory=list)

    @property
    def is_begun(self) -> bool:
        return any(one.is_begun for one in self.standings)


def offers_to(person: User) -> list[Offer]:
    """Every worksheet with the person's own sheet and their teams', in three queries."""
    worksheets = list(
        Worksheet.objects.filter(archived_at=None, current__isnull=False).select_related("current")
    )
    teams = list(teaming.teams_of(person))
    counted = _counted(Sheet.objects.filter(Q(person=person) | Q(team__in=teams)))
    by_owner = {(one.worksheet_id, one.team_id): one for one in counted}
    found = []
    for worksheet in worksheets:
        assert worksheet.current is not None
        offer = Offer(worksheet, content_of(worksheet.current))
        for team in [None, *teams]:
            sheet = by_owner.get((worksheet.pk, team.pk if team else None))
            if (
                team is not None
                and sheet is None
                and not (teaming.is_live(team) and offer.content.teams)
            ):
                continue
            one = _standing(worksheet, sheet)
            if team is not None:
                one.whose, one.name, one.is_live = (
                    f"team-{team.pk}",
                    team.name,
                    teaming.is_live(team),
                )
            offer.standings.append(one)
        found.append(offer)
    return found


def choices_for(person: User, slug: str) -> Offer:
    """The worksheet with the sheets between which the person may choose; else Http404."""
    found = next((one for one in offers_to(person) if one.worksheet.slug == slug), None)
    if found is None:
        raise Http404
    return found


def sheets_of_cohort(cohort: Cohort) -> QuerySet[Sheet]:
    """What whoever teaches the cohort may read: its teams' sheets, and those people showed."""
    members = Membership.objects.filter(cohort=cohort, person=OuterRef("person"), left_at=None)
    mine = Q(team__cohort=cohort) | Q(shared_at__isnull=False) & Exists(members)
    return Sheet.objects.filter(mine).order_by("worksheet__position", "team__name", "person__name")


def standings_in(cohort: Cohort) -> list[Standing]:
    """How far the sheets have come that whoever teaches the cohort may read, by worksheet."""
    sheets = _counted(sheets_of_cohort(cohort)).select_related("worksheet", "team", "person")
    found = []
    for sheet in sheets:
        one = _standing(sheet.worksheet, sheet)
        one.name = str(sheet.team or sheet.person)
        one.whose = f"team-{sheet.team_id}" if sheet.team_id else f"person-{sheet.person_id}"
        found.append(one)
    return found


def _counted(sheets: QuerySet[Sheet]) -> QuerySet[Sheet]:
    comments = (
        SheetComment.objects.filter(sheet=OuterRef("pk"))
        .order_by()
        .values("sheet")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return sheets.select_related("revision").annotate(
        filled=Count("cells", filter=~Q(cells__text="")), comment_count=comments
    )


def _standing(worksheet: Worksheet, sheet: Sheet | None) -> Standing:
    revision = sheet.revision if sheet else worksheet.current
    assert revision is not None
    one = Standing(worksheet, MINE, "", total=sum(1 for _ in content_of(revision).keys))
    if sheet is not None:
        one.filled = sheet.filled  # type: ignore[attr-defined]
        one.comments = sheet.comment_count or 0  # type: ignore[attr-defined]
        one.is_begun = True
    return one
