"""Ways to spoil a copy of an adopted project, each a small step; for the table of bad inputs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from support.adopted import MODULE, Adopted
from support.repositories import Repository

Spoil = Callable[[Adopted], None]

TOWNCRIER = '[tool.towncrier]\ndirectory = "changes"\nfilename = "CHANGES.md"\n'


def nothing(_: Adopted) -> None:
    """Leave the project as it is."""


def chain(*spoils: Spoil) -> Spoil:
    """Do one after the other."""

    def spoil(project: Adopted) -> None:
        for each in spoils:
            each(project)

    return spoil


def setting(line: str) -> Spoil:
    """Put a line into ``[tool.unmoor]``."""
    return changed("pyproject.toml", "[tool.unmoor]\n", f"[tool.unmoor]\n{line}\n")


def changed(path: str, old: str, new: str) -> Spoil:
    """Replace a text that is there."""

    def spoil(project: Adopted) -> None:
        text = (project.folder / path).read_text()
        assert old in text
        project.repository.write(path, text.replace(old, new))

    return spoil


def appended(path: str, text: str) -> Spoil:
    """Put a text to the end of a file."""
    return lambda project: _written(project, path, (project.folder / path).read_bytes() + text.encode())


def written(path: str, content: str | bytes) -> Spoil:
    """Write a file."""
    return lambda project: _written(project, path, content)


def _written(project: Adopted, path: str, content: str | bytes) -> None:
    project.repository.write(path, content)


def removed(*paths: str) -> Spoil:
    """Remove files or folders, that of git too."""

    def spoil(project: Adopted) -> None:
        for path in paths:
            there = project.folder / path
            shutil.rmtree(there) if there.is_dir() else there.unlink()

    return spoil


def git(*arguments: str) -> Spoil:
    """Run git in the project; ``{remote}`` is where the remote lies."""

    def spoil(project: Adopted) -> None:
        project.repository.git(*(each.replace("{remote}", str(project.remote.folder)) for each in arguments))

    return spoil


def committed(project: Adopted) -> None:
    """Commit all."""
    project.repository.commit("Spoilt")


def pushed(project: Adopted) -> None:
    """Commit all, and push."""
    committed(project)
    project.repository.git("push", "--quiet", "origin", "HEAD")


def someone_pushed(project: Adopted) -> None:
    """Let the remote have a commit that the clone has not."""
    other = Repository(project.folder.parent / "other", project.environ)
    project.repository.git("clone", "--quiet", project.remote.folder, other.folder)
    other.write("more.txt", "more\n")
    other.commit("Another's")
    other.git("push", "--quiet", "origin", "main")


def shallow(project: Adopted) -> None:
    """Make the project a clone without its history."""
    committed(project)
    committed(project)
    project.repository.git("push", "--quiet", "origin", "main")
    url = f"file://{project.remote.folder}"
    shutil.rmtree(project.folder)
    Repository(project.folder.parent, project.environ).git("clone", "--quiet", "--depth", "1", url, project.folder)


def bare(project: Adopted) -> None:
    """Make the project a bare repository."""
    shutil.rmtree(project.folder)
    parent = Repository(project.folder.parent, project.environ)
    parent.git("clone", "--quiet", "--bare", project.remote.folder, project.folder)
    project.repository.write("pyproject.toml", '[project]\nname = "x"\n')


def without_commit(project: Adopted) -> None:
    """Make the project a repository without a commit."""
    shutil.rmtree(project.folder / ".git")
    project.repository.git("init", "--quiet")


def emptied(project: Adopted) -> None:
    """Make the project an empty folder, outside of any repository."""
    shutil.rmtree(project.folder)
    project.folder.mkdir()


def released(project: Adopted) -> None:
    """Let 0.0.9 be tagged on the commit before, here and on the remote."""
    project.repository.git("tag", "v0.0.9")
    project.repository.git("push", "--quiet", "origin", "v0.0.9")
    project.repository.write("more.txt", "more\n")
    pushed(project)


def first_sealed(project: Adopted) -> Path:
    """Return the first of the sealed archives."""
    return min((project.state() / "dist").glob("*.whl"))


def flipped(project: Adopted) -> None:
    """Flip one bit of a sealed archive."""
    archive = first_sealed(project)
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.chmod(0o600)
    archive.write_bytes(content)


def lost(project: Adopted) -> None:
    """Lose one of the sealed archives."""
    first_sealed(project).unlink()


def in_state(path: str, content: str) -> Spoil:
    """Write over a file of the release's state."""

    def spoil(project: Adopted) -> None:
        there = project.state() / path
        assert there.exists()
        there.chmod(0o600)
        there.write_text(content)

    return spoil


def in_the_way(path: str) -> Spoil:
    """Put a folder where a file of the release's state belongs."""
    return lambda project: (project.state() / path).mkdir(parents=True)


def misplaced(project: Adopted) -> None:
    """Put the evidence of one stage where that of another belongs."""
    evidence = project.state() / "evidence"
    shutil.copy(evidence / "lint.json", evidence / "check.json")


def added(project: Adopted) -> None:
    """Put an archive among the sealed ones."""
    shutil.copy(first_sealed(project), project.state() / "dist" / f"{MODULE}-9-py3-none-any.whl")


def marked(project: Adopted) -> None:
    """Save the settings as some editors do, with a byte order mark."""
    project.repository.write("pyproject.toml", b"\xef\xbb\xbf" + (project.folder / "pyproject.toml").read_bytes())


def with_crlf(project: Adopted) -> None:
    """Save the settings with the line ends of another system."""
    text = (project.folder / "pyproject.toml").read_bytes()
    project.repository.write("pyproject.toml", text.replace(b"\n", b"\r\n"))
