"""unittest with a record, copied into the environment of a test run: it runs as ``python -m unittest`` would.

Not part of unmoor at run time: it stands alone, on any Python that has unittest. It writes JUnit XML, one test case a
test, into the file that UNMOOR_RECORD names, and the three files of ``pytest_probe`` into the folder of UNMOOR_PROBE.
How unittest lies: a run without any test ends well on Python 3.11. https://docs.python.org/3/library/unittest.html
"""

import os
import sys
import unittest
from xml.sax.saxutils import escape, quoteattr

TYPE_CHECKING = False
if TYPE_CHECKING:
    import typing

__all__ = ["main"]


class _Result(unittest.TextTestResult):
    """The result that is printed, which also keeps what became of each test."""

    def __init__(self, *args: "typing.Any", **kwargs: "typing.Any") -> None:
        super().__init__(*args, **kwargs)
        self.cases: dict[str, tuple[typing.Any, str, str]] = {}

    def _note(self, test: "typing.Any", kind: str, text: str = "") -> None:
        known = self.cases.get(test.id())
        if known is None or known[1] in {"", "skipped"}:
            self.cases[test.id()] = (test, kind, text)

    def startTest(self, test: "typing.Any") -> None:  # noqa: N802 - unittest's own name
        """Note a test that begins; whatever becomes of it is noted over that."""
        super().startTest(test)
        self._note(test, "")

    def addSkip(self, test: "typing.Any", reason: str) -> None:  # noqa: N802 - the same
        """Note a test that is skipped, or all of a class."""
        super().addSkip(test, reason)
        self._note(test, "skipped", reason)

    def addExpectedFailure(self, test: "typing.Any", err: "typing.Any") -> None:  # noqa: N802 - the same
        """Note a failure that is expected."""
        super().addExpectedFailure(test, err)
        self._note(test, "skipped", "fails as expected")

    def addUnexpectedSuccess(self, test: "typing.Any") -> None:  # noqa: N802 - the same
        """Note a success that is not expected."""
        super().addUnexpectedSuccess(test)
        self._note(test, "failure", "unexpected success")

    def addFailure(self, test: "typing.Any", err: "typing.Any") -> None:  # noqa: N802 - the same
        """Note a failure."""
        super().addFailure(test, err)
        self._note(test, "failure", self.failures[-1][1])

    def addError(self, test: "typing.Any", err: "typing.Any") -> None:  # noqa: N802 - the same
        """Note an error, which may be that of a module that cannot be imported."""
        super().addError(test, err)
        self._note(test, "error", self.errors[-1][1])

    def addSubTest(self, test: "typing.Any", subtest: "typing.Any", err: "typing.Any") -> None:  # noqa: N802 - the same
        """Note the failure of a part as that of its test."""
        super().addSubTest(test, subtest, err)
        if err is not None:
            said = self.failures if issubclass(err[0], test.failureException) else self.errors
            self._note(test, "failure", said[-1][1])


def main() -> None:
    """Run unittest with the arguments of the command line, and write down what has run."""
    # As `python -m unittest` has it: the folder is the first place to import from, and names begin there.
    program = unittest.main(
        module=None,
        argv=["python -m unittest", *sys.argv[1:]],
        testRunner=unittest.TextTestRunner(resultclass=_Result, verbosity=1),
        exit=False,
    )
    result = program.result
    cases = list(getattr(result, "cases", {}).values())
    _write(
        os.environ.get("UNMOOR_RECORD", ""),
        ["<testsuites><testsuite>", *map(_case, cases), "</testsuite></testsuites>"],
    )
    _probed(len(cases))
    sys.exit(0 if result.wasSuccessful() else 1)


def _case(case: "tuple[typing.Any, str, str]") -> str:
    test, kind, text = case
    module, _, rest = test.id().partition(type(test).__name__ + ".")
    file = getattr(sys.modules.get(type(test).__module__), "__file__", None) or ""
    folder = os.path.join(os.getcwd(), "")  # noqa: PTH109, PTH118 - kept to what every Python has
    file = file[len(folder) :] if file.startswith(folder) else ""
    # As pytest has it: the class behind the dotted path of the file.
    within = file[: -len(".py")].replace(os.sep, ".") + "." if file.endswith(".py") else module
    last = [line for line in text.splitlines() if line.strip()][-1:] or [""]
    inner = f"<{kind} message={quoteattr(_plain(last[0]))}>{escape(_plain(text))}</{kind}>" if kind else ""
    names = f"name={quoteattr(_plain(rest or test.id()))} classname={quoteattr(_plain(within + type(test).__name__))}"
    return f"<testcase {names} file={quoteattr(_plain(file))}>{inner}</testcase>"


def _plain(text: str) -> str:
    """Return a text without what XML cannot hold."""
    return "".join(each if each in "\t\n" or each >= " " else "?" for each in text)


def _probed(ran: int) -> None:
    import unmoor_pytest_probe as probe  # type: ignore[import-not-found]  # it is copied beside this one

    probe.note("whole", ran, ran)


def _write(path: str, lines: "list[str]") -> None:
    if path:
        with open(path, "w", encoding="utf-8", errors="replace") as stream:  # noqa: PTH123 - as above
            stream.write("\n".join(lines))


if __name__ == "__main__":
    main()
