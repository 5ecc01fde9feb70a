"""One nox process and the run it belongs to: what was asked for, by whom it was started, and its final summary.

Part of the nox face, but without nox: it reads the process's arguments and environment, so that nothing below has to.
"""

from __future__ import annotations

import logging
import os
import shlex
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from unmoor import chain
from unmoor.chain import CHAIN
from unmoor.cli import parallel_workers
from unmoor.cli.arguments import VERBOSITY, Arguments, asked_for, parse, verbosity
from unmoor.errors import UnmoorError
from unmoor.model import Effect
from unmoor.request import Memory, OwnSession, Request
from unmoor.runtime import environment, own_output, private_memory
from unmoor.runtime.die_with_parent import die_with
from unmoor.tools.known_secrets import learn

if TYPE_CHECKING:
    from unmoor.report.screen import Screen
    from unmoor.state.layout import StateLayout

__all__ = ["STAGES", "Invocation", "quiet_libraries"]

STAGES = frozenset(stage.name for stage in CHAIN)
# Before a session of the project's own that was asked for and has the name of a stage.
_THEIRS = "own:"
# What a process leaves for its workers: how wide and how coloured the terminal is that shows what they say.
_TERMINAL = "UNMOOR_TERMINAL"
_NOX_VERBOSE = frozenset({"-v", "--verbose"})
_UPLOADING = frozenset(stage.name for stage in CHAIN if "credential-is-present" in stage.before)


