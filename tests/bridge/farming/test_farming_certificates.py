"""Who is answered by a farm: those with its certificates, or those on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from bridge.farming import STATUS, asked, security
from live_farm import end, free_port
from stemwright.problems import StemwrightError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals, prctl")


def test_only_who_has_a_certificate_is_answered(run, tmp_path):
    certs = tmp_path / "certs"
    assert run("farm", "certs", certs).code == 0
    assert all(each.stat().st_mode & 0o077 == 0 for each in certs.iterdir())
    assert run("farm", "certs", certs).code == 2, "it replaces none"
    port = free_port()
    words = ["scheduler", "--port", str(port), "--dashboard-port", "0", "--certs", str(certs)]
    words += ["--queue", str(tmp_path / "queue"), "--store", str(tmp_path / "store")]
    process = subprocess.Popen(
        [sys.executable, "-m", "stemwright", "farm", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        identity, address = security(certs, "client"), f"tls://127.0.0.1:{port}"
        until_s = time.monotonic() + 30.0
        while True:
            try:
                assert asked(address, identity, STATUS)["songs"] == ()
                break
            except StemwrightError:
                assert time.monotonic() < until_s
        said = run("farm", "status", f"tcp://127.0.0.1:{port}")
        assert said.code == 3
        assert "takes other certificates, or none" in said.err
        other = tmp_path / "others"
        assert run("farm", "certs", other).code == 0
        said = run("farm", "status", address, "--certs", other)
        assert said.code == 3, "a certificate of another farm's authority"
        (other / "ca.pem").write_bytes((certs / "ca.pem").read_bytes())
        said = run("farm", "status", address, "--certs", other)
        assert said.code == 2
        assert "of another set" in said.err
    finally:
        end(process)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("scheduler", "--host", "10.1.2.3"), "nothing would say who they are"),
        (("status", "tcp://10.1.2.3:8786"), "nothing would say who they are"),
        (("status", "tls://127.0.0.1:8786"), "needs --certs"),
        (("status", "http://127.0.0.1:1"), "is no address of a scheduler"),
        (("status", "tcp://127.0.0.1:1"), "there is no farm to be had"),
    ],
)
def test_a_farm_is_on_loopback_or_has_certificates(run, words, said):
    found = run("farm", *words)
    assert found.code in (2, 3)
    assert said in found.err
    assert os.linesep.join(found.err.splitlines()).count("Traceback") == 0
