"""The tasks that only look: plan, status, report, settings. Nothing here changes anything but a file asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from unmoor.chain import CHAIN
from unmoor.errors import Exit, Incomplete, Problem, SettingsError, UnmoorError
from unmoor.evidence.binding import inputs_of, why_void
from unmoor.model import Effect, Mode
from unmoor.pipeline.open_release import Opened, open_release
from unmoor.project.load import load
from unmoor.rehearsal import select_targets
from unmoor.report.stage_rows import Row, matched, summary
from unmoor.request import Request

__all__ = ["plan", "report", "settings", "status"]

_Say = Callable[[str], None]
_FORMS = ("markdown", "json", "text")


def plan(start: Path, environ: Mapping[str, str], *, as_json: bool, say: _Say) -> Exit:
    """Say what would be released."""
    import msgspec

    made = open_release(Request(start=start, environ=environ)).plan
    if as_json:
        say(msgspec.json.format(msgspec.json.encode(made), indent=2).decode())
        return Exit.PASS
    release = made.release
    moved = f"{release.current or '(no version)'} -> " if release.current != release.version else ""
    say(f"{release.component} {moved}{release.version}, because {release.rule}")
    say(
        f"tag {release.tag}, after {release.base_tag or 'no earlier tag'}, "
        f"on commit {made.commit[:12]} of {made.branch or 'a detached HEAD'}"
    )
    for change in release.changes:
        say(f"  note    {change.bump.name.lower():<6} {change.summary.splitlines()[0]}  ({change.origin})")
    for edit in release.edits:
        say(f"  edit    {edit.path}: {edit.what}")
    for path in made.uncommitted:
        say(f"  taken along, uncommitted: {path}")
    for notice in made.notices:
        say(f"  notice  {notice}")
    return Exit.PASS


def status(start: Path, environ: Mapping[str, str], *, live: str, as_json: bool, say: _Say) -> Exit:
    """Say what is proven for the tree as it is, and the next command; 4 where something is still to do."""
    opened = open_release(Request(start=start, environ=environ, live=live))
    found = _standing(opened)
    missing = [row for row in found if row.how != "proven"]
    after = f"nox -s release -- --live {live}" if live else "unmoor rehearse"
    if as_json:
        rows = [{"stage": row.stage, "standing": row.how, "what": row.what} for row in found]
        release = opened.plan.release
        said = {
            "component": release.component,
            "version": release.version,
            "mode": str(opened.plan.mode),
            "addresses": {
                **select_targets.addresses(opened.project).indexes,
                "release": select_targets.addresses(opened.project).remote,
            },
            "stages": rows,
        }
        say(json.dumps(said | {"next": after if missing else ""}, indent=2))
    else:
        release = opened.plan.release
        mode = "live" if live else "rehearsal"
        say(f"{release.component} {release.version}   {mode}   commit {opened.plan.commit[:7]}\n")
        for row in found:
            say(f"{row.stage:<13}{row.how:<10}{row.what}")
        say(f"\nNext: {after if missing else 'nothing; every stage is proven'}")
    return Exit.INCOMPLETE if missing else Exit.PASS


def report(start: Path, environ: Mapping[str, str], *, live: str, form: str, out: str, say: _Say) -> Exit:
    """Report a release from its evidence alone, as Markdown, JSON or text."""
    if form not in _FORMS:
        near = get_close_matches(form, _FORMS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(_FORMS)}"
        raise SettingsError([Problem(what=f"there is no form {form!r}", where="--form", hint=hint)])
    opened = open_release(Request(start=start, environ=environ, live=live))
    found = _standing(opened)
    if all(row.record is None for row in found):
        hint = f"nox -s release -- --live {live}" if live else "unmoor rehearse"
        raise Incomplete("there is no evidence to report yet", where=str(opened.state), hint=hint)
    text = _composed(opened, found, form)
    if not out:
        say(text)
        return Exit.PASS
    try:
        Path(out).write_text(text + "\n", encoding="utf-8", newline="\n")
    except OSError as error:
        raise UnmoorError(
            f"cannot write: {error.strerror}", where=out, hint="name a file that can be written"
        ) from None
    say(f"wrote {out}")
    return Exit.PASS


def settings(start: Path, environ: Mapping[str, str], *, as_json: bool, say: _Say) -> Exit:
    """Show every setting as resolved, and where it comes from."""
    project = load(start, environ)
    if as_json:
        say(json.dumps([{"key": r.key, "value": r.value, "reason": r.reason} for r in project.resolved], indent=2))
        return Exit.PASS
    width = max(len(each.key) for each in project.resolved) + 2
    for each in project.resolved:
        say(f"{each.key:<{width}}{each.value or '-'}")
        say(f"{'':<{width}}  {each.reason}")
    return Exit.PASS


def _standing(opened: Opened) -> tuple[Row, ...]:
    """Return how every stage stands for the content as it is now: proven, void (and why) or missing."""
    identities = select_targets.identities(opened.project, opened.plan)
    build = opened.store.read("build").record
    files = build.files if build else ()
    found = []
    for stage in CHAIN:
        bound = files if stage.effect > Effect.LOCAL else ()
        inputs = inputs_of(stage, opened.project, opened.plan, files=bound, target=identities.get(stage.name, ""))
        kept = opened.store.read(stage.name)
        why = why_void(kept, inputs)
        how = "proven" if not why else "missing" if kept.record is None and not kept.damage else "void"
        what = summary(kept.record) if kept.record and not why else why
        seconds = kept.record.seconds if kept.record else None
        code = kept.record.code if kept.record else 0
        found.append(Row(stage=stage.name, how=how, what=what, seconds=seconds, code=code, record=kept.record))
    return tuple(found)


def _composed(opened: Opened, found: Sequence[Row], form: str) -> str:
    if form == "json":
        return json.dumps(_as_data(opened, found), indent=2)
    if form == "text":
        from unmoor.report.final_summary import table

        return "\n".join([f"{opened.plan.release.component} {opened.plan.release.version}", "", *table(found)])
    from unmoor.report.markdown import compose

    return compose(opened.plan, found, matched(opened.store))


def _as_data(opened: Opened, found: Sequence[Row]) -> dict[str, Any]:
    import msgspec

    release = opened.plan.release
    stages = []
    for row in found:
        record = msgspec.to_builtins(row.record) if row.record else None
        stages.append({"stage": row.stage, "standing": row.how, "what": row.what, "record": record})
    return {
        "component": release.component,
        "version": release.version,
        "mode": str(opened.plan.mode),
        "commit": opened.plan.commit,
        "complete": all(row.how == "proven" for row in found),
        "live": opened.plan.mode is Mode.LIVE,
        "addresses": {
            **select_targets.addresses(opened.project).indexes,
            "release": select_targets.addresses(opened.project).remote,
        },
        "stages": stages,
        "archives": [{"sha256": sha, "filename": name, "seen": where} for sha, name, where in matched(opened.store)],
    }
