"""A case out of here and back: YAML, tables, pasted conversations, exercises as YAML."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases import transfer
from cases.editing import lines_of
from cases.pasting import filled_in, spoken_in, with_lines
from cases.transfer import BadImport, decoded, from_csv, from_yaml, to_csv, to_yaml
from people.models import AuditEntry
from quizzes.kinds import KINDS
from tests.cases.making import both, draft_of, make_content, make_published, seen_of
from tests.factories import make_admin

numbers = iter(range(10**9))


def new_id(word):
    return f"{word}-new{next(numbers)}"


@pytest.fixture
def client(db):
    client = Client()
    client.force_login(make_admin(language="en"))
    return client


def send(client, case, act="check", **fields):
    data = {"seen": seen_of(case), "act": act} | fields
    return client.post(f"/cases/{case.slug}/edit/import/", data)


def faults(call, *arguments):
    with pytest.raises(BadImport) as refused:
        call(*arguments)
    return [(one.place, one.message) for one in refused.value.faults]


# --- YAML ---------------------------------------------------------------------------------------


def test_a_case_goes_out_and_comes_back_the_same():
    assert from_yaml(to_yaml(make_content())) == make_content()


def test_yaml_with_faults_names_line_and_field():
    text = re.sub(r"\n +en: One moment\.", "", to_yaml(make_content()))

    found = faults(from_yaml, text)

    assert len(found) == 1
    place, message = found[0]
    assert place.startswith("Line ")
    assert "scenes.0.lines.3.text" in place
    assert "English" in message


@pytest.mark.parametrize("text", ["", "a: [", "- 1", "a: &x 1\nb: *x", "a: 1\na: 2", "\x00", "x"])
def test_what_is_no_case_is_refused_with_words(text):
    assert faults(from_yaml, text)


def test_a_dry_run_changes_nothing_and_the_same_text_is_then_taken_in(client):
    case = make_published()
    text = to_yaml(make_content()).replace("One moment.", "Just a moment.")

    looked = send(client, case, way="yaml", text=text)
    assert looked.status_code == 200
    assert "1 line changed" in looked.content.decode()
    assert draft_of(case) == make_content()

    taken = send(client, case, act="apply", way="yaml", text=text)
    assert taken.status_code == 302
    assert lines_of(draft_of(case))[3]["text"]["en"] == "Just a moment."
    assert AuditEntry.objects.filter(action="case_imported").count() == 1


def test_an_import_of_a_page_that_is_behind_is_refused_and_shown_again(client):
    case = make_published()
    seen = seen_of(case)
    send(client, case, act="apply", way="paste", to="end", zh="小林：好")

    late = send(client, case, act="apply", way="paste", to="end", zh="小林：再见", seen=seen)

    assert late.status_code == 409
    assert "再见" in late.content.decode()
    assert "再见" not in str(draft_of(case))


def test_a_refused_import_keeps_what_was_pasted(client):
    case = make_published()

    response = send(client, case, way="paste", to="end", zh="没有冒号的一行")

    assert response.status_code == 422
    assert "没有冒号的一行" in response.content.decode()


def test_the_draft_is_offered_as_files(client):
    make_published()

    yaml_file = client.get("/cases/the-call/edit/export/yaml/")
    table = client.get("/cases/the-call/edit/export/csv/")

    assert from_yaml(yaml_file.content.decode()) == make_content()
    assert yaml_file["Content-Disposition"] == 'attachment; filename="the-call.yaml"'
    assert table.content.startswith(b"\xef\xbb\xbfspeaker,zh,en")
    assert client.get("/cases/the-call/edit/export/exe/").status_code == 404


# --- tables -------------------------------------------------------------------------------------


def test_a_table_goes_out_and_comes_back_with_ids_and_moments():
    content = make_content()

    spoken = from_csv(decoded(to_csv(content)))

    assert with_lines(content, spoken, replaces=True, new_id=new_id) == content


def test_lines_with_the_same_words_keep_their_ids_without_an_id_column():
    content = make_content()
    table = (
        'speaker,zh,en\n客人,我找保罗。,"Paul, please."\n'
        "小林,新的一句,New\n小林,请稍等。,One moment.\n"
    )

    after = with_lines(content, from_csv(table), replaces=True, new_id=new_id)

    found = [line["id"] for line in lines_of(after)]
    assert (found[0], found[2]) == ("l1", "l4")
    assert found[1] not in ("l2", "l3", "l5")


def test_cells_that_a_spreadsheet_would_run_are_made_harmless_and_come_back_as_they_were():
    content = make_content()
    content["scenes"][0]["lines"][3]["text"]["en"] = '=HYPERLINK("x")'

    table = to_csv(content).decode("utf-8-sig")

    assert "'=HYPERLINK" in table
    assert from_csv(table)[3].en == '=HYPERLINK("x")'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_the_usual_encodings_are_read(encoding):
    text = "speaker,zh,en\n小林,您好,Hello\n"

    assert from_csv(decoded(text.encode(encoding)))[0].zh == "您好"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_usual_delimiters_are_read(delimiter):
    assert from_csv(f"speaker{delimiter}zh\n小林{delimiter}您好\n")[0].speaker == "小林"


def test_faults_of_a_table_are_named_by_row_all_together():
    found = faults(
        from_csv, "speaker,zh,polarity,step\n,好,,\n小林,,,\n小林,好,great,\n小林,好,good,x\n"
    )

    assert [place for place, _ in found] == [
        "Row 2 · speaker", "Row 3 · zh", "Row 4 · polarity", "Row 5 · step",
    ]  # fmt: skip


def test_a_table_that_is_too_long_or_no_table_is_refused():
    assert faults(from_csv, "speaker,zh\n" + "小林,好\n" * 5001)
    assert faults(from_csv, "a,b\n1,2\n")
    assert faults(from_csv, "speaker,zh\n")
    assert faults(decoded, b"x" * (transfer.MOST_BYTES + 1))
    assert faults(decoded, b"\xff\x00\xff\x01\x80")


def test_a_table_is_uploaded_looked_at_and_taken_in(client):
    case = make_published()
    file = SimpleUploadedFile("x.csv", "speaker,zh,en\n王经理,您好,Good day\n".encode("gb18030"))

    looked = send(client, case, way="csv", to="end", file=file)
    page = looked.content.decode()
    assert looked.status_code == 200
    assert "王经理" in page
    send(
        client, case, act="apply", way="csv", to="end", text="speaker,zh,en\n王经理,您好,Good day\n"
    )

    content = draft_of(case)
    assert content["scenes"][0]["id"] == "s1"
    assert lines_of(content)[-1]["text"] == both("您好", "Good day")
    assert content["roles"][-1]["name"]["zh"] == "王经理"


# --- pastes -------------------------------------------------------------------------------------


def test_two_pastes_are_zipped_by_line_and_names_known_in_either_language():
    spoken = spoken_in(
        "小林：您好！\n\n李先生: 我的房间呢？", "Lin: Good evening.\nMr Li：My room?"
    )

    content = with_lines(make_content(), spoken, replaces=False, new_id=new_id)

    lines = lines_of(content)[-2:]
    assert [line["text"] for line in lines] == [
        both("您好！", "Good evening."), both("我的房间呢？", "My room?"),
    ]  # fmt: skip
    assert lines[0]["who"] == "a"
    guest = content["roles"][-1]
    assert (guest["name"], guest["side"]) == (both("李先生", "Mr Li"), "customer")


def test_pastes_of_different_length_are_refused_with_both_counts():
    found = faults(spoken_in, "甲：一\n乙：二", "A: one")

    assert "2 lines in Chinese" in found[0][1]
    assert "1 in English" in found[0][1]


def test_a_line_without_a_name_is_named():
    assert faults(spoken_in, "小林：好\n没有名字", "")[0][0].endswith("Line 2")


def test_the_missing_language_is_filled_into_the_lines_there_are():
    content = make_content()
    for line in lines_of(content):
        line["text"] = {"zh": line["text"]["zh"], "en": ""}

    filled = filled_in(content, "", "B: one\nA: two\nB: three\nA: four\nA: five")

    assert [line["text"]["en"] for line in lines_of(filled)][1:3] == ["two", "three"]
    assert [line["id"] for line in lines_of(filled)] == ["l1", "l2", "l3", "l4", "l5"]
    assert lines_of(filled)[1]["moment"]["polarity"] == "bad"
    assert faults(filled_in, content, "", "A: one")


# --- exercises ----------------------------------------------------------------------------------


def test_moments_are_made_into_an_exercise_in_one_go(client):
    case = make_published(exercises=[])
    page = client.get("/cases/the-call/edit/exercises/moments/").content.decode()
    assert "Which lines win trust" in page
    fields = {
        "seen": seen_of(case), "ask": "step", "scenes": ["s1"], "prompt_zh": "哪句？",
        "prompt_en": "Which?", "explanation_zh": "第二句", "explanation_en": "The second",
    }  # fmt: skip

    assert client.post("/cases/the-call/edit/exercises/moments/", fields).status_code == 302

    entry = draft_of(case)["exercises"][0]
    assert (entry["id"], entry["ask"], entry["steps"]) == (
        "the-call-moments", "step", ["diagnose", "solve"],
    )  # fmt: skip
    assert "use" not in entry


def test_a_conversation_without_moments_makes_no_exercise_and_keeps_the_texts(client):
    content = make_content(exercises=[])
    for line in lines_of(content):
        line.pop("moment", None)
    case = make_published(exercises=[], scenes=content["scenes"])
    fields = {
        "seen": seen_of(case), "ask": "step", "scenes": ["s1"], "prompt_zh": "哪句？",
        "prompt_en": "Kept words", "explanation_zh": "第二句", "explanation_en": "The second",
    }  # fmt: skip

    response = client.post("/cases/the-call/edit/exercises/moments/", fields)

    assert response.status_code == 422
    assert "Kept words" in response.content.decode()


def test_an_exercise_as_yaml_is_refused_with_line_and_field_and_kept(client):
    case = make_published()
    url = "/cases/the-call/edit/exercises/call-moments/"
    bad = "id: call-moments\nkind: moments\nprompt: {zh: 哪句, en: Which}\nask: dance\n"

    response = client.post(url, {"seen": seen_of(case), "text": bad})

    page = response.content.decode()
    assert response.status_code == 422
    assert "Line 4 · ask" in page
    assert "explanation" in page
    assert "ask: dance" in page


def test_an_exercise_is_changed_moved_and_taken_out(client):
    case = make_published()
    url = "/cases/the-call/edit/exercises/"
    text = client.get(f"{url}new/?kind=true_false").context["text"]
    client.post(f"{url}new/", {"seen": seen_of(case), "text": text, "kind": "x"})
    response = client.post(f"{url}new/?kind=true_false", {"seen": seen_of(case), "text": text})
    assert response.status_code == 302
    assert [x["kind"] for x in draft_of(case)["exercises"]] == ["moments", "true_false"]

    made = draft_of(case)["exercises"][1]["id"]
    client.post(url, {"seen": seen_of(case), "id": made, "act": "up"})
    assert [x["kind"] for x in draft_of(case)["exercises"]] == ["true_false", "moments"]
    client.post(url, {"seen": seen_of(case), "id": made, "act": "remove"})
    assert [x["id"] for x in draft_of(case)["exercises"]] == ["call-moments"]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("moments", "rewrite")])
def test_every_kind_begins_with_a_sample_that_can_be_saved(client, kind):
    case = make_published()
    url = f"/cases/the-call/edit/exercises/new/?kind={kind}"

    response = client.post(url, {"seen": seen_of(case), "text": client.get(url).context["text"]})

    assert response.status_code == 302
