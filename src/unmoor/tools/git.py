"""git, as a program: what a repository says, and the few things unmoor does to clones and remotes of its own.

References and paths that come from outside never stand where git could read an option: they follow ``--`` or
``--end-of-options``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from unmoor.errors import ToolFailed, ToolTimeout, UnmoorError
from unmoor.runtime import environment, process, scratch
from unmoor.runtime.redact import redact
from unmoor.tools import git_index, passers_by

__all__ = ["Git", "find_root"]

_QUICK = 15.0
_LONG = 300.0


def find_root(start: Path, environ: Mapping[str, str]) -> Path:
    """Return the top folder of the repository that ``start`` lies in; raise ``UnmoorError`` where there is none."""
    env = environment.for_git(environ)
    done = process.run(["git", "rev-parse", "--show-toplevel"], cwd=start, env=env, timeout=_QUICK, ok=None)
    if done.status != 0:
        hint = "run this inside a git clone of the project, or run `git init` and commit first"
        if "work tree" in done.err:
            what = "this is a bare repository or a git folder, with no files to release"
            raise UnmoorError(what, place=str(start), hint="git clone it, and run this in the clone")
        if "dubious ownership" in done.err:
            hint = f"git distrusts the owner of this folder; run: git config --global --add safe.directory {start}"
        raise UnmoorError("this folder is not in a git repository", place=str(start), hint=hint)
    return Path(done.out.strip())


@dataclass(frozen=True, slots=True)
class Git:
    """One repository, by its folder. Methods raise ``ToolFailed`` when git says no."""

    folder: Path
    environ: Mapping[str, str] = field(repr=False)

    def run(
        self,
        *arguments: str | Path,
        ok: Sequence[int] | None = (0,),
        timeout: float = _LONG,
        stdin: str = "",
        extra: Mapping[str, str] | None = None,
    ) -> process.Completed:
        """Run git in the folder and return what it said."""
        env = environment.for_git(self.environ) | dict(extra or {})
        return process.run(["git", *arguments], cwd=self.folder, env=env, ok=ok, timeout=timeout, stdin=stdin)

    def clone(self, folder: Path) -> Git:
        """Clone this repository into ``folder``, with nothing checked out and no tags.

        No hook runs there, neither a template's nor one that the user has configured for all repositories. Its files
        are the commit's, byte by byte: whether lines end in another way is said by the project's attributes alone.
        """
        hookless = ("--template=", f"--config=core.hooksPath={os.devnull}")
        plain = ("--config=core.autocrlf=false", "--config=core.eol=lf")
        # --shared borrows the objects instead of copying them: our clones are gone before they could be.
        options = ("--quiet", "--shared", "--no-tags", "--no-checkout", *hookless, *plain)
        self.run("clone", *options, "--", self.folder, folder)
        return Git(folder, self.environ)

    # ── what the repository says ─────────────────────────────────────────────────────────────────────────────

    def common_dir(self) -> Path:
        """Return the git directory that all worktrees of the repository share."""
        said = self.run("rev-parse", "--git-common-dir", timeout=_QUICK).out.strip()
        return (self.folder / said).resolve()

    def head(self) -> str:
        """Return the commit HEAD names; raise ``UnmoorError`` in a repository without a commit."""
        done = self.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}", ok=None, timeout=_QUICK)
        if done.status != 0:
            raise UnmoorError(
                "the repository has no commit yet", place=str(self.folder), hint="commit the project, then try again"
            )
        return done.out.strip()

    def branch(self) -> str:
        """Return the current branch, or an empty string where HEAD is detached."""
        # Not --short: that says heads/main as soon as a tag is called main too.
        said = self.run("symbolic-ref", "--quiet", "HEAD", ok=(0, 1, 128), timeout=_QUICK).out.strip()
        return said.removeprefix("refs/heads/")

    def is_shallow(self) -> bool:
        """Say whether history was cut off when this clone was made."""
        return self.run("rev-parse", "--is-shallow-repository", timeout=_QUICK).out.strip() == "true"

    def tree_of(self, commit: str) -> str:
        """Return the id of the commit's tree."""
        return self.run("rev-parse", "--verify", "--end-of-options", f"{commit}^{{tree}}", timeout=_QUICK).out.split()[
            -1
        ]

    def commit_time(self, commit: str) -> int:
        """Return the committer time of a commit, in seconds since the epoch."""
        return int(self.run("show", "-s", "--format=%ct", "--end-of-options", commit, timeout=_QUICK).out.strip())

    def tags(self) -> dict[str, str]:
        """Return every local tag and the commit it leads to."""
        found = {}
        # for-each-ref peels a tag of a tag only once in git before 2.45; this one goes all the way.
        for line in self.run("show-ref", "--tags", "--dereference", ok=(0, 1)).out.splitlines():
            identifier, _, name = line.partition(" ")
            found[name.removeprefix("refs/tags/").removesuffix("^{}")] = identifier
        return found

    def tag_days(self) -> dict[str, str]:
        """Return every local tag and its day, as ISO date in UTC: when it was made, or what it leads to was."""
        form = "--format=%(creatordate:format-local:%Y-%m-%d)%09%(refname)"
        listed = self.run("for-each-ref", form, "refs/tags", extra={"TZ": "UTC"}).out
        pairs = (line.partition("\t") for line in listed.splitlines())
        return {name.removeprefix("refs/tags/"): day for day, _, name in pairs if day}

    def refs(self) -> dict[str, str]:
        """Return every branch and tag of this repository by full name, and the commit it leads to."""
        found = {}
        for line in self.run("show-ref", "--heads", "--tags", "--dereference", ok=(0, 1)).out.splitlines():
            identifier, _, name = line.partition(" ")
            found[name.removesuffix("^{}")] = identifier
        return found

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Say whether ``older`` is ``newer`` or among its ancestors."""
        done = self.run("merge-base", "--is-ancestor", "--end-of-options", older, newer, ok=(0, 1, 128))
        return done.status == 0

    def has_commit(self, commit: str) -> bool:
        """Say whether the repository has a commit."""
        return self.run("cat-file", "-e", "--end-of-options", f"{commit}^{{commit}}", ok=None).status == 0

    def fetch_commit(self, remote: str, commit: str, *, timeout: float = _LONG) -> None:
        """Fetch a commit by its id, without a name for it; nothing is raised where the remote does not hand it out."""
        with suppress(ToolFailed, ToolTimeout):
            self.run("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", remote, commit, timeout=timeout)

    def files(self, commit: str = "HEAD") -> tuple[str, ...]:
        """Return the paths of all files in a commit, relative to the repository's top, unquoted."""
        listed = self.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", "--end-of-options", commit).out
        return tuple(name for name in listed.split("\0") if name)

    def changed(self) -> tuple[str, ...]:
        """Return the paths that differ from HEAD: tracked changes and untracked files that are not ignored.

        A submodule differs where it is at another commit, or has changes of its own. Untracked files that
        are none of the project's are passed over (``passers_by``).
        """
        with scratch.folder("status") as folder:
            own = git_index.look(self, {})
            extra = git_index.copied(self._git_dir, folder) if own.hidden else {}
            git_index.uncover(self, own, extra)
            every = ("--untracked-files=all", "--no-renames", "--ignore-submodules=none")
            said = self.run(*git_index.TRUSTING_NOBODY, "status", "--porcelain=v1", "-z", *every, extra=extra).out
        others = passers_by.all_of(self)
        return tuple(sorted(entry[3:] for entry in said.split("\0") if entry and entry[3:] not in others))

    def remotes(self) -> dict[str, str]:
        """Return the configured remotes: by name, the address that is pushed to, without user name and password."""
        found = {}
        for line in self.run("remote", "--verbose", timeout=_QUICK).out.splitlines():
            name, _, rest = line.partition("\t")
            # The address to push to comes last; what follows it in brackets may be a filter of a partial clone.
            found[name] = redact(rest.rpartition(" (")[0])
        return found

    def remote_refs(self, remote: str, *, timeout: float = _QUICK) -> dict[str, str] | None:
        """Ask the remote for its branches and tags; ``None`` where it does not answer within ``timeout`` seconds.

        Keys are full reference names; an annotated tag counts as the commit it leads to.
        """
        try:
            done = self.run("ls-remote", "--heads", "--tags", "--", remote, timeout=timeout)
        except (ToolFailed, ToolTimeout):
            return None
        found: dict[str, str] = {}
        for line in done.out.splitlines():
            identifier, _, name = line.partition("\t")
            if name.endswith("^{}") or name not in found:
                found[name.removesuffix("^{}")] = identifier
        return found

    # ── the content of the working tree ──────────────────────────────────────────────────────────────────────

    def working_tree(self) -> str:
        """Return the tree id that the working tree would have if all of it were committed.

        All of it: tracked changes and untracked files that git does not ignore, also those that git was told not to
        look at. A submodule with changes of its own stands with the id of its tree in place of its commit. Nothing in
        the repository is touched: the index is a copy and new objects go to a temporary place.
        """
        with scratch.folder("tree") as folder:
            extra, index = self._staged(folder)
            for path, tree in self._changed_inside(index).items():
                self.run("update-index", "--cacheinfo", f"160000,{tree},{path}", extra=extra)
            return self.run("write-tree", extra=extra).out.strip()

    def changed_submodules(self) -> dict[str, str]:
        """Return the submodules that have changes of their own, each with the id of the tree that it would commit."""
        return self._changed_inside(git_index.look(self, {}))

    def _changed_inside(self, index: git_index.Index) -> dict[str, str]:
        found = {}
        for path in index.submodules:
            inner = Git(self.folder / path, self.environ)
            if inner.is_top() and (tree := inner.working_tree()) != inner.tree_of("HEAD"):
                found[path] = tree
        return found

    def is_top(self) -> bool:
        """Say whether the folder is the top of a repository of its own."""
        if not (self.folder / ".git").exists():
            return False
        done = self.run("rev-parse", "--show-prefix", "--verify", "HEAD", ok=None, timeout=_QUICK)
        return done.status == 0 and not done.out.splitlines()[0]

    def commit_working_tree(
        self, into: Git, *, message: str, extra: Mapping[str, str], only: Sequence[str] = ()
    ) -> str:
        """Commit the content of this working tree in the clone ``into``, on top of its HEAD; return the commit.

        ``only`` names the paths to take along, all of them by default. The working tree and this repository stay as
        they are: objects are written to the clone alone.
        """
        objects = into.run("rev-parse", "--git-path", "objects").out.strip()
        with scratch.folder("tree") as folder:
            staged, _ = self._staged(folder, objects=(into.folder / objects).resolve(), only=only)
            tree = self.run("write-tree", extra=staged).out.strip()
        head = into.head()
        made = into.run("commit-tree", tree, "-p", head, "-F", "-", stdin=message, extra=extra).out.strip()
        into.run("reset", "--hard", "--quiet", made)
        return made

    @property
    def _git_dir(self) -> Path:
        return Path(self.run("rev-parse", "--absolute-git-dir", timeout=_QUICK).out.strip())

    def _staged(
        self, scratch: Path, objects: Path | None = None, only: Sequence[str] = ()
    ) -> tuple[dict[str, str], git_index.Index]:
        """Stage the working tree in an index and an object store of our own; return their environment.

        The second is what the index had before.
        """
        said = self.run("rev-parse", "--absolute-git-dir", "--git-path", "objects", timeout=_QUICK).out.splitlines()
        git_dir, own_objects = Path(said[0]), said[1]
        place = objects or scratch / "objects"
        place.mkdir(exist_ok=True, parents=True)
        extra = git_index.copied(git_dir, scratch) | {
            "GIT_OBJECT_DIRECTORY": str(place),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": os.fspath((self.folder / own_objects).resolve()),
        }
        index = git_index.look(self, extra)
        git_index.uncover(self, index, extra)
        add = (*git_index.TRUSTING_NOBODY, "add")
        try:
            if only:
                chosen = ["--pathspec-from-file=-", "--pathspec-file-nul"]
                literal = {"GIT_LITERAL_PATHSPECS": "1"}
                # A path that was already taken out of the index is none that git would know.
                known = self.run("ls-files", "--cached", "--others", "--exclude-standard", "-z", extra=extra).out
                there = sorted(set(only) & set(known.split("\0")) - passers_by.all_of(self))
                if there:
                    self.run(*add, "--all", *chosen, stdin="\0".join(there), extra=extra | literal)
            else:
                self._add_what_counts(add, extra)
        except ToolFailed as error:
            what = f"git cannot take in the working tree: {process.tail(error.tail, 3)}"
            hint = "make `git add --all --dry-run` succeed, or ignore what is in its way in .gitignore"
            raise UnmoorError(what, place=str(self.folder), hint=hint) from error
        return extra, index

    def _add_what_counts(self, add: Sequence[str], extra: Mapping[str, str]) -> None:
        """Add every change of tracked files, and the untracked files that are the project's."""
        named = ("--pathspec-from-file=-", "--pathspec-file-nul")
        known = passers_by.known(self)
        if known is None:
            others = [f":(exclude,top,literal){path}" for path in sorted(passers_by.all_of(self))]
            self.run(*add, "--all", *named, stdin="\0".join((":/", *others)), extra=extra)
            return
        # By their names: what appears at this very moment would be taken along otherwise.
        self.run(*add, "--update", "--", ":/", extra=extra)
        if known:
            self.run(*add, *named, stdin="\0".join(f":(top,literal){path}" for path in known), extra=extra)
