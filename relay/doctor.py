"""`python -m relay doctor`: whether this relay, as it is set up here, can keep its promise.

It checks what exists on this machine: versions, keys, store, room, routing, the chain of
events. It sends nothing and changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from domain.forms import Form
from domain.problems import PortalError
from relay.clocks import Clocks
from relay.configuration import Configuration
from relay.events import find_broken_link
from relay.keys import load_keys
from relay.letters import count_letters
from relay.moments import system_clock, to_milliseconds
from relay.outbox import HOUR, count_outbox
from relay.probe import find_last_round, is_probe_lost
from relay.published import PublishedSite
from relay.service import open_store
from relay.store import Store, StoreError, read_events

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `remedy` says what to do where it is not sound."""

    is_sound: bool
    what: str
    remedy: str = ""


def examine(configuration: Configuration, build: Path) -> Iterator[Finding]:
    """Every finding, the most basic first."""
    yield _examine_keys(configuration)
    yield _examine_referrer(build)
    site = PublishedSite(build)
    yield from _examine_routing(configuration, site)
    yield _examine_calendar(configuration, site)
    try:
        store = open_store(configuration)
    except StoreError as error:
        yield Finding(False, f"the store cannot be opened: {error}", "Look at disk and rights.")
        return
    try:
        yield from _examine_store(configuration, store)
        yield _examine_probe(configuration, store, to_milliseconds(system_clock()))
    finally:
        store.close()


def format_finding(finding: Finding) -> str:
    """The lines that an operator reads."""
    mark = "ok " if finding.is_sound else "BAD"
    return f"{mark}  {finding.what}" + (f"\n     {finding.remedy}" if finding.remedy else "")


def _examine_keys(configuration: Configuration) -> Finding:
    try:
        keyring = load_keys(configuration.keys_file)
    except PortalError as error:
        return Finding(False, "the keys cannot be used", str(error))
    return Finding(True, f"keys are there and closed to others; {keyring.current_id} seals")


def _examine_referrer(build: Path) -> Finding:
    # With "no-referrer" in a page, browsers say "Origin: null" with its form, and our own
    # form could not be told from a stranger's.
    frames = sorted((build / "frames").glob("*.html"))
    wrong = [
        file.name
        for file in frames
        if 'name="referrer"' in (text := file.read_text("utf-8")) and "no-referrer" in text
    ]
    return Finding(
        not wrong,
        f"referrer policy of the pages: {', '.join(wrong) or 'same-origin'}",
        "Take <meta name=referrer> out of the theme." if wrong else "",
    )


def _examine_routing(configuration: Configuration, site: PublishedSite) -> Iterator[Finding]:
    form_ids = site.form_ids()
    if not form_ids:
        yield Finding(False, "the build has no forms", "Build the site, or name it with --build.")
    for form_id in form_ids:
        try:
            published = site.find_form(form_id)
        except (ValueError, TypeError, KeyError):
            yield Finding(
                False,
                f"{form_id}: the form in the build cannot be read",
                "Build the site anew, with the same version as this program.",
            )
            continue
        if published is None:
            continue
        yield from _examine_form(configuration, published.form)


def _examine_form(configuration: Configuration, form: Form) -> Iterator[Finding]:
    """Whether every department that letters of this form can go to is reached."""
    routing, today = configuration.routing, date.today()  # noqa: DTZ011 - the operators' own day
    named = [one.id for field in form.fields if field.id == "department" for one in field.options]
    ruled = [route.to for route in routing.routes if route.form in ("", form.id)]
    departments = dict.fromkeys([form.department, *ruled, *named])
    lost = [
        one
        for one in departments
        if not any(step in configuration.addresses for step in routing.stand_ins(one, today))
    ]
    if form.mail_mode == "age":
        keyless = [one for one in departments if not configuration.find_age_key(one, today)]
        if keyless:
            yield Finding(
                False,
                f"{form.id}: no age key for {_shortened(keyless)}; their mails have no text",
                f'Add to [age_keys]: {keyless[0]} = "age1..."',
            )
    if not lost:
        yield Finding(True, f"{form.id}: mail goes to {_shortened(list(departments))}")
        return
    yield Finding(
        False,
        f"{form.id}: no address for {_shortened(lost)}; their mail goes to the fallback",
        f'Add to [addresses]: {lost[0]} = "...", or say in [merged] who has its work now.',
    )


def _examine_calendar(configuration: Configuration, site: PublishedSite) -> Finding:
    today = date.today()  # noqa: DTZ011 - the operators' own day
    missing = Clocks(site, configuration.timezone).missing_years(today)
    if not missing:
        return Finding(True, "the calendar of working days reaches as far as letters have time")
    years = ", ".join(map(str, missing))
    return Finding(
        False,
        f"the calendar of working days lacks {years}: last days are counted without holidays",
        "Put that year into the vocabulary of the site (calendar.yaml) and build it.",
    )


def _shortened(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def _examine_store(configuration: Configuration, store: Store) -> Iterator[Finding]:
    yield Finding(True, store.describe())
    room, wanted = store.bytes_left(), 2 * configuration.limits.reserve_bytes
    yield Finding(
        room >= wanted,
        f"room for letters: {room // 1_048_576} MB, wanted {wanted // 1_048_576} MB",
        "" if room >= wanted else "Make room: below half of it, letters are no longer taken.",
    )
    sound = store.check_whole()
    yield Finding(sound, "the store is whole" if sound else "the store is damaged",
                  "" if sound else "Stop the relay and restore the backup.")  # fmt: skip
    broken = find_broken_link(read_events(store))
    yield Finding(
        broken is None,
        "the chain of events is whole" if broken is None else f"event {broken} was altered",
        "" if broken is None else "Compare with the backup: somebody changed the log.",
    )
    letters, mails = count_letters(store), count_outbox(store)
    held, dead = letters.get("held", 0), mails.get("dead", 0)
    yield Finding(True, f"letters: {_counted(letters)}; mails: {_counted(mails)}")
    for kind, day in store.query("SELECT kind, day FROM alarm ORDER BY raised_at DESC LIMIT 5"):
        yield Finding(True, f"alarm of {day}: {kind}")
    if held:
        yield Finding(False, f"{held} letter(s) held", "Look with: python -m relay letter --held")
    if dead:
        yield Finding(False, f"{dead} mail(s) could not be delivered; their letters are kept",
                      "See which with: python -m relay letter --undelivered")  # fmt: skip


def _examine_probe(configuration: Configuration, store: Store, now: int) -> Finding:
    if not configuration.mail.maildir:
        return Finding(True, "no daily letter to ourselves: mail.maildir is not set")
    last = find_last_round(store)
    when = "has not come round yet" if last is None else f"came round {(now - last) // HOUR} h ago"
    if not is_probe_lost(store, now):
        return Finding(True, f"the daily letter to ourselves {when}")
    return Finding(
        False,
        f"the daily letter to ourselves {when}",
        "Write one with: python -m relay probe. Then look at relay-probe.timer, the mail server "
        "and the maildir, in this order.",
    )


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"
