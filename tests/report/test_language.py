"""--lang zh-Hant: our own words and nothing else change; numbers, claims and what people wrote stay."""

import ast
import importlib.util
import io
import re
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from openpyxl import load_workbook
from pdf_text import tagged_text
from planted import action, filed, item, record
from test_html import Reader
from test_word import body_text, parsed

from review.analysis.analyse import analyse
from review.filing import share_extracts
from review.incident.errors import UnusableInput
from review.intake.audit import read_audit
from review.intake.load import LoadOptions, load
from review.plain_data import dumped
from review.record import record_data
from review.report.attachments import claims_json, language_of
from review.report.charts import drawing
from review.report.claims import texts_of
from review.report.compose.incident_report import Composed, Dossier, Writing, compose
from review.report.compose.quarter_report import QuarterWriting, compose_quarter
from review.report.coverage import coverage
from review.report.document import Document, Figure, Num, Quoted, Span, Strong, Table, Words, parts, plain_text, string, walk
from review.report.glyphs import missing_glyphs
from review.report.html import html
from review.report.language import SIMPLIFIED, TAGS, Tag, load_language
from review.report.pdf import lay_out
from review.report.phrases import Phrases, load_phrases
from review.report.quarter_sheet import quarter_sheet
from review.report.theme import load_theme, templates_dir
from review.report.visible import visible
from review.report.word import word
from review.report.word_text import safe
from review.settings.analysis_settings import load_analysis_settings
from review.settings.thresholds import load_thresholds
from review.settings.tracking import load_tracking_settings
from review.settings.vocabulary import read_vocabulary
from review.tracking.filed import Quarter
from review.tracking.quarter import quarter_findings

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLE = ROOT / "sample_data" / "incident.csv"
AT = datetime(2026, 11, 21, 2, tzinfo=UTC)
HANT = load_language("zh-Hant", templates_dir())
CHINESE = re.compile(r"[\u3400-\u9fff]")
TOLD_ON_THE_TERMINAL = frozenset({"check_text.py", "glyphs.py", "language.py", "pdf.py", "phrases.py", "theme.py", "word_slots.py"})


def simplified(text: str) -> str:
    """The characters of a text that Big5, the character set of Taiwan and Hong Kong, does not have: a judge that knows nothing of our table."""
    return "".join(mark for mark in text if CHINESE.match(mark) and not mark.encode("big5", "ignore"))


