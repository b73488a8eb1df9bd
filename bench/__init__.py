"""The bench: one corpus, built by us and by others in the same run, and what that took.

Reached as `python -m bench`; nothing of the product imports it. See docs/performance.md.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The folder of the project."""


class BenchError(Exception):
    """Something that whoever runs the bench must mend; shown without a traceback."""
