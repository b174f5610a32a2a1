"""The report in a real browser: it draws, fits a phone, prints, asks the network for nothing, complains of nothing."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.report.html import write_report

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")]

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]
PHONE, DESKTOP = 375, 1200
CHARTS = 9


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def report(early, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(early, tmp_path_factory.mktemp("browser") / "report.html")


class Visit:
    """The report opened in a window of some width; what it said and asked for."""

    def __init__(
        self, browser: Any, report: Path, width: int, scheme: str = "light", ready: str = "#costs .main-svg"
    ) -> None:
        self.page = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme).new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(report.as_uri())
        self.page.wait_for_selector(ready)

    def ask(self, script: str) -> Any:
        return self.page.evaluate(script)


@pytest.fixture
def visit(browser: Any, report: Path) -> Iterator[Any]:
    opened: list[Visit] = []

    def open_at(width: int, scheme: str = "light") -> Visit:
        opened.append(Visit(browser, report, width, scheme))
        return opened[-1]

    yield open_at
    for one in opened:
        one.page.context.close()


@pytest.mark.parametrize("width", [320, PHONE, 768, DESKTOP])
def test_the_page_is_never_wider_than_its_window(visit, width):
    page = visit(width)
    assert page.ask("document.documentElement.scrollWidth") <= width
    too_wide = """
        [...document.querySelectorAll('p, h1, h2, h3, figure, .chart, .legend, .scroll, details, caption span')]
        .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll table'))
        .map(e => e.tagName + ' ' + e.textContent.slice(0, 40))"""
    assert page.ask(too_wide) == []


def test_every_chart_is_drawn_and_nothing_is_said_or_asked_for(visit, report):
    page = visit(DESKTOP)
    assert page.ask("document.querySelectorAll('.chart').length") == CHARTS
    assert page.ask("[...document.querySelectorAll('.chart')].filter(c => !c.querySelector('.main-svg')).length") == 0
    assert page.complaints == []
    assert page.requests == [report.as_uri()]


AREAS = "document.querySelectorAll('#states .scatterlayer .trace .js-fill').length"
NODES = "document.querySelectorAll('#flows .sankey-node').length"
RIBBONS = "document.querySelectorAll('#flows .sankey-link').length"


def test_areas_and_ribbons_of_one_strategy_are_drawn_and_another_can_be_chosen(visit, early):
    page = visit(DESKTOP)
    moves = early.flows.groupby("strategy").size()
    assert page.ask(AREAS) == 3
    assert page.ask(NODES) == 1 + 3 * 2 + 3, "entry, three months with two states, the end with three"
    assert page.ask(RIBBONS) == moves["supportive"]
    before = page.ask("document.querySelector('#flows .sankey-node .node-label').textContent")
    page.page.select_option("#joints-choice", "zoledronate")
    assert page.ask("[...document.querySelectorAll('select')].map(s => s.value)") == ["zoledronate"] * 3
    playwright.expect(page.page.locator("#flows .sankey-link")).to_have_count(int(moves["zoledronate"]))
    assert page.ask(AREAS) == 3
    assert before == "painful 100 %"
    shown = page.ask("[...document.querySelectorAll('#flows .node-label')].map(l => l.textContent)")
    well = early.flows[(early.flows["strategy"] == "zoledronate") & (early.flows["to_months"] == 3)]
    healed = well.set_index("to_state")["patients"]["well"] / 4
    assert f"well {healed:.0f} %" in shown
    assert page.complaints == []


@pytest.mark.parametrize("width", [320, PHONE, DESKTOP])
def test_no_words_on_the_ribbons_are_cut_off_or_lie_on_each_other(visit, width):
    page = visit(width)
    boxes = page.ask("""[...document.querySelectorAll('#flows .node-label, #flows .annotation-text')]
        .filter(l => l.textContent).map(l => l.getBoundingClientRect()).map(b => [b.left, b.top, b.right, b.bottom])""")
    assert len(boxes) >= 10
    assert all(left >= -1 and right <= width + 1 for left, _, right, _ in boxes)
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            apart = one[2] <= other[0] + 1 or other[2] <= one[0] + 1 or one[3] <= other[1] + 1 or other[3] <= one[1] + 1
            assert apart, (one, other)


def test_a_state_switched_off_stays_off_under_another_strategy(visit):
    page = visit(DESKTOP)
    page.page.locator("[data-chart='states'] button").first.click()
    assert page.ask(AREAS) == 2
    page.page.select_option("#states-choice", "later")
    assert page.ask(AREAS) == 2


def test_figures_have_a_name_words_and_a_keyboard_way_to_their_choices(visit):
    page = visit(DESKTOP)
    for figure in page.page.locator(".chart").all():
        described = figure.get_attribute("aria-describedby")
        assert len(page.ask(f"document.getElementById('{described}').textContent")) > 40
    page.page.locator("#states-choice").focus()
    page.page.keyboard.press("ArrowDown")
    assert page.ask("document.getElementById('flows-choice').value") == "zoledronate"


def test_a_wide_table_scrolls_in_its_own_box_on_a_phone(visit):
    page = visit(PHONE)
    box = "document.querySelector('#outcomes .scroll')"
    assert page.ask(f"{box}.scrollWidth > {box}.clientWidth")
    page.ask(f"{box}.scrollLeft = 200")
    assert page.ask(f"{box}.scrollLeft") > 100


def test_names_beside_points_are_for_wide_charts_only(visit):
    shown = "[...document.querySelectorAll('#plane .textpoint')].length"
    assert visit(DESKTOP).ask(shown) == 4
    assert visit(PHONE).ask(shown) == 0


def test_text_is_readable_in_light_and_in_dark(visit):
    paper = "getComputedStyle(document.body).backgroundColor"
    ink = "getComputedStyle(document.querySelector('#load-pain .xtick text')).fill"
    light, dark = visit(DESKTOP, "light"), visit(DESKTOP, "dark")
    for one in (light, dark):
        assert contrast(one.ask(ink), one.ask(paper)) > 7
        assert contrast(one.ask("getComputedStyle(document.querySelector('small')).color"), one.ask(paper)) > 4.5
    assert light.ask(paper) != dark.ask(paper)


def contrast(one: str, other: str) -> float:
    """Ratio of relative luminances of two colours written as `rgb(r, g, b)` (WCAG 2)."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_a_legend_entry_hides_and_shows_its_strategy(visit):
    page = visit(DESKTOP)
    lines = "[...document.querySelectorAll('#load-pain .scatterlayer .trace')].length"
    before = page.ask(lines)
    button = page.page.locator("[data-chart='load-pain'] button").first
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert page.ask(lines) < before
    button.click()
    assert page.ask(lines) == before


