"""The search on the same corpus: ours beside stock Whoosh, SQLite FTS5 and tantivy in one run.

Reached as `python -m bench search`. Each engine gets the same rows, analysed by our own analysis,
the same questions as the same trees of terms, and the same ten facets. See docs/performance.md.
"""
