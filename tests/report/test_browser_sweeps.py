"""Pages of sweeps in a real browser: they draw, fit a phone, ask the network for nothing, complain of nothing."""

import pytest
from report.sweep_stand_in import CHOICES, RANGES, analysed, stored_sweep
from report.test_browser import CHROMIUM, DESKTOP, Visit, browser  # noqa: F401 the fixture
from report.test_browser_analyses import TOO_WIDE

from sim.report.sweep_html import write_sweep_report

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")]

GRID = {name: f"{words}\nsteps = 4" for name, words in list(RANGES.items())[:2]}
DESIGNS = {
    "saltelli": ('kind = "saltelli"\nsamples = 32', RANGES | {"harms": CHOICES["harms"]}),
    "morris": ('kind = "morris"\nsamples = 8', RANGES | {"harms": CHOICES["harms"]}),
    "countries": ('kind = "grid"', GRID | CHOICES),
}
CHARTS = {"saltelli": 4, "morris": 3, "countries": 3}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    made = {}
    for name, given in DESIGNS.items():
        folder = tmp_path_factory.mktemp(name)
        made[name] = write_sweep_report(analysed(stored_sweep(folder, *given)), folder / "report.html")
    return made


@pytest.mark.parametrize("kind", DESIGNS)
@pytest.mark.parametrize("width", [320, DESKTOP])
def test_the_page_fits_its_window_and_draws_every_chart(browser, pages, kind, width):  # noqa: F811
    visit = Visit(browser, pages[kind], width, ready=".chart .main-svg")
    assert visit.ask("document.documentElement.scrollWidth") <= width
    assert visit.ask(TOO_WIDE) == []
    assert visit.ask("document.querySelectorAll('.chart').length") == CHARTS[kind]
    assert visit.ask("[...document.querySelectorAll('.chart')].filter(c => !c.querySelector('.main-svg')).length") == 0
    assert visit.complaints == []
    assert visit.requests == [pages[kind].as_uri()]
    visit.page.context.close()


def test_a_choice_of_strategy_changes_the_surface_and_its_colours(browser, pages):  # noqa: F811
    visit = Visit(browser, pages["saltelli"], DESKTOP, ready=".chart .main-svg")
    shown = "document.getElementById('surface').data.filter(t => t.visible !== false).map(t => t.meta.strategy)"
    before = set(visit.ask(shown))
    visit.page.select_option("#surface-choice", "vitamin_d")
    assert before == {"zoledronate"}
    assert set(visit.ask(shown)) == {"vitamin_d"}
    assert visit.complaints == []
    visit.page.context.close()


def test_the_legend_hides_the_points_of_a_strategy(browser, pages):  # noqa: F811
    visit = Visit(browser, pages["saltelli"], DESKTOP, ready=".chart .main-svg")
    lines = "document.querySelectorAll('#all-points .scatterlayer .trace .js-line').length"
    before = visit.ask(lines)
    visit.page.click(".legend[data-chart='all-points'] button")
    assert visit.ask(lines) < before
    assert visit.complaints == []
    visit.page.context.close()
