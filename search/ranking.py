"""Ranking: the figures by which every backend orders what it found; docs/reference/search.md."""

import math
from collections.abc import Mapping
from typing import Final

# Field -> (weight, how much its length counts); k1 as usual. See docs/reference/search.md.
FIELD_WEIGHTS: Final[Mapping[str, tuple[float, float]]] = {
    "title": (8.0, 0.3),
    "number": (6.0, 0.0),
    "summary": (3.0, 0.5),
    "body": (1.0, 0.75),
    "attached": (0.7, 0.75),
}
K1: Final = 1.2
# Factors on the score: the query's phrases, each (times its share) in the best of the fields it
# stands in; a title that is much of the query, the whole title, the reader's language, a document
# no longer in force.
PHRASE_BONUS: Final[Mapping[str, float]] = {
    "title": 0.6,
    "number": 0.6,
    "summary": 0.3,
    "body": 0.3,
    "attached": 0.3,
}
TITLE_BONUS: Final = 2.0
WHOLE_TITLE_FACTOR: Final = 3.0
PREFERRED_LANGUAGE_FACTOR: Final = 1.15
VOID_FACTOR: Final = 0.5
# What tells of a day counts less as that day recedes: each year takes half of what is left above
# FADED_FACTOR. Only these kinds: an old rule holds like a new one.
FADING_KINDS: Final = ("news",)
FADED_FACTOR: Final = 0.6
FADING_MINUTES: Final = 365 * 24 * 60


def rarity_of(frequency: int, total: int) -> float:
    """What a term counts that so many of all documents have."""
    return math.log(1 + (total - frequency + 0.5) / (frequency + 0.5))
