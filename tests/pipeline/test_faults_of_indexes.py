"""A live release meets an index that answers oddly, late, or not at all: how it ends, and that it can be finished."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from support.fakes import Reply
from support.faulted import SDIST, WHEEL, is_released, is_untagged
from support.live_release import VERSION, LiveRelease, Ran
from unmoor.errors import Exit
from unmoor.runtime.http import Unreachable
from unmoor.targets import IndexFile

OK = Reply(200, taken=True)
NEVER = 10**6


def answers(*replies: Reply) -> list[Reply]:
    return list(replies)


# What the main index answers to uploads, one after the other; how the run ends, with how many uploads; what is said.
ANSWERS = [
    pytest.param(answers(Reply(500)), Exit.PASS, 3, "", id="an error before it takes the file"),
    pytest.param(answers(Reply(500, taken=True)), Exit.PASS, 2, "", id="an error after it took the file"),
    pytest.param(answers(*[Reply(500)] * 9), Exit.INCOMPLETE, 3, f"did not take {WHEEL}: 500", id="errors only"),
    pytest.param(answers(Reply(0, taken=True)), Exit.PASS, 2, "", id="cut after it took the file"),
    pytest.param(answers(Reply(0)), Exit.PASS, 3, "", id="cut before it took the file"),
    pytest.param(answers(*[Reply(0)] * 9), Exit.INCOMPLETE, 3, f"did not take {WHEEL}", id="never an answer"),
    pytest.param(
        answers(Reply(400, reason="This filename was previously used by a file that has since been deleted.")),
        Exit.GATE_FAILED,
        1,
        "release the next version",
        id="a name that was used and deleted",
    ),
    pytest.param(
        answers(OK, Reply(400, reason="too large")),
        Exit.INCOMPLETE,
        2,
        f"pypi has {WHEEL}; missing: {SDIST}",
        id="the wheel taken and the sdist refused",
    ),
    pytest.param(answers(Reply(401)), Exit.GATE_FAILED, 1, "refused the credential", id="a wrong credential"),
    pytest.param(answers(Reply(403)), Exit.GATE_FAILED, 1, "refused the credential", id="a credential of others"),
    pytest.param(
        answers(*[Reply(403, reason="Read-only mode: Uploads are temporarily disabled.")] * 9),
        Exit.INCOMPLETE,
        3,
        "Read-only mode",
        id="read-only for now",
    ),
    pytest.param(answers(Reply(429, retry_after=90.0)), Exit.PASS, 3, "", id="too many requests for now"),
    pytest.param(answers(*[Reply(429)] * 9), Exit.INCOMPLETE, 3, "429", id="too many requests always"),
    pytest.param(
        answers(Reply(308, location="https://elsewhere.example/")),
        Exit.GATE_FAILED,
        1,
        "https://elsewhere.example/",
        id="a redirect to another host",
    ),
    pytest.param(
        answers(OK, Reply(403)), Exit.INCOMPLETE, 2, f"missing: {SDIST}", id="a token that expired in between"
    ),
]


@pytest.mark.parametrize(("replies", "code", "sent", "said"), ANSWERS)
def test_an_answer_to_an_upload(replies: list[Reply], code: Exit, sent: int, said: str, release: LiveRelease) -> None:
    release.pypi.replies = [*replies]
    ran = release.run()
    assert (ran.code, ran.stage) == (code, "release" if code is Exit.PASS else "pypi"), ran
    assert said in ran.said
    assert len(release.pypi.uploads) == sent
    if code is Exit.PASS:
        assert is_released(release, ran)
    else:
        assert is_untagged(release)
        # The cause is gone: the same command finishes it, and what was taken is not sent again.
        before = [*release.pypi.held]
        release.pypi.replies, release.pypi.uploads = [], []
        assert is_released(release)
        assert not {*before} & {*release.pypi.uploads}


def test_what_is_out_in_part_is_told_with_the_day_until_which_it_can_be_completed(release: LiveRelease) -> None:
    release.pypi.since = datetime.now(UTC)
    release.pypi.replies = [OK, Reply(400, reason="too large")]
    assert "14 days" in release.run().said


def is_awaited(release: LiveRelease, ran: Ran) -> bool:
    """Say whether the run ended as one of which nothing is missing but that the index shows what it accepted."""
    assert "pypi does not show yet what it accepted" in ran.said
    assert "uploaded, not yet visible: pypi took" in (release.state / "evidence" / "pypi.json").read_text()
    return not is_untagged(release)


def test_a_file_that_was_taken_and_never_appears_is_unknown_and_sent_again_only_when_that_is_asked_for(
    release: LiveRelease,
) -> None:
    release.pypi.replies = [Reply(200), OK]
    for _ in range(2):
        ran = release.run()
        assert ran.code is Exit.INCOMPLETE, ran
        assert is_awaited(release, ran)
        assert release.pypi.uploads == [WHEEL, SDIST]
    assert is_released(release, release.run(send_again="pypi"))
    assert release.pypi.uploads == [WHEEL, SDIST, WHEEL]


@pytest.mark.parametrize("lag", [8, NEVER])
def test_an_index_that_lags_is_waited_for_and_its_files_are_not_sent_again(lag: int, release: LiveRelease) -> None:
    release.pypi.lag = lag
    ran = release.run()
    assert ran.code is (Exit.INCOMPLETE if lag == NEVER else Exit.PASS), ran
    if lag == NEVER:
        # Four a minute, for a quarter of an hour.
        assert release.pypi.readings > 60
        assert is_awaited(release, ran)
    release.pypi.lag = 0
    assert is_released(release)
    assert release.pypi.uploads == [WHEEL, SDIST]


def test_an_index_may_be_given_more_time_by_setting(release: LiveRelease) -> None:
    """It is read four times a minute, so that what it does not show so many times is forty minutes behind."""
    text = (release.repository.folder / "pyproject.toml").read_text()
    release.repository.write("pyproject.toml", f"{text}\n[tool.unmoor.indexes.pypi]\nvisible-seconds = 3600\n")
    release.repository.commit("It lags by forty minutes")
    release.repository.git("push", "--quiet")
    release.pypi.lag = 170
    assert is_released(release)


def test_machines_that_disagree_are_not_accused(release: LiveRelease, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two machines behind one address, one of which does not have the sdist yet."""
    files = release.pypi.files

    def flapping(project: str) -> tuple[IndexFile, ...]:
        listed = files(project)
        return listed if release.pypi.readings % 2 else tuple(each for each in listed if each.filename != SDIST)

    monkeypatch.setattr(release.pypi, "files", flapping)
    assert is_released(release)
    assert release.pypi.uploads == [WHEEL, SDIST]


