"""The platform tags that PyPI takes (PEP 425, 513, 571, 599, 600, 656, 730, 738 and its own list, August 2026)."""

from __future__ import annotations

import re

__all__ = ["is_taken"]

_PLAIN = (
    "any win32 win_arm64 win_amd64 win_ia64 linux_armv6l linux_armv7l"
    " manylinux1_x86_64 manylinux1_i686 manylinux2010_x86_64 manylinux2010_i686 manylinux2014_x86_64"
    " manylinux2014_i686 manylinux2014_aarch64 manylinux2014_armv7l manylinux2014_ppc64 manylinux2014_ppc64le"
    " manylinux2014_s390x"
)
_MUSL = "x86_64|i686|aarch64|armv7l|ppc64le|s390x|riscv64"
_MAC = "ppc|ppc64|i386|x86_64|arm64|intel|fat|fat3|fat64|universal|universal2"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"macosx_10_\d+_({_MAC})",
        # From 11 on only the major number counts; new ones are taken one by one, as macOS brings them.
        rf"macosx_(11|12|13|14|15|26)_0_({_MAC})",
        rf"manylinux_\d+_\d+_({_MUSL}|ppc64)",
        rf"musllinux_\d+_\d+_({_MUSL})",
        r"ios_\d+_\d+_(arm64|x86_64)_(iphoneos|iphonesimulator)",
        r"android_\d+_(armeabi_v7a|arm64_v8a|x86|x86_64)",
        r"pyemscripten_\d+_\d+_wasm32",
    )
)


def is_taken(tag: str) -> bool:
    """Say whether PyPI takes wheels with this platform tag."""
    return tag in _PLAIN.split() or any(pattern.fullmatch(tag) for pattern in _PATTERNS)