def translate() -> Any:
    spec = importlib.util.spec_from_file_location("translate", templates_dir() / "phrases" / "translate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# the phrases and the table


def test_both_languages_have_the_same_phrases_with_the_same_places_and_none_changed_since_it_was_translated() -> None:
    to_do = translate().to_do()
    assert not to_do, "run report_templates/phrases/translate.py (how: README, 繁体):\n" + "\n".join(to_do)


def test_a_missing_phrase_a_lost_place_and_a_changed_original_are_told_and_a_draft_mends_the_first(tmp_path: Path) -> None:
    module = translate()
    module.FROM, module.INTO = tmp_path / "zh-Hans", tmp_path / "zh-Hant"
    module.READ = module.INTO / "read.tsv"
    module.FROM.mkdir()
    original = module.FROM / "a.toml"
    original.write_text('[head]\nwho = "用户{name}的数据"\n', encoding="utf-8")
    assert module.main(["--write"]) == 1
    module.main(["--read"])
    assert module.to_do() == []
    assert tomllib.loads((module.INTO / "a.toml").read_text(encoding="utf-8")) == {"head": {"who": "使用者{name}的資料"}}
    original.write_text('[head]\nwho = "账号{name}"\n"按期" = "按期"\n[more]\nnew = "{n}条"\n', encoding="utf-8")
    assert [line.split("：")[0].split(" = ")[0] for line in module.to_do()] == [
        "缺少　　a.toml:head.按期",
        "缺少　　a.toml:more.new",
        "待核对　a.toml:head.who",
    ]
    module.main(["--write"])
    there = tomllib.loads((module.INTO / "a.toml").read_text(encoding="utf-8"))
    assert there == {"head": {"who": "使用者{name}的資料", "按期": "如期"}, "more": {"new": "{n}條"}}
    (module.INTO / "a.toml").write_text('[head]\nwho = "使用者"\n"按期" = "如期"\n[more]\nnew = "{n}條"\nold = "舊"\n', encoding="utf-8")
    assert [line[:4] for line in module.to_do()] == ["多余　　", "占位不同", "待核对　", "待核对　"]


def own_texts() -> Iterator[str]:
    """What the program writes into reports: strings of the code that composes and draws, settings that are printed, phrases."""
    for path in sorted((ROOT / "review" / "report").rglob("*.py")):
        if path.name not in TOLD_ON_THE_TERMINAL:
            yield from _strings(ast.parse(path.read_text(encoding="utf-8")))
    for name in ("absolute_claims", "plan", "reasons", "rubric", "tiers", "vocabulary"):
        yield from _leaves(tomllib.loads((ROOT / "review" / "settings" / f"{name}.toml").read_text(encoding="utf-8")))
    for path in sorted((templates_dir() / "phrases" / "zh-Hans").glob("*.toml")):
        yield from _leaves(tomllib.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(("simplified", "traditional"), [("按说明使用时，两年内", "依說明使用時，兩年內"), ("过半用时", "過半耗時"), ("一并列出", "一併列出")])
def test_words_that_share_characters_are_told_apart(simplified: str, traditional: str) -> None:
    assert HANT.own(simplified) == traditional


def test_no_drawing_counts_by_the_word_of_another_language() -> None:
    for path in sorted((ROOT / "review" / "report" / "charts").glob("*.py")):
        assert "own('条')" not in path.read_text(encoding="utf-8"), f"{path.name}: a unit goes through language.unit"


def _strings(tree: ast.AST) -> Iterator[str]:
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def _leaves(data: Any) -> Iterator[str]:
    if isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from _leaves(each)
    elif isinstance(data, str):
        yield data


def test_every_word_of_ours_has_its_traditional_form_which_the_report_fonts_draw_and_which_stays_when_met_again() -> None:
    fonts = load_theme(None, "zh-Hant").fonts
    drawn = coverage(fonts.regular_file, fonts.emoji_file) & coverage(fonts.bold_file, fonts.emoji_file)
    seen = 0
    for text in own_texts():
        if CHINESE.search(text):
            there = HANT.own(text)
            assert not simplified(there), there
            assert HANT.own(there) == there
            assert not [mark for mark in there if CHINESE.match(mark) and ord(mark) not in drawn], there
            seen += 1
    assert seen > 1500
    for path in (templates_dir() / "phrases" / "zh-Hant").glob("*.toml"):
        for text in _leaves(tomllib.loads(path.read_text(encoding="utf-8"))):
            assert not simplified(text), (path.name, text)
            assert "“" not in text, (path.name, text)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("平台后台里程碑", "平台後台里程碑"), ("恢复、重复、回复、复盘", "恢復、重複、回覆、覆盤"), ("关系系统系列联系", "關係系統系列聯繫"),
        ("标准与批准", "標準與批准"), ("只列一条，条件成熟", "只列一則，條件成熟"), ("首周与周边", "首週與周邊"),
        ("行动计划的执行情况", "行動計畫的執行情況"), ("来源行数与各列", "來源列數與各列"), ("核心用户的视频", "核心使用者的影片"),
        ("产品质量被质疑", "產品品質被質疑"), ("数据文件夹", "資料資料夾"), ("舆情热搜", "輿情熱搜"),
        ("按点赞数", "依按讚數"), ("征求特征", "徵求特徵"), ("方面、表面、面对", "方面、表面、面對"),
        ("干预与骨干", "干預與骨幹"), ("尽快", "儘快"), ("暂停投放", "暫停投放"),
        ("他们说", "他們說"),
    ],
)  # fmt: skip
def test_words_that_a_table_of_characters_gets_wrong(here: str, there: str) -> None:
    assert HANT.own(here) == there


