"""A Postfix of the tests' own, on loopback with TLS: it delivers into maildirs and writes bounces."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tests.relay.harness import REPOSITORY, free_port

_NOBODY = 65534
_MAIN = """compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
recipient_delimiter = +
smtpd_tls_security_level = encrypt
smtpd_tls_received_header = yes
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {certificate}
smtpd_relay_restrictions = permit_mynetworks, reject
# Unknown recipients are taken and bounced later, as servers behind other servers do.
smtpd_reject_unlisted_recipient = no
virtual_mailbox_domains = portal.example, gov-office.example
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/etc/mailboxes
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
default_transport = error:nothing leaves this machine
"""
_MASTER = """127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
_MAILBOXES = "relay@portal.example relay/\nmailbox@gov-office.example office/\n"


class Postfix:
    """Runs from `start` to `stop`; its maildirs are below `folder`/mail."""

    def __init__(self, certificate: Path) -> None:
        subprocess.run([REPOSITORY / "tests" / "relay" / "install-postfix"], check=True)
        self.folder = Path(tempfile.mkdtemp(prefix="relay-postfix-"))
        self.folder.chmod(0o755)
        self.port = free_port()
        for name in ("etc", "queue", "data", "mail"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        os.chown(self.folder / "mail", _NOBODY, _NOBODY)
        settings = {"folder": self.folder, "certificate": certificate, "port": self.port}
        for name, text in [("main.cf", _MAIN), ("master.cf", _MASTER), ("mailboxes", _MAILBOXES)]:
            (self.folder / "etc" / name).write_text(text.format_map(settings), "utf-8")

    def start(self) -> None:
        """It takes mail from now on."""
        self._run("start")

    def stop(self) -> None:
        """It is gone, with all that it had."""
        self._run("stop")
        shutil.rmtree(self.folder)

    def maildir(self, name: str) -> Path:
        """The maildir `relay` or `office`."""
        return self.folder / "mail" / name

    def await_mails(self, name: str, count: int) -> list[Path]:
        """The new mails of a maildir, once there are so many."""
        new = self.maildir(name) / "new"
        deadline = time.monotonic() + 30
        while not new.is_dir() or len(list(new.iterdir())) < count:
            assert time.monotonic() < deadline, (self.folder / "log").read_text("utf-8")
            time.sleep(0.05)
        return sorted(new.iterdir())

    def _run(self, command: str) -> None:
        said = subprocess.run(
            ["/usr/sbin/postfix", "-c", self.folder / "etc", command],
            capture_output=True,
            text=True,
        )
        assert said.returncode == 0, said.stderr
