"""Figures: every text escaped and inside the drawing, every shape as large as its value."""

from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from units import plot_models, plots
from units.drawing import drawn
from units.pack.reading import read_pack
from units.pack.texts import DJANGO_LANGUAGE, blocks_of
from units.plot_text import LEAD, NO_END, NO_START, NOTE_SIZE, SIZE, WIDTH, fill, width, wrap

PACK = Path(__file__).parents[2] / "fixtures" / "mot"
BAD = """<b a="1">&'"""
TEXTS = st.text(alphabet=st.sampled_from("客人服务abC 12%“”‘’，。？！（）…—.,()'\n"), max_size=60)
ROOMS = st.floats(min_value=30, max_value=350)

EVERY_KIND = {
    "bars": plots.bars([(BAD, 5, True), (BAD, (1, 3), False)], BAD, BAD),
    "slope": plots.slope(BAD, BAD, [(BAD, 1, 2, True), (BAD, 2, 2, False)], BAD, BAD),
    "people": plots.people(3, [(BAD, 1, True), (BAD, 2, False)], BAD),
    "chain": plots.chain([(BAD, BAD, True), (BAD, "", False)], BAD),
    "ladder": plots.ladder([(BAD, BAD, True), (BAD, "", False)], BAD),
    "pyramid": plot_models.pyramid([(BAD, BAD, True), (BAD, "", False)], BAD, inverted=True),
    "iceberg": plot_models.iceberg([(BAD, BAD, True), (BAD, "", False)], 1, BAD),
    "cycle": plot_models.cycle([(BAD, BAD, True), (BAD, "", False), (BAD, "", False)], BAD),
    "rings": plot_models.rings([(BAD, BAD, True), (BAD, "", False)], BAD),
    "flower": plot_models.flower((BAD, "", True), [(BAD, BAD, True), (BAD, "", False)], BAD),
    "quadrant": plot_models.quadrant((BAD, BAD), (BAD, BAD), [(BAD, BAD, False)] * 4, BAD),
    "zones": plot_models.zones([(BAD, BAD, [BAD, BAD], True), (BAD, "", [BAD], False)], BAD),
    "equation": plot_models.equation(BAD, [BAD, BAD], [BAD], "×", BAD),
    "bucket": plot_models.bucket((BAD, "", True), [(BAD, BAD, True)], (BAD, "", False), BAD),
    "branches": plot_models.branches((BAD, "", True), [(BAD, BAD, True)] * 2, BAD),
    "interval": plots.interval(20, 30, 40, BAD, BAD),
    "scoreline": plots.scoreline(8, 10, 7, BAD, BAD),
}


def elements(drawing, tag, classes=""):
    """The elements of that name that carry all these classes."""
    root = ElementTree.fromstring(drawing)
    return [
        one for one in root.iter(tag) if set(classes.split()) <= set(one.get("class", "").split())
    ]


def numbers(found, name):
    return [float(one.get(name)) for one in found]


def text_boxes(drawing):
    """Each line of text as (text, left, right, baseline), by the module's own measure."""
    for text in elements(drawing, "text"):
        classes = text.get("class", "").split()
        y = float(text.get("y"))
        for line in text:
            y += float(line.get("dy"))
            wide = width(line.text or "", NOTE_SIZE if "note" in classes else SIZE)
            part = 1 if "end" in classes else 0.5 if "middle" in classes else 0
            left = float(line.get("x")) - wide * part
            yield line.text, left, left + wide, y


def assert_nothing_sticks_out(drawing):
    height = float(ElementTree.fromstring(drawing).get("height"))
    for text, left, right, y in text_boxes(drawing):
        assert left >= -0.1, text
        assert right <= WIDTH + 0.1, text
        assert SIZE * 0.7 <= y <= height, text


def assert_no_text_lies_on_another(drawing):
    boxes = list(text_boxes(drawing))
    for place, (one, left, right, y) in enumerate(boxes):
        for other, other_left, other_right, other_y in boxes[:place]:
            is_beside = right <= other_left or other_right <= left
            assert is_beside or abs(y - other_y) >= SIZE, (one, other)


