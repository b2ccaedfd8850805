import time

import pytest

from cases.anonymity import is_card, is_identity, look_through


def found_in(text):
    return [(one.kind, one.passage) for one in look_through(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("周先生来前台", [("name", "周先生")]),
        ("请王经理过来", [("name", "王经理")]),
        ("李总来了", [("name", "李总")]),
        ("周晓明先生说", [("name", "周晓明先生")]),
        ("欧阳女士走了", [("name", "欧阳女士")]),
        ("刘小姐和王太太", [("name", "刘小姐"), ("name", "王太太")]),
        ("他说：我叫王小明，来办入住", [("name", "王小明")]),
        ("姓名：陈思远，男", [("name", "陈思远")]),
        ("Mr Zhou and Ms. Fang waited", [("name", "Mr Zhou"), ("name", "Ms. Fang")]),
        ("She said: my name is Tom Wood.", [("name", "Tom Wood")]),
        ("电话13812345678", [("phone", "13812345678")]),
        ("电话 138 1234 5678。", [("phone", "138 1234 5678")]),
        ("全角１３８１２３４５６７８", [("phone", "１３８１２３４５６７８")]),
        ("+86 138 1234 5678", [("phone", "+86 138 1234 5678")]),
        ("拨 010-62345678", [("phone", "010-62345678")]),
        ("call +44 20 7946 0958 now", [("phone", "+44 20 7946 0958")]),
        ("身份证 11010519491231002X", [("identity", "11010519491231002X")]),
        ("卡号 4111 1111 1111 1111", [("card", "4111 1111 1111 1111")]),
        ("写信到 a.b@example.com 吧", [("mail", "a.b@example.com")]),
        ("上海星河贸易有限公司的人", [("company", "上海星河贸易有限公司")]),
        ("他住希尔顿酒店", [("company", "希尔顿酒店")]),
        ("招商银行的柜台", [("company", "招商银行")]),
        ("at Hotel Aurora", [("company", "Hotel Aurora")]),
        ("for Acme Trading Ltd", [("company", "Acme Trading Ltd")]),
        ("住在1208房", [("place", "1208房")]),
        ("He was in room 1208.", [("place", "room 1208")]),
        ("车牌京A·12345", [("plate", "京A·12345")]),
        ("加微信号 abc_12345", [("account", "微信号 abc_12345")]),
    ],
)
def test_what_may_tell_who_somebody_is_is_found(text, expected):
    assert found_in(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "一位先生",
        "那位女士说",
        "每周总是很忙",
        "本周总结",
        "对方经理说不行",
        "由于经理不在",
        "客户经理",
        "大堂经理",
        "工程主管",
        "曾经理解过",
        "我们酒店",
        "这家五星级酒店",
        "去银行取钱",
        "The Hotel was full",
        "Our Bank",
        "房价1288元",
        "2026-11-21 14:30",
        "800-1500字",
        "1500-1800元",
        "订单 2026112110300012",
        "张工作很忙",
        "客人高兴地对先生说",
        "如何经理",
        "🙂🙂",
        "\u202e先生",
    ],
)
def test_what_tells_nothing_is_left_alone(text):
    assert found_in(text) == []


def test_a_suggestion_speaks_the_language_of_its_passage():
    suggestions = [one.suggestion for one in look_through("周先生、李经理")]

    assert suggestions == ["一位客人", "一位同事"]
    assert look_through("Mr Zhou")[0].suggestion == "a guest"
    assert look_through("call 13812345678 please")[0].suggestion == "(number left out)"
    assert look_through("请打 13812345678")[0].suggestion == "（号码略）"


def test_places_are_those_of_the_text_and_a_passage_is_named_once():
    text = "🙂周先生来了，周先生又来了"

    (one,) = look_through(text)

    assert text[one.start : one.end] == one.passage == "周先生"


def test_check_digits_are_checked():
    assert is_identity("11010519491231002X")
    assert not is_identity("110105194912310021")
    assert not is_identity("110105194913310021")
    assert is_card("4111111111111111")
    assert not is_card("4111111111111112")
    assert not is_card("0" * 16)


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "(1)",
        "+1-",
        "a",
        "@",
        "a@",
        "a.@b.",
        "王",
        "先生",
        "周先生",
        "酒店",
        "星河酒店",
        "A ",
        "Aa ",
        "我叫",
        "姓名:",
        "Mr A",
        "京A",
        "房间",
        "13812345678 ",
        "1-",
        "a.",
        "微信",
        "Hotel ",
    ],
)
def test_a_hundred_thousand_characters_take_less_than_a_second(piece):
    text = (piece * 100_000)[:100_000]

    began = time.process_time()
    look_through(text)

    assert time.process_time() - began < 10
