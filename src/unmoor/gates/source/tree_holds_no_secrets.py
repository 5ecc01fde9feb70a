"""No provider token, private key or filled credential file lies where a release would take it along.

Looked at are tracked files and untracked ones that git does not ignore, compiled modules included: an administrator's
token once reached the public inside a ``.pyc``. Findings name place and kind, never content.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from unmoor.context import Context
from unmoor.model import Finding, Findings
from unmoor.model.settings import SecretAllowance
from unmoor.runtime import environment
from unmoor.tools.git import Git
from unmoor.tools.secretscan import Hit, scan

__all__ = ["ASSERTS", "check"]

ASSERTS = "no token, private key or filled credential file is in the tree"
_ADVICE = "revoke it, then remove it; if it is none, allow it with a reason: `secrets` in [tool.unmoor]"


def check(context: Context) -> Findings:
    """Scan the files that git knows or would take up, and weigh the hits against the settings' allowances."""
    root = context.repository.root
    # A package of several in one repository is made of its own folder: another one's secret is another release's.
    own = ["--", f":(top,literal){context.component.path}"] if context.component.path != "." else []
    listed = Git(root, context.environ).run("ls-files", "-z", "--cached", "--others", "--exclude-standard", *own).out
    paths = [path for path in dict.fromkeys(listed.split("\0")) if path]
    env = environment.clean(context.environ)
    hits = scan(root, paths, env=env, log=context.log("detect-secrets"))
    problems, notices = [], []
    for hit in hits:
        reason = _reason(hit, context.component.settings.secrets)
        if reason:
            notices.append(Finding(message=f"{_kind(hit)} is allowed: {reason}", place=hit.place))
        else:
            problems.append(Finding(message=f"this looks like a secret: {hit.kind}", place=hit.place, hint=_ADVICE))
    return Findings(examined=len(paths), unit="files", problems=tuple(problems), notices=tuple(notices))


def _kind(hit: Hit) -> str:
    return f"what looks like a secret ({hit.kind})"


def _reason(hit: Hit, allowances: tuple[SecretAllowance, ...]) -> str:
    allowed = (each.reason for each in allowances if fnmatchcase(hit.path, each.path))
    return next(allowed, "the line carries detect-secrets' own allowance" if hit.allowed else "")
