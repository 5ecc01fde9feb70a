"""A wheel looked at as a wheel (names, ``RECORD``, licence) and compared, file by file, with the planned commit.

Sources: the binary distribution format (PEP 427, PEP 639 for licence files) and the recording of installed projects.
"""

from __future__ import annotations

import base64
import csv
import io
import posixpath
from collections.abc import Collection, Iterator

from unmoor.archives.archive_file import Archive, Member, contents
from unmoor.archives.build_configuration import Configuration
from unmoor.archives.commit_files import CommitFiles
from unmoor.archives.forbidden_files import credential, leftover
from unmoor.archives.globs import matches
from unmoor.archives.package_layout import Layout, installed_path
from unmoor.model import Finding

__all__ = ["differing", "missing", "record_faults", "strays", "without_licence"]

_UNRECORDED = ("RECORD", "RECORD.jws", "RECORD.p7s")
_LICENCE_WORDS = ("LICEN", "COPYING", "NOTICE")
# Compiled from what the tree holds; their own tests speak for them.
_COMPILED = (".so", ".pyd", ".dylib", ".dll", ".a", ".lib")


def strays(
    wheel: Archive, import_names: Collection[str], config: Configuration, allow: Collection[str]
) -> Iterator[Finding]:
    """Yield a problem for each top-level name that is no import name, and for files no release should hold."""
    infos = wheel.dist_infos
    if len(infos) != 1:
        what = f"the wheel has {len(infos)} .dist-info folders instead of one"
        yield Finding(message=what, place=wheel.path.name, hint="build in a fresh checkout")
    known = {name.partition(".")[0] for name in import_names}
    known |= {f"{name}-stubs" for name in known} | {name.removesuffix(".dist-info") + ".data" for name in infos}
    # black has its version in a module of its own beside its packages, with a stub.
    known |= {path[1:].partition(".")[0] for path in config.versions if "/" not in path[1:]}
    seen = set()
    for member in wheel.members:
        place = f"{wheel.path.name}:{member.path}"
        path = installed_path(member.path)
        top = path.partition("/")[0]
        name = top if "/" in path else top.partition(".")[0]
        if matches(member.path, allow):
            continue
        if credential(member.path) or leftover(member.path):
            yield Finding(
                message=f"{member.path!r} does not belong in a wheel", place=place, hint="keep it out of the wheel"
            )
        elif member.link:
            hint = "no installer makes links from a wheel; build on a system that copies"
            yield Finding(message=f"{member.path!r} is a link", place=place, hint=hint)
        elif path and name not in known and name not in seen:
            seen.add(name)
            hint = "keep it out of the wheel, or name it in imports if it is a package of this project"
            yield Finding(
                message=f"the wheel installs {name!r}, which is no import name of the project", place=place, hint=hint
            )


def record_faults(wheel: Archive) -> Iterator[Finding]:
    """Yield a problem for each member that ``RECORD`` does not list with its right hash, and the other way round."""
    listed = {row[0]: row[1] for row in csv.reader(io.StringIO(wheel.text("RECORD"))) if len(row) == len("abc")}
    exempt = {posixpath.join(folder, name) for folder in wheel.dist_infos for name in _UNRECORDED}
    hint = "build again; installers refuse or mistrust such a wheel"
    for member in wheel.members:
        if member.path not in exempt and listed.get(member.path) != record_hash(member):
            what = f"RECORD does not list {member.path!r} with its hash"
            yield Finding(message=what, place=wheel.path.name, hint=hint)
    for path in sorted(listed.keys() - wheel.files.keys()):
        yield Finding(message=f"RECORD lists {path!r}, which is not there", place=wheel.path.name, hint=hint)


def record_hash(member: Member) -> str:
    """Return the member's sha256 in the form that ``RECORD`` uses."""
    digest = base64.urlsafe_b64encode(bytes.fromhex(member.sha256)).decode().rstrip("=")
    return f"sha256={digest}"


def without_licence(wheel: Archive, tree: CommitFiles) -> Iterator[Finding]:
    """Yield a problem when the tree has a licence at its top and the wheel has none among its metadata."""
    in_tree = [path for path in tree.entries if "/" not in path and path.upper().startswith(_LICENCE_WORDS)]
    names = [posixpath.basename(member.path).upper() for member in wheel.members if ".dist-info/" in member.path]
    if in_tree and not any(name.startswith(_LICENCE_WORDS) for name in names):
        hint = "declare license-files (PEP 639); most licences ask to be passed on"
        yield Finding(message=f"the wheel lacks the licence {in_tree[0]!r}", place=wheel.path.name, hint=hint)


def differing(
    wheel: Archive, tree: CommitFiles, layout: Layout, config: Configuration, allow: Collection[str]
) -> Iterator[tuple[bool, Finding]]:
    """Yield each file a wheel installs that is not the commit's, byte for byte, and whether that blocks.

    Version modules that the backend is told to write are passed over. A platform wheel may hold compiled and
    generated files that no commit has; those are not compared, or only said.
    """
    compared = {member: layout.in_tree(path) for member in wheel.members if (path := _own(member.path))}
    doubtful = {
        member.path for member, path in compared.items() if path in tree.entries and not tree.same(path, member)
    }
    bytes_of = contents(wheel, doubtful)
    for member, path in compared.items():
        made = matches(path or member.path, config.versions) or (not wheel.pure and member.path.endswith(_COMPILED))
        if made or matches(member.path, allow):
            continue
        place = f"{wheel.path.name}:{member.path}"
        if path not in tree.entries:
            # Data may be taken from elsewhere in the commit; a module that moved may be a stale copy of itself.
            if tree.has_content(member) and not (path and path.endswith(".py")):
                continue
            what = f"{member.path!r} is not in the planned commit"
            hint = "commit it, or name it in archive-allow if the build makes it"
            yield wheel.pure, Finding(message=what, place=place, hint=hint)
        elif not tree.same(path, member, bytes_of.get(member.path)):
            what = f"{member.path!r} has other content than {tree.place(path)!r} in the planned commit"
            hint = "tests ran on the tree, not on this; find out what changes it"
            yield True, Finding(message=what, place=place, hint=hint)


def _own(path: str) -> str:
    """Return the path as compared: below site-packages, or a data file or script by the wheel's own name."""
    return installed_path(path) or ("" if ".dist-info/" in path else path)


def missing(
    wheel: Archive, tree: CommitFiles, modules: dict[str, str], config: Configuration, allow: Collection[str]
) -> Iterator[tuple[bool, Finding]]:
    """Yield each file of the packages that the wheel lacks, and whether that blocks.

    Modules of a package block, and so does ``py.typed``; what the configuration leaves out, modules in folders that
    are no packages, and data files are only said.
    """
    there = {installed_path(member.path) for member in wheel.members}
    for path, source in sorted(modules.items()):
        if path in there or matches(path, allow) or posixpath.basename(path).startswith("."):
            continue
        excluded = matches(source, config.left_out) or matches(path, config.left_out)
        in_package = "/" not in path or posixpath.join(posixpath.dirname(source), "__init__.py") in tree.entries
        blocks = path.endswith((".py", "py.typed")) and in_package and not excluded
        why = (
            "the build configuration leaves it out"
            if excluded
            else "include it, or exclude it in the build configuration"
        )
        yield blocks, Finding(message=f"the wheel lacks {path!r}", place=tree.place(source), hint=why)
