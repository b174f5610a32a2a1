"""The report file: self-contained, well formed, complete, safe against names that look like code."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from sim.report.html import report_html, write_report
from sim.report.page import amounts, breakable
from sim.vocabulary.errors import RunError

VOID = {"meta", "br", "wbr", "line", "rect", "path", "link", "img", "input", "hr"}
FETCHING = {"src", "srcset", "data", "poster", "action", "formaction", "background"}
SECTIONS = ["answer", "glance", "comparison", "course", "costs-section", "outcomes", "subgroups", "adverse-events"]
SECTIONS += ["licence", "evidence", "methods", "checklist", "parameters", "sources", "manifest"]
CHARTS = ["plane", "load-pain", "symptom-free", "mri-normal", "joints", "states", "flows", "costs"]
LARGEST_WITHOUT_LIBRARY = 1_000_000  # characters


class Page(HTMLParser):
    """The tags of a page, checked for balance while reading; the texts of scripts apart from the visible ones."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, {key: value or "" for key, value in attributes}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, {key: value or "" for key, value in attributes}))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another tag"

    def handle_data(self, data):
        kind = self.open[-1] if self.open else ""
        if kind == "script":
            self.scripts.append(data)
        elif kind != "style":
            self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.texts))


@pytest.fixture(scope="module")
def text(four):
    return report_html(four)


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_every_tag_is_closed_in_order(page):
    assert page.open == []


def test_nothing_would_be_fetched(page, text):
    for tag, attributes in page.tags:
        assert tag not in ("link", "iframe", "img", "object", "embed", "base"), tag
        assert not FETCHING & set(attributes), (tag, attributes)
        assert attributes.get("href", "#").startswith("#"), (tag, attributes)
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    policy = next(m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")


def test_the_chart_library_is_there_once_and_the_rest_is_small(page):
    library = [script for script in page.scripts if len(script) > 1_000_000]
    assert len(library) == 1
    rest = sum(map(len, page.scripts)) - len(library[0]) + len(page.words)
    assert rest < LARGEST_WITHOUT_LIBRARY


def test_title_language_and_width_are_declared(page, four):
    assert page.all("html")[0]["lang"] == "en"
    assert any(meta.get("name") == "viewport" for meta in page.all("meta"))
    assert f"{four.scenario.title}: bmes-sim report" in page.texts


def test_headings_come_in_order(page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))


def test_all_sections_are_there_in_order(page):
    assert [section["id"] for section in page.all("section")] == SECTIONS


def test_every_table_has_a_caption_and_headings(page):
    tables = len(page.all("table"))
    assert tables >= 10
    assert len(page.all("caption")) == tables
    assert all("scope" in head for head in page.all("th"))


def test_every_parameter_stands_there_with_its_source(page, four):
    for name in four.inputs.parameters.names():
        assert name in re.sub(r"(?<=[._]) (?=\w)", "", page.words), name
    assert four.inputs.sources["author2019"].reference in page.words


def test_every_chart_has_data_a_place_and_a_legend(page):
    charts = [chart["id"] for chart in page.all("div") if "chart" in chart.get("class", "").split()]
    assert charts == CHARTS
    holders = [script["data-chart"] for script in page.all("script") if script.get("type") == "application/json"]
    assert holders == charts
    assert [legend["data-chart"] for legend in page.all("ul") if legend.get("class") == "legend"] == charts
    contents = [script for script in page.scripts if script.startswith('{"data"')]
    assert not any("<" in content for content in contents), "no text of a chart can end its script"
    for content in map(json.loads, contents):
        assert content["data"]
        assert content["layout"]["showlegend"] is False


def test_every_chart_is_told_in_words_and_has_its_numbers_in_a_table(page):
    for chart in (attributes for attributes in page.all("div") if "chart" in attributes.get("class", "").split()):
        (words,) = [p for p in page.all("p") if p.get("id") == chart["aria-describedby"]]
        assert words["class"] == "only-read"
        assert any(title.get("id") == chart["aria-labelledby"] for title in page.all("h3"))
    assert page.words.count("Numbers of this figure") == 6, "but for the plane and the costs, whose tables are open"


def test_numbers_in_charts_are_no_longer_than_a_screen_can_show(page):
    contents = [script for script in page.scripts if script.startswith('{"data"')]
    for number in re.findall(r"(?<=[,\[:])-?\d+\.\d+", "".join(contents)):
        assert len(number.replace("-", "").replace(".", "").lstrip("0")) <= 6, number


