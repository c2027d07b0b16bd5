"""Reading statements: the examples of the source, negation, Traditional characters, and the faults of the rules file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.analysis.statement import StatementReading, read_statement
from review.incident.errors import UnusableInput
from review.settings.statement import FILE, Group, load_statement_rules

RULES = load_statement_rules()
WHOLE = (
    "对不起,我们让大家失望了。凡购买A2301批次的用户,7天内联系官方旗舰店客服,凭订单号即可全额退款并补偿50元。"
    "原因是灌装线密封圈老化,涉及A2301批次共3200件。我们已下架该批次并送检,将于11月5日18:00前公布检测结果。"
)
TRADITIONAL = (
    "對不起,我們讓大家失望了。凡購買A2301批次的用戶,7天內聯繫官方旗艦店客服,憑訂單號即可全額退款並補償50元。"
    "原因是灌裝線密封圈老化,涉及A2301批次共3200件。我們已下架該批次並送檢,將於11月5日18:00前公佈檢測結果。"
)
WIDE = str.maketrans({chr(point): chr(point + 0xFEE0) for point in range(0x21, 0x7F)})
"""Every letter, digit and mark as Chinese input methods write them."""


def read(text: str) -> StatementReading:
    return read_statement(text, RULES)


def test_a_refund_within_three_days_has_three_of_four_elements_and_no_path() -> None:
    assert read("3天内可申请全额退款").found("solution") == ("action", "deadline", "amount")


def test_will_be_handled_later_has_none_and_is_boilerplate() -> None:
    reading = read("后续会处理")
    assert reading.found("solution") == ()
    assert reading.quotes("boilerplate") == ("后续会处理",)


def test_a_whole_statement_has_all_eight_elements() -> None:
    reading = read(WHOLE)
    assert reading.found("solution") == ("action", "deadline", "amount", "path")
    assert reading.found("transparency") == ("cause", "scope", "measures", "next_update")
    assert reading.found("tone") == ("apology",)


def test_traditional_characters_read_the_same_at_the_same_places() -> None:
    ours, theirs = read(WHOLE), read(TRADITIONAL)
    assert [(m.element, m.start, m.end, m.refused) for m in ours.matches] == [(m.element, m.start, m.end, m.refused) for m in theirs.matches]
    assert "全額" in theirs.quotes("amount")


@pytest.mark.parametrize("text", [WHOLE, TRADITIONAL, "不仅退款,还会赔偿", "未退款;已补偿", "全额退款!不认同网传说法", "批次号:A2301,售价¥99,损失10%"])
def test_full_width_marks_and_digits_read_the_same_at_the_same_places(text: str) -> None:
    ours, wide = read(text), read(text.translate(WIDE))
    assert [(m.element, m.start, m.end, m.refused) for m in ours.matches] == [(m.element, m.start, m.end, m.refused) for m in wide.matches]
    assert all(match.words == wide.text[match.start : match.end] for match in wide.matches)


@pytest.mark.parametrize("text", ["产品没有问题，全额退款", "我们不认同！现全额退款", "原因未明；先行全额退款", "网传不实：我们全额退款"])
def test_a_negation_ends_with_its_clause_in_chinese_marks(text: str) -> None:
    assert read(text).found("solution") == ("action", "amount")


def test_a_refused_refund_is_no_action() -> None:
    reading = read("不予退款")
    assert reading.found("solution") == ()
    assert [match.refused for match in reading.matches if match.element == "action"] == ["negated"]


@pytest.mark.parametrize("text", ["不仅退款,还会赔偿", "从未拒绝退款", "无需退货即可退款", "不影响退款", "质量不合格的产品可退款"])
def test_harmless_negations_leave_the_action_standing(text: str) -> None:
    assert "action" in read(text).found("solution")


@pytest.mark.parametrize("text", ["无法在3天内退款", "未收到退款", "拒绝赔偿", "不退款不道歉", "暂不支持退货"])
def test_negated_actions_do_not_count(text: str) -> None:
    assert "action" not in read(text).found("solution")


def test_a_mere_intention_is_no_action() -> None:
    assert read("我们将考虑退款").found("solution") == ()
    assert read("正在研究赔偿方案").found("solution") == ()


def test_a_deadline_for_news_is_a_next_update_and_no_deadline_of_the_remedy() -> None:
    reading = read("我们将在24小时内公布调查结果")
    assert reading.found("solution") == ()
    assert reading.found("transparency") == ("next_update",)


def test_what_a_statement_is_called_tells_no_next_update() -> None:
    reading = read("关于今日服务中断的说明：数据库变更引发全量锁表，正在回滚，数据未丢失。")
    assert "next_update" not in reading.found("transparency")
    assert "next_update" in read("关于今日服务中断的说明：正在回滚，16点再更新。").found("transparency")


def test_news_without_a_time_is_no_next_update() -> None:
    assert read("我们将第一时间公布进展").found("transparency") == ()


def test_a_price_is_no_amount_of_the_remedy() -> None:
    assert read("售价199元的产品很受欢迎").found("solution") == ()


def test_a_cause_still_looked_for_is_no_cause() -> None:
    assert read("原因正在调查").found("transparency") == ()
    assert read("由于给您带来不便,我们很抱歉").found("transparency") == ()


def test_blame_denied_is_no_blame() -> None:
    assert read("并非用户操作不当,是我们的质检有漏洞").quotes("blame") == ()
    assert read("不是质量问题,而是用户操作不当").quotes("blame") == ("用户操作不当",)


def test_asking_others_to_apologise_is_no_apology() -> None:
    assert read("我们要求对方道歉").quotes("apology") == ()
    assert read("我们郑重道歉").quotes("apology") == ("道歉",)


def test_a_holding_statement_acknowledges_and_says_handling() -> None:
    assert read("已关注到大家的反馈,正在核实处理").holds
    assert not read("感谢您对本品牌的支持").holds
    assert not read("已关注到大家的反馈").holds


PIECES = st.sampled_from(["退款", "不", "3天内", "。", ",", "全额", "客服", "联系", "我们", "道歉", "將", "公佈", "😡", "\n", "原因是", " "])


@given(st.lists(PIECES, max_size=30).map("".join))
def test_every_quote_stands_in_the_text_where_it_says(text: str) -> None:
    for match in read(text).matches:
        assert text[match.start : match.end] == match.words


def test_an_empty_text_says_nothing() -> None:
    assert read("").matches == ()


def test_faults_of_the_rules_file_are_reported_together(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    text = FILE.read_text(encoding="utf-8").replace('id = "cause"', 'id = "causes"').replace("'源于'", "'源于('").replace('"takedown"', '"takedowns"')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnusableInput) as caught:
        load_statement_rules(path)
    said = str(caught.value)
    for part in ("element[4].id", "element[4].patterns", "缺少要素 cause", "actions.removal"):
        assert part in said


@pytest.mark.parametrize(
    ("text", "group", "found"),
    [
        ("退款通道：订单页选择“质量问题”，３个工作日到账。", "solution", ("action", "deadline", "path")),
        ("即日起，所有门店增加异物筛查工序，并委托权威第三方每月抽检。", "transparency", ("measures",)),
        ("暂未开通退款通道，请等候通知。", "solution", ()),
    ],
)
def test_a_channel_is_a_path_and_an_added_check_a_measure(text: str, group: Group, found: tuple[str, ...]) -> None:
    assert read(text).found(group) == found
