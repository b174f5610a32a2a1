"""The option --wtp of the commands that take several: numbers with commas between them, and the option repeated."""

from collections.abc import Iterable

from sim.vocabulary.errors import InputError

REPAIR = "Write numbers with commas between them, such as --wtp 20000,30000"


def thresholds_of(texts: Iterable[str]) -> list[float]:
    """The numbers of texts such as "20000,30000", each once, in their order. Raises InputError for other words."""
    found = []
    for part in (part.strip() for text in texts for part in text.split(",")):
        if not part:
            continue
        try:
            found.append(float(part))
        except ValueError:
            raise InputError("--wtp", f"{part!r} is not a number", REPAIR) from None
    return list(dict.fromkeys(found))
