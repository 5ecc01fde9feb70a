"""The metadata is complete, and nothing in it is what an index would refuse after the build.

The fields are put into the form they will be uploaded in and judged by the index's own rules; beyond them stand the
rules of ``pyproject.toml`` (PEP 621, PEP 639). What a build makes is judged on the archives. A live release asks the
addresses that the project names whether they are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from unmoor.context import Context
from unmoor.indexes.rules import form, metadata
from unmoor.indexes.rules.submission import Submission
from unmoor.indexes.rules.upload_check import UploadCheck, Violation
from unmoor.model import Component, Finding, Findings
from unmoor.project.detect.declared import Declared, declared
from unmoor.project.detect.readme import content_type, readme_files, readme_text
from unmoor.project.toml_file import dig_table, dig_texts
from unmoor.tools.web_addresses import missing

__all__ = ["ASSERTS", "check"]

ASSERTS = "the metadata is complete and valid"
_FIELDS = frozenset(
    {
        "name",
        "version",
        "description",
        "readme",
        "requires-python",
        "license",
        "license-files",
        "authors",
        "maintainers",
        "keywords",
        "classifiers",
        "urls",
        "scripts",
        "gui-scripts",
        "entry-points",
        "dependencies",
        "optional-dependencies",
        "dynamic",
        "import-names",
        "import-namespaces",
    }
)
_NICE = ("description", "readme", "requires-python", "license", "authors", "classifiers", "urls")
# What tools that make a new project write into it, for people to replace.
_PLACEHOLDERS = frozenset(
    {
        "a sample python project",  # the packaging guide's sample project
        "a short description of the project",
        "add a short description here",  # pyscaffold
        "add your description here",  # uv init
        "default template for pdm package",  # pdm init
        "describe your project here",  # rye init
        "python boilerplate contains all the boilerplate you need to create a python package",  # cookiecutter
        "todo",
    }
)
# Each rule of the index, and the field that a person has to correct.
_RULES: tuple[tuple[Callable[[UploadCheck], Iterator[Violation]], str], ...] = (
    (form.name_is_valid, "name"),
    (metadata.summary_is_one_line, "description"),
    (metadata.summary_is_short, "description"),
    (metadata.requires_python_is_valid, "requires-python"),
    (metadata.classifiers_exist, "classifiers"),
    (metadata.classifiers_are_current, "classifiers"),
    (metadata.project_url_labels_fit, "urls"),
    (metadata.project_urls_are_urls, "urls"),
    (metadata.extras_are_valid, "optional-dependencies"),
    (metadata.license_expression_is_valid, "license"),
    (metadata.description_type_is_known, "readme"),
    (metadata.description_renders, "readme"),
)


def check(context: Context) -> Findings:
    """Judge what the project states about itself, whatever backend reads it."""
    component = context.component
    stated = component.metadata
    if not stated:
        return Findings(absent="the project states no metadata that can be read without building it")
    pyproject = declared(component)
    where = _Where(component, pyproject)
    dynamic = dig_texts(stated, "dynamic")
    problems = [*_by_index(context, where), *_people(where), *_license(where), *_dynamic(where, dynamic)]
    problems += _placeholder(where)
    notices = list(_wishes(where, dynamic))
    if context.live:
        for each in missing(list(map(str, dig_table(stated, "urls").values()))):
            hint = "correct the address" if each.sure else "look whether the address is right"
            found = Finding(message=each.why, place=where("urls", each.url), hint=hint)
            (problems if each.sure else notices).append(found)
    if pyproject.standard:
        strange = sorted(stated.keys() - _FIELDS)
        notices += [
            Finding(message=f"'{key}' is no field of [project]", place=where(key), hint="remove it") for key in strange
        ]
    (problems if component.backend.name == "setuptools" else notices).extend(_classified(where))
    return Findings(examined=len(stated), unit="fields", problems=tuple(problems), notices=tuple(notices))


class _Where:
    """The project's metadata, and the place of each field of it."""

    def __init__(self, component: Component, pyproject: Declared) -> None:
        self.component = component
        self.stated = component.metadata
        self.pyproject = pyproject
        self.prefix = "project." if pyproject.standard else "tool.poetry." if pyproject.poetry else ""

    def __call__(self, key: str, text: str = "") -> str:
        """Return the place of a field, or of a text within it."""
        if self.prefix:
            return self.pyproject.place(f"{self.prefix}{key}", text)
        return next((name for name in ("setup.cfg", "setup.py") if (self.component.folder / name).is_file()), "")

    @property
    def expression(self) -> str:
        """The licence as an SPDX expression, where the project states one as such."""
        found = self.stated.get("license")
        return found if isinstance(found, str) and self.prefix == "project." else ""


def _by_index(context: Context, where: _Where) -> Iterator[Finding]:
    """Yield what the index's rules say about the fields as they will be sent."""
    fields = _as_sent(context, where)
    with UploadCheck(Submission(fields=fields, filename="", content=None)) as case:
        for rule, key in _RULES:
            for no in rule(case):
                quoted = no.message.split("'")[1] if no.message.count("'") > 1 else ""
                yield Finding(
                    message=no.message, place=where(key, quoted if key in {"classifiers", "urls"} else ""), hint=no.hint
                )


