"""Rehearse projects that nobody here wrote, each in a fresh clone, and print a table of how that ended.

    python tests/corpus/rehearse.py CLONES OUT [NAME ...]

``CLONES`` is a folder with a clone (or mirror) of each project, by its plain name; ``OUT`` takes the clones that are
worked in, what each run printed and ``results.jsonl``. Without names, all projects of ``projects.toml`` that are there
are tried. Settings that ``projects.toml`` gives a project are appended to its ``pyproject.toml``; their lines count.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LIMIT = 3600.0  # seconds for one project
_STAGES = ("check", "lint", "tests", "docs-strict", "build", "testpypi", "pypi", "release")


def main(clones: Path, out: Path, names: list[str]) -> None:
    """Rehearse each project and print its row as soon as it has one."""
    known = tomllib.loads((HERE / "projects.toml").read_text(encoding="utf-8"))
    listed = [each.partition("/")[2] for each in (*known["tried"], *known["held_back"])]
    settings = known.get("settings", {})
    out.mkdir(parents=True, exist_ok=True)
    print("| project | exit | s | tests | no (stage: gates) | not rehearsed | lines |\n|---|---|---|---|---|---|---|")
    for name in names or listed:
        if (clones / name).exists():
            row = rehearse(clones / name, out / name, settings.get(name, []))
            with (out / "results.jsonl").open("a", encoding="utf-8") as results:
                results.write(json.dumps(row) + "\n")
            print(shown(row), flush=True)


def rehearse(clone: Path, folder: Path, lines: list[str]) -> dict[str, Any]:
    """Rehearse one project in a clone of its own, and return what became of it."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["git", "clone", "--quiet", clone, folder], check=True)
    if lines:
        with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write("\n" + "\n".join(lines) + "\n")
    command = [sys.executable, "-m", "unmoor", "rehearse"]
    started = time.monotonic()
    with folder.with_suffix(".txt").open("wb") as printed:
        run = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status: int | str = run.wait(LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGTERM)
            run.wait()
            status = "limit"
    seconds = round(time.monotonic() - started)
    dirty = subprocess.run(["git", "status", "--short"], cwd=folder, check=True, capture_output=True, text=True).stdout
    stages = {record["stage"]: record for record in records(folder)}
    return {
        "project": clone.name,
        "exit": status,
        "seconds": seconds,
        "lines": sum(bool(each.strip()) and not each.startswith("[") for each in lines),
        "reached": max((name for name in _STAGES if name in stages), key=_STAGES.index, default=""),
        "version": next((record["version"] for record in stages.values()), ""),
        "stages": {
            name: {
                "outcome": record["outcome"],
                "seconds": record["seconds"],
                "gates": {gate["name"]: summary(gate) for gate in record["gates"]},
            }
            for name, record in stages.items()
        },
        "left": dirty.splitlines() if not lines else dirty.splitlines()[1:],
    }


def records(folder: Path) -> Iterator[Mapping[str, Any]]:
    """Yield what each stage recorded."""
    for name in _STAGES:
        for path in (folder / ".git" / "unmoor").glob(f"*.rehearsal/evidence/{name}.json"):
            record = json.loads(path.read_bytes())["predicate"]["unmoor_record"]
            if record["finished"]:
                yield record


def summary(gate: Mapping[str, Any]) -> dict[str, Any]:
    """Return what matters of a gate's record."""
    follows = bool(gate["problems"]) and all(each["kind"] == "follows" for each in gate["problems"])
    return {
        "outcome": "follows" if follows else gate["outcome"],
        "skipped": gate.get("skipped", ""),
        "examined": gate["examined"],
        "unit": gate["unit"],
        "reason": gate["reason"],
        "problems": [f"{each['place']} {each['message']}".strip() for each in gate["problems"]][:6],
        "notices": [each["message"] for each in gate["notices"]][:12],
    }


def shown(row: Mapping[str, Any]) -> str:
    """Return a row of the table."""
    said, missed, tests = [], [], "-"
    for stage, each in row["stages"].items():
        no = [name for name, gate in each["gates"].items() if gate["outcome"] in ("failed", "error")]
        said += [f"{stage}: {', '.join(no)}"] if no else []
        missed += [name for name, gate in each["gates"].items() if gate["skipped"] in ("not rehearsed", "not asked")]
        if stage == "tests":
            tests = "; ".join(f"{g['examined']} {g['unit']}" for g in each["gates"].values() if g["examined"]) or "-"
    end = "" if row["reached"] == _STAGES[-1] else f"(to {row['reached'] or 'nothing'}) "
    cells = (row["project"], row["exit"], row["seconds"], tests, end + "; ".join(said), ", ".join(missed), row["lines"])
    return "| " + " | ".join(str(each) for each in cells) + " |"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
