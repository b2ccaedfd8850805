"""What pages cost on the wire, as Chromium counts it."""

from dataclasses import dataclass, field

import pytest

from tests.browser.taking import fill_in, question
from tests.browser.test_saving import say
from tests.browser.visiting import save_state

pytestmark = pytest.mark.browser


@dataclass
class Wire:
    """Bytes with headers, compressed as sent; `decoded` is what the page makes of them."""

    sent: dict = field(default_factory=dict)  # id: (method, address, kind)
    bytes: dict = field(default_factory=dict)
    decoded: dict = field(default_factory=dict)

    def follow(self, page):
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._sent)
        session.on(
            "Network.requestServedFromCache", lambda event: self.sent.pop(event["requestId"], 0)
        )
        session.on("Network.responseReceived", self._received)
        session.on("Network.dataReceived", self._data)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")
        return self

    def _sent(self, event):
        if event["request"]["url"].startswith("http"):
            self.sent[event["requestId"]] = (
                event["request"]["method"], event["request"]["url"], event.get("type", "")
            )  # fmt: skip

    def _received(self, event):
        if event["response"].get("fromDiskCache"):
            self.sent.pop(event["requestId"], 0)

    def _data(self, event):
        before = self.decoded.get(event["requestId"], 0)
        self.decoded[event["requestId"]] = before + event["dataLength"]

    def _finished(self, event):
        self.bytes[event["requestId"]] = event["encodedDataLength"]

    @property
    def requests(self):
        return list(self.sent.values())

    @property
    def total(self):
        return sum(self.bytes.get(one, 0) for one in self.sent)

    def html(self):
        return sum(
            self.decoded.get(one, 0) for one, (_, _, kind) in self.sent.items()
            if kind == "Document"
        )  # fmt: skip

    def __str__(self):
        return f"{self.total:,} B in {len(self.requests)} requests, HTML {self.html():,} B"

    def forget(self):
        self.sent.clear()
        self.bytes.clear()
        self.decoded.clear()


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_a_lesson_costs_little_the_first_time_and_next_to_nothing_later(visit, places, language):
    me = visit(language=language)
    page = me.page()
    wire = Wire().follow(page)
    me.go(page, places["lessons"][0])
    page.wait_for_load_state("networkidle")
    first = wire.total, len(wire.requests), wire.html()
    addresses = [address for _, address, _ in wire.requests]
    wire.forget()
    me.go(page, places["lessons"][1])
    page.wait_for_load_state("networkidle")
    # Leaving the first lesson tells how far it was read: part of the way, not of the page.
    warm = wire.total, len([one for one in wire.requests if not one[1].endswith("/seen/")])
    print(
        f"\nlesson, {language}: first {first[0]:,} B in {first[1]} requests, HTML {first[2]:,} B; "
        f"warm {warm[0]:,} B in {warm[1]} requests"
    )

    assert first[0] <= 90_000, addresses
    assert first[1] <= 8, addresses
    assert first[2] <= 30_000
    assert warm[0] <= 12_000
    assert warm[1] <= 2


def test_moving_between_questions_costs_nothing_and_a_save_is_one_small_post(visit, clerk, places):
    me = visit()
    attempt = clerk.ask("start", username=me.username, quiz=places["pre"])
    page = me.page()
    wire = Wire().follow(page)
    me.go(page, f"/quizzes/attempts/{attempt}/")
    page.wait_for_load_state("networkidle")
    print(f"\nquiz: first {wire}")
    wire.forget()

    for _ in range(10):
        page.locator("#next").click()
    for _ in range(10):
        page.locator("#previous").click()
    page.wait_for_timeout(300)  # Chromium takes the icon from its cache each time
    assert wire.requests == []

    say(page, 1, "true")
    save_state(page, "saved")
    page.wait_for_load_state("networkidle")
    print(f"a save: {wire.total:,} B back, headers included")
    assert [(method, kind) for method, _, kind in wire.requests] == [("POST", "Fetch")]
    assert wire.total < 2_000
    assert sum(wire.decoded[one] for one in wire.sent) < 1_000


def test_checking_an_exercise_is_one_request(visit, clerk, places):
    me = visit()
    page = me.page()
    wire = Wire().follow(page)
    me.go(page, places["lessons"][0])
    page.wait_for_load_state("networkidle")
    exercise = page.locator(".exercise").first
    name = exercise.get_attribute("id")
    fill_in(exercise, clerk.ask("right_practice", exercise=name.removeprefix("ex-")))
    wire.forget()

    exercise.locator(".act .button").click()
    page.wait_for_selector(f"#{name} .verdict")
    page.wait_for_load_state("networkidle")
    print(f"\nchecking an exercise: {wire.total:,} B")

    assert [method for method, _, _ in wire.requests] == ["POST"]
    assert wire.total < 12_000


def test_a_quiz_of_every_kind_stays_within_the_budget_of_a_page(visit, clerk):
    me = visit()
    attempt = clerk.ask("start", username=me.username, quiz="every-kind")
    page = me.page()
    wire = Wire().follow(page)
    me.go(page, f"/quizzes/attempts/{attempt}/")
    page.wait_for_load_state("networkidle")
    print(f"\nquiz of every kind: {wire}")

    assert question(page).count() == 1
    assert wire.total <= 100_000
    assert len(wire.requests) <= 20  # each kind may bring a style sheet and a script