def test_it_prints_on_a4_without_losing_a_chart_or_a_column(visit, tmp_path):
    page = visit(PHONE)
    page.page.emulate_media(media="print")
    page.page.set_viewport_size({"width": 688, "height": 1000})
    clipped = """[...document.querySelectorAll('table')].filter(t => !t.closest('details:not([open])'))
        .filter(t => t.getBoundingClientRect().right > innerWidth + 1).map(t => t.caption.textContent)"""
    assert page.ask(clipped) == []
    page.ask("window.dispatchEvent(new Event('beforeprint'))")
    assert page.ask(
        "[...document.querySelectorAll('.chart .main-svg')].every(s => s.getBoundingClientRect().right <= 688)"
    )
    nodes = page.ask(
        "[...document.querySelectorAll('#flows .sankey-node rect')].map(n => n.getBoundingClientRect().right)"
    )
    assert 650 < max(nodes) <= 688, "ribbons take their new size at once"
    assert len(page.page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)) > 50_000
    assert page.complaints == []


def test_the_charts_come_back_to_the_screens_size_after_printing(visit):
    page = visit(PHONE)
    size = "[document.querySelector('#plane .main-svg').clientWidth, document.querySelector('#plane').clientHeight]"
    before = page.ask(size)
    page.ask("window.dispatchEvent(new Event('beforeprint'))")
    assert page.ask(size) != before
    page.ask("window.dispatchEvent(new Event('afterprint'))")
    assert page.ask(size) == before


def test_searching_or_linking_into_a_closed_table_is_possible(visit):
    page = visit(DESKTOP)
    assert page.ask("document.querySelectorAll('#parameters details').length") > 3
    assert page.ask("document.querySelector('#parameters details').open") is False
    page.ask("location.hash = 'source-author2019'")
    page.page.wait_for_function("document.getElementById('source-author2019').closest('details').open")
