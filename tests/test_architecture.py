"""Which app may import which. The arrows only ever point down this table."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = ["outbox", "people", "quizzes", "cases", "units", "assignments", "home"]
MAY_IMPORT = {app: set(ORDER[:n]) for n, app in enumerate(ORDER)}
SHARED = {"mot_course.web", "mot_course.steps"}  # import no app, so every app may use them


def imported_modules(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module)
    return modules - SHARED


@pytest.mark.parametrize("app", ORDER)
def test_an_app_imports_only_what_lies_below_it(app):
    others = ({*ORDER, "mot_course", "tests"}) - MAY_IMPORT[app] - {app}
    forbidden = {
        (str(path.relative_to(ROOT)), module)
        for path in (ROOT / app).rglob("*.py")
        for module in imported_modules(path)
        if module.split(".")[0] in others
    }

    assert forbidden == set()


def test_what_all_share_imports_no_app():
    for name in ("web.py", "steps.py"):
        used = {module.split(".")[0] for module in imported_modules(ROOT / "mot_course" / name)}
        # `people.models` stands in web.py for the type checker alone.
        assert used & set(ORDER) <= {"people"}


def own_python():
    for app in [*ORDER, "mot_course", "tests"]:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path


def test_no_file_has_outgrown_its_topic():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in own_python()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }

    assert long == {}


def test_text_is_marked_as_safe_only_in_reviewed_places():
    reviewed = {
        "quizzes/prose.py": "nh3 has cleaned it",
        "quizzes/templatetags/questions.py": "every text is escaped beside it",
        "quizzes/templatetags/practice.py": "a rendered template and a token",
        "units/comparing_beliefs.py": "plots escapes every text",
        "units/room/cutting.py": "cuts HTML that quizzes.prose has cleaned into whole elements",
        "units/drawing.py": "plots escapes every text",
        "units/lesson_blocks.py": "a lesson's blocks, cleaned when they were published",
    }
    found = {
        str(path.relative_to(ROOT))
        for app in [*ORDER, "mot_course"]
        for path in (ROOT / app).rglob("*.py")
        if "mark_safe" in path.read_text(encoding="utf-8")
    }
    templates = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*")
        if path.is_file()
        and any(bad in path.read_text(encoding="utf-8") for bad in ("|safe", "autoescape off"))
    }

    assert found <= set(reviewed)
    assert templates == set()


def test_no_template_has_inline_script_style_or_handlers():
    bad = ("style=", "<style", "onclick", "onchange", "onsubmit", "javascript:", "hx-on", "js:{")
    found = {
        (str(path.relative_to(ROOT)), word)
        for path in (ROOT / "templates").rglob("*.html")
        for word in bad
        if word in path.read_text(encoding="utf-8")
    }
    inline = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if "<script>" in path.read_text(encoding="utf-8")
    }

    assert (found, inline) == (set(), set())


def test_no_query_is_built_from_what_a_user_sends():
    bad = ("**request.GET", "**request.POST", 'fields = "__all__"')
    found = {
        (str(path.relative_to(ROOT)), word)
        for path in own_python()
        if "tests" not in path.parts
        for word in bad
        if word in path.read_text(encoding="utf-8")
    }

    assert found == set()
