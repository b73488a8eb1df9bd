"""One delivery over SMTP, and what its result means for the letter.

Plain text never crosses a network: where STARTTLS is required and is missing or its
certificate is wrong, not even the sender's address is given.
"""

import smtplib
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from relay.configuration import MailSettings

_MAILS_PER_CONNECTION = 100
_DEAD_CODES = (552, 554)


class Outcome(StrEnum):
    """What to do with the mail after a try."""

    SENT = "sent"
    RETRY = "retry"
    REFUSED = "refused"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome, and in one word or number why; never the server's own words."""

    outcome: Outcome
    reason: str


class Transport(Protocol):
    """Something that can deliver a mail."""

    def deliver(self, sender: str, recipient: str, content: bytes) -> Result: ...

    def close(self) -> None: ...


class _StageError(Exception):
    def __init__(self, result: Result) -> None:
        super().__init__(result.reason)
        self.result = result


class SmtpTransport:
    """Delivers to the smarthost, keeping one connection open for several mails."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._connection: smtplib.SMTP | None = None
        self._delivered = 0

    def deliver(self, sender: str, recipient: str, content: bytes) -> Result:
        """The result of one try. Never raises for anything that a server or network does."""
        watch = threading.Timer(self._settings.timeout_seconds, self._break_connection)
        watch.daemon = True
        watch.start()
        try:
            return self._try(sender, recipient, content)
        except _StageError as error:
            self.close()
            return error.result
        except smtplib.SMTPAuthenticationError:
            self.close()
            return Result(Outcome.RETRY, "authentication")
        except ssl.SSLError:
            self.close()
            return Result(Outcome.RETRY, "certificate")
        except (OSError, smtplib.SMTPException, ValueError):
            self.close()
            return Result(Outcome.RETRY, "connection")
        finally:
            watch.cancel()

    def try_to_connect(self) -> tuple[Result, float | None]:
        """As far as a delivery would come before it names anybody; and, where there is TLS,
        when the server's certificate expires (seconds since 1970)."""
        try:
            connection = self._open()
            sock = connection.sock
            if not isinstance(sock, ssl.SSLSocket):
                return Result(Outcome.SENT, "220"), None
            certificate = sock.getpeercert() or {}
            return Result(Outcome.SENT, "220"), ssl.cert_time_to_seconds(
                str(certificate["notAfter"])
            )
        except _StageError as error:
            return error.result, None
        except smtplib.SMTPAuthenticationError:
            return Result(Outcome.RETRY, "authentication"), None
        except ssl.SSLError:
            return Result(Outcome.RETRY, "certificate"), None
        except (OSError, smtplib.SMTPException, ValueError):
            return Result(Outcome.RETRY, "connection"), None
        finally:
            self.close()

    def close(self) -> None:
        """The connection, if any, is gone."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()

    def _try(self, sender: str, recipient: str, content: bytes) -> Result:
        if self._delivered >= _MAILS_PER_CONNECTION:
            self.close()
        connection = self._connection or self._open()
        code, _ = connection.mail(sender)
        if code != 250:
            # Our own address was refused: that is between us and the server, not the letter's.
            raise _StageError(Result(Outcome.RETRY, str(code)))
        code, _ = connection.rcpt(recipient)
        if code not in (250, 251):
            raise _StageError(_classify(code))
        try:
            code, _ = connection.data(content)
        except smtplib.SMTPDataError as error:
            code = error.smtp_code
        if code != 250:
            raise _StageError(_classify(code))
        self._delivered += 1
        return Result(Outcome.SENT, "250")

    def _open(self) -> smtplib.SMTP:
        settings = self._settings
        self._delivered = 0
        connection = smtplib.SMTP(
            local_hostname=settings.helo_name or settings.from_address.rpartition("@")[2],
            timeout=settings.timeout_seconds,
        )
        self._connection = connection
        code, _ = connection.connect(settings.host, settings.port)
        if code != 220:
            raise _StageError(Result(Outcome.RETRY, str(code)))
        connection.ehlo()
        if settings.starttls == "required":
            self._start_tls(connection)
        if settings.username:
            connection.login(settings.username, _read_password(settings.password_file))
        return connection

    def _start_tls(self, connection: smtplib.SMTP) -> None:
        if not connection.has_extn("starttls"):
            raise _StageError(Result(Outcome.RETRY, "no-starttls"))
        # With `connect` called by hand, smtplib does not know the name to check for.
        connection._host = self._settings.host  # type: ignore[attr-defined]
        context = ssl.create_default_context(cafile=self._settings.ca_file or None)
        connection.starttls(context=context)
        connection.ehlo()

    def _break_connection(self) -> None:
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)


def _classify(code: int) -> Result:
    if 400 <= code < 500 or code < 0:
        return Result(Outcome.RETRY, str(code))
    if code in _DEAD_CODES:
        return Result(Outcome.DEAD, str(code))
    return Result(Outcome.REFUSED, str(code))


def _read_password(password_file: str) -> str:
    return Path(password_file).read_text("utf-8").strip()
