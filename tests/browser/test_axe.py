"""axe-core finds nothing on any page: both languages, both themes, phone and desk."""

import pytest

from tests.browser.pages import pages_at_the_door, pages_of_a_trainee
from tests.browser.visiting import AXE, DESK

pytestmark = pytest.mark.browser

RUN = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run(document, {
    runOnly: { type: "tag", values: tags },
    rules: { "target-size": { enabled: true } },
    resultTypes: ["violations"],
  });
  return found.violations.flatMap((one) => one.nodes.map(
    (node) => `${one.id}: ${node.target} ${node.failureSummary.replace(/\\s+/g, " ")} ${node.html}`.slice(0, 500)
  ));
}"""


def violations(page):
    # By the debugger: the pages' policy would refuse a script element, and rightly.
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(RUN)


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_violation_on_a_phone(visit, clerk, places, language, scheme):
    stranger = visit(person=False, language=language, scheme=scheme)
    trainee = visit(language=language, scheme=scheme)
    found, seen = {}, 0
    for walk in (pages_at_the_door(stranger), pages_of_a_trainee(trainee, clerk, places)):
        for name, page in walk:
            seen += 1
            if wrong := violations(page):
                found[name] = wrong

    assert found == {}
    assert seen > 35


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_violation_on_a_desk(visit, clerk, places, scheme):
    me = visit(viewport=DESK, scheme=scheme)
    page = me.page()
    attempt = clerk.ask("start", username=me.username, quiz="every-kind")
    found = {}
    for address in ["/", places["course"], places["lessons"][0], f"/quizzes/attempts/{attempt}/"]:
        me.go(page, address)
        if wrong := violations(page):
            found[address] = wrong

    assert found == {}


def test_control_axe_does_find_what_is_wrong(visit):
    page = visit().page("/help/")
    page.locator("main h1").evaluate(
        "one => one.insertAdjacentHTML('afterend', '<img src=data:,><button></button>')"
    )

    names = {one.split(":")[0] for one in violations(page)}

    assert {"image-alt", "button-name"} <= names