class Invocation:
    """What this process knows about the run it belongs to."""

    def __init__(self, start: Path) -> None:
        self.start = start
        self.own: tuple[OwnSession, ...] = ()
        self.stages: Mapping[str, str] = {name: name for name in STAGES}
        # nox marks the processes that its -j starts; only they may take up what the parent left in the environment.
        self.is_worker = "--parallel-worker" in sys.argv
        # By a command of unmoor's, which wants a stage and nothing else.
        self.is_handed_over = False
        self.began = time.time()
        self.explained: set[str] = set()
        self._known: tuple[Path, StateLayout] | None = None
        self._memory = Memory()
        # What was taken out of the environment: credentials of uploads, and what the sessions are to run without.
        self._taken: dict[str, str] = {}
        if self.is_worker:
            die_with(os.getppid())
            laid_out = parallel_workers.take_up(os.environ)
            learn(laid_out)
            self._taken |= laid_out
            self.id = os.environ.get("UNMOOR_RUN", "alone")
            self.asked = frozenset(os.environ.get("UNMOOR_ASKED", "").split(",")) - {""}
        else:
            # Taken out of the environment, so that a nox inside a session is a run of its own.
            given = os.environ.pop("UNMOOR_RUN_ID", "")
            self.is_handed_over = bool(given)
            self.id = given or f"{int(self.began * 1000):x}-{os.getpid():x}"
            self.asked = asked_for(sys.argv[1:], os.environ.get("NOXSESSION", ""))
            os.environ["UNMOOR_RUN"] = self.id
            own_output.tell_workers(os.environ)
            os.environ["UNMOOR_ASKED"] = ",".join(sorted(self.asked))

    def call(self, stages: Mapping[str, str]) -> None:
        """Take up what nox calls the stages: what was asked for by these names are the stages, and nothing else is."""
        self.stages = stages
        if self.is_worker:
            return  # its parent has told it the stages
        meant = {session: stage for stage, session in stages.items()}
        self.asked = frozenset(meant.get(each, f"{_THEIRS}{each}" if each in STAGES else each) for each in self.asked)
        os.environ["UNMOOR_ASKED"] = ",".join(sorted(self.asked))
        if self.is_handed_over and not self.asked & STAGES:
            what = "a stage was asked for, and noxfile.py has another session by that name"
            hint = 'write what stages are called as plain words: unmoor.sessions.register(names={"release": "…"})'
            raise UnmoorError(what, place="noxfile.py", hint=hint)

    def request(self, stage: str, arguments: Arguments, *, called: str = "") -> Request:
        """Return the request for one stage of this run, or one of the project's sessions, ``called`` so by nox."""
        # In CI, where each job names one session, UNMOOR_RELEASE says that kept evidence is welcome.
        named = not self.asked.isdisjoint({stage, called})
        asked = named and not os.environ.get("UNMOOR_RELEASE") if self.asked else True
        return Request(
            start=self.start,
            environ=dict(os.environ) | self._lent_to(stage, live=bool(arguments.live)),
            live=arguments.live,
            base=arguments.base,
            approval=arguments.approval,
            goal=next((each.name for each in CHAIN[::-1] if each.name in self.asked), ""),
            send_again=arguments.send_again,
            stop_at_first=arguments.stop_at_first,
            posargs=arguments.rest,
            asked=asked,
            run=self.id,
            own=self.own,
            say=self.screen.say,
            reporter=self.screen,
            memory=self._memory,
        )

    @cached_property
    def screen(self) -> Screen:
        """What this process shows of the run; a worker shows it as its parent would."""
        from unmoor.report import ci_runner, terminal
        from unmoor.report.screen import Screen

        said = os.environ.get(_TERMINAL, "")
        return Screen(
            terminal.relayed(os.environ, said) if self.is_worker else terminal.of_this_process(os.environ),
            verbosity=self.verbosity,
            runner=ci_runner.recognised(os.environ),
            passed_is_said=not self.is_daily,
        )

    def hush(self) -> None:
        """Keep nox from telling how it goes where only the end is to be shown; ours goes where it went."""
        if self.verbosity < 0 and self.is_ours and not self.is_worker:
            self.screen.terminal.keep()
            logging.getLogger("nox").setLevel(logging.CRITICAL)
            sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end of the process

    @property
    def asks_for_help(self) -> bool:
        """Whether help is asked for after ``--``, where all words are ours."""
        return self.is_ours and not self.is_local and not {"-h", "--help"}.isdisjoint(self.posargs)

    @property
    def verbosity(self) -> int:
        """How much is shown: -1 with ``-q``, 1 with ``-v``, else 0.

        After ``--`` the two are ours where all words there are, else they are for the project's own tools; nox has
        a ``-v`` of its own, and ``unmoor rehearse`` hands its own on.
        """
        posargs = [] if self.is_local else self.posargs
        before = sys.argv[1 : sys.argv.index("--")] if "--" in sys.argv else sys.argv[1:]
        nox = [word for word in before if word in _NOX_VERBOSE]
        return verbosity([*nox, *posargs, *os.environ.get(VERBOSITY, "").split()])

    @property
    def is_daily(self) -> bool:
        """Whether nothing was asked for but stages without an effect, by nox itself: what is run all day long."""
        return self.is_local and "UNMOOR_AGAIN" not in os.environ

    def take_secrets(self, given: Sequence[str] = ()) -> None:
        """Take what is secret out of the environment, where one of our sessions is to run; ``given`` stays by name.

        From here on nothing that runs in this process, or is started by it, finds it there: no session, no git, no
        hook. Adapters get it back where it is theirs; credentials of uploads only the stages that upload do, and a
        rehearsal, which has no use for them, forgets them, but for what an index wants to be read.
        """
        if not self.is_ours:
            return
        learn(os.environ)
        found = environment.secrets(os.environ, given)
        private_memory.blot_out(found)
        for name in found:
            del os.environ[name]
        self._taken |= {name: each for name, each in found.items() if self._is_kept(name)}
        if self._taken or self._is_live:
            # They, or those of .pypirc and the keyring, are in our memory.
            private_memory.keep_private()

    def _is_kept(self, name: str) -> bool:
        """Whether a variable that was taken is still of use: credentials are in a live release, and to be lent."""
        of_upload = environment.is_credential(name) and not environment.readers({name: ""})
        return not of_upload or self._is_live or not self.asked

    def _lent_to(self, stage: str, *, live: bool) -> dict[str, str]:
        """Return what a stage has beside the environment: git may need what is secret, an upload its credentials."""
        if live and stage in _UPLOADING:
            return self._taken
        return environment.without_credentials(self._taken) | environment.readers(self._taken)

    @contextmanager
    def lend(self, session: str) -> Iterator[None]:
        """Give back what was taken, for as long as a session runs that is none of ours.

        Only where no session was named: nox tells nobody what it chooses then, and may choose nothing of ours.
        """
        lent = (
            {}
            if self.asked or session in {*self.stages.values(), *(own.name for own in self.own)}
            else dict(self._taken)
        )
        os.environ.update(lent)
        try:
            yield
        finally:
            for name in lent:
                os.environ.pop(name, None)

    def prepare_workers(self) -> None:
        """Lay out what workers need, where nox may start some; it tells nobody beforehand whether it will."""
        if not self.is_worker and self.is_ours:
            os.environ[_TERMINAL] = self.screen.terminal.relay()
            parallel_workers.lay_out(os.environ, self._taken)

    def proving(self, stage: str) -> tuple[str, ...]:
        """Return the sessions that have to be through before a stage is: its own, and the project's that prove it."""
        return tuple(dict.fromkeys((self.stages[stage], *(each.name for each in self.own if each.stage == stage))))

    def offer_pythons(self) -> None:
        """Let nox find the Pythons that joined sessions want, where this machine has them off ``PATH``."""
        pythons = [python for each in self.own for python in each.pythons]
        if pythons and self.is_ours and not self.is_worker:
            from unmoor.tools.offered_pythons import path_with

            os.environ["PATH"] = path_with(pythons, os.environ)

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
        opened = open_plan(self.request("", parse(self.posargs, own_tools=self.is_local)), local=local)
        self._known = (opened.releases[0].component.repository.root, opened.layout)

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
        adopted = not self.is_guest
        seconds = time.time() - self.began
        speak(
            self.start,
            dict(os.environ),
            self.id,
            again=again,
            adopted=adopted,
            seconds=seconds,
            screen=self.screen,
            known=self._known,
            sessions=self.stages,
        )

    @property
    def is_local(self) -> bool:
        """Whether nothing was asked for that builds or reaches out: then words may be for the project's own tools."""
        return not any(stage.name in self.asked for stage in CHAIN if stage.effect > Effect.NONE)

    @property
    def posargs(self) -> list[str]:
        """The words after ``--``."""
        return sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []

    @property
    def _is_live(self) -> bool:
        return any(word.partition("=")[0] == "--live" for word in self.posargs)

    @property
    def proven(self) -> tuple[OwnSession, ...]:
        """Joined sessions that need not run; a worker has it from its parent."""
        names = os.environ.get("UNMOOR_PROVEN", "").split(",")
        return tuple(each for each in self.own if each.name in names)

    @proven.setter
    def proven(self, found: Sequence[OwnSession]) -> None:
        os.environ["UNMOOR_PROVEN"] = ",".join(each.name for each in found)

    @property
    def is_guest(self) -> bool:
        """Whether this process was started on a noxfile that is borrowed, for a project that has not adopted unmoor."""
        return os.environ.get("UNMOOR_ADOPTED") == "no"

    def asks_for(self, own: OwnSession) -> bool:
        """Whether a joined session was named on the command line, or one of its runs."""
        called = {own.called(part.partition("(")[0]) for part in ("", *own.parts)}
        return any(each.partition("(")[0] in called for each in self.asked)

    @property
    def is_ours_or_listed(self) -> bool:
        """Whether what is registered matters to whoever started this process."""
        return not self.is_worker and (self.is_listing or self.is_ours)

    @property
    def is_ours(self) -> bool:
        """Whether a stage or a joined session is to run, as far as the command line says."""
        return not self.is_listing and (not self.asked or any(map(self._is_of_ours, self.asked)))

    def _is_of_ours(self, asked: str) -> bool:
        """Whether a name on the command line is a stage, or a joined session as nox calls it: ``tests-3.13``."""
        own = {each.called(part.partition("(")[0]) for each in self.own for part in ("", *each.parts)}
        return asked in STAGES or asked.partition("(")[0] in own


def quiet_libraries() -> None:
    """Keep libraries from talking: nox lets the root logger say everything, and theirs would run through the lines."""
    for name in ("charset_normalizer", "docutils", "filelock", "keyring", "markdown_it", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
