"""The sender: takes what is due from the outbox, delivers it, and notes what became of it.

It runs beside the web application or in a process of its own; any number may run, since
every mail is claimed under a lease. It never stops for one bad letter or one bad hour.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from domain.clock import get_timezone
from domain.templating import load_translations
from relay.configuration import Configuration
from relay.crash_points import pass_crash_point
from relay.keys import KeyMissingError, Keyring, Purpose, SealError
from relay.mail import MailMismatchError, compose_mail, mail_headers
from relay.mail_kinds import MailFacts, Translate, write_mail
from relay.moments import Clock, from_milliseconds, local_day, show_local, to_milliseconds
from relay.outbox import (
    HOUR,
    MINUTE,
    TO_WRITERS,
    WITHOUT_ALARM,
    Claim,
    claim_next,
    find_late,
    next_try,
    note_dead,
    note_retry,
    note_sent,
)
from relay.payload import Payload, payload_from_bytes
from relay.rounds import Rounds
from relay.shield import describe_error
from relay.staff_links import StaffLink, Stage, seal_link
from relay.store import Store, StoreBusyError, StoreError, raise_alarm
from relay.transport import Outcome, Result, Transport
from relay.verp import verp_address

_log = logging.getLogger("relay.sender")
_LATE_AFTER = 1 * HOUR
_NOTE_TRIES = 20
# Waiting does not help with these: the alarm is raised at the first try.
_OURS_TO_MEND = ("no-starttls", "certificate", "authentication", "no-address", "no-key")
_NOTE_PAUSE_SECONDS = 0.2


class Sender:
    """Delivers mails one after the other over one transport."""

    def __init__(
        self,
        store: Store,
        keyring: Keyring,
        configuration: Configuration,
        transport: Transport,
        clock: Clock,
        translate: Callable[[str], Translate],
        rounds: Rounds | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self._store = store
        self._keyring = keyring
        self._configuration = configuration
        self._transport = transport
        self._clock = clock
        self._translate = translate
        self._rounds = rounds
        # Jitter, not a secret.
        self._chance = chance or random.Random()  # noqa: S311
        self._minute_looked_at = 0

    def deliver_due(self, stop: threading.Event | None = None) -> int:
        """Everything that is due has been tried once; gives the number of tries."""
        self._make_rounds_safely()
        tries = 0
        while not (stop and stop.is_set()) and self._deliver_next():
            tries += 1
            # Of a server that hangs, each mail takes minutes.
            self._check_late()
        self._check_late()
        return tries

    def run(self, stop: threading.Event, wake: threading.Event, poll_seconds: float = 1.0) -> None:
        """Deliver until `stop` is set; `wake` says that a letter has just come in."""
        try:
            while not stop.is_set():
                self._deliver_safely(stop)
                wake.wait(poll_seconds)
                wake.clear()
        finally:
            self._transport.close()

    def _deliver_safely(self, stop: threading.Event) -> None:
        try:
            if not self.deliver_due(stop):
                self._transport.close()
        except StoreError as error:
            _log.error("the store refused: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001
            # The sender must outlive any one letter; a traceback could quote it.
            _log.error("a delivery failed: %s", describe_error(error))

    def _make_rounds_safely(self) -> None:
        if self._rounds is None:
            return
        now = to_milliseconds(self._clock())
        try:
            self._rounds.make_if_due(now)
            self._rounds.check_probe(now)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001
            # A build that cannot be read, say: mail goes out all the same.
            _log.error("the daily round failed: %s", describe_error(error))
            raise_alarm(self._store, "round-failed", self._day(now), now)

    def _check_late(self) -> None:
        """An alarm is raised for mail an hour old, and not first when its next try has failed."""
        now = to_milliseconds(self._clock())
        if now // MINUTE == self._minute_looked_at:
            return
        self._minute_looked_at = now // MINUTE
        if find_late(self._store, now - _LATE_AFTER):
            raise_alarm(self._store, "delivery-late", self._day(now), now)

    def _deliver_next(self) -> bool:
        now = to_milliseconds(self._clock())
        claim = claim_next(self._store, now, self._configuration.limits.lease_seconds * 1000)
        if claim is None:
            return False
        pass_crash_point("after-claim")
        result = self._try(claim)
        self._note_surely(claim, result)
        return True

    def _try(self, claim: Claim) -> Result:
        try:
            payload = self._open_payload(claim)
            recipient = self._find_recipient(claim, payload)
            if recipient is None:
                return Result(Outcome.RETRY, "no-address")
            content = self._compose(claim, payload, recipient)
        except KeyMissingError:
            # It may be put back, and then the letter goes.
            return Result(Outcome.RETRY, "no-key")
        except (SealError, MailMismatchError, ValueError, TypeError, KeyError) as error:
            return Result(Outcome.DEAD, type(error).__name__)
        sender = verp_address(claim.mail_id, self._configuration.envelope_base, self._keyring)
        result = self._transport.deliver(sender, recipient, content)
        if result.outcome is Outcome.SENT:
            pass_crash_point("after-250")
        return result

    def _open_payload(self, claim: Claim) -> Payload | None:
        if claim.letter_id is None:
            return None
        opened = self._keyring.open(Purpose.PAYLOAD, claim.payload, claim.letter_id)
        return payload_from_bytes(opened)

    def _find_recipient(self, claim: Claim, payload: Payload | None) -> str | None:
        if claim.kind in TO_WRITERS:
            return payload.reply_to if payload else None
        day = local_day(to_milliseconds(self._clock()), self._configuration.timezone)
        return self._configuration.find_address(claim.route, day)

    def _compose(self, claim: Claim, payload: Payload | None, recipient: str) -> bytes:
        settings = self._configuration
        lang = claim.lang if claim.kind in TO_WRITERS else settings.staff_language
        # The row's own time, so that every try carries the very same bytes.
        sent_at = from_milliseconds(claim.made_at).astimezone(get_timezone(settings.timezone))
        writing = write_mail(claim, payload, self._gather_facts(claim, lang), self._translate(lang))
        headers = mail_headers(
            writing.subject,
            writing.reply_to,
            f"<{claim.mail_id}@{settings.mail_domain}>",
            recipient,
            sent_at,
            settings.mail,
        )
        return compose_mail(headers, writing.text)

    def _gather_facts(self, claim: Claim, lang: str) -> MailFacts:
        settings = self._configuration
        site = settings.site_url
        if claim.letter_id is None:
            return MailFacts(received="")
        expires_at = claim.made_at + settings.limits.staff_link_hours * HOUR
        link = StaffLink(Stage.MAIL, claim.letter_id, claim.route, claim.revision, expires_at)
        day = local_day(to_milliseconds(self._clock()), settings.timezone)
        return MailFacts(
            age_key=settings.find_age_key(claim.route, day),
            received=show_local(claim.received_at, settings.timezone),
            link=f"{site}/{lang}/relay/staff/{seal_link(link, self._keyring)}",
            status_url=f"{site}/{lang}/relay/status",
        )

    def _note_surely(self, claim: Claim, result: Result) -> None:
        # A mail that is delivered but not noted is delivered again when the lease ends: a
        # store that is only busy is worth more patience here than anywhere else.
        for _ in range(_NOTE_TRIES - 1):
            try:
                self._note(claim, result)
                return
            except StoreBusyError:
                time.sleep(_NOTE_PAUSE_SECONDS)
        self._note(claim, result)

    def _note(self, claim: Claim, result: Result) -> None:
        now = to_milliseconds(self._clock())
        if result.outcome is Outcome.SENT:
            note_sent(self._store, claim, now)
        elif result.outcome is Outcome.RETRY:
            self._note_retry(claim, result, now)
        else:
            self._give_up(claim, result, now, use_fallback=result.outcome is Outcome.REFUSED)
        _log.info(
            "mail %s: %s (%s), try %d", claim.mail_id, result.outcome, result.reason, claim.tries
        )

    def _note_retry(self, claim: Claim, result: Result, now: int) -> None:
        due_at = next_try(claim.tries, claim.made_at, now, self._chance)
        if due_at is None:
            self._give_up(claim, result, now, use_fallback=True)
            return
        note_retry(self._store, claim, due_at, result.reason)
        if result.reason in _OURS_TO_MEND:
            self._alarm(claim, f"delivery-{result.reason}", now)

    def _give_up(self, claim: Claim, result: Result, now: int, *, use_fallback: bool) -> None:
        note_dead(self._store, claim, now, result.reason, use_fallback=use_fallback)
        self._alarm(claim, "delivery-failed", now)

    def _alarm(self, claim: Claim, kind: str, now: int) -> None:
        if claim.kind in WITHOUT_ALARM:
            return
        raise_alarm(self._store, kind, self._day(now), now)

    def _day(self, now: int) -> str:
        return local_day(now, self._configuration.timezone).isoformat()


def make_translators(theme: Path) -> Callable[[str], Translate]:
    """For each language the words of the mails, from the theme's translations."""
    return cache(lambda lang: load_translations(theme / "translations", lang).gettext)