def real_figures():
    pack = read_pack(PACK)
    return [(lesson.slug, figure) for _, lesson in pack.lessons for figure in lesson.file.figures]


@pytest.mark.parametrize("language", DJANGO_LANGUAGE.values())
def test_every_text_of_the_real_figures_stays_inside_and_apart(language):
    found = real_figures()

    assert found
    with override(language):
        for _, figure in found:
            drawing = drawn(figure)
            if not drawing:
                continue  # a grid is a table
            assert_nothing_sticks_out(drawing)
            assert_no_text_lies_on_another(drawing)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_text_is_escaped(kind):
    drawing = EVERY_KIND[kind]
    root = ElementTree.fromstring(drawing)
    said = "".join(text for text, *_ in text_boxes(drawing)).replace(" ", "")

    assert "<b" not in drawing
    assert root.get("aria-label") == BAD
    assert BAD.replace(" ", "") in said


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_no_drawing_carries_a_style(kind):
    assert "style" not in EVERY_KIND[kind]
    assert ElementTree.fromstring(EVERY_KIND[kind]).get("role") == "img"


@given(name=TEXTS.filter(str.strip), note=TEXTS, value=st.floats(0, 1e6), more=st.floats(0, 1e6))
def test_every_drawing_is_valid_xml(name, note, value, more):
    for drawing in (
        plots.bars([(name, value, True), (name, (value, value + more), False)], note, name),
        plots.slope(name, note, [(name, value, more, True)], note, name),
        plots.people(4, [(name, 1, True), (name, 3, False)], note),
        plots.chain([(name, note, True), (name, "", False)], name),
        plots.ladder([(name, note, True), (name, "", False)], name),
        *models_of((name, note, True), (name, "", False)),
    ):
        ElementTree.fromstring(drawing)


def models_of(one, other):
    """Every drawing of `plot_models`, made of these two steps."""
    label, note, _ = one
    yield plot_models.pyramid([one, other, one], label)
    yield plot_models.pyramid([one, other, one], label, inverted=True)
    yield plot_models.iceberg([one, other, one, other], 2, label)
    yield plot_models.cycle([one, other, one], label)
    yield plot_models.rings([one, other, one], label)
    yield plot_models.flower(one, [other, one, other, one], label)
    yield plot_models.quadrant((label, note), (label, note), [one, other, one, other], label)
    yield plot_models.zones([(label, note, [label, note], True), (label, "", [note], False)], label)
    yield plot_models.equation(label, [label, note], [note, label, note], "+", label)
    yield plot_models.bucket(one, [one, other, one], other, label)
    yield plot_models.branches(one, [other, one], label)
    yield plot_models.squares(4, [(2, 2)], [(1, 1)], label)


ZH, EN = "关键时刻里的一小步，做对了才算", "what a guest remembers of the first minute"


@pytest.mark.parametrize(("label", "note"), [(ZH[:8], ZH * 2), (EN, f"{EN}, {EN}"), ("客", "客")])
def test_models_keep_their_texts_inside_and_apart(label, note):
    for drawing in models_of((label, note, True), (label, "", False)):
        assert_nothing_sticks_out(drawing)
        assert_no_text_lies_on_another(drawing)


def test_of_a_pyramid_the_levels_widen_downwards_or_upwards():
    steps = [("one", "", False), ("two", "", False), ("three", "", False)]
    for inverted in (False, True):
        drawing = plot_models.pyramid(steps, inverted=inverted)
        widths = numbers(elements(drawing, "rect", "box"), "width")
        assert widths == sorted(widths, reverse=inverted)
        assert len(set(widths)) == 3


def test_squares_to_count_are_as_many_as_told():
    drawing = plot_models.squares(5, [(3, 3)], [(1, 1), (4, 4)], "count")

    assert len(elements(drawing, "rect", "cell")) == 25
    assert len(elements(drawing, "rect", "hole")) == 1
    assert len(elements(drawing, "rect", "over")) == 2 * 4


