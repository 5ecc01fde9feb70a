"""No provider token, private key or filled credential file lies where a release would take it along.

Looked at are tracked files and untracked ones that git does not ignore, compiled modules included: an administrator's
token once reached the public inside a ``.pyc``. Findings name place and kind, never content.
"""

from __future__ import annotations

from unmoor.archives.secret_allowances import advice, reason
from unmoor.context import Context
from unmoor.model import Finding, Findings
from unmoor.runtime import environment
from unmoor.tools.git import Git
from unmoor.tools.secretscan import scan

__all__ = ["ASSERTS", "check"]

_PRAGMA = "the line carries detect-secrets' own allowance"

ASSERTS = "no token, private key or filled credential file is in the tree"


def check(context: Context) -> Findings:
    """Scan the files that git knows or would take up, and weigh the hits against the settings' allowances."""
    root = context.repository.root
    # A package of several in one repository is made of its own folder: another one's secret is another release's.
    own = ["--", f":(top,literal){context.component.path}"] if context.component.path != "." else []
    listed = Git(root, context.environ).run("ls-files", "-z", "--cached", "--others", "--exclude-standard", *own).out
    paths = [path for path in dict.fromkeys(listed.split("\0")) if path]
    env = environment.clean(context.environ)
    hits = scan(root, paths, env=env, log=context.log("detect-secrets"))
    allowances, place = context.component.settings.secrets, context.component.path
    reasons = {hit: reason(_names(hit.path, place), allowances) or _PRAGMA * hit.allowed for hit in hits}
    hint = advice(hit.path for hit in hits if not reasons[hit])
    problems, notices = [], []
    for hit, why in reasons.items():
        if why:
            message = f"what looks like a secret ({hit.kind}) is allowed: {why}"
            notices.append(Finding(message=message, place=hit.place))
        else:
            problems.append(Finding(message=f"this looks like a secret: {hit.kind}", place=hit.place, hint=hint))
    return Findings(examined=len(paths), unit="files", problems=tuple(problems), notices=tuple(notices))


def _names(path: str, component: str) -> tuple[str, ...]:
    """Return the names of a file: from the repository's top, and from the package's folder."""
    return (path, path.removeprefix(f"{component}/"))
