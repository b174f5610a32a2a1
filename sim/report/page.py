"""From templates to a file: what every page of the report shares."""

import re
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.filters import do_mark_safe
from plotly.offline import get_plotlyjs

from sim.report.figure_style import SYMBOL_PATHS
from sim.vocabulary.errors import RunError

REPORT = "report.html"  # in the folder of a run
AMOUNT = re.compile(r"\b([A-Z]{3}) (?=[\u2212\d])")  # "GBP 1,234" stays on one line
BREAKABLE = re.compile(r"([._])(?=\w)")  # long names may break after their dots and underscores


def rendered(template: str, **content: Any) -> str:
    """A page that needs nothing else: no network and no other file."""
    environment = Environment(
        loader=PackageLoader("sim.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"amounts": amounts, "breakable": breakable}
    plotly = do_mark_safe(get_plotlyjs())
    return environment.get_template(template).render(symbols=SYMBOL_PATHS, plotly=plotly, **content)


def write_page(page: str, path: Path | str) -> Path:
    """Write `page` to `path`, as a whole or not at all. Raises RunError if it cannot be written."""
    target = Path(path)
    unfinished = target.with_name(f".{target.name}.part")
    try:
        unfinished.write_text(page, encoding="utf-8")
        unfinished.replace(target)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        cause = (error.strerror or "unknown cause").lower()
        raise RunError(f"{target}: the report cannot be written ({cause}). Check the folder and the disk.") from None
    return target


def amounts(text: str) -> str:
    """Escaped text in which a currency and its number do not part at the end of a line."""
    return do_mark_safe(AMOUNT.sub("\\1\u00a0", escape(text)))


def breakable(text: str) -> str:
    """Escaped text that may break within long names."""
    return do_mark_safe(BREAKABLE.sub(r"\1<wbr>", escape(text)))