def test_the_water_parts_what_shows_from_what_does_not():
    steps = [("above", "", False), ("below", "", False), ("deeper", "", False)]
    drawing = plot_models.iceberg(steps, 1)
    (wave,) = elements(drawing, "path", "wave")
    surface = float(wave.get("data-y"))
    tops = numbers(elements(drawing, "rect", "box"), "y")

    assert [top > surface for top in tops] == [False, True, True]


def test_bars_are_as_long_as_their_values():
    drawing = plots.bars([("甲", 80, True), ("乙", 40, False), ("丙", 10, False)], "%")
    lengths = numbers(elements(drawing, "rect", "bar"), "width")

    assert [length / lengths[0] for length in lengths] == pytest.approx([1, 0.5, 0.125], abs=0.001)
    assert len(elements(drawing, "rect", "bar hi")) == 1


def test_a_bar_of_nothing_can_still_be_seen():
    drawing = plots.bars([("none", 0, False), ("none either", 0, False)])

    assert numbers(elements(drawing, "rect", "bar"), "width") == [2, 2]


def test_a_range_goes_on_paler_from_its_low_to_its_high_end():
    drawing = plots.bars([("fixed", 90, False), ("range", (45, 60), True)], "%")
    (full, low), (span,) = elements(drawing, "rect", "bar"), elements(drawing, "rect", "span")
    unit = float(full.get("width")) / 90

    assert float(low.get("width")) == pytest.approx(45 * unit, abs=0.1)
    assert float(span.get("x")) == pytest.approx(float(low.get("x")) + 45 * unit, abs=0.1)
    assert float(span.get("width")) == pytest.approx(15 * unit, abs=0.1)
    assert "45–60%" in drawing


@pytest.mark.parametrize(
    "label", ["Reimbursements-and-refunds", "一个很长很长的标签" * 4, "ten words " * 5]
)
def test_labels_too_long_for_their_column_stand_above_the_bars(label):
    drawing = plots.bars([(label, 5, False), ("short", 1_950_000, False)], " CNY")

    assert numbers(elements(drawing, "rect", "bar"), "x") == [0, 0]
    assert_nothing_sticks_out(drawing)
    assert_no_text_lies_on_another(drawing)


def test_a_large_number_is_written_out():
    assert plots.value_text(1_950_000) == "1950000"
    assert plots.value_text((0.1 + 0.2, 2.50), "%") == "0.3–2.5%"


@given(
    values=st.lists(
        st.tuples(st.integers(1, 5), st.integers(1, 5), TEXTS.filter(str.strip)),
        min_size=1,
        max_size=10,
    )
)
def test_no_two_labels_of_a_slope_overlap_however_equal_the_values(values):
    drawing = plots.slope("a", "b", [(label, *ends, False) for *ends, label in values])
    for classes in ({"end"}, {"end", "strong"}, {"end", "value"}, {"value"}):
        texts = [
            one for one in elements(drawing, "text") if set(one.get("class").split()) == classes
        ]
        for above, below in pairwise(sorted(texts, key=lambda one: float(one.get("y")))):
            foot = float(above.get("y")) + (len(above) - 1) * LEAD
            assert float(below.get("y")) - foot >= SIZE


def test_a_slope_shows_each_row_from_its_left_to_its_right_value():
    drawing = plots.slope("前", "后", [("甲", 10, 0, True), ("乙", 5, 5, False)])
    heights = numbers(elements(drawing, "circle"), "cy")

    assert heights[0] < heights[2] == heights[3] < heights[1]
    assert heights[2] == pytest.approx((heights[0] + heights[1]) / 2)
    assert len(elements(drawing, "path", "link hi")) == 1


def test_long_names_of_the_axes_make_room_for_each_other():
    drawing = plots.slope("What they hoped for", "What they got", [("a", 1, 2, False)])

    assert_nothing_sticks_out(drawing)
    assert_no_text_lies_on_another(drawing)