def test_what_stands_in_quotes_in_a_remark_is_kept_and_simplified_is_itself() -> None:
    assert HANT.told("“用户数据”列的取值含义不明，按“其他”处理") == "「用户数据」列的取值含義不明，依「其他」處理"
    assert SIMPLIFIED.told("“用户”按条") == SIMPLIFIED.own("“用户”按条") == "“用户”按条"
    assert [HANT.unit(unit) for unit in ("条", "行", "次", "")] == ["則", "列", "次", ""]


# a whole report


@dataclass(frozen=True, kw_only=True)
class Both:
    hans: Composed
    hant: Composed


@pytest.fixture(scope="module")
def both() -> Both:
    settings = load_analysis_settings()
    loaded = load([SAMPLE], LoadOptions())
    audit = read_audit(ROOT / "sample_data" / "audit.csv", read_vocabulary()["emotion"].printed)
    analysis = analyse(loaded.incident, settings, "Asia/Shanghai", audit)
    writing = Writing(made_at=AT, zone="Asia/Shanghai", final=False, masked=True)
    dossier = Dossier(findings=analysis.findings, case=loaded.incident.case, import_log=loaded.import_log, settings=settings)
    made = {tag: compose(dossier, load_theme(None, tag), writing) for tag in TAGS}
    return Both(hans=made["zh-Hans"], hant=made["zh-Hant"])


def spans(document: Document) -> Iterator[tuple[str, Span]]:
    """Every span with where it stands."""
    cover = document.cover
    for text in (cover.title, cover.subtitle, cover.marking, *(text for fact in cover.facts for text in fact)):
        yield from (("cover", span) for span in text)
    for block in walk(*parts(document)):
        where = getattr(block, "id", type(block).__name__)
        yield from ((where, span.inner if isinstance(span, Strong) else span) for text in texts_of(block) for span in text)


def heads(document: Document) -> Iterator[str]:
    yield from document.header
    for block in walk(*parts(document)):
        if isinstance(block, Table):
            yield from (column.head for column in block.columns)
        number = getattr(block, "number", "")
        yield number


def test_no_simplified_character_is_left_in_the_reports_own_words(both: Both) -> None:
    document = both.hant.document
    typed = {document.header[0], document.header[1]}
    for where, span in spans(document):
        if not isinstance(span, Quoted):
            assert not simplified(span.text), (where, span)
    assert not [head for head in heads(document) if simplified(head) and head not in typed]


def test_what_people_wrote_is_in_both_reports_as_it_stands_in_the_input(both: Both) -> None:
    """A quote that still holds Simplified characters must be the input's, and no quote of the input may have been put into Traditional ones."""
    source = re.sub(r"\s+", "", SAMPLE.read_text(encoding="utf-8-sig"))
    settings, kept = set(own_texts()), 0
    for (where, here), (_, there) in zip(list(spans(both.hans.document)), list(spans(both.hant.document)), strict=False):
        if isinstance(there, Quoted) and where != "evidence" and SAMPLE.name not in there.text:  # claims and places: words of ours around those of the input
            for run in re.findall(r"[\u3400-\u9fff]+", there.text):
                assert not simplified(run) or run in source, (where, there.text)
        if isinstance(here, Quoted) and len(here.text) > 12 and here.text not in settings and re.sub(r"\s+", "", here.text).rstrip("…") in source:
            assert there == here, where
            kept += 1
    assert kept > 60


