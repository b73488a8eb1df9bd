"""The relay's command line: python -m relay COMMAND; docs/reference/relay.md lists them."""

import argparse
import json
import logging
import signal
import sys
import threading
from pathlib import Path

import uvicorn

from domain.bundles import show_public_key
from domain.problems import PortalError
from relay.command_line import parse_options
from relay.configuration import Configuration
from relay.configuration_file import load_configuration
from relay.copies import back_up, restore
from relay.doctor import examine, format_finding
from relay.doctor_outside import examine_outside, make_resolver
from relay.erasure import erase_by_reference, erase_due
from relay.exporting import export_bundle, signing_key
from relay.inbound import Inbound
from relay.key_rotation import find_keys_in_use, seal_anew
from relay.keys import Keyring, load_keys, remove_key, rotate_keys, write_new_keys
from relay.moments import local_day, system_clock, to_milliseconds
from relay.openapi import describe_api
from relay.operators import (
    find_references,
    print_events,
    print_letter,
    print_table,
    release,
    save_files,
    send_again,
)
from relay.outbox import resume_mails
from relay.probe_walk import make_visitor, write_probe
from relay.published import PublishedSite
from relay.rounds import Rounds, find_overdue
from relay.sending import Sender, make_translators
from relay.service import make_application, open_store
from relay.store import Store, StoreError
from relay.transport import SmtpTransport

