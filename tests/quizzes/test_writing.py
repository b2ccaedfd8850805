import pytest
from django.utils.translation import override

from quizzes.kinds import KINDS, Mask
from quizzes.kinds.lengths import in_words, is_in_words, length_of
from quizzes.kinds.writing import length_words, too_long

KIND = KINDS["writing"]
MASK = Mask("e")


def spec(**changes):
    content = KIND.sample_content | changes
    return KIND.parse(content)


def test_a_form_gives_back_texts_with_the_line_ends_of_scripts():
    form = KIND.form(spec(), {"part-event": "one\r\ntwo\rthree"}, MASK)

    assert form.is_valid()
    assert form.cleaned_data == {"texts": {"event": "one\ntwo\nthree"}}


def test_a_response_goes_through_its_form_and_comes_back_the_same():
    response = {"texts": {"event": "客人来了"}, "versions": {"event": 3, "insight": 1}}

    form = KIND.form(spec(), KIND.post_data(spec(), response, MASK), MASK)

    assert form.is_valid()
    assert form.cleaned_data == response


def test_only_a_written_text_waits_for_a_mark():
    assert KIND.grade(spec(), {"texts": {"event": "x"}}).needs_mark is True
    assert KIND.grade(spec(), {"texts": {"event": " \n"}}).needs_mark is False
    assert KIND.grade(spec(), {"texts": {}}).earned == 0


@pytest.mark.parametrize("text", ["\x00", "a\x00b"])
def test_nul_bytes_are_refused(text):
    assert not KIND.form(spec(), {"part-event": text}, MASK).is_valid()


def test_a_text_over_its_wall_is_refused_with_its_length():
    part = spec().part["event"]

    with override("en"):
        assert too_long(part, "字" * 40) == ""
        assert too_long(part, "字" * 41) == "event: 41 is too long, at most 40."
        assert "20000" in too_long(part, "a" * 20_001)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("客人来了。", 4),
        ("Wi-Fi don't work", 3),
        ("住 2 晚，Wi-Fi", 4),
        ("🙂🙂", 0),
        ("مرحبا بك", 2),
    ],
)
def test_lengths_are_counted_as_people_count(text, length):
    assert length_of(text) == length


def test_english_aims_at_two_thirds_as_many_words():
    assert [in_words(n) for n in (0, 20, 100, 200, 800, 1500)] == [0, 20, 70, 130, 530, 1000]
    assert is_in_words("客人说房间太冷了", otherwise=True) is False
    assert is_in_words("The guest said that it was cold", otherwise=False) is True
    assert is_in_words("嗯", otherwise=True) is True


def test_the_words_beside_a_text_say_how_long_it_is_and_should_be():
    with override("en"):
        assert length_words(312, 800, 1500) == "312 of about 800"
        assert length_words(900, 800, 1500) == "900: right, between 800 and 1500"
        assert length_words(1600, 800, 1500) == "1600, about 1500 would do"
        assert length_words(60, 0, 100) == "60 of about 100"


def test_what_is_a_fifth_off_is_not_called_short_or_long():
    content = dict(KIND.sample_content)
    content["parts"] = [dict(content["parts"][0], aim_from=10, aim_to=20), content["parts"][1]]
    shown = {
        n: KIND.present(KIND.parse(content), {"texts": {"event": "字" * n}}, MASK, reveal=False)
        for n in (0, 7, 8, 24, 25)
    }
    first = {n: one["parts"][0] for n, one in shown.items()}

    assert [n for n in first if first[n]["is_short"]] == [7]
    assert [n for n in first if first[n]["is_long"]] == [25]
