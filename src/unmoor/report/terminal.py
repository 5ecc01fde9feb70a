"""THE door to the screen: what is printed, in which colours, how wide, and the line that is drawn over while we work.

The only module that knows rich, and the only one that prints. rich is loaded where there is a colour or a line to draw
and nowhere else, so that a listing stays quick. What is coloured is decided here, by the form of a line; everything
else composes plain text.

NO_COLOR, https://no-color.org: any value takes the colours away. FORCE_COLOR, https://force-color.org: any value but 0
gives them where there is no terminal. Both set, there are none, as Python itself has it. A terminal called ``dumb`` has
neither colours nor lines that can be drawn over.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from unmoor.chain import CHAIN
from unmoor.report.folding import message
from unmoor.runtime.shown_text import shown

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["USUAL_WIDTH", "Terminal", "of_this_process", "opened", "relayed"]

USUAL_WIDTH = 80
_NARROWEST = 20
# Seconds between two drawings of the line, and between two that another process draws for us.
_DRAWN, _RELAYED = 0.25, 1.0

_STAGES = "|".join(stage.name for stage in CHAIN)
_GOOD, _BAD, _DOUBT, _DIM, _WAY = "green", "bold red", "yellow", "dim", "cyan"
# What is said at the start of a line, or in the second column of a table; the first form that fits a line counts.
_FORMS = tuple(
    (re.compile(form), style)
    for form, style in (
        (r"^(ok) {2,}", _GOOD),
        (r"^(FAILED|ERROR) +", _BAD),
        (r"^(waived|not finished) +", _DOUBT),
        (r"^(skipped|cached) +", _DIM),
        (rf"^(?:\S+: )?(?:{_STAGES}) +(cached|already there|-|missing) ", _DIM),
        (rf"^(?:\S+: )?(?:{_STAGES}) +(ran|proven) ", _GOOD),
        (rf"^(?:\S+: )?(?:{_STAGES}) +(FAILED|STOPPED|failed|damaged) ", _BAD),
        (rf"^(?:\S+: )?(?:{_STAGES}) +(void|interrupted) ", _DOUBT),
        (r"^\S+ \S+ {3}(REHEARSED, with findings|INCOMPLETE[^ ]*(?: \S+)*?|\S+, in part)(?: {3}|$)", "bold yellow"),
        (r"^\S+ \S+ {3}(REHEARSED|RELEASED)(?: {3}|$)", "bold green"),
        (r"^\S+ \S+ {3}((?:STOPPED|FAILED)(?: ?\S+)*?)(?: {3}|$)", _BAD),
        (r"^(unmoor: .* did not pass .*)", _BAD),
        (r"^(STOPPED .*)", _BAD),
        (rf"^(unmoor: (?:{_STAGES}))\b", "bold"),
        (r"^(Live would stop at:|Waived: .*)", "bold yellow"),
        (r"^(Next:)", "bold"),
        (r"^(\S+ (?:does not hold|could not tell|was not finished))", "bold"),
        (r"^([0-9a-f]{4}…[0-9a-f]{4})  ", _DIM),
        (r"^ +(notice:? .*)", _DOUBT),
        (r"(→ .*)$", _WAY),
    )
)
# Their further lines, which are set in deeper, look as they do.
_CARRIED = (r"notice: ", r"→ ")


class Terminal:
    """One stream for what is said and one for what went wrong, with their width, colours and what can be drawn.

    ``redraws`` says that a line can be drawn over; ``board`` that another process draws our last line for us.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        width: int = USUAL_WIDTH,
        colour: bool = False,
        redraws: bool = False,
        board: bool = False,
        out: TextIO | None = None,
    ) -> None:
        self._environ = environ
        self.width = width
        self.colour = colour
        self.redraws = redraws
        self.board = board
        self._out = out
        self._kept: TextIO | None = None
        self._console: Console | None = None
        self._guard = threading.Lock()

    def say(self, text: str, *, error: bool = False) -> None:
        """Print what people may be shown of a text, and a line end.

        What went wrong is folded where somebody reads it at a terminal; in a log it can be found by its line.
        """
        if error and self.redraws:
            text = "\n".join(message(text, self.width))
        self._write(shown(text, self._environ), error=error)

    def command(self, text: str) -> None:
        """Print a line that is meant for the CI runner; what it was made of has been made harmless by who made it."""
        with self._guard:
            self._stream(error=False).write(f"{text}\n")
            self._stream(error=False).flush()

    @contextmanager
    def drawing(self, now: Callable[[], str]) -> Iterator[None]:
        """Keep a line on the screen that says what ``now`` returns, as long as this lasts; nothing where none can be.

        The line is cut at the width, and gone in the end.
        """
        if self.redraws:
            with self._drawn(now):
                yield
        elif self.board:
            with self._relayed(now):
                yield
        else:
            yield

    def keep(self) -> None:
        """Go on printing where standard output leads now, whatever is put in its place."""
        self._kept = sys.stdout

    def relay(self) -> str:
        """Return what a worker has to know of this terminal; ``relayed`` makes a terminal of it again."""
        return f"{self.width} {int(self.colour)} {int(self.redraws)}"

    def _stream(self, *, error: bool) -> TextIO:
        return self._out or (sys.stderr if error else self._kept or sys.stdout)

    def _write(self, plain: str, *, error: bool) -> None:
        with self._guard:
            if not self.colour and self._console is None:
                self._stream(error=error).write(f"{plain}\n")
                self._stream(error=error).flush()
            elif error:
                self._made(error=True).print(self._painted(plain))
            else:
                self._shared().print(self._painted(plain))

    def _shared(self) -> Console:
        """Return the console of standard output: what is printed while a line is drawn has to come from the same."""
        if self._console is None:
            self._console = self._made(error=False)
        return self._console

    def _made(self, *, error: bool) -> Console:
        from rich.console import Console

        return Console(
            file=self._stream(error=error),
            force_terminal=self.colour or self.redraws,
            no_color=not self.colour,
            # Eight colours that every theme of a terminal has made readable on its own ground.
            color_system="standard" if self.colour else None,
            width=self.width,
            soft_wrap=True,
            highlight=False,
            markup=False,
            emoji=False,
            _environ={},
        )

    def _painted(self, plain: str) -> object:
        from rich.text import Text

        text = Text(plain, end="\n")
        if not self.colour:
            return text
        carried, inset, start = "", 0, 0
        for line in plain.split("\n"):
            depth = len(line) - len(line.lstrip(" "))
            style, at, end = _look(line)
            if not style and carried and depth > inset and line:
                style, at, end = carried, depth, len(line)
            else:
                carried = style if line.lstrip(" ").startswith(_CARRIED) else ""
                inset = depth
            if style:
                text.stylize(style, start + at, start + end)
            start += len(line) + 1
        return text

    @contextmanager
    def _drawn(self, now: Callable[[], str]) -> Iterator[None]:
        from rich.live import Live
        from rich.text import Text

        def line() -> Text:
            said = shown(now(), self._environ)
            return Text(said, style=_DIM if self.colour else "", no_wrap=True, overflow="ellipsis")

        with self._guard:
            console = self._shared()
        live = Live(
            get_renderable=line,
            console=console,
            transient=True,
            refresh_per_second=1 / _DRAWN,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        with live:
            yield

    @contextmanager
    def _relayed(self, now: Callable[[], str]) -> Iterator[None]:
        """Say the line to whoever shows our last one; it ends in a carriage return, and what comes next erases it."""
        over = threading.Event()

        def speak() -> None:
            before = ""
            while not over.wait(_RELAYED):
                line = shown(now(), self._environ)[: self.width - 1]
                if line and line != before:
                    before = line
                    with self._guard:
                        self._stream(error=False).write(f"{line}\r\x1b[2K")
                        self._stream(error=False).flush()

        speaker = threading.Thread(target=speak, daemon=True)
        speaker.start()
        try:
            yield
        finally:
            over.set()
            speaker.join()


def opened(environ: Mapping[str, str], *, is_terminal: bool, columns: int = 0) -> Terminal:
    """Return the terminal of a process: ``columns`` is how wide it says it is, zero where it does not say."""
    dumb = environ.get("TERM") == "dumb"
    forced = environ.get("FORCE_COLOR", "") not in ("", "0")
    colour = not environ.get("NO_COLOR") and (forced or (is_terminal and not dumb))
    said = environ.get("COLUMNS", "")
    width = int(said) if said.isascii() and said.isdigit() and int(said) else columns
    return Terminal(
        environ,
        width=max(width or USUAL_WIDTH, _NARROWEST),
        colour=colour,
        redraws=is_terminal and not dumb and not environ.get("CI"),
    )


def of_this_process(environ: Mapping[str, str]) -> Terminal:
    """Return the terminal that standard output leads to, if it leads to one."""
    is_terminal = sys.stdout.isatty()
    try:
        columns = os.get_terminal_size(sys.stdout.fileno()).columns if is_terminal else 0
    except (OSError, ValueError):
        columns = 0
    return opened(environ, is_terminal=is_terminal, columns=columns)


def relayed(environ: Mapping[str, str], said: str) -> Terminal:
    """Return the terminal of a worker, by what its parent said of its own; the plainest where it said nothing."""
    try:
        width, colour, redraws = map(int, said.split())
    except ValueError:
        return opened(environ, is_terminal=False)
    return Terminal(environ, width=width, colour=bool(colour), board=bool(redraws))


def _look(line: str) -> tuple[str, int, int]:
    """Return the style of a line's word of state, and where it stands; an empty style for most lines."""
    for form, style in _FORMS:
        if found := form.search(line):
            return style, *found.span(1)
    return "", 0, 0
