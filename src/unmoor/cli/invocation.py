"""One nox process and the run it belongs to: what was asked for, by whom it was started, and its final summary.

Part of the nox face, but without nox: it reads the process's arguments and environment, so that nothing below has to.
"""

from __future__ import annotations

import logging
import os
import shlex
import sys
import time
from pathlib import Path

from unmoor import chain
from unmoor.chain import CHAIN
from unmoor.cli import parallel_workers
from unmoor.cli.arguments import Arguments, asked_for, parse
from unmoor.model import Effect
from unmoor.request import Memory, OwnSession, Request
from unmoor.runtime import environment, private_memory, redact
from unmoor.runtime.die_with_parent import die_with

__all__ = ["STAGES", "Invocation", "quiet_libraries"]

STAGES = frozenset(stage.name for stage in CHAIN)
_UPLOADING = frozenset(stage.name for stage in CHAIN if "credential-is-present" in stage.before)


class Invocation:
    """What this process knows about the run it belongs to."""

    def __init__(self, start: Path) -> None:
        self.start = start
        self.own: tuple[OwnSession, ...] = ()
        # nox marks the processes that its -j starts; only they may take up what the parent left in the environment.
        self.is_worker = "--parallel-worker" in sys.argv
        self.began = time.time()
        self.explained: set[str] = set()
        self._memory = Memory()
        self._credentials: dict[str, str] = {}
        self._readers: dict[str, str] = {}
        if self.is_worker:
            die_with(os.getppid())
            self._keep(parallel_workers.take_up(os.environ))
            self.id = os.environ.get("UNMOOR_RUN", "alone")
            self.asked = frozenset(os.environ.get("UNMOOR_ASKED", "").split(",")) - {""}
        else:
            # Taken out of the environment, so that a nox inside a session is a run of its own.
            self.id = os.environ.pop("UNMOOR_RUN_ID", "") or f"{int(self.began * 1000):x}-{os.getpid():x}"
            self.asked = asked_for(sys.argv[1:], os.environ.get("NOXSESSION", ""))
            os.environ["UNMOOR_RUN"] = self.id
            os.environ["UNMOOR_ASKED"] = ",".join(sorted(self.asked))

    def request(self, stage: str, arguments: Arguments, *, called: str = "") -> Request:
        """Return the request for one stage of this run, or one of the project's sessions, ``called`` so by nox."""
        # In CI, where each job names one session, UNMOOR_RELEASE says that kept evidence is welcome.
        named = not self.asked.isdisjoint({stage, called})
        asked = named and not os.environ.get("UNMOOR_RELEASE") if self.asked else True
        return Request(
            start=self.start,
            environ=dict(os.environ)
            | self._readers
            | (self._credentials if arguments.live and stage in _UPLOADING else {}),
            live=arguments.live,
            base=arguments.base,
            approval=arguments.approval,
            posargs=arguments.rest,
            asked=asked,
            run=self.id,
            own=self.own,
            say=_say,
            memory=self._memory,
        )

    def take_credentials(self) -> None:
        """Take what only uploads need out of the environment, where one of our sessions is to run.

        From here on nothing that runs in this process, or is started by it, finds it there: no session, no git, no
        hook. A rehearsal has no use for it and forgets it, but for what an index wants to be read.
        """
        if not self.is_ours:
            return
        found = environment.credentials(os.environ)
        for name in found:
            del os.environ[name]
        self._keep(found)
        if self._is_live or self._readers:
            # They, or those of .pypirc and the keyring, are in our memory.
            private_memory.keep_private()

    def _keep(self, credentials: dict[str, str]) -> None:
        for name, value in credentials.items():
            if redact.looks_secret(name):
                redact.register(value)
        self._readers |= environment.readers(credentials)
        if self._is_live:
            self._credentials |= credentials

    def prepare_workers(self) -> None:
        """Lay out what workers need, where nox may start some; it tells nobody beforehand whether it will."""
        if not self.is_worker and self.is_ours:
            parallel_workers.lay_out(os.environ, self._readers | self._credentials)

    def works_itself(self) -> None:
        """Take back what was laid out for workers: a session runs in this process, so there will be none."""
        parallel_workers.take_back(os.environ)

    def fail_early(self) -> None:
        """Raise what would stop every stage alike, before nox runs one after the other in vain."""
        if self.is_worker or self.is_listing or not self.asked & STAGES:
            return
        from unmoor.pipeline.open_plan import open_plan

        quiet_libraries()
        local = all(chain.stage(name).is_local for name in self.asked & STAGES)
        open_plan(self.request("", parse(self._posargs, own_tools=self.is_local)), local=local)

    @property
    def is_listing(self) -> bool:
        """Whether nox was asked what there is, and not to run anything."""
        words = sys.argv[: sys.argv.index("--")] if "--" in sys.argv else sys.argv
        return not {"-l", "--list", "--list-sessions", "-h", "--help", "--version"}.isdisjoint(words)

    def summarise(self) -> None:
        """Print the table and the next command, once, whatever happened; nothing where no stage was asked for."""
        if not self.is_ours:
            return
        self.works_itself()
        from unmoor.report.final_summary import speak

        again = shlex.split(os.environ.get("UNMOOR_AGAIN", "")) or ["nox", *sys.argv[1:]]
        adopted = os.environ.get("UNMOOR_ADOPTED") != "no"
        speak(self.start, dict(os.environ), self.id, again=again, adopted=adopted, seconds=time.time() - self.began)

    @property
    def is_local(self) -> bool:
        """Whether nothing was asked for that builds or reaches out: then words may be for the project's own tools."""
        return not any(stage.name in self.asked for stage in CHAIN if stage.effect > Effect.NONE)

    @property
    def _posargs(self) -> list[str]:
        return sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []

    @property
    def _is_live(self) -> bool:
        return any(word.partition("=")[0] == "--live" for word in self._posargs)

    @property
    def is_ours(self) -> bool:
        """Whether a stage or a joined session is to run, as far as the command line says."""
        ours = STAGES | {own.name for own in self.own}
        return not self.is_listing and (not self.asked or bool(self.asked & ours))


def _say(line: str) -> None:
    # One write, so that lines of gates that run side by side do not run into each other.
    sys.stdout.write(f"  {line}\n")
    sys.stdout.flush()


def quiet_libraries() -> None:
    """Keep libraries from talking: nox lets the root logger say everything, and theirs would run through the lines."""
    for name in ("charset_normalizer", "docutils", "filelock", "markdown_it", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
