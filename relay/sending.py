"""The sender: takes what is due from the outbox, delivers it, and notes what became of it.

It runs beside the web application or in a process of its own; any number may run, since
every mail is claimed under a lease. It never stops for one bad letter or one bad hour.
"""

import logging
import random
import threading
import time
from pathlib import Path

from domain.clock import get_timezone
from domain.templating import load_translations
from relay.configuration import Configuration
from relay.crash_points import pass_crash_point
from relay.keys import Keyring, Purpose, SealError
from relay.mail import MailMismatchError, Translate, compose_mail, mail_headers, mail_text
from relay.moments import Clock, from_milliseconds, show_local, to_milliseconds
from relay.outbox import HOUR, Claim, claim_next, next_try, note_dead, note_retry, note_sent
from relay.payload import payload_from_bytes
from relay.store import Store, StoreBusyError, StoreError, raise_alarm
from relay.transport import Outcome, Result, Transport

_log = logging.getLogger("relay.sender")
_LATE_AFTER = 1 * HOUR
_NOTE_TRIES = 20
# Waiting does not help with these: the alarm is raised at the first try.
_OURS_TO_MEND = ("no-starttls", "certificate", "authentication", "no-address")
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
        translate: Translate,
        chance: random.Random | None = None,
    ) -> None:
        self._store = store
        self._keyring = keyring
        self._configuration = configuration
        self._transport = transport
        self._clock = clock
        self._translate = translate
        # Jitter, not a secret.
        self._chance = chance or random.Random()  # noqa: S311

    def deliver_due(self, stop: threading.Event | None = None) -> int:
        """Everything that is due has been tried once; gives the number of tries."""
        tries = 0
        while not (stop and stop.is_set()) and self._deliver_next():
            tries += 1
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
            _log.error("a delivery failed: %s", type(error).__name__)

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
        recipient = self._configuration.find_address(claim.route)
        if recipient is None:
            return Result(Outcome.RETRY, "no-address")
        try:
            content = self._compose(claim, recipient)
        except (SealError, MailMismatchError, ValueError, TypeError, KeyError) as error:
            return Result(Outcome.DEAD, type(error).__name__)
        result = self._transport.deliver(claim.envelope_sender, recipient, content)
        if result.outcome is Outcome.SENT:
            pass_crash_point("after-250")
        return result

    def _compose(self, claim: Claim, recipient: str) -> bytes:
        opened = self._keyring.open(Purpose.PAYLOAD, claim.payload, claim.letter_id)
        payload = payload_from_bytes(opened)
        # The letter's own time, so that every try carries the very same bytes.
        sent_at = from_milliseconds(claim.made_at).astimezone(
            get_timezone(self._configuration.timezone)
        )
        headers = mail_headers(
            payload,
            claim.reference,
            claim.message_id,
            recipient,
            sent_at,
            self._configuration.mail,
        )
        received = show_local(claim.received_at, self._configuration.timezone)
        return compose_mail(headers, mail_text(payload, claim.reference, received, self._translate))

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
            "outbox %d: %s (%s), try %d", claim.row, result.outcome, result.reason, claim.tries
        )

    def _note_retry(self, claim: Claim, result: Result, now: int) -> None:
        due_at = next_try(claim.tries, claim.made_at, now, self._chance)
        if due_at is None:
            self._give_up(claim, result, now, use_fallback=True)
            return
        note_retry(self._store, claim, due_at, result.reason)
        if now - claim.made_at >= _LATE_AFTER:
            self._alarm("delivery-late", now)
        if result.reason in _OURS_TO_MEND:
            self._alarm(f"delivery-{result.reason}", now)

    def _give_up(self, claim: Claim, result: Result, now: int, *, use_fallback: bool) -> None:
        domain = self._configuration.mail_domain
        note_dead(self._store, claim, now, result.reason, domain, use_fallback=use_fallback)
        self._alarm("delivery-failed", now)

    def _alarm(self, kind: str, now: int) -> None:
        raise_alarm(self._store, kind, from_milliseconds(now).date().isoformat(), now)


def make_staff_translate(configuration: Configuration, theme: Path) -> Translate:
    """The words of the mail in the staff's language, from the theme's translations."""
    return load_translations(theme / "translations", configuration.staff_language).gettext