def test_numbers_claims_and_their_sources_are_the_same_in_both_languages(both: Both) -> None:
    def digits(text: str) -> list[str]:
        return re.findall(r"[0-9]+(?:[.,:][0-9]+)*", text)

    assert len(both.hans.claims) == len(both.hant.claims) > 500
    for here, there in zip(both.hans.claims, both.hant.claims, strict=True):
        assert (here.id, here.value, here.sources) == (there.id, there.value, there.sources)
        assert digits(here.display) == digits(there.display)
        assert digits(here.what) == digits(there.what)
        # “…” in the words of a claim names things of the input
        assert not simplified(re.sub("「[^「」]*」", "", there.what + there.how + there.unit)), there
    ids = [[block.id for block in walk(*parts(each.document)) if isinstance(block, Table | Figure)] for each in (both.hans, both.hant)]
    assert ids[0] == ids[1]
    assert language_of(claims_json(both.hant.claims, HANT)) == "zh-Hant"
    assert language_of(claims_json(both.hans.claims)) == language_of(b"{}") == "zh-Hans"


def test_pdf_word_and_html_say_what_the_traditional_document_says_in_its_language_and_fonts(both: Both) -> None:
    theme, whole = load_theme(None, "zh-Hant"), both.hant.document
    document = replace(whole, sections=whole.sections[:2], appendices=())
    assert document.language == "zh-Hant"
    assert [each.character for each in missing_glyphs(whole, theme)] == [each.character for each in missing_glyphs(both.hans.document, load_theme(None))]
    figures = {block.id: drawing(block.chart, theme) for block in walk(*parts(document)) if isinstance(block, Figure)}
    plain = "".join(visible(plain_text(document)).split())
    reader = Reader()
    page = html(document, both.hant.claims, theme, figures).decode("utf-8")
    reader.feed(page)
    assert "".join("".join(reader.text).split()) == plain
    assert '<html lang="zh-Hant">' in page
    made = lay_out(document, theme, figures).pdf({})
    marked = tagged_text(made)
    contents = next(page for page, text in marked if text == "目錄")
    assert "".join("".join(text for page, text in marked if page != contents).split()) == "".join(mark for mark in plain if mark not in "\u200b\ufeff")
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert opened.Root.Lang == "zh-Hant"
    with zipfile.ZipFile(io.BytesIO(word(document, theme))) as package:
        assert body_text(parsed(package.read("word/document.xml"))[0]) == safe(plain_text(document))
        styles, fonts = (package.read(f"word/{name}.xml").decode("utf-8") for name in ("styles", "fontTable"))
        workbooks = [load_workbook(io.BytesIO(package.read(name))) for name in package.namelist() if name.endswith(".xlsx")]
    assert 'w:eastAsia="zh-TW"' in styles
    assert "微軟正黑體" in styles
    assert "新細明體" in fonts
    assert "微软雅黑" not in styles
    assert not simplified("".join(re.findall(r'<w:name w:val="([^"]*)"', styles)))
    assert workbooks
    assert not simplified("".join(str(cell.value) for book in workbooks for cell in book.worksheets[0][1]))
    typed = "".join(span.text for _, span in spans(document) if isinstance(span, Quoted))
    for name, drawn in figures.items():
        for text in re.findall(r"<text[^>]*>([^<]*)</text>", drawn.decode("utf-8")):
            assert not simplified(text) or text.rstrip("…") in typed, (name, text)


# houses, quarters


def test_a_house_has_phrases_and_fonts_of_its_own_for_each_language(tmp_path: Path) -> None:
    (tmp_path / "theme.toml").write_text('[fonts]\nword_body = "仿宋"\n[languages.zh-Hant.fonts]\nword_body = "標楷體"\n', encoding="utf-8")
    assert [load_theme(tmp_path, tag).fonts.word_body for tag in TAGS] == ["仿宋", "標楷體"]
    assert load_theme(tmp_path, "zh-Hant").fonts.word_heading == "微軟正黑體"
    own = tmp_path / "phrases" / "zh-Hant"
    own.mkdir(parents=True)
    (own / "house.toml").write_text('[chapter]\nsummary = "重點"\n', encoding="utf-8")
    words = {tag: load_phrases(templates_dir() / f"phrases/{tag}", tmp_path / f"phrases/{tag}").word("chapter.summary") for tag in TAGS}
    assert words == {"zh-Hans": "摘要", "zh-Hant": "重點"}
    (tmp_path / "theme.toml").write_text("[languages.zh-TW.fonts]\n", encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"languages\.zh-TW"):
        load_theme(tmp_path)