@pytest.mark.parametrize("name", [WHEEL, SDIST])
def test_an_index_that_serves_other_bytes_stops_it_before_the_tag(
    name: str, release: LiveRelease, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It states the right digest, and hands out other bytes."""
    fetch = release.pypi.fetch

    def altered(file: IndexFile, **words: Any) -> bytes:
        content = fetch(file, **words)
        return content[:-1] + bytes([content[-1] ^ 1]) if file.filename == name else content

    monkeypatch.setattr(release.pypi, "fetch", altered)
    ran = release.run()
    assert (ran.code, ran.stage) == (Exit.GATE_FAILED, "pypi"), ran
    assert f"pypi serves other bytes for '{name}' than were built" in ran.said
    assert is_untagged(release)


def test_a_test_index_that_is_away_keeps_everything_from_the_main_one(release: LiveRelease) -> None:
    release.testpypi.silent = NEVER
    ran = release.run()
    assert (ran.code, ran.stage) == (Exit.INCOMPLETE, "testpypi"), ran
    assert release.testpypi.uploads == release.pypi.uploads == []
    release.testpypi.silent = 0
    assert is_released(release)


@pytest.mark.parametrize("after", range(5))
def test_a_network_that_goes_away_in_the_middle_leaves_it_incomplete(
    after: int, release: LiveRelease, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading, uploading, or after so many uploads: whoever asks gets no answer any more."""
    with monkeypatch.context() as cut:
        for index in release.indexes.values():
            cut.setattr(index, "files", _until(after, release, index.files, index.name))
            cut.setattr(index, "upload", _until(after, release, index.upload, index.name, Reply(0)))
        ran = release.run()
    # A question of a gate that nobody answers stops it like any other no; from the first upload on, it is unknown.
    assert ran.code is (Exit.INCOMPLETE if after else Exit.GATE_FAILED), ran
    # The tag does not wait for an index to show what it has accepted: four files are all.
    assert is_untagged(release) is (after < 4)
    assert is_released(release)


def _until(
    after: int, release: LiveRelease, call: Callable[..., Any], name: str, instead: Reply | None = None
) -> Callable[..., Any]:
    """Answer until so many files were sent; then raise, or answer an upload with ``instead``."""

    def called(*args: Any, **words: Any) -> Any:
        sent = sum(len(each.uploads) for each in release.indexes.values())
        if sent < after:
            return call(*args, **words)
        if instead is None:
            raise Unreachable(f"{name} did not answer")
        release.indexes[name].replies[:] = [instead]
        return call(*args, **words)

    return called


def test_old_files_in_the_projects_own_dist_stay_there(release: LiveRelease) -> None:
    release.repository.write(".git/info/exclude", "dist/\n")
    release.repository.write("dist/tiny_thing-0.9-py3-none-any.whl", b"an old one")
    release.repository.write(f"dist/{WHEEL}", b"another one of this name")
    assert is_released(release)


def test_a_file_that_nobody_sealed_beside_the_archives_is_not_sent(release: LiveRelease) -> None:
    (release.state / "dist" / f"tiny_thing-{VERSION}-py2-none-any.whl").write_bytes(b"planted")
    ran = release.run()
    assert (ran.code, ran.stage) == (Exit.GATE_FAILED, "build"), ran
    assert release.testpypi.uploads == []
