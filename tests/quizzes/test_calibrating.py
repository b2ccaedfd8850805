"""Calibration: blind until all is marked; kappa and how uncertain it is."""

import random
from statistics import fmean, pvariance

import pytest
from django.test import Client

from quizzes.calibrating import agreement, interval, weighted_kappa
from quizzes.models import Calibration
from tests.factories import make_instructor, make_trainee
from tests.quizzes.marking_world import make_anchored_bank

pytestmark = pytest.mark.django_db
REFERENCES = ({"event": 4, "insight": 3}, {"event": 1, "insight": 2}, {"event": 2, "insight": 4})


def signed_in(person):
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


@pytest.fixture
def bank():
    return make_anchored_bank(*REFERENCES)


def give(client, bank, n, event, insight):
    fields = {"anchor": f"anchor-{n}", "level-event": event, "level-insight": insight}
    return client.post(f"/marking/calibration/{bank.slug}/", fields)


# --- Pure ------------------------------------------------------------------------------------


def test_full_agreement_is_one_and_the_mirror_image_minus_one():
    assert weighted_kappa([(1, 1), (2, 2), (4, 4)]) == 1
    assert weighted_kappa([(1, 4), (4, 1)]) == -1


def test_a_known_value():
    # By hand: Σd² ÷ n = 2 ÷ 4; by chance 56 ÷ 16 = 3.5; so 1 − 0.5 ÷ 3.5 = 6 ÷ 7.
    assert weighted_kappa([(1, 1), (2, 1), (3, 4), (4, 4)]) == pytest.approx(6 / 7)


def test_it_equals_the_concordance_of_the_two_raters():
    # With quadratic weights kappa is 2·cov ÷ (var + var + (difference of the means)²).
    dice = random.Random(7)
    pairs = [(dice.randint(1, 4), dice.randint(1, 4)) for _ in range(18)]
    mine, theirs = zip(*pairs, strict=True)
    a, b = fmean(mine), fmean(theirs)
    cov = fmean((x - a) * (y - b) for x, y in pairs)
    expected = 2 * cov / (pvariance(mine) + pvariance(theirs) + (a - b) ** 2)

    assert weighted_kappa(pairs) == pytest.approx(expected)


def test_the_order_of_the_pairs_and_of_the_raters_does_not_matter():
    pairs = [(1, 2), (3, 3), (4, 2), (2, 2), (1, 1)]
    turned = [(b, a) for a, b in reversed(pairs)]

    assert weighted_kappa(pairs) == pytest.approx(weighted_kappa(turned))


def test_a_level_given_without_looking_has_a_kappa_of_nothing():
    assert weighted_kappa([(2, level) for level in (1, 2, 3, 4)]) == pytest.approx(0)


def test_where_both_always_give_the_same_level_there_is_no_kappa():
    assert weighted_kappa([(3, 3)] * 6) is None
    assert weighted_kappa([]) is None
    assert interval([(3, 3)] * 6) is None
    assert agreement([(3, 3)] * 6).band == "unknown"


def test_the_interval_is_the_same_each_time_and_narrows_with_more_ratings():
    few = [(1, 1), (2, 3), (3, 3), (4, 3), (2, 2), (4, 4)] * 3
    many = few * 20

    assert interval(few) == interval(few)
    low, high = interval(few)
    assert low < weighted_kappa(few) < high
    assert interval(many)[1] - interval(many)[0] < (high - low) / 3


@pytest.mark.parametrize(
    ("pairs", "band", "leans"),
    [
        ([(1, 1), (2, 2), (3, 3), (4, 4)], "close", ""),
        ([(1, 2), (2, 3), (3, 4), (1, 1)], "fair", "strict"),
        ([(2, 1), (3, 1), (4, 2), (4, 4)], "loose", "mild"),
        ([(4, 1), (1, 4), (2, 2)], "apart", ""),
    ],
)
def test_what_it_means_is_said_in_words(pairs, band, leans):
    found = agreement(pairs)

    assert (found.band, found.leans) == (band, leans)
    assert found.count == len(pairs) == found.same + found.near + found.far


# --- The pages -------------------------------------------------------------------------------


def test_the_reference_is_in_no_byte_before_all_is_marked(bank):
    client = signed_in(make_instructor())
    url = f"/marking/calibration/{bank.slug}/"
    pages = [client.get(url)]
    for n in (1, 2):
        refused = client.post(url, {"anchor": f"anchor-{n}", "level-event": "1"})
        assert refused.status_code == 422
        pages += [refused, give(client, bank, n, 1, 1), client.get(url)]

    for page in pages:
        text = page.content.decode() + str(page.headers)
        assert "Secret reason" not in text
        assert "理由" not in text
        assert "Experts" not in text


def test_the_answers_differ_in_no_byte_when_the_reference_does():
    import re

    texts = []
    for levels in ({"event": 1, "insight": 1}, {"event": 4, "insight": 4}):
        bank = make_anchored_bank(levels)
        page = signed_in(make_instructor()).get(f"/marking/calibration/{bank.slug}/")
        text = page.content.decode().replace(bank.slug, "BANK")
        text = re.sub(r'(csrfmiddlewaretoken" value="|data-person=")[^"]*', "", text)
        texts.append(text)

    assert texts[0] == texts[1]


def test_after_the_last_one_both_stand_side_by_side(bank):
    person = make_instructor()
    client = signed_in(person)
    for n, levels in enumerate([(4, 3), (1, 3), (2, 4)], start=1):
        assert give(client, bank, n, *levels).status_code == 302

    page = client.get(f"/marking/calibration/{bank.slug}/")
    text = page.content.decode()

    assert page.context["agreement"].count == 6
    assert page.context["agreement"].same == 5
    assert "Secret reason 3" in text
    assert "You see nearly what the experts see" in text
    assert "6 ratings of a few texts say little" in text
    assert Calibration.objects.filter(marker=person).count() == 3


def test_what_is_given_stays_and_an_old_page_changes_nothing(bank):
    client = signed_in(make_instructor())
    give(client, bank, 1, 4, 4)

    again = give(client, bank, 1, 1, 1)
    ahead = give(client, bank, 3, 1, 1)

    assert (again.status_code, ahead.status_code) == (302, 302)
    assert Calibration.objects.get().levels == {"event": 4, "insight": 4}


def test_the_queue_hints_until_one_has_calibrated(bank):
    client = signed_in(make_instructor())
    link = f"/marking/calibration/{bank.slug}/"

    before = client.get("/marking/").content.decode()
    for n in (1, 2, 3):
        give(client, bank, n, 2, 2)
    afterwards = client.get("/marking/").content.decode()

    assert link in before
    assert link not in afterwards


def test_only_instructors_calibrate_and_only_where_there_are_examples(bank):
    bare = make_anchored_bank()
    client = signed_in(make_instructor())

    assert signed_in(make_trainee()).get(f"/marking/calibration/{bank.slug}/").status_code == 404
    assert client.get(f"/marking/calibration/{bare.slug}/").status_code == 404
    assert client.get("/marking/calibration/nowhere/").status_code == 404
    assert Client().get(f"/marking/calibration/{bank.slug}/").status_code == 302
