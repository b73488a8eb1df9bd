"""/metrics for Prometheus, on loopback: counts and ages, never a reference, a word or an address."""

from collections.abc import Iterator

from relay.letters import count_letters
from relay.outbox import count_outbox
from relay.routing import PROBE
from relay.schema import LETTER_STATES, OUTBOX_STATES
from relay.store import Store

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def render_metrics(store: Store, now: int, today: str, missing_years: int) -> str:
    """The figures as Prometheus reads them. `missing_years`: those that letters of today run into."""
    return "".join(f"{line}\n" for line in _lines(store, now, today, missing_years))


def _lines(store: Store, now: int, today: str, missing_years: int) -> Iterator[str]:
    letters, mails = count_letters(store), count_outbox(store)
    yield "# TYPE relay_letters gauge"
    for state in LETTER_STATES:
        yield f'relay_letters{{state="{state}"}} {letters.get(state, 0)}'
    yield "# TYPE relay_mails gauge"
    for state in OUTBOX_STATES:
        yield f'relay_mails{{state="{state}"}} {mails.get(state, 0)}'
    gauges = {
        "relay_oldest_waiting_mail_seconds": _age(
            store, now, "SELECT min(made_at) FROM outbox WHERE state IN ('ready', 'leased')"
        ),
        "relay_last_letter_seconds": _age(
            store, now, "SELECT max(received_at) FROM letter WHERE form <> ?", PROBE
        ),
        "relay_last_probe_returned_seconds": _age(
            store, now, "SELECT max(CAST(value AS BIGINT)) FROM mark WHERE name = ?", PROBE
        ),
        "relay_last_backup_seconds": _age(
            store, now, "SELECT max(CAST(value AS BIGINT)) FROM mark WHERE name = 'backup'"
        ),
        "relay_overdue_letters": store.query(
            "SELECT count(*) FROM letter WHERE due_day <> '' AND due_day < ? AND state IN"
            " ('received', 'forwarded', 'transferred', 'acknowledged', 'in-progress')",
            (today,),
        )[0][0],
        "relay_alarms_today": store.query("SELECT count(*) FROM alarm WHERE day = ?", (today,))[0][
            0
        ],
        "relay_calendar_years_missing": missing_years,
        "relay_events": store.query("SELECT coalesce(max(seq), 0) FROM event")[0][0],
        "relay_bytes_left": store.bytes_left(),
        "relay_ready": int(store.is_ready()),
    }
    for name, value in gauges.items():
        yield f"# TYPE {name} gauge"
        yield f"{name} {value}"


def _age(store: Store, now: int, question: str, *values: str) -> int | str:
    moment = store.query(question, values)[0][0]
    return "NaN" if moment is None else max(0, (now - int(moment)) // 1000)
