"""Versions by PEP 440: equal spellings are one version, and a version never goes backwards.

Everything here is pure. A bump keeps the epoch and drops the local part; its result is always greater than what
it started from, or it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from packaging.version import InvalidVersion, Version

from unmoor.errors import SettingsError, UnmoorError
from unmoor.model import Bump, Finding

__all__ = [
    "PARTS",
    "bump",
    "canonical",
    "is_publishable",
    "leads_to",
    "next_free",
    "next_from",
    "parse",
    "try_parse",
]

PARTS = ("major", "minor", "patch", "pre", "a", "alpha", "b", "beta", "rc", "post", "dev", "final", "release")

_LONGEST = 200
_CHANNELS = ("a", "b", "rc")


def parse(text: str, *, where: str = "") -> Version:
    """Return the version that ``text`` spells; raise ``UnmoorError`` where it spells none."""
    found = try_parse(text)
    if found is None:
        shown = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
        what = f"{shown!r} is no version"
        raise UnmoorError(
            what, place=where, hint="write it as PEP 440 wants it, such as 1.4.0, 2.0.0rc1 or 1.4.0.post1"
        )
    return found


def try_parse(text: str) -> Version | None:
    """Return the version that ``text`` spells, or ``None``."""
    if len(text) > _LONGEST or not text.isascii():
        return None
    try:
        return Version(text)
    except InvalidVersion:
        return None


def canonical(text: str) -> str:
    """Return the one spelling that PEP 440 prefers for the version that ``text`` spells."""
    return str(parse(text))


def is_publishable(version: str) -> bool:
    """Say whether an index is meant to hold this version: no local part (an index refuses it), no development one."""
    found = parse(version)
    return found.local is None and not found.is_devrelease


def bump(version: str, part: str, *, zero_major: str) -> str:
    """Return the version after ``version`` for a part, spelled canonically.

    * ``major``, ``minor``, ``patch``: the next such release; a pre- or development release of one becomes it
      (1.3.0rc1, ``minor`` → 1.3.0). Releases keep their width, so 2026.1 ``minor`` → 2026.2.
      With ``zero_major="minor"``, ``major`` before 1.0 moves the minor part, with ``"major"`` it leads to 1.0.
    * ``final`` or ``release``: the release that a pre- or development version leads to.
    * ``a``, ``b``, ``rc`` (``alpha``, ``beta``): the next one of that channel, of the next patch where the version
      is a release. ``pre``: the next in the channel that the version has, ``rc`` where it has none.
    * ``post``: the next post-release. ``dev``: the next development release *towards* the next version, so that it
      too sorts after the current one (1.2.3 → 1.2.4.dev0, 1.2.3rc1 → 1.2.3rc2.dev0, 1.2.3.post1 → 1.2.3.post2.dev0).

    Raises ``SettingsError`` for an unknown part, ``UnmoorError`` where the part leads nowhere forward.
    """
    current = parse(version)
    name = {"alpha": "a", "beta": "b", "release": "final"}.get(part, part)
    if name == "major" and zero_major == "minor" and current.release[0] == 0:
        name = "minor"
    if name in _RELEASES:
        return _release(current, _RELEASES[name])
    if name in _CHANNELS:
        return _pre(current, name)
    if name not in _OTHERS:
        raise SettingsError([_unknown(part)])
    return _OTHERS[name](current)


def _unknown(part: str) -> Finding:
    near = get_close_matches(part.lower(), PARTS, n=1, cutoff=0.4)
    question = f"did you mean {near[0]!r}? " if near else ""
    return Finding(message=f"{part!r} is no part of a version", hint=f"{question}allowed: {', '.join(PARTS)}")


def _text(current: Version, release: Iterable[int], suffix: str = "") -> str:
    epoch = f"{current.epoch}!" if current.epoch else ""
    return str(Version(epoch + ".".join(map(str, release)) + suffix))


def _leads_to_release(current: Version) -> bool:
    """Say whether the release of these numbers is still to come."""
    return current.pre is not None or (current.dev is not None and current.post is None)


def _release(current: Version, index: int) -> str:
    parts = list(current.release) + [0] * (index + 1 - len(current.release))
    if _leads_to_release(current) and not any(parts[index + 1 :]):
        # A pre-release of 1.3.0 counts as one of a patch, a minor, and of a major only when the rest is zero.
        return _text(current, current.release)
    following = [*parts[:index], parts[index] + 1, *[0] * (len(parts) - index - 1)]
    return _text(current, following)


def _final(current: Version) -> str:
    if not current.is_prerelease:
        what = f"{current} is final already"
        raise UnmoorError(what, hint="name the part that moves: major, minor or patch")
    return _text(current, current.release, "" if _leads_to_release(current) else f".post{current.post}")


def _pre(current: Version, channel: str) -> str:
    if not _leads_to_release(current):
        return _text(current, parse(_release(current, 2)).release, f"{channel}1")
    if current.pre is None:
        return _text(current, current.release, f"{channel}1")
    now, number = current.pre
    if _CHANNELS.index(channel) < _CHANNELS.index(now):
        what = f"{current} is past its {channel!r} releases"
        raise UnmoorError(what, hint=f"use the part {now!r}, 'final', or one that starts the next version")
    if channel != now:
        return _text(current, current.release, f"{channel}1")
    return _text(current, current.release, f"{channel}{number + (current.dev is None or current.post is not None)}")


def _next_pre(current: Version) -> str:
    return _pre(current, current.pre[0] if current.pre else "rc")


def _pre_suffix(current: Version) -> str:
    return "".join(map(str, current.pre)) if current.pre else ""


def _post(current: Version) -> str:
    if current.post is None and current.dev is not None:
        what = f"{current} is no release, so there is nothing after it"
        raise UnmoorError(what, hint="use the part 'final' first")
    number = 1 if current.post is None else current.post + (current.dev is None)
    return _text(current, current.release, f"{_pre_suffix(current)}.post{number}")


def _dev(current: Version) -> str:
    if current.dev is not None:
        post = "" if current.post is None else f".post{current.post}"
        return _text(current, current.release, f"{_pre_suffix(current)}{post}.dev{current.dev + 1}")
    if current.post is not None:
        return _text(current, current.release, f"{_pre_suffix(current)}.post{current.post + 1}.dev0")
    if current.pre is not None:
        return _text(current, current.release, f"{current.pre[0]}{current.pre[1] + 1}.dev0")
    return _text(current, parse(_release(current, 2)).release, ".dev0")


_RELEASES = {"major": 0, "minor": 1, "patch": 2}
_OTHERS: dict[str, Callable[[Version], str]] = {"pre": _next_pre, "post": _post, "dev": _dev, "final": _final}


def leads_to(version: Version) -> Version:
    """Return the version that a development version is on the way to: 1.2.dev0 → 1.2, 0.66b0.dev1 → 0.66b0.

    PEP 440 sorts a development version just before it. A local part goes too.
    """
    before, _, _ = version.public.partition(".dev")
    return Version(before)


def next_from(change: Bump, current: str, zero_major: str) -> str:
    """Return the release that a change of this size asks for after ``current``; ``Bump.NONE`` asks for none."""
    if change is Bump.NONE:
        return canonical(current)
    return bump(current, change.name.lower(), zero_major=zero_major)


def next_free(version: str, taken: Iterable[str]) -> str:
    """Return ``version`` or the next of its kind that is not ``taken``: the next patch, the next pre, post or dev."""
    used = {found for each in taken if (found := try_parse(each)) is not None}
    candidate = parse(version)
    while candidate in used:
        part = "dev" if candidate.is_devrelease else "post" if candidate.is_postrelease else "pre"
        part = part if candidate.is_prerelease or candidate.is_postrelease else "patch"
        candidate = parse(bump(str(candidate), part, zero_major="minor"))
    return str(candidate)
