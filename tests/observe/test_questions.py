"""What the world says is asked once, whoever asks and however many do so at the same time."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from support.gating import make_context, write_tiny
from support.simple_index import nobody, simple_index
from unmoor.model import Component
from unmoor.observe import questions
from unmoor.runtime.http import Unreachable


@pytest.fixture
def tiny(new_repository):
    made = new_repository("tiny")
    write_tiny(made)
    return made


def test_the_index_is_asked_once_by_many_threads(tiny):
    with simple_index() as index:
        index.add("tiny-thing", "tiny_thing-1.0.tar.gz")
        context = make_context(tiny, index=index.url)
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: questions.index_files(context), range(8)))
        assert len(index.asked) == 1
    assert {answer[0].filename for answer in answers} == {"tiny_thing-1.0.tar.gz"}


def test_another_plan_asks_anew(tiny):
    with simple_index() as index:
        assert questions.index_files(make_context(tiny, index=index.url)) == ()
        index.add("tiny-thing", "tiny_thing-1.0.tar.gz")
        assert len(questions.index_files(make_context(tiny, index=index.url))) == 1


def test_silence_is_remembered_too(tiny):
    context = make_context(tiny, index=nobody())
    for _ in range(2):
        with pytest.raises(Unreachable):
            questions.index_files(context)


def test_tags_are_told_from_others_by_the_components_form():
    component = Component(name="tiny", tag_form="{name}-v{version}")
    found = questions.tagged_versions(component, ["tiny-v1.0", "v2.0", "tiny-vnext", "other-v3.0"])
    assert {tag: str(version) for tag, version in found.items()} == {"tiny-v1.0": "1.0"}


def test_no_remote_and_no_answer_are_both_nothing(tiny):
    assert questions.remote_refs(make_context(tiny)) is None
    tiny.git("remote", "add", "origin", str(tiny.folder.parent / "gone"))
    assert questions.remote_refs(make_context(tiny)) is None
