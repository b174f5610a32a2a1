"""Tables, links and pages in Markdown, for the pages of docs/ that are generated."""

from collections.abc import Iterable, Sequence


def plain(text: str) -> str:
    """`text` on one line, with what Markdown would read as the edge of a cell or as a tag written out."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], numeric: Iterable[int] = ()) -> str:
    """A table; cells hold Markdown already. `numeric` are the positions of the columns that align to the right."""
    right = set(numeric)
    rule = ["---:" if position in right else "---" for position in range(len(columns))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (columns, rule, *rows))


def link(text: str, target: str) -> str:
    """A link whose text is set as code."""
    return f"[`{text}`]({target})"


def page(*parts: str) -> str:
    """Parts of a page with an empty line between them and a line break at the end."""
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"
