"""The vocabulary of a site: its closed lists, as editors keep them in YAML.

`load_vocabulary` reads them; everything else here is what it gives.
"""

from domain.vocabulary.loading import FILES, load_timezone, load_vocabulary
from domain.vocabulary.model import (
    KINDS,
    Audience,
    Body,
    Column,
    Contact,
    County,
    Department,
    Limits,
    Post,
    Rule,
    Site,
    Subject,
    Task,
    Term,
    Vocabulary,
)

__all__ = [
    "FILES",
    "KINDS",
    "Audience",
    "Body",
    "Column",
    "Contact",
    "County",
    "Department",
    "Limits",
    "Post",
    "Rule",
    "Site",
    "Subject",
    "Task",
    "Term",
    "Vocabulary",
    "load_timezone",
    "load_vocabulary",
]
