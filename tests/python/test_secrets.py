"""Secrets in the secret manager: looked at, made, asked for and made anew, and no value in anything that is shown."""

import asyncio
import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pretended_aws
import pytest
from conftest import ROOT

import gen3_csoc as csoc

ENVIRONMENT = "atlas/dev"
PLANTED = "pl4nted-cl1ent-s3cret"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "examples" / "consortium", tmp_path / "fleet")
    return tmp_path / "fleet"


@pytest.fixture
def consortium(directory: Path) -> csoc.Fleet:
    return csoc.Fleet.load(directory)


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch, consortium: csoc.Fleet) -> Iterator[pretended_aws.Aws]:
    with pretended_aws.pretended() as aws:
        aws.surroundings(monkeypatch)
        # Containers are made by Terraform, without a value.
        aws.secrets |= {one["name"]: {} for one in of(consortium) if one["seeder"] != "terraform"}
        yield aws


def of(fleet: csoc.Fleet) -> list[Any]:
    return [one for one in fleet.secrets() if one["object"] == "commons.atlas.environments.dev"]


def one(fleet: csoc.Fleet, seeder: str) -> Any:
    return next(secret for secret in of(fleet) if secret["seeder"] == seeder)


def begun(fleet: csoc.Fleet, name: str, *words: str, **options: Any) -> csoc.Run[csoc.RunTable]:
    try:
        run: csoc.Run[csoc.RunTable] = getattr(fleet, name)(ENVIRONMENT, *words, as_="roles", **options)
    except csoc.OperateError as error:
        if "built without AWS" not in str(error):
            raise
        pytest.skip("this csoc was built without AWS")
    return run


def outcomes(table: csoc.RunTable) -> dict[str, str]:
    return {row["secret"]: row["outcome"] for row in table}


def shows_no_value(aws: pretended_aws.Aws, directory: Path, *shown: Any) -> None:
    values = {version["value"] for versions in aws.secrets.values() for version in versions.values()}
    text = "".join(f"{one!r}{one._repr_html_()}" for one in shown)
    text += "".join(f"{one.to_dict()}{one.to_text()}{pickle.dumps(one)!r}" for one in shown if hasattr(one, "to_text"))
    text += "".join(path.read_text() for path in directory.rglob("journal.jsonl"))
    assert not [value for value in values if value in text]
    assert PLANTED not in text


def test_what_is_missing_is_made_once(consortium: csoc.Fleet, aws: pretended_aws.Aws, directory: Path) -> None:
    generated = one(consortium, "generated")["name"]
    before = begun(consortium, "check_secrets", only=generated)
    assert before.what == "check"
    table = before.wait(timeout=60)
    assert (table.kind, table.ok, outcomes(table)) == ("secrets", False, {generated: "has no value"})
    dry = begun(consortium, "seed_secrets", only=generated, dry_run=True).wait(timeout=60)
    assert outcomes(dry) == {generated: "would be made"}
    assert aws.secrets[generated] == {}
    run = begun(consortium, "seed_secrets", only=[generated])
    made = run.wait(timeout=60)
    assert (made.ok, outcomes(made)) == (True, {generated: "made"})
    value = aws.value(generated)
    again = begun(consortium, "seed_secrets", only=generated).wait(timeout=60)
    assert outcomes(again) == {generated: "was there"}
    assert aws.value(generated) == value
    checked = begun(consortium, "check_secrets", only=generated).wait(timeout=60)
    assert (checked.ok, outcomes(checked)) == (True, {generated: "fine"})
    assert run.id in {row["run"] for row in consortium.runs()}
    shows_no_value(aws, directory, before, table, run, made, again, checked)


def test_a_value_is_asked_for_by_name(consortium: csoc.Fleet, aws: pretended_aws.Aws, directory: Path) -> None:
    secret = one(consortium, "asked")
    name, keys = secret["name"], [key["name"] for key in secret["keys"]]
    asked: list[Any] = []

    def give(question: Any) -> Any:
        asked.append(question)
        return {key: f"{PLANTED}-{key}" for key in keys} if keys else PLANTED

    nobody = begun(consortium, "seed_secrets", only=name).wait(timeout=60)
    assert (nobody.ok, outcomes(nobody)) == (False, {name: "not made"})
    nothing = begun(consortium, "seed_secrets", only=name, values=lambda _: None).wait(timeout=60)
    assert outcomes(nothing) == {name: "not made"}
    run = begun(consortium, "seed_secrets", only=name, values=give)
    made = run.wait(timeout=60)
    assert outcomes(made) == {name: "made"}
    assert [(one["secret"], [key["name"] for key in one["keys"]]) for one in asked] == [(name, keys)]
    assert PLANTED in aws.value(name)
    shows_no_value(aws, directory, nobody, nothing, run, made)