def test_the_extracts_of_departments_are_in_the_language_of_their_report(tmp_path: Path) -> None:
    kept = record(date(2026, 8, 12), items=[action("A-01", date(2026, 9, 1), content="处理用户数据", department="质检", owner="方屿")])
    (tmp_path / "findings.json").write_bytes(dumped({**record_data(kept), "case": {}, "findings": {}, "row_sets": {}}))
    for language, head in ((SIMPLIFIED, "负责人"), (HANT, "負責人")):
        (tmp_path / "claims.json").write_bytes(claims_json((), language))
        files = share_extracts(tmp_path, AT, "Asia/Shanghai")
        assert f"{head}：方屿" in files["质检.ics"].decode("utf-8").replace("\r\n ", "").replace("\\n", "\n")
        with zipfile.ZipFile(io.BytesIO(files["质检.docx"])) as package:
            text = body_text(parsed(package.read("word/document.xml"))[0])
        assert head in text
        assert "处理用户数据" in text


def test_the_quarterly_report_and_its_workbook_follow_the_language() -> None:
    day = date(2026, 8, 12)
    kept = [
        filed(record(day, items=[action("A-01", date(2026, 9, 1), content="处理用户数据", department="质检"), item("deep_cause", "账号管理", "S-01")])),
        filed(record(date(2026, 5, 3))),
    ]
    found = quarter_findings(kept, Quarter(year=2026, number=3), date(2026, 10, 9), load_tracking_settings())
    writing = QuarterWriting(made_at=AT, zone="Asia/Shanghai", brand=None, trigger_share=0.2)

    def composed(tag: Tag) -> Document:
        return compose_quarter(found, load_thresholds(), load_theme(None, tag), writing).document

    document = composed("zh-Hant")
    assert not [span for _, span in spans(document) if not isinstance(span, Quoted) and simplified(span.text)]
    assert "处理用户数据" in plain_text(document)
    here, there = (load_workbook(io.BytesIO(quarter_sheet(found, AT, language))) for language in (SIMPLIFIED, HANT))
    assert [sheet.dimensions for sheet in here] == [sheet.dimensions for sheet in there]
    titles = {sheet.title for sheet in there}
    assert titles == {"三問", "事件", "行動", "根因復發", "機制"}
    for sheet in there:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if cell.data_type == "f":
                assert set(re.findall(r"'([^']+)'!", str(cell.value))) <= titles
                assert not simplified(str(cell.value))
    assert [there["行動"].cell(row=2, column=column).value for column in (3, 4)] == ["处理用户数据", "质检"]


def test_no_gap_stands_between_chinese_and_chinese_whatever_fills_a_phrase() -> None:
    phrases = Phrases({"x": (Words("负面占比为 "), "share", Words(" 左右"))}, frozenset())

    def shown(text: str) -> str:
        return string(phrases.say("x", share=Num("C1", text)))

    assert shown("61.7%") == "负面占比为 61.7% 左右"
    assert shown("约四至六成") == "负面占比为约四至六成左右"
    assert shown("8月12日") == "负面占比为 8月12日左右"


def test_a_range_has_both_gaps_or_none() -> None:
    phrases = Phrases({"x": ("low", Words(" 至 "), "high")}, frozenset())

    def shown(low: str, high: str) -> str:
        return string(phrases.say("x", low=Num("C1", low), high=Num("C2", high)))

    assert shown("20:00", "21:00") == "20:00 至 21:00"
    assert shown("2026年8月12日", "2026年8月16日") == "2026年8月12日至2026年8月16日"
    assert shown("20:00", "约九时") == "20:00至约九时"
