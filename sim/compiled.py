"""Where compiled rules are kept: a folder keyed by the sources of all rules.

Numba's own cache notices an edit of a function's file, but not of a file it calls into; a changed rule
would go on running in its old form. So every state of the sources has a cache folder of its own.
"""

import hashlib
import os
import sys
import time
from importlib import metadata
from pathlib import Path
from shutil import rmtree

PACKAGES_WITH_RULES = ("vocabulary", "disease", "engines", "valuation")
KEPT_DAYS = 14


def sources_digest(package_root: Path) -> str:
    """Digest of every source file of the packages with compiled functions, and of the compiler's version."""
    digest = hashlib.blake2b(digest_size=8)
    digest.update(f"{metadata.version('numba')} {metadata.version('numpy')} {sys.version}".encode())
    for package in PACKAGES_WITH_RULES:
        for path in sorted((package_root / package).glob("*.py")):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def cache_base() -> Path:
    """The user's cache folder for this program; BMES_CACHE_DIR overrides it."""
    chosen = os.environ.get("BMES_CACHE_DIR")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bmes-sim"


def prepare_cache() -> Path:
    """Point numba's file cache at the folder of the present sources; call before a compiled module is imported."""
    base = cache_base()
    folder = base / sources_digest(Path(__file__).parent)
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    if "numba" in sys.modules:
        sys.modules["numba"].config.CACHE_DIR = str(folder)
    if not folder.exists():
        _remove_old(base)
    return folder


def _remove_old(base: Path) -> None:
    """Drop the folders of sources that have not been run for some weeks."""
    oldest = time.time() - KEPT_DAYS * 86_400
    for folder in base.glob("*") if base.is_dir() else ():
        if folder.is_dir() and folder.stat().st_mtime < oldest:
            rmtree(folder, ignore_errors=True)