def _as_sent(context: Context, where: _Where) -> dict[str, tuple[str, ...]]:
    stated = where.stated
    # A backend in the project's own tree may make another text of it: yarl's takes Sphinx' roles out.
    made = where.component.backend.name == "in-tree"
    description = "" if made else readme_text(stated, where.component.folder)
    fields = {
        "metadata_version": ("2.4",),
        "name": dig_texts(stated, "name"),
        "version": (context.release.version,),
        "summary": dig_texts(stated, "description"),
        "requires_python": dig_texts(stated, "requires-python"),
        "classifiers": dig_texts(stated, "classifiers"),
        "project_urls": tuple(f"{label}, {url}" for label, url in dig_table(stated, "urls").items()),
        "provides_extra": tuple(dig_table(stated, "optional-dependencies")),
        "license_expression": (where.expression,),
        "description": (description,),
        "description_content_type": (content_type(stated),),
    }
    return {name: values for name, values in fields.items() if any(values)}


def _placeholder(where: _Where) -> Iterator[Finding]:
    said = "".join(dig_texts(where.stated, "description"))
    if said.strip().rstrip(".!").lower() in _PLACEHOLDERS:
        hint = "say in one line what the project is for: people read it on the index"
        yield Finding(message=f"the description is still {said!r}", place=where("description"), hint=hint)


def _people(where: _Where) -> Iterator[Finding]:
    for key in ("authors", "maintainers"):
        people = where.stated.get(key)
        for each in people if isinstance(people, list) else []:
            address = "".join(dig_texts(each, "email"))
            fields = {"author_email": (address,)}
            with UploadCheck(Submission(fields=fields, filename="", content=None)) as case:
                for no in metadata.emails_are_valid(case):
                    message = no.message.replace("author_email", key)
                    yield Finding(message=message, place=where(key, address), hint=no.hint)


def _license(where: _Where) -> Iterator[Finding]:
    """Yield licence and readme files that are named and not there, and a licence stated in two ways."""
    folder = where.component.folder
    named = {"license": dig_texts(where.stated, "license", "file"), "readme": readme_files(where.stated)}
    for key, files in named.items():
        for file in files:
            if not (folder / file).is_file():
                hint = f"correct '{key}', or add the file"
                yield Finding(message=f"the file {file!r} is not there", place=where(key), hint=hint)
    for pattern in dig_texts(where.stated, "license-files"):
        if pattern.startswith("/") or ".." in pattern.split("/"):
            yield Finding(
                message=f"{pattern!r} leads outside the project",
                place=where("license-files"),
                hint="name files below it",
            )
        elif not any(folder.glob(pattern)):
            hint = "correct 'license-files', or add the file"
            yield Finding(message=f"no file matches {pattern!r}", place=where("license-files"), hint=hint)
    if isinstance(where.stated.get("license"), Mapping) and dig_texts(where.stated, "license-files"):
        hint = 'write license = "…" as an SPDX expression'
        yield Finding(
            message="'license' as a table and 'license-files' exclude each other", place=where("license"), hint=hint
        )


def _dynamic(where: _Where, dynamic: tuple[str, ...]) -> Iterator[Finding]:
    for key in dynamic:
        if key in where.stated and where.prefix == "project.":
            yield Finding(
                message=f"{key!r} is stated and declared dynamic at once", place=where("dynamic"), hint="remove one"
            )
        if key not in _FIELDS or key == "name":
            yield Finding(message=f"{key!r} cannot be dynamic", place=where("dynamic"), hint="remove it from 'dynamic'")
    if "version" in dynamic and not where.component.sources:
        hint = "name the place that states it: `version-files` in [tool.unmoor]"
        yield Finding(
            message="the version is dynamic, and nothing is known that states it", place=where("dynamic"), hint=hint
        )


def _classified(where: _Where) -> Iterator[Finding]:
    """Yield licence classifiers beside an SPDX expression: setuptools refuses to build that, PEP 639 lets others."""
    names = [name for name in dig_texts(where.stated, "classifiers") if name.startswith("License :: ")]
    if where.expression and names:
        message = "a licence classifier stands beside an SPDX expression, which takes its place"
        yield Finding(
            message=message, place=where("classifiers", names[0]), hint="remove the classifiers 'License :: …'"
        )


def _wishes(where: _Where, dynamic: tuple[str, ...]) -> Iterator[Finding]:
    """Yield what would be nice to have, and what can only be judged later."""
    missing = [key for key in _NICE if not where.stated.get(key) and key not in dynamic]
    if "license" in missing and any(name.startswith("License") for name in dig_texts(where.stated, "classifiers")):
        missing.remove("license")
    if "authors" in missing and where.stated.get("maintainers"):
        missing.remove("authors")
    if missing:
        message = f"not stated: {', '.join(missing)}"
        yield Finding(message=message, place=where("name"), hint="add them: people read them on the index")
    if isinstance(where.stated.get("license"), Mapping):
        hint = 'write license = "…" as an SPDX expression (PEP 639)'
        yield Finding(message="'license' as a table is deprecated", place=where("license"), hint=hint)
    made = [key for key in dynamic if key != "version"]
    if made or not where.prefix:
        what = (
            f"{', '.join(made)} made by the build"
            if made
            else "setup.cfg and setup.py say more to the build than can be read"
        )
        yield Finding(message=f"{what}: read from the built archive later", place=where("dynamic" if made else ""))
