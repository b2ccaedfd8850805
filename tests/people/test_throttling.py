"""Guessing is slow, and the person guessed at is not locked out."""

import threading

import pytest
from django.db import connection

from people.throttling import WINDOWS
from tests.factories import PASSWORD, make_trainee
from tests.people.conftest import WRONG, Browser

TOO_MANY = "Too many wrong tries"


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


def is_refused_unheard(response):
    return response.status_code == 200 and TOO_MANY in response.content.decode()


@pytest.mark.django_db
def test_after_five_wrong_tries_a_stranger_is_refused_even_with_the_right_password(browser):
    person = make_trainee(password=PASSWORD)

    for _ in range(5):
        assert not is_refused_unheard(browser.sign_in(person.username, WRONG))

    assert is_refused_unheard(browser.sign_in(person.username))
    assert not browser.is_signed_in


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["198.51.100.1", "203.0.113.9"])
def test_the_victims_own_device_still_gets_in(browser, address):
    person = make_trainee(password=PASSWORD)
    victim = Browser(address=address)
    victim.sign_in(person.username)
    victim.post("/accounts/logout/")

    for _ in range(40):
        browser.sign_in(person.username, WRONG)
    victim.sign_in(person.username)

    assert victim.is_signed_in


@pytest.mark.django_db
def test_a_known_device_has_a_limit_of_its_own(browser):
    person = make_trainee(password=PASSWORD)
    browser.sign_in(person.username)
    browser.post("/accounts/logout/")

    answers = [browser.sign_in(person.username, WRONG) for _ in range(11)]

    assert [is_refused_unheard(answer) for answer in answers] == [False] * 10 + [True]


@pytest.mark.django_db
def test_a_device_known_to_one_person_is_a_stranger_to_another(browser):
    mine, theirs = make_trainee(password=PASSWORD), make_trainee(password=PASSWORD)
    browser.sign_in(mine.username)
    browser.post("/accounts/logout/")

    answers = [browser.sign_in(theirs.username, WRONG) for _ in range(6)]

    assert [is_refused_unheard(answer) for answer in answers] == [False] * 5 + [True]


@pytest.mark.django_db
def test_a_forged_device_cookie_is_worth_nothing(browser):
    person = make_trainee(password=PASSWORD)
    browser.cookies["__Host-device"] = f'{{"{person.pk}": "x"}}:1abc:forged'

    answers = [browser.sign_in(person.username, WRONG) for _ in range(6)]

    assert is_refused_unheard(answers[-1])


@pytest.mark.django_db
def test_all_names_of_a_person_share_one_budget(browser, other_browser):
    make_trainee(username="n1", phone="13800138000", email="n1@mot.example", password=PASSWORD)

    for name in ["n1", "N1", "13800138000", "138 00138000", "n1@mot.example"]:
        browser.sign_in(name, WRONG)

    assert is_refused_unheard(other_browser.sign_in("N1@mot.example"))


@pytest.mark.django_db
def test_whoever_hammers_at_one_account_does_not_use_up_the_tries_of_the_address(browser):
    victim, neighbour = make_trainee(password=PASSWORD), make_trainee(password=PASSWORD)

    for _ in range(40):
        browser.sign_in(victim.username, WRONG)
    browser.sign_in(neighbour.username)

    assert browser.is_signed_in


@pytest.mark.django_db
def test_unknown_names_run_out_of_tries_as_known_ones_do(browser):
    answers = [browser.sign_in("nobody", WRONG) for _ in range(6)]

    assert [is_refused_unheard(answer) for answer in answers] == [False] * 5 + [True]


@pytest.mark.django_db
def test_ones_own_correct_sign_in_does_not_reset_the_counters_of_an_address(browser):
    own = make_trainee(password=PASSWORD)
    refused = 0

    for number in range(40):
        if number % 4 == 0:
            own_browser = Browser()
            own_browser.sign_in(own.username)
        refused += is_refused_unheard(browser.sign_in(f"spray{number}", WRONG))

    assert refused == 10


@pytest.mark.django_db
def test_a_training_room_behind_one_address_signs_in(browser):
    people = [make_trainee(password=PASSWORD) for _ in range(35)]

    for person in people:
        room = Browser()
        room.sign_in(person.username)
        assert room.is_signed_in


@pytest.mark.django_db(transaction=True)
def test_parallel_tries_do_not_multiply_the_budget():
    person = make_trainee(password=PASSWORD)
    unheard = []

    def guess(number):
        answer = Browser(address=f"203.0.113.{number}").sign_in(person.username, WRONG)
        unheard.append(is_refused_unheard(answer))
        connection.close()

    threads = [threading.Thread(target=guess, args=[number]) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(unheard) == 12
    assert unheard.count(False) == 5


@pytest.mark.django_db
def test_asking_for_a_reset_is_limited_per_name_with_a_designed_page(browser):
    limit = WINDOWS["reset"][1].amount

    answers = [browser.post("/accounts/password/reset/", {"name": "x"}) for _ in range(limit + 1)]

    assert [answer.status_code for answer in answers] == [302] * limit + [429]
    assert b"A short pause" in answers[-1].content


@pytest.mark.django_db
def test_wrong_links_are_limited(browser):
    limit = WINDOWS["link"][0].amount

    answers = [browser.post(f"/accounts/link/wrong-{n}/") for n in range(limit + 1)]

    assert [answer.status_code for answer in answers] == [410] * limit + [429]
