"""Text as people may be shown it: what a terminal or a CI runner would obey is printed so that it can be read.

Notes, file names, versions and what tools say come from others. Control characters move the cursor, colour the screen
or turn the order of letters round; a runner takes some lines for commands. All of them are written as escapes, beyond
the first 32 as JSON's own, so that JSON that was right stays right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["shown"]

# C0 but for tab and line feed, DEL and C1 (ISO/IEC 6429), the bidirectional controls (UAX 9), the two separators that
# end lines, and what no encoding can write: half a character, such as stands for a byte of a file's name.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_LAST_C0 = 0x1F
# What runners set. GitHub, Gitea and Forgejo read "::name::" where a line begins, blanks apart, and "##[name]"
# anywhere; Azure reads "##vso[name]", TeamCity "##teamcity[name]". GitLab's sections need an escape character.
_RUNNERS = ("GITHUB_ACTIONS", "GITEA_ACTIONS", "FORGEJO_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION")
_AT_THE_START = re.compile(r"^(\s*):(?=:)", re.MULTILINE)
_ANYWHERE = re.compile(r"##(?=\w*\[)")


def shown(text: str, environ: Mapping[str, str]) -> str:
    """Return ``text`` free of control characters, line ends and tabs apart, and of commands to the runner we are on.

    ``environ`` says which one that is. Doing it twice changes nothing more.
    """
    plain = _UNSEEN.sub(_escaped, text.replace("\r\n", "\n"))
    if not any(environ.get(name) for name in _RUNNERS):
        return plain
    return _ANYWHERE.sub(r"#\\u0023", _AT_THE_START.sub(r"\1\\u003a", plain))


def _escaped(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number <= _LAST_C0 else f"\\u{number:04x}"
