"""The scanner adapter: what it finds, what it leaves alone, and that it never passes without having looked."""

import base64
import os
import secrets
import string

import pytest

from unmoor.errors import ToolError, ToolMissing
from unmoor.tools import secretscan
from unmoor.tools.secretscan import Hit, scan

ALPHANUMERIC = string.ascii_letters + string.digits


def letters(count, alphabet=ALPHANUMERIC):
    return "".join(secrets.choice(alphabet) for _ in range(count))


def token():
    return "ghp_" + letters(36)


def private_key():
    body = [base64.b64encode(secrets.token_bytes(48)).decode() for _ in range(6)]
    return "\n".join(["-----BEGIN " + "PRIVATE KEY-----", *body, "-----END " + "PRIVATE KEY-----"]) + "\n"


def found(folder, content, name="file.txt"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return scan(folder, [name], env=os.environ)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (token, "GitHub Token"),
        (lambda: f"value = read('{token()}')", "GitHub Token"),
        (lambda: "pypi-AgE" + letters(90), "index API token"),
        (lambda: "github_pat_" + letters(82), "GitHub fine-grained token"),
        (lambda: "npm_" + letters(36), "npm token"),
        (lambda: "AKIA" + letters(16, string.ascii_uppercase + string.digits), "AWS Access Key"),
    ],
    ids=["token", "token in a call", "index token", "fine-grained", "npm", "cloud key"],
)
def test_a_token_is_found_at_its_line(tmp_path, content, kind):
    assert found(tmp_path, f"first line\n{content()}\n") == (Hit(path="file.txt", line=2, kind=kind),)


@pytest.mark.parametrize("prefix", ["ABIA", "AKIA"])
@pytest.mark.parametrize("around", ["{}", "data:font/woff;base64,{}==", "<image href='data:image/png;base64,{}'/>"])
def test_a_picture_in_base64_holds_no_key(tmp_path, prefix, around):
    """As rich's logo does, whose fonts hold ``ABIA`` and sixteen capitals by chance."""
    key = prefix + letters(16, string.ascii_uppercase)
    blob = (
        base64.b64encode(secrets.token_bytes(300)).decode() + key + base64.b64encode(secrets.token_bytes(300)).decode()
    )
    assert found(tmp_path, around.format(blob.replace("=", "")), "logo.svg") == ()


@pytest.mark.parametrize(
    "around",
    [
        '{blob}"{key}"',
        "blob={blob} key={key}",
        "https://example.com/{key}/{blob}",
        "{key},{blob}",
    ],
)
def test_a_key_beside_base64_is_one(tmp_path, around):
    key = "AKIA" + letters(16, string.ascii_uppercase)
    blob = base64.b64encode(secrets.token_bytes(300)).decode()
    assert [hit.kind for hit in found(tmp_path, around.format(key=key, blob=blob))] == ["AWS Access Key"]


def test_a_key_as_long_as_a_picture_is_one(tmp_path):
    key = base64.b64encode(secrets.token_bytes(64)).decode()
    assert len(key) == 88
    assert [hit.kind for hit in found(tmp_path, f"AccountName=a;AccountKey={key};")] == [
        "Azure Storage Account access key"
    ]


@pytest.mark.parametrize("name", ["poetry.lock", "picture.svg", "swagger.json", "-p", "a b/ü.txt"])
def test_no_file_is_left_out_for_its_name(tmp_path, name):
    assert [hit.path for hit in found(tmp_path, token(), name)] == [name]


def test_a_compiled_module_is_looked_into(tmp_path):
    compiled = compile(f"TOKEN = {token()!r}", "module", "exec")
    import marshal

    assert found(tmp_path, b"\0\0\0\0" * 4 + marshal.dumps(compiled), "module.pyc") == (
        Hit(path="module.pyc", line=0, kind="GitHub Token"),
    )


def test_a_private_key_is_one_by_its_body(tmp_path):
    parser = "HEADER = '-----BEGIN " + "PRIVATE KEY-----'\n"
    assert found(tmp_path, parser) == ()
    assert found(tmp_path, parser + private_key(), "both.py") == (Hit(path="both.py", line=2, kind="Private Key"),)


@pytest.mark.parametrize(
    "content",
    [
        "ghp_" + "x" * 36,
        "AKIAIOSFODNN7" + "EXAMPLE",
        "https://user:password@example.org/",
        "sha256:" + "0123456789abcdef" * 4,
    ],
    ids=["placeholder", "documented example", "user and password", "digest"],
)
def test_what_is_no_secret_is_left_alone(tmp_path, content):
    assert found(tmp_path, content) == ()


def test_the_scanners_own_allowance_is_seen(tmp_path):
    (hit,) = found(tmp_path, f"{token()}  # pragma: allowlist secret\n")
    assert hit.allowed


def test_links_folders_and_absent_files_are_passed_over(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "outside").write_text(token(), encoding="utf-8")
    (tmp_path / "link").symlink_to("outside")
    assert scan(tmp_path, ["folder", "link", "gone"], env=os.environ) == ()


def test_a_scanner_that_finds_nothing_proves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(secretscan, "_LEFT_OUT", (*secretscan._LEFT_OUT, "GitHubTokenDetector"))  # noqa: SLF001 - its fault
    with pytest.raises(ToolError, match="canary of: GitHub Token"):
        scan(tmp_path, [], env=os.environ)


def test_a_missing_scanner_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(secretscan.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ToolMissing):
        scan(tmp_path, [], env=os.environ)


def test_no_secret_is_in_the_log(tmp_path):
    secret = token()
    (tmp_path / "file.txt").write_text(secret, encoding="utf-8")
    scan(tmp_path, ["file.txt"], env=os.environ, log=tmp_path / "scan.log")
    assert secret not in (tmp_path / "scan.log").read_text(encoding="utf-8")
