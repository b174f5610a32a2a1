"""Pages on uncertainty in a real browser: they draw, fit a phone, ask the network for nothing, complain of nothing."""

import pytest
from report.psa_stand_in import psa_stand_in, voi_stand_in
from report.test_browser import CHROMIUM, DESKTOP, PHONE, Visit, browser  # noqa: F401 the fixture

from sim.experiments.dsa import DsaPlan, dsa
from sim.inputs.scenario import load_scenario
from sim.report.dsa_html import write_dsa_report
from sim.report.psa_html import write_psa_report

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")]

RATIO, LOSS = "treatments.zoledronate.healing.hazard_ratio", "utility_loss_per_pain_point_utility"
CHARTS = {"psa": 10, "dsa": 4}
TOO_WIDE = """
    [...document.querySelectorAll('p, li, h1, h2, h3, figure, .chart, .legend, .scroll, details, caption span')]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll table'))
    .map(e => e.tagName + ' ' + e.textContent.slice(0, 40))"""


@pytest.fixture(scope="module")
def pages(seed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    made = psa_stand_in(60)
    voi = voi_stand_in(made.psa.inputs.setting.thresholds)
    scenario = load_scenario("base_case_uk", strategies=("supportive", "zoledronate", "vitamin_d"))
    plan = DsaPlan(patients=20, parameters=(RATIO, LOSS), two_way=((RATIO, LOSS),), grid=2, group_patients=0)
    return {
        "psa": write_psa_report(made.psa, made.analysis, folder / "psa.html", voi),
        "dsa": write_dsa_report(dsa(scenario, plan, seed=seed), folder / "dsa.html"),
    }


@pytest.mark.parametrize("kind", ["psa", "dsa"])
@pytest.mark.parametrize("width", [320, PHONE, DESKTOP])
def test_the_page_fits_its_window_and_draws_every_chart(browser, pages, kind, width):  # noqa: F811
    visit = Visit(browser, pages[kind], width, ready=".chart .main-svg")
    assert visit.ask("document.documentElement.scrollWidth") <= width
    assert visit.ask(TOO_WIDE) == []
    assert visit.ask("document.querySelectorAll('.chart').length") == CHARTS[kind]
    assert visit.ask("[...document.querySelectorAll('.chart')].filter(c => !c.querySelector('.main-svg')).length") == 0
    assert visit.complaints == []
    assert visit.requests == [pages[kind].as_uri()]
    visit.page.context.close()


def test_another_strategy_can_be_chosen_and_a_figure_without_it_stays(browser, pages):  # noqa: F811
    """Both parameters move nothing under vitamin D, so that it has no bars, but gains under every switch."""
    visit = Visit(browser, pages["dsa"], DESKTOP, ready=".chart .main-svg")
    bars = "document.querySelectorAll('#tornado .barlayer .point').length"
    before = visit.ask(bars)
    assert before > 0
    visit.page.select_option("#switch-gains-choice", "vitamin_d")
    shown = "document.getElementById('switch-gains').data.filter(t => t.visible !== false).map(t => t.meta.strategy)"
    assert set(visit.ask(shown)) == {"vitamin_d"}
    assert visit.ask(bars) == before
    assert visit.complaints == []
    visit.page.context.close()
