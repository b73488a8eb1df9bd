"""Schemathesis sends what the description allows, and what it does not: no answer is ours to be sorry for."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import status_code_conformance

from domain.forms import Form
from relay.openapi import describe_api
from relay.staff_links import StaffLink, Stage, seal_link
from tests.relay.harness import OURS, Relay, hidden_fields, write_build, write_form
from tests.relay.test_input import FORM_WITH_FILES

FORMS = ("governor-mailbox", "service-survey", "petition")


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    folder = tmp_path_factory.mktemp("described")
    build = write_build(folder / "build")
    write_form(build, FORM_WITH_FILES, "petition")
    made = Relay(folder, build)
    yield made
    made.close()
    shutil.rmtree(folder)


def find_operations(relay: Relay) -> list[Any]:
    description = describe_api(relay.site_form(one) for one in FORMS)
    schema: Any = schemathesis.openapi.from_dict(description)
    schema.app = relay.client.app
    return [found.ok() for found in schema.get_all_operations()]


@pytest.mark.slow
def test_no_answer_to_what_is_described_is_a_failure_of_ours(relay: Relay) -> None:
    operations = find_operations(relay)
    assert len(operations) == 4 * len(FORMS) + 5
    for operation in operations:
        for mode in GenerationMode:
            send_some(operation, mode, relay)
    assert relay.count("letter") > 0


def send_some(operation: Any, mode: GenerationMode, relay: Relay) -> None:
    """Some cases that the description allows, or that it does not."""

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        put_keys_in(case, relay)
        before = relay.count("letter")
        answer = case.call(base_url="http://portal.example", headers=OURS)
        case.validate_response(answer, checks=[not_a_server_error, status_code_conformance])
        if answer.status_code != 303:
            assert relay.count("letter") == before

    try:
        send()
    except Unsatisfiable:
        # Nothing in this operation can be wrong.
        assert mode is GenerationMode.NEGATIVE


def put_keys_in(case: Any, relay: Relay) -> None:
    """Half of all cases come as far as a person with a page of ours in front of them."""
    if isinstance(case.body, dict) and "_token" in case.body and len(str(case.body)) % 2:
        form_id = case.path.split("/")[3]
        answer = relay.client.post(f"/zh/relay/{form_id}/check", data={"_step": "edit"})
        case.body["_token"] = hidden_fields(answer.text)["_token"][0]
    if "link" in case.path_parameters and len(case.path_parameters["link"]) % 2:
        rows = relay.letters.query("SELECT id, revision FROM letter LIMIT 1")
        letter_id, revision = rows[0] if rows else (bytes(16), 0)
        link = StaffLink(Stage.DESK, letter_id, "gov-office", revision, 1 << 46)
        case.path_parameters["link"] = seal_link(link, relay.keyring)


def test_every_form_and_every_answer_is_described(relay: Relay) -> None:
    forms: list[Form] = [relay.site_form(one) for one in FORMS]
    paths = describe_api(forms)["paths"]
    assert len(paths) == 2 * len(FORMS) + 3
    properties = paths["/{lang}/relay/governor-mailbox/submit"]["post"]["requestBody"]["content"][
        "application/x-www-form-urlencoded"
    ]["schema"]["properties"]
    assert {field.id for field in forms[0].fields} < set(properties)


def test_the_description_is_printed(
    relay: Relay, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from relay.__main__ import main

    assert main(["describe", "--build", str(relay.build)]) == 0
    assert '"/{lang}/relay/petition/submit"' in capsys.readouterr().out
