"""Figures of lessons: what a pack says of them. `units.drawing` draws them."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from mot_course.web import Text
from quizzes.kinds.base import Id, Part, fits


class _Figure(Part):
    id: Id
    title: Text = Field(description="says what is measured")
    source: Text = Field(description="where it comes from")
    evidence: Text = Field(description="how sure it is, in words a trainee understands")


class BarRow(Part):
    label: Text
    value: float | tuple[float, float]
    highlight: bool = False


class Bars(_Figure):
    """Horizontal bars, the value at each bar's end; `[90, 95]` is a range."""

    type: Literal["bars"]
    unit: str = ""
    rows: tuple[BarRow, ...] = Field(min_length=1, max_length=14)


class SlopeRow(Part):
    label: Text
    left: float
    right: float
    highlight: bool = False


class Slope(_Figure):
    """Two columns joined by lines: expectation against experience, before against after."""

    type: Literal["slope"]
    unit: str = ""
    left: Text
    right: Text
    rows: tuple[SlopeRow, ...] = Field(min_length=1, max_length=10)


class Group(Part):
    label: Text
    count: int = Field(ge=0)
    highlight: bool = False


class People(_Figure):
    """Little people: so many of so many."""

    type: Literal["people"]
    total: int = Field(ge=2, le=300)
    groups: tuple[Group, ...] = Field(min_length=1, max_length=5)

    @model_validator(mode="after")
    def _adds_up(self) -> "People":
        counted = sum(group.count for group in self.groups)
        fits(counted == self.total, f"the groups count {counted}, not {self.total}")
        return self


class Stage(Part):
    label: Text
    note: Text | None = None
    highlight: bool = False


class Chain(_Figure):
    """Boxes joined by arrows."""

    type: Literal["chain"]
    steps: tuple[Stage, ...] = Field(min_length=2, max_length=12)


class Ladder(_Figure):
    """Rungs, the lowest first."""

    type: Literal["ladder"]
    steps: tuple[Stage, ...] = Field(min_length=2, max_length=8)


class Pyramid(_Figure):
    """Levels, the top first; `inverted` stands it on its tip."""

    type: Literal["pyramid"]
    inverted: bool = False
    steps: tuple[Stage, ...] = Field(min_length=2, max_length=7)


class Iceberg(_Figure):
    """What shows and what lies below, the top first; `above` of them are above the water."""

    type: Literal["iceberg"]
    above: int = Field(1, ge=1, le=6)
    steps: tuple[Stage, ...] = Field(min_length=2, max_length=7)

    @model_validator(mode="after")
    def _something_is_below(self) -> "Iceberg":
        fits(self.above < len(self.steps), "something has to lie below the water")
        return self


class Cycle(_Figure):
    """Boxes round a circle, each leading to the next and the last to the first."""

    type: Literal["cycle"]
    steps: tuple[Stage, ...] = Field(min_length=3, max_length=8)


class Rings(_Figure):
    """One ring inside the other, the innermost first."""

    type: Literal["rings"]
    steps: tuple[Stage, ...] = Field(min_length=2, max_length=6)


class Flower(_Figure):
    """Petals round a core."""

    type: Literal["flower"]
    core: Stage
    steps: tuple[Stage, ...] = Field(min_length=3, max_length=10)


class Across(Part):
    left: Text
    right: Text


class Up(Part):
    bottom: Text
    top: Text


class QuadrantFields(Part):
    top_left: Stage
    top_right: Stage
    bottom_left: Stage
    bottom_right: Stage


class Quadrant(_Figure):
    """Four fields on two axes."""

    type: Literal["quadrant"]
    across: Across
    up: Up
    fields: QuadrantFields


class GridRow(Part):
    label: Text
    cells: tuple[Text, ...]
    highlight: bool = False


class Grid(_Figure):
    """A matrix with a head row and a head column."""

    type: Literal["grid"]
    columns: tuple[Text, ...] = Field(min_length=1, max_length=6)
    rows: tuple[GridRow, ...] = Field(min_length=2, max_length=14)

    @model_validator(mode="after")
    def _rows_are_whole(self) -> "Grid":
        for row in self.rows:
            fits(
                len(row.cells) == len(self.columns),
                f"the row {row.label.en!r} has {len(row.cells)} cells for "
                f"{len(self.columns)} columns",
            )
        return self


class Zone(Part):
    label: Text
    note: Text | None = None
    items: tuple[Text, ...] = Field(min_length=1, max_length=6)
    highlight: bool = False


class Zones(_Figure):
    """Areas side by side with a line between them, as front and back stage."""

    type: Literal["zones"]
    zones: tuple[Zone, ...] = Field(min_length=2, max_length=4)


class Equation(_Figure):
    """A result, and what stands over and under the line."""

    type: Literal["equation"]
    result: Text
    top: tuple[Text, ...] = Field(min_length=1, max_length=4)
    bottom: tuple[Text, ...] = Field((), max_length=4)
    sign: Literal["+", "×"] = "+"


class Bucket(_Figure):
    """What flows in, and the holes it leaks from."""

    type: Literal["bucket"]
    inflow: Stage
    holes: tuple[Stage, ...] = Field(min_length=1, max_length=8)
    left: Stage | None = Field(None, description="what stays in")


class Branches(_Figure):
    """One thing leading to several."""

    type: Literal["branches"]
    root: Stage
    branches: tuple[Stage, ...] = Field(min_length=2, max_length=8)


class Squares(_Figure):
    """A grid of squares to count: some cells may be holes, on some crossings sits one more square.

    Rows and columns count from 1. A square on a crossing is as large as a cell and cut into four.
    """

    type: Literal["squares"]
    size: int = Field(ge=2, le=6)
    holes: tuple[tuple[int, int], ...] = Field((), description="cells cut out, `[row, column]`")
    crossings: tuple[tuple[int, int], ...] = Field(
        (), description="`[row, column]` of the cell to the upper left of the crossing"
    )

    @model_validator(mode="after")
    def _lie_inside(self) -> "Squares":
        inside = range(1, self.size + 1)
        fits(all(r in inside and c in inside for r, c in self.holes), "a hole lies outside")
        fits(
            all(1 <= n < self.size for pair in self.crossings for n in pair),
            "a crossing lies outside",
        )
        return self


AnyFigure = (
    Bars | Slope | People | Chain | Ladder | Pyramid | Iceberg | Cycle | Rings | Flower | Quadrant
    | Grid | Zones | Equation | Bucket | Branches | Squares
)  # fmt: skip
Figure = Annotated[AnyFigure, Field(discriminator="type")]