def test_sections_without_data_are_left_out(older, early):
    found = [section["id"] for section in Page(report_html(older)).all("section")]
    assert found == [name for name in SECTIONS if name != "subgroups"]
    page = Page(report_html(older))
    charts = [chart["id"] for chart in page.all("div") if "chart" in chart.get("class", "").split()]
    assert charts == [name for name in CHARTS if name not in ("joints", "flows")]
    assert [section["id"] for section in Page(report_html(early)).all("section")][3] == "scans"


@pytest.mark.parametrize("results", ["four", "single", "older", "early"])
def test_every_link_leads_somewhere_whatever_the_run_holds(results, request):
    page = Page(report_html(request.getfixturevalue(results)))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert page.open == []
    assert len(ids) == len(set(ids))
    assert {link["href"].removeprefix("#") for link in page.all("a")} <= set(ids)


def test_every_choice_of_a_strategy_has_a_label_and_traces(page, four):
    selects = page.all("select")
    assert [select["data-chart"] for select in selects] == ["joints", "states", "flows"]
    labels = {label["for"] for label in page.all("label")}
    assert labels == {select["id"] for select in selects}
    assert [option["value"] for option in page.all("option")] == 3 * list(four.costs)
    holders = [script["data-chart"] for script in page.all("script") if script.get("type") == "application/json"]
    contents = [json.loads(script) for script in page.scripts if script.startswith('{"data"')]
    for chart, content in zip(holders, contents, strict=True):
        if chart in ("joints", "states", "flows"):
            assert {trace["meta"]["strategy"] for trace in content["data"]} == set(four.costs)
            shown = {trace["meta"]["strategy"] for trace in content["data"] if trace["visible"]}
            assert shown == {"supportive"}, "the comparator first"


def test_every_legend_entry_switches_traces_of_its_chart(page):
    groups = {button["data-group"] for button in page.all("button")}
    drawn = set()
    for content in (json.loads(script) for script in page.scripts if script.startswith('{"data"')):
        drawn |= {trace.get("legendgroup") for trace in content["data"]}
    assert groups <= drawn


def test_names_that_look_like_code_are_shown_and_never_run(four):
    nasty = "<script>alert(1)</script>"
    strategies = dict(four.inputs.strategies)
    strategies["later"] = strategies["later"].model_copy(update={"title": nasty, "summary": f"{nasty} & 'more'"})
    inputs = replace(four.inputs, strategies=strategies)
    scenario = four.scenario.model_copy(update={"title": nasty, "question": f"{nasty}?"})
    attacked = replace(four, inputs=inputs, scenario=scenario, manifest=four.manifest | {"note": f"</script>{nasty}"})
    text = report_html(attacked)
    page = Page(text)
    assert page.open == []
    assert nasty not in text
    assert nasty in page.words
    assert not any("alert(1)" in script for script in page.scripts if not script.startswith('{"data"'))
    assert len(page.all("script")) == len(Page(report_html(four)).all("script"))


def test_a_single_strategy_has_a_report_without_a_comparison(single):
    page = Page(report_html(single))
    assert page.open == []
    assert [section["id"] for section in page.all("section")] == [name for name in SECTIONS if name != "comparison"]
    assert "nothing is compared" in page.words


def test_former_thresholds_and_what_the_scenario_changes_are_shown(four):
    setting = four.inputs.setting.model_copy(update={"former_thresholds": (20000.0,)})
    structure = four.scenario.structure.model_copy(update={"harms": False})
    scenario = four.scenario.model_copy(update={"parameters": {"smoking_probability": 0.5}, "structure": structure})
    inputs = replace(four.inputs, setting=setting, scenario=scenario)
    words = Page(report_html(replace(four, inputs=inputs, scenario=scenario))).words
    assert "(former threshold)" in words
    assert "What this scenario changes" in words
    assert "harms off" in words
    assert words.count("; set by the scenario") == 1
    assert "assumption; set by the scenario" not in words


def test_writing_gives_the_file_and_leaves_no_other(four, tmp_path):
    assert write_report(four, tmp_path / "report.html") == tmp_path / "report.html"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert (tmp_path / "report.html").read_text("utf-8") == report_html(four)


def test_a_folder_that_does_not_exist_is_one_clear_line(four, tmp_path):
    with pytest.raises(RunError, match=r"the report cannot be written \(no such file or directory\)"):
        write_report(four, tmp_path / "nowhere" / "report.html")


def test_amounts_stay_together_and_long_names_may_break():
    assert str(amounts("costs GBP 1,234 <more>")) == "costs GBP\u00a01,234 &lt;more&gt;"
    assert str(breakable("a_b.c<d")) == "a_<wbr>b.<wbr>c&lt;d"
