import time, pytest
from tests.browser.taking import *
pytestmark = pytest.mark.browser
def test_prof(visit, clerk, places):
    me = visit(); page = me.page()
    def t(name, f):
        s=time.perf_counter(); r=f(); print(f"{name}: {(time.perf_counter()-s)*1000:.0f} ms"); return r
    t("today", lambda: me.go(page, "/"))
    t("today2", lambda: me.go(page, "/"))
    t("quiz", lambda: me.go(page, f"/quizzes/{places['pre']}/"))
    a = t("begin", lambda: begin(page))
    f = t("right", lambda: clerk.ask("right_fields", attempt=a))
    s = question(page)
    for n, v in f[0].items():
        t("check", lambda: s.locator(f"[name='{n}'][value='{v}']").check())
    t("next", lambda: page.locator("#next").click())
    t("eval", lambda: page.evaluate("1"))
    t("count", lambda: page.locator("#next").count())
    t("next", lambda: page.locator("#next").click())
    t("prev", lambda: page.locator("#previous").click())
