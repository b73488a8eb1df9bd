"""The tables of the store, in the SQL that SQLite and PostgreSQL both read.

BYTES and INTEGER are put into each one's own words by the store that makes the tables. Times
are milliseconds UTC, days the site's own. What a person wrote is sealed, always; in the clear
stand forms, states, times and departments.
"""

FORMAT = 2
FORMAT_MARK = "format"
"""The mark by which a database that has no other place for it says which format it is of."""

LETTER_STATES = (
    "received",
    "held",
    "forwarded",
    "acknowledged",
    "in-progress",
    "transferred",
    "replied",
    "closed",
    "rejected",
    "withdrawn",
    "erased",
)
OUTBOX_STATES = ("ready", "leased", "sent", "delivered", "bounced", "dead", "stopped")


def _one_of(states: tuple[str, ...]) -> str:
    return ", ".join(f"'{state}'" for state in states)


TABLES = {
    "letter": f"""
  id BYTES PRIMARY KEY,
  reference TEXT NOT NULL UNIQUE,
  idempotency BYTES NOT NULL UNIQUE,
  answers_digest BYTES NOT NULL,
  digest_key TEXT NOT NULL,
  code_key TEXT NOT NULL,
  form TEXT NOT NULL,
  form_digest TEXT NOT NULL,
  lang TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ({_one_of(LETTER_STATES)})),
  signals TEXT NOT NULL,
  routes TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  payload BYTES NOT NULL,
  due_day TEXT NOT NULL DEFAULT '',
  reminded_day TEXT NOT NULL DEFAULT '',
  revision INTEGER NOT NULL DEFAULT 0,
  ended_at INTEGER NOT NULL DEFAULT 0""",
    "attachment": """
  letter BYTES NOT NULL REFERENCES letter (id),
  place INTEGER NOT NULL,
  sealed BYTES NOT NULL,
  PRIMARY KEY (letter, place)""",
    # due_at is when a sender may claim the row: the next try while ready, the lease's end
    # while leased. letter is empty for mails about none; addressee is the MAC of a citizen's
    # own address; note holds words of ours, such as an alarm's name.
    "outbox": f"""
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  letter BYTES REFERENCES letter (id),
  route TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ({_one_of(OUTBOX_STATES)})),
  made_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  revision INTEGER NOT NULL DEFAULT 0,
  addressee BYTES,
  note TEXT NOT NULL DEFAULT '',
  lease TEXT NOT NULL DEFAULT '',
  tries INTEGER NOT NULL DEFAULT 0,
  last_result TEXT NOT NULL DEFAULT ''""",
    "answer": """
  id BYTES PRIMARY KEY,
  letter BYTES NOT NULL REFERENCES letter (id),
  made_at INTEGER NOT NULL,
  route TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('parked', 'given', 'refused')),
  sealed BYTES NOT NULL""",
    "publication": """
  letter BYTES PRIMARY KEY REFERENCES letter (id),
  made_at INTEGER NOT NULL,
  route TEXT NOT NULL,
  sealed BYTES NOT NULL""",
    "event": """
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  reference TEXT NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL,
  previous BYTES NOT NULL,
  hash BYTES NOT NULL""",
    "alarm": """
  kind TEXT NOT NULL,
  day TEXT NOT NULL,
  raised_at INTEGER NOT NULL,
  PRIMARY KEY (kind, day)""",
    "mark": """
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL""",
}
"""Columns by table, in an order in which rows can be copied: what is referred to comes first."""

KEYS = {"attachment": ("letter", "place"), "alarm": ("kind", "day")}
"""Columns by which a table's rows lie in order, where that is not the first one alone."""

INDEXES = (
    "CREATE INDEX letter_held ON letter (received_at) WHERE state = 'held'",
    "CREATE INDEX letter_due ON letter (due_day) WHERE due_day <> ''",
    "CREATE INDEX letter_ended ON letter (ended_at) WHERE ended_at <> 0",
    "CREATE INDEX outbox_due ON outbox (due_at) WHERE state IN ('ready', 'leased')",
    "CREATE INDEX outbox_letter ON outbox (letter)",
    "CREATE INDEX outbox_addressee ON outbox (addressee) WHERE addressee IS NOT NULL",
    "CREATE INDEX answer_letter ON answer (letter)",
    "CREATE INDEX event_reference ON event (reference)",
)