_NEW_CONFIGURATION = """\
# The relay's configuration: where mail goes, and how. See docs/reference/relay.md.
format = 1
data_folder = "relay-data"                # letters and keys; relative to this file
timezone = "Asia/Shanghai"
origins = ["https://www.aba.example"]     # the site's own address, as browsers name it
trusted_proxies = ["127.0.0.1"]           # whose X-Forwarded-For is believed

[mail]
host = "smtp.aba.example"
port = 587
starttls = "required"                     # "never" only for a server on this machine
from_address = "relay@aba.example"

[addresses]                               # department id = where its mail goes
gov-office = "mailbox@gov-office.aba.example"
fallback = "operators@aba.example"        # gets what a department's server refuses
"""


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; gives the exit code."""
    options = parse_options(arguments, RUNS)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    try:
        return int(options.run(options))
    except (PortalError, StoreError) as error:
        print(f"relay: {error}", file=sys.stderr)
        return 1


def _init(options: argparse.Namespace) -> int:
    file: Path = options.configuration
    if not file.exists():
        file.write_text(_NEW_CONFIGURATION, "utf-8")
        print(f"written: {file}; put in your addresses and your mail server")
    configuration = load_configuration(file)
    configuration.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if configuration.keys_file.exists():
        print(f"kept: {configuration.keys_file}; new keys could not open the letters there are")
    else:
        write_new_keys(configuration.keys_file)
        print(f"written: {configuration.keys_file}; keep a copy apart from the letters' backup")
    return 0


def _serve(options: argparse.Namespace) -> int:
    configuration, keyring = _prepare(options)
    stop, wake = threading.Event(), threading.Event()
    store = open_store(configuration)
    application = make_application(
        configuration,
        options.build,
        options.theme,
        store=store,
        keyring=keyring,
        on_letter=wake.set,
    )
    thread = threading.Thread(
        target=_make_sender(configuration, keyring, options.build, options.theme, store).run,
        args=(stop, wake),
        name="relay-sender",
    )
    if not options.no_send:
        thread.start()
    try:
        # No access log: addresses of receipts stand in it. No proxy headers: who may name
        # the visitor is our own setting.
        uvicorn.run(
            application,
            host=options.host,
            port=options.port,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            lifespan="off",
            log_level="warning",
            # A slow upload must not hold up the end until the service manager kills us.
            timeout_graceful_shutdown=20,
        )
    finally:
        stop.set()
        wake.set()
        if thread.is_alive():
            thread.join()
    return 0


def _send(options: argparse.Namespace) -> int:
    configuration, keyring = _prepare(options)
    sender = _make_sender(
        configuration, keyring, options.build, options.theme, open_store(configuration)
    )
    stop = threading.Event()
    if options.once:
        tries = sender.deliver_due(stop)
        print(f"{tries} tries")
        return 0
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    try:
        sender.run(stop, threading.Event())
    except KeyboardInterrupt:
        stop.set()
    return 0


def _letter(options: argparse.Namespace) -> int:
    configuration, keyring = _prepare(options)
    store = open_store(configuration)
    if options.held or options.undelivered:
        for reference in find_references(store, is_held=options.held):
            print(reference)
        return 0
    if options.files:
        saved = save_files(store, keyring, options.reference, system_clock, options.files)
        print("\n".join(map(str, saved)) or "the letter has no files")
        return 0
    if options.send_again:
        print(f"{send_again(store, options.reference, system_clock)} mail(s) are due now")
        return 0
    if options.release:
        per_day = configuration.limits.receipts_per_day
        release(store, keyring, options.reference, system_clock, per_day)
        return 0
    return print_letter(store, keyring, options.reference, system_clock, sys.stdout)


def _bounce(options: argparse.Namespace) -> int:
    configuration, keyring = _prepare(options)
    maildir = options.maildir or Path(configuration.mail.maildir or ".")
    if not (maildir / "new").is_dir():
        raise PortalError(f"{maildir} is not a maildir: it has no folder new/")
    inbound = Inbound(open_store(configuration), keyring, configuration)
    for verdict, count in sorted(inbound.read_maildir(maildir, _now()).items()):
        print(f"{count} {verdict}")
    return 0


def _probe(options: argparse.Namespace) -> int:
    configuration, keyring = _prepare(options)
    visit = make_visitor(options.url or configuration.site_url)
    site = PublishedSite(options.build)
    reference = write_probe(visit, site, keyring, configuration, _now(), form_id=options.form)
    print(f"{reference} is stored; where its mail comes back, bounce notes it")
    return 0


def _events(options: argparse.Namespace) -> int:
    store = open_store(load_configuration(options.configuration))
    published = ""
    try:
        if options.published:
            published = options.published.read_text("utf-8")
        return print_events(store, options.reference, sys.stdout, published)
    except (OSError, ValueError) as error:
        raise PortalError(f"{options.published} cannot be compared: {error}") from None


def _overdue(options: argparse.Namespace) -> int:
    configuration = load_configuration(options.configuration)
    today = local_day(_now(), configuration.timezone)
    for one in find_overdue(open_store(configuration), today):
        print(one.due_day, one.reference, one.routes, one.state)
    return 0


def _erase(options: argparse.Namespace) -> int:
    configuration = load_configuration(options.configuration)
    store = open_store(configuration)
    if options.due:
        site = PublishedSite(options.build)
        erased = erase_due(store, configuration, site, _now())
    else:
        erased = [erase_by_reference(store, options.reference, _now())]
    print("\n".join(erased) or "nothing was due")
    return 0


def _keys(options: argparse.Namespace) -> int:
    configuration, keyring = _prepare(options)
    store = open_store(configuration)
    if options.rotate:
        print(f"{rotate_keys(configuration.keys_file)} seals from now on; restart the relay")
        return 0
    if options.seal_anew:
        print(f"{seal_anew(store, keyring)} sealed anew with {keyring.current_id}")
        return 0
    in_use = find_keys_in_use(store, keyring)
    if options.remove:
        if in_use.get(options.remove):
            raise PortalError(f"letters still need {options.remove}; nothing was changed")
        remove_key(configuration.keys_file, options.remove)
        return 0
    for key_id, count in in_use.items():
        mark = ", seals" if key_id == keyring.current_id else ""
        print(f"{key_id}: needed {count} time(s){mark}")
    return 0


def _backup(options: argparse.Namespace) -> int:
    store = open_store(load_configuration(options.configuration))
    letters = back_up(store, options.file, _now(), replace=options.replace)
    print(f"{letters} letter(s) in {options.file}; keys are not in it")
    return 0


def _restore(options: argparse.Namespace) -> int:
    store = open_store(load_configuration(options.configuration))
    stopped = restore(options.file, store, _now())
    print(f"restored; {stopped} mail(s) are stopped. They may have been sent after the backup;")
    print("to send them: python -m relay resume")
    return 0


def _resume(options: argparse.Namespace) -> int:
    store = open_store(load_configuration(options.configuration))
    print(f"{resume_mails(store, _now())} mail(s) are due now")
    return 0


def _now() -> int:
    return to_milliseconds(system_clock())


def _export(options: argparse.Namespace) -> int:
    configuration, keyring = _prepare(options)
    if options.key:
        print(show_public_key(signing_key(keyring)))
        return 0
    store = open_store(configuration)
    now = _now()
    site = PublishedSite(options.build)
    print(export_bundle(store, keyring, configuration, site, options.folder, now))
    return 0


def _table(options: argparse.Namespace) -> int:
    configuration, keyring = _prepare(options)
    published = PublishedSite(options.build).find_form(options.form)
    if published is None:
        raise PortalError(f'there is no form "{options.form}" in {options.build}')
    translate = make_translators(options.theme)(configuration.staff_language)
    store = open_store(configuration)
    print_table(store, keyring, configuration, published.form, translate, system_clock, sys.stdout)
    return 0


def _describe(options: argparse.Namespace) -> int:
    site = PublishedSite(options.build)
    found = [site.find_form(form_id) for form_id in site.form_ids()]
    description = describe_api(one.form for one in found if one)
    print(json.dumps(description, ensure_ascii=False, indent=1))
    return 0


def _doctor(options: argparse.Namespace) -> int:
    configuration = load_configuration(options.configuration)
    findings = list(examine(configuration, options.build))
    if options.outside:
        resolver = make_resolver(options.dns)
        findings += examine_outside(configuration, resolver, system_clock())
    print("\n".join(format_finding(finding) for finding in findings))
    return 0 if all(finding.is_sound for finding in findings) else 1


def _prepare(options: argparse.Namespace) -> tuple[Configuration, Keyring]:
    configuration = load_configuration(options.configuration)
    return configuration, load_keys(configuration.keys_file)


def _make_sender(
    configuration: Configuration, keyring: Keyring, build: Path, theme: Path, store: Store
) -> Sender:
    return Sender(
        store,
        keyring,
        configuration,
        SmtpTransport(configuration.mail),
        system_clock,
        make_translators(theme),
        Rounds(store, configuration, PublishedSite(build)),
    )


RUNS = {
    "init": _init,
    "serve": _serve,
    "send": _send,
    "letter": _letter,
    "bounce": _bounce,
    "probe": _probe,
    "events": _events,
    "overdue": _overdue,
    "erase": _erase,
    "keys": _keys,
    "backup": _backup,
    "restore": _restore,
    "resume": _resume,
    "export": _export,
    "table": _table,
    "describe": _describe,
    "doctor": _doctor,
}


if __name__ == "__main__":
    sys.exit(main())
