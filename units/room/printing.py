"""Every kind of exercise on paper: as it is asked, and its key. Pure.

What is asked never holds anything that tells the key. A kind that is not listed here prints its
prompt and lines to write on, and its explanation in the key.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from quizzes.kinds import KINDS, Mask
from quizzes.kinds.placing import PlacingKind
from quizzes.questions import Question
from units.room.conversations import headed, judged, talks_of, versions_of
from units.room.dialogue_script import dialogue
from units.room.pieces import (
    LETTERS,
    Answers,
    Choices,
    Item,
    Lines,
    Piece,
    Sheet,
    Table,
    Words,
    lettered,
)

CHARACTERS_A_LINE = 30


def sheet_of(question: Question) -> Sheet:
    """The exercise as pieces to print or to show."""
    printer = PRINTERS.get(question.revision.kind, _unknown)
    return printer(question.spec, question.mask)


def _unknown(spec: Any, mask: Mask) -> Sheet:
    return Sheet((Lines("", 4),))


def _true_false(spec: Any, mask: Mask) -> Sheet:
    options = (Item(_("True")), Item(_("False")))
    right = options[0 if spec.answer else 1]
    return Sheet(
        (Choices(options, "circle", is_short=True),), (Answers((Item(right.text, "", True),)),)
    )


def _choices(box: str) -> Callable[[Any, Mask], Sheet]:
    def printed(spec: Any, mask: Mask) -> Sheet:
        by_id = {option.id: option for option in spec.options}
        order = [by_id[one] for one in mask.shuffled(by_id)]
        return Sheet(
            (Choices(lettered([option.text.said for option in order]), box),),
            (
                Answers(
                    tuple(
                        Item(option.text.said, LETTERS[n], option.correct, option.feedback.said)
                        for n, option in enumerate(order)
                    )
                ),
            ),
        )

    return printed


def _allocate(spec: Any, mask: Mask) -> Sheet:
    by_id = {option.id: option for option in spec.options}
    asked = tuple((by_id[one].text.said, None) for one in mask.shuffled(by_id))
    by_size = sorted(spec.options, key=lambda one: -one.percent)
    figure = tuple((one.text.said, f"{one.percent}%") for one in by_size)
    return Sheet(
        (Table((*asked, (_("Together"), "100%")), ("", "%"), (1,)),),
        (
            Table(figure, ("", _("The figure")), (1,)),
            Words(spec.source.said, _("Source:"), is_source=True),
            Words(spec.evidence.said, _("How sure:"), is_source=True),
        ),
    )


def _placing(spec: Any, mask: Mask, kind: PlacingKind[Any]) -> Sheet:
    things, places = kind.things(spec), kind.places(spec)
    if kind.shows_places_shuffled():
        by_id = {place.id: place for place in places}
        places = [by_id[one] for one in mask.shuffled(by_id)]
    letter = {place.id: LETTERS[n] for n, place in enumerate(places)}
    lying = mask.shuffled([thing.id for thing in things])
    if kind.shape == "slots" and lying == [thing.id for thing in things]:
        lying = [*lying[1:], lying[0]]
    texts = {thing.id: thing.text for thing in things}
    if kind.shape == "slots":
        return Sheet(
            (Table(tuple((None, texts[one]) for one in lying), (_("No."), ""), (0,)),),
            (
                Answers(
                    tuple(
                        Item(thing.text, str(n), None, thing.feedback)
                        for n, thing in enumerate(things, start=1)
                    )
                ),
            ),
        )
    order = [thing.id for thing in things] if kind.shape == "pairs" else lying
    said = {place.id: place.text for place in places}
    return Sheet(
        (
            Choices(
                tuple(Item(place.text, letter[place.id], note=place.hint) for place in places),
                "none",
            ),
            Table(tuple((None, texts[one]) for one in order), (_("Letter"), ""), (0,)),
        ),
        (
            Answers(
                tuple(
                    Item(
                        texts[one],
                        letter[thing.places[0]],
                        None,
                        thing.feedback,
                        note=" / ".join(said[place] for place in thing.places),
                    )
                    for one in order
                    for thing in things
                    if thing.id == one
                )
            ),
        ),
    )


def _placed_like(slug: str) -> Callable[[Any, Mask], Sheet]:
    kind: Any = KINDS[slug]
    return lambda spec, mask: _placing(spec, mask, kind)


def _grid(spec: Any, mask: Mask) -> Sheet:
    cells = {(cell.row, cell.column): cell for cell in spec.cells}
    options = {one.id: one.text.said for one in spec.options}
    order = mask.shuffled(options)
    letter = {one: LETTERS[n] for n, one in enumerate(order)}
    head = ("", *(column.text.said for column in spec.columns))

    def filled(*, with_key: bool) -> Table:
        rows = []
        for row in spec.rows:
            there = [cells.get((row.id, column.id)) for column in spec.columns]
            said = [
                "" if cell is None else f"{letter[cell.option]} · {options[cell.option]}"
                for cell in there
            ]
            asked = ["" if cell is None else None for cell in there]
            rows.append((row.text.said, *(said if with_key else asked)))
        return Table(tuple(rows), head)

    names = {one.id: one.text.said for one in (*spec.rows, *spec.columns)}
    reasons = tuple(
        Item(
            f"{names[cell.row]} · {names[cell.column]}",
            letter[cell.option],
            None,
            cell.feedback.said,
        )
        for cell in spec.cells
    )
    return Sheet(
        (Choices(lettered([options[one] for one in order]), "none"), filled(with_key=False)),
        (filled(with_key=True), Answers(reasons)),
    )


def _counting(spec: Any, mask: Mask) -> Sheet:
    unit = {one.id: one.unit.said if one.unit else "" for one in spec.quantities}
    return Sheet(
        (Table(tuple((o.label.said, None, unit[o.id]) for o in spec.quantities), (), (1, 2)),),
        (
            Answers(
                tuple(
                    Item(
                        one.label.said,
                        "",
                        None,
                        one.how.said,
                        note=f"{one.answer.normalize():f} {unit[one.id]}".strip(),
                    )
                    for one in spec.quantities
                )
            ),
        ),
    )


def _gap(spec: Any, mask: Mask) -> Sheet:
    head = (_("Service"), _("Importance"), _("Performance"), _("Gap"))
    rows = [(row.label.said, row.importance, row.performance) for row in spec.rows]
    begin = [row.label.said for row in spec.rows if row.id in spec.first]
    key: list[Piece] = [
        Table(tuple((*row, row[1] - row[2]) for row in rows), head, (1, 2, 3)),
        Answers(tuple(Item(one, "", True) for one in begin), _("Begin here")),
    ]
    key += [Words(spec.source.said, _("Source:"), is_source=True)] if spec.source else []
    return Sheet(
        (
            Table(tuple((*row, None) for row in rows), head, (1, 2, 3)),
            Lines(_("Where would you begin?"), 1),
        ),
        tuple(key),
    )


def _rating(spec: Any, mask: Mask) -> Sheet:
    scale = "\u2003".join(str(n) for n in range(1, spec.most + 1))
    views = tuple(view.title.said for view in spec.views) or ("",)
    ends = _("1 is %(low)s, %(most)s is %(high)s.") % {
        "low": spec.low.said, "most": spec.most, "high": spec.high.said,
    }  # fmt: skip
    rows = tuple((thing.text.said, *(scale for _view in views)) for thing in spec.things)
    return Sheet((Words(ends), Table(rows, ("", *views) if any(views) else ())))


def _reflection(spec: Any, mask: Mask) -> Sheet:
    model = (Words(spec.model.said, _("One way to answer")),) if spec.model else ()
    return Sheet(
        tuple(Lines(one.text.said, 3) for one in spec.questions), (*model, *_criteria(spec))
    )


def _writing(spec: Any, mask: Mask) -> Sheet:
    lines = (
        Lines(
            part.title.said,
            min(10, max(2, -(-part.aim_to // CHARACTERS_A_LINE))),
            part.hint.said,
        )
        for part in spec.parts
    )
    return Sheet(tuple(lines), _criteria(spec))


def _criteria(spec: Any) -> tuple[Piece, ...]:
    """What each criterion looks for at its best."""
    if not spec.criteria:
        return ()
    items = (Item(one.title.said, why=one.levels[-1].said) for one in spec.criteria)
    return (Answers(tuple(items), _("What a good answer does")),)


def _voice(spec: Any, mask: Mask) -> Sheet:
    listen = (Item(one.said) for one in spec.listen_for)
    return Sheet(
        (
            Words(spec.cue.said, _("The customer"), is_said=True),
            Lines(_("What you would say"), 2),
        ),
        (
            Words(spec.model_line.said, _("One good way to say it"), is_said=True),
            Answers(tuple(listen), _("What to listen for")),
        ),
    )


def _moments(spec: Any, mask: Mask) -> Sheet:
    talks, moments = talks_of(spec.roles, spec.scenes, is_marked=True)
    asks = {
        "polarity": _("In the margin: + where the line wins trust, − where it costs trust."),
        "step": _(
            "In the margin: + where the line wins trust, − where it costs trust, and the number "
            "of the step it belongs to (1 to 5)."
        ),
        "action": _(
            "In the margin: + where the line wins trust, − where it costs trust, the number of "
            "the step (1 to 5), and explore, offer, act or confirm."
        ),
    }
    talks = headed(talks, spec.scenes)
    return Sheet((Words(asks[spec.ask]), *talks), (*versions_of(spec.scenes), judged(moments)))


def _rewrite(spec: Any, mask: Mask) -> Sheet:
    talks, _none = talks_of(spec.roles, spec.scenes, is_marked=False)
    talks = headed(talks, spec.scenes)
    spoken = {number: text for talk in talks for line in talk.lines for number, text in line.spots}
    worst = {line.said for line in spec.lines() if line.id in spec.worst}
    picks = [Item(text, number, False) for number, text in spoken.items() if text in worst]
    return Sheet(
        (*talks, Lines(_("Number of the line"), 1), Lines(_("What I would say instead"), 3)),
        (
            *versions_of(spec.scenes),
            Answers(tuple(picks), _("Where the experts would begin")),
            Words(spec.expert.said, _("An expert"), is_said=True),
            *_criteria(spec),
        ),
    )


PRINTERS: dict[str, Callable[[Any, Mask], Sheet]] = {
    "true_false": _true_false,
    "single_choice": _choices("circle"),
    "multiple_choice": _choices("square"),
    "allocate": _allocate,
    "ordering": _placed_like("ordering"),
    "matching": _placed_like("matching"),
    "sorting": _placed_like("sorting"),
    "grid": _grid,
    "counting": _counting,
    "gap": _gap,
    "rating": _rating,
    "reflection": _reflection,
    "voice": _voice,
    "writing": _writing,
    "moments": _moments,
    "rewrite": _rewrite,
    "dialogue": dialogue,
}