@pytest.mark.parametrize(
    "counts", [(1, 24), (2, 0), (3, 9), (3, 10), (10, 290)], ids=lambda counts: str(sum(counts))
)
def test_there_are_as_many_people_as_counted(counts):
    groups = [("highlighted", counts[0], True), ("the others", counts[1], False)]
    drawing = plots.people(sum(counts), groups)
    key = 1  # one more figure for each group, beside its label

    assert len(elements(drawing, "path", "person hi")) == counts[0] + key
    assert len(elements(drawing, "path", "person")) == sum(counts) + 2 * key
    assert [one[0].text for one in elements(drawing, "text", "value")] == [str(n) for n in counts]
    assert_nothing_sticks_out(drawing)


def test_a_chain_has_an_arrow_between_every_two_boxes():
    drawing = plots.chain([("a", "note", False), ("b", "", True), ("c", "", False)])
    boxes, arrows = elements(drawing, "rect", "box"), elements(drawing, "path", "link")

    assert (len(boxes), len(arrows)) == (3, 2)
    assert "hi" in boxes[1].get("class")


def test_a_ladder_begins_at_the_bottom_left_and_has_one_stair():
    drawing = plots.ladder([("low", "", False), ("middle", "", False), ("high", "", True)])
    boxes = elements(drawing, "rect", "box")
    xs, ys = numbers(boxes, "x"), numbers(boxes, "y")
    (stair,) = elements(drawing, "path", "stair")

    assert "hi" in boxes[0].get("class")
    assert xs == sorted(xs, reverse=True)
    assert ys == sorted(ys)
    assert stair.get("d").count("H") == 3


@pytest.mark.parametrize("ends", [(45, 54, 63), (0, 1, 2), (1, 9, 17), (97, 99, 100), (50, 50, 50)])
def test_the_numbers_of_an_interval_never_lie_on_each_other(ends):
    drawing = plots.interval(*ends, "label")
    (span,) = elements(drawing, "rect", "span")

    assert float(span.get("width")) == pytest.approx((ends[2] - ends[0]) * 3.38, abs=0.1)
    assert_nothing_sticks_out(drawing)
    assert_no_text_lies_on_another(drawing)


@pytest.mark.parametrize(("points", "total", "needed"), [(8, 10, 7), (0, 3, 1), (60, 120, 120)])
def test_a_score_line_fills_a_square_for_each_point(points, total, needed):
    drawing = plots.scoreline(points, total, needed, "label", "7 of 10 pass")
    squares = elements(drawing, "rect", "bar")

    assert len(squares) == total
    assert len(elements(drawing, "rect", "ok")) == points
    assert min(numbers(squares, "width")) > 0
    assert_nothing_sticks_out(drawing)


@given(text=TEXTS, room=ROOMS)
def test_wrapping_never_begins_a_line_with_closing_punctuation(text, room):
    lines = wrap(text, room)
    spaced = " ".join(text.split())

    assert not any(line[0] in NO_START for line in lines[1:])
    assert not any(line[-1] in NO_END and f"{line} " not in spaced for line in lines[:-1])


@given(text=TEXTS, room=ROOMS)
def test_wrapping_loses_nothing_and_adds_no_line(text, room):
    lines = wrap(text, room)

    assert "".join(lines).replace(" ", "") == "".join(text.split())
    assert len(lines) == len(fill(text, room))
    assert all(lines)


@given(words=st.lists(st.text("abc客人", min_size=1, max_size=4), max_size=30), room=ROOMS)
def test_no_wrapped_line_is_wider_than_its_room(words, room):
    assert all(width(line) <= max(room, width("cccc")) for line in wrap(" ".join(words), room))


def test_wrapped_lines_are_about_equally_long():
    assert wrap("were dissatisfied and went away", 170) == ["were dissatisfied", "and went away"]
    assert [len(line) for line in wrap("客" * 9, 8 * SIZE)] == [5, 4]


def test_a_table_in_a_lesson_scrolls_by_itself_and_has_a_name():
    table = "| a | b |\n| --- | --- |\n| 1 | 2 |\n"
    (plain,) = blocks_of(table, {}, "en")
    (inside,) = blocks_of(f"::: classroom\n{table}:::\n", {}, "en")
    frame = '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>'

    for block in (plain, inside):
        assert frame in block["html"]
        ElementTree.fromstring(f"<div>{block['html']}</div>")  # every element is closed