def test_values_are_given_by_name_too(consortium: csoc.Fleet, aws: pretended_aws.Aws, directory: Path) -> None:
    secret = one(consortium, "asked")
    keys = [key["name"] for key in secret["keys"]]
    value = dict.fromkeys(keys, PLANTED) if keys else PLANTED
    run = begun(consortium, "seed_secrets", only=secret["name"], values={secret["purpose"]: value})
    assert outcomes(run.wait(timeout=60)) == {secret["name"]: "made"}
    assert PLANTED in aws.value(secret["name"])
    shows_no_value(aws, directory, run, run.wait())
    with pytest.raises(ValueError, match="none of the secrets that are meant") as caught:
        begun(consortium, "seed_secrets", only=secret["name"], values={"other": PLANTED})
    assert PLANTED not in str(caught.value)


def test_what_is_no_value_is_refused_without_showing_it(consortium: csoc.Fleet) -> None:
    name = one(consortium, "asked")["name"]
    for wrong in (lambda _: 7, lambda _: [PLANTED], lambda _: {"key": 7, "other": PLANTED}):
        run = begun(consortium, "seed_secrets", only=name, values=wrong)
        with pytest.raises(TypeError, match="a text for each of its keys") as caught:
            run.wait(timeout=60)
        assert PLANTED not in f"{caught.value!r}{run!r}"
        assert run.done
    for given in (lambda _: "", lambda _: f"{PLANTED}\n{PLANTED}"):
        table = begun(consortium, "seed_secrets", only=name, values=given).wait(timeout=60)
        assert outcomes(table) == {name: "not made"}
        assert PLANTED not in table.to_text()
    with pytest.raises(TypeError, match="is called with what is asked"):
        begun(consortium, "seed_secrets", only=name, values=7)


def test_somebody_may_be_awaited(consortium: csoc.Fleet, aws: pretended_aws.Aws) -> None:
    secret = one(consortium, "asked")
    keys = [key["name"] for key in secret["keys"]]

    async def give(_: Any) -> Any:
        await asyncio.sleep(0.01)
        return dict.fromkeys(keys, PLANTED) if keys else PLANTED

    async def work() -> csoc.RunTable:
        return await begun(consortium, "seed_secrets", only=secret["name"], values=give)

    assert outcomes(asyncio.run(work())) == {secret["name"]: "made"}
    assert PLANTED in aws.value(secret["name"])


def test_a_secret_is_made_anew_with_an_overlap(consortium: csoc.Fleet, aws: pretended_aws.Aws, directory: Path) -> None:
    secret = next(s for s in of(consortium) if s["seeder"] == "generated" and s["rotation"]["means"] == "told")
    name, purpose = secret["name"], secret["purpose"]
    with pytest.raises(csoc.OperateError, match=f"`{name}`: it has no value yet"):
        begun(consortium, "rotate_secret", purpose).wait(timeout=60)
    begun(consortium, "seed_secrets", only=name).wait(timeout=60)
    first = aws.value(name)
    staged = begun(consortium, "rotate_secret", purpose)
    table = staged.wait(timeout=60)
    if secret["rotation"]["before"]:
        assert (table[0]["outcome"], aws.value(name)) == ("staged", first)
        assert "promote=True" in table[0]["remark"]
        table = begun(consortium, "rotate_secret", purpose, promote=True).wait(timeout=60)
    assert table[0]["outcome"] == "current"
    assert aws.value(name) != first
    assert aws.value(name, "AWSPREVIOUS") == first
    finished = begun(consortium, "rotate_secret", purpose, finish=True, overlap=0).wait(timeout=60)
    assert finished[0]["outcome"] == "retired"
    shows_no_value(aws, directory, staged, table, finished)


def test_what_nobody_knows_is_said(consortium: csoc.Fleet, aws: pretended_aws.Aws) -> None:
    with pytest.raises(csoc.OperateError, match="has no secret `nothing`"):
        begun(consortium, "check_secrets", only="nothing")
    with pytest.raises(csoc.OperateError, match="there is no secret of `atlas/nowhere`"):
        consortium.check_secrets("atlas/nowhere")
    with pytest.raises(ValueError, match="`overlap` is a number of hours"):
        begun(consortium, "rotate_secret", one(consortium, "generated")["name"], overlap=-1)
    aws.refused.add("csoc-secrets")
    with pytest.raises(csoc.OperateError, match="AccessDenied"):
        begun(consortium, "check_secrets").wait(timeout=60)
