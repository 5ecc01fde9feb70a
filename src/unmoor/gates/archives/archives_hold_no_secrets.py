"""No archive holds a token, a private key or a password.

The archives are scanned as they are and not the tree they came from: compiled modules, generated files and metadata
are where secrets were found that no scan of a repository could see. A published secret is public for good.
"""

from __future__ import annotations

from unmoor.archives.archive_file import Archive, read, unpack
from unmoor.archives.globs import matches
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
        for hit in hits:
            reason = _allowance(context, hit)
            (notices if reason else problems).append(_finding(archive, hit, reason))
    return Findings(examined=examined, unit="files", problems=tuple(problems), notices=tuple(notices))


def _allowance(context: Context, hit: Hit) -> str:
    if hit.allowed:
        return "the line says so"
    return next((each.reason for each in context.component.settings.secrets if matches(hit.path, (each.path,))), "")


def _finding(archive: Archive, hit: Hit, reason: str) -> Finding:
    place = f"{archive.path.name}:{hit.place}"
    if reason:
        return Finding(message=f"looks like a secret ({hit.kind}), allowed: {reason}", place=place)
    hint = "remove and revoke it; if it is none, list it under [[tool.unmoor.secrets]] with the reason"
    return Finding(message=f"looks like a secret ({hit.kind})", place=place, hint=hint)
