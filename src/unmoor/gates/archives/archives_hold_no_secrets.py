"""No archive holds a token, a private key or a password.

The archives are scanned as they are and not the tree they came from: compiled modules, generated files and metadata
are where secrets were found that no scan of a repository could see. A published secret is public for good.
"""

from __future__ import annotations

import posixpath

from unmoor.archives.archive_file import Archive, read, unpack
from unmoor.archives.secret_allowances import advice, reason
from unmoor.context import Context
from unmoor.model import Finding, Findings
from unmoor.runtime import environment, scratch
from unmoor.tools.secretscan import Hit, scan

ASSERTS = "no archive holds a secret"


def check(context: Context) -> Findings:
    """Unpack every archive into a temporary folder and scan all of its files."""
    examined = 0
    problems: list[Finding] = []
    notices: list[Finding] = []
    for path in context.archives:
        archive = read(path)
        with scratch.folder("unpacked") as folder:
            paths = unpack(archive, folder)
            env = environment.clean(context.environ)
            hits = scan(folder, paths, env=env, log=context.log(f"secrets.{archive.kind}"))
        examined += len(paths)
        reasons = {hit: _allowance(context, hit) for hit in hits}
        hint = advice(hit.path for hit in hits if not reasons[hit])
        for hit, why in reasons.items():
            (notices if why else problems).append(_finding(archive, hit, why, hint))
    return Findings(examined=examined, unit="files", problems=tuple(problems), notices=tuple(notices))


def _allowance(context: Context, hit: Hit) -> str:
    if hit.allowed:
        return "the line says so"
    # The tree's name of a file of a package in a folder begins with that folder.
    names = (hit.path, posixpath.join(context.component.path, hit.path))
    return reason(names, context.component.settings.secrets)


def _finding(archive: Archive, hit: Hit, why: str, hint: str) -> Finding:
    place = f"{archive.path.name}:{hit.place}"
    if why:
        return Finding(message=f"looks like a secret ({hit.kind}), allowed: {why}", place=place)
    return Finding(message=f"looks like a secret ({hit.kind})", place=place, hint=hint)
