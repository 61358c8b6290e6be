"""What package clients print where no registry answers, and where one does."""
import contextlib
import io
import tempfile
import unittest
from pathlib import Path

from runner.reach import absent, main, unreachable

RETRYING = ("WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection "
            "broken by {!r}: /simple/scikit-build-core/\n")
NO_VERSION = "ERROR: Could not find a version that satisfies the requirement pybind11>=3 (from versions: none)\n"
TRANSFER = ("[ERROR] Plugin a:b:1 or one of its dependencies could not be resolved: Could not transfer artifact "
            "a:b:pom:1 from/to central (https://maven.example/maven2): {} -> [Help 1]\n")

AWAY = {
    "pip, no such name": (RETRYING.format("NewConnectionError('<c>: Failed to establish a new connection: [Errno -2] "
                                          "Name or service not known')") + NO_VERSION, "Name or service not known"),
    "pip in a build of its own": ("      " + RETRYING.format("NewConnectionError('[Errno 111] Connection refused')")
                                  + "      " + NO_VERSION, "Connection refused"),
    "pip, no answer": (RETRYING.format("ConnectTimeoutError('<c>', 'Connection to x timed out.')"),
                       "timed out"),
    "pip, a proxy that lets nobody through": (
        RETRYING.format("ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 403 Forbidden'))"),
        "Tunnel connection failed"),
    "Maven, no such name": (TRANSFER.format("Unknown host maven.example: Name or service not known"),
                            "Name or service not known"),
    "Maven, refused": (TRANSFER.format("Connect to 127.0.0.1:1 [/127.0.0.1] failed: Connection refused"),
                       "Connection refused"),
    "npm, no such name": ("npm http fetch GET https://npm.example/a attempt 1 failed with ENOTFOUND\n"
                          "npm error code ENOTFOUND\nnpm error network request failed, reason: getaddrinfo ENOTFOUND\n",
                          "ENOTFOUND"),
    "npm, some of it in its cache": ("npm http fetch GET 200 https://npm.example/b 3ms (cache hit)\n"
                                     "npm ERR! code EAI_AGAIN\n", "EAI_AGAIN"),
    "Go, no such name": ('go: example.org/m@v1.0.0: Get "https://goproxy.example/m/@v/v1.0.0.mod": dial tcp: lookup '
                         "goproxy.example on 127.0.0.1:53: no such host\n", "no such host"),
    "Go, switched off": ("go: x.org/m@v1.0.0: module lookup disabled by GOPROXY=off\n", "disabled by GOPROXY=off"),
    "NuGet, refused": ("/x/x.csproj : error NU1301: Unable to load the service index for source http://127.0.0.1:1/.\n"
                       "/x/x.csproj : error NU1301:   Connection refused (127.0.0.1:1)\n", "Connection refused"),
}
NOT_AWAY = {
    "pip, an answer without a version": NO_VERSION,
    "pip, broken off": "  Downloading pytest-8.3.4-py3-none-any.whl (343 kB)\n"
                       + RETRYING.format("ReadTimeoutError('Read timed out.')"),
    "pip, an answer before the silence": "  Downloading pybind11-3.0.1-py3-none-any.whl.metadata (10.0 kB)\n"
                                         + RETRYING.format("NewConnectionError('[Errno 111] Connection refused')"),
    "Maven, broken off": TRANSFER.format("GET request of: a failed: Premature end of Content-Length delimited message"),
    "Maven, an answer before the silence": "[INFO] Downloaded from central: https://m.example/a.pom (1 kB at 2 kB/s)\n"
                                           + TRANSFER.format("Connect to x failed: Connection refused"),
    "Maven, an error of the server": TRANSFER.format("status code: 500, reason phrase: Internal Server Error (500)"),
    "a test that Maven runs": "[ERROR] MyTest.retries: expected: ConnectException: Connection refused\n",
    "npm, broken off": "npm error code ECONNRESET\nnpm error network Invalid response body while trying to fetch "
                       "https://npm.example/a: aborted\n",
    "npm, an answer before the silence": "npm http fetch GET 200 https://npm.example/b 30ms (cache miss)\n"
                                         "npm error code ETIMEDOUT\n",
    "Go, broken off": 'go: m@v1: Get "https://goproxy.example/m/@v/v1.zip": unexpected EOF\n'
                      'go: n@v1: Get "https://goproxy.example/n": dial tcp: connect: connection refused\n',
    "NuGet, broken off": "x.csproj : error NU1301: Unable to load the service index for source https://n.example/v3.\n"
                         "x.csproj : error NU1301:   The response ended prematurely, with at least 9 bytes expected.\n",
    "a compiler's error": "x.cc:1:1: error: connection refused is no type\n",
    "nothing": "",
}


class Reach(unittest.TestCase):
    def test_where_no_registry_answers(self):
        for name, (text, why) in AWAY.items():
            with self.subTest(name):
                self.assertEqual(unreachable(text), why)

    def test_where_one_does(self):
        for name, text in NOT_AWAY.items():
            with self.subTest(name):
                self.assertEqual(unreachable(text), "")

    def test_a_registrys_no_is_no_broken_transfer(self):
        for text, why in (
            ("go: honnef.co/x@v9: reading https://goproxy.example/x: 404 Not Found\n", "404 Not Found"),
            ("go: download go1.99 for linux/amd64: toolchain not available\n", "toolchain not available"),
            ("go: errors parsing go.mod: invalid go version '1.26.0': must match format 1.23\n", "invalid go version"),
            ("go: go.mod requires go >= 1.26 (running go 1.24; GOTOOLCHAIN=local)\n", "requires go >= 1.26"),
            ("go: x@v1: reading https://goproxy.example/x: 404 Not Found\ngo: y@v1: unexpected EOF\n", ""),
            ("# get https://goproxy.example/x: 404 Not Found\nx.go:1:1: syntax error\n", ""),
            ("go: x@v1: reading https://goproxy.example/x: 502 Bad Gateway\n", ""),
        ):
            with self.subTest(text):
                self.assertEqual(absent(text), why)
                self.assertEqual(unreachable(text), "")

    def test_as_a_program(self):
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "log"
            log.write_text(AWAY["npm, no such name"][0])
            shown = io.StringIO()
            with contextlib.redirect_stdout(shown):
                self.assertEqual(main("npm's registry", str(log)), 0)
                log.write_text(NOT_AWAY["npm, broken off"])
                self.assertEqual(main("npm's registry", str(log)), 1)
                log.write_text("go: x@v1: reading https://goproxy.example/x: 404 Not Found\n")
                self.assertEqual(main("x", str(log)), 1)
                self.assertEqual(main("x", str(log), "--or-absent"), 0)
        self.assertEqual(shown.getvalue(), "npm's registry cannot be reached: ENOTFOUND\n"
                         "x cannot be had: 404 Not Found\n")


if __name__ == "__main__":
    unittest.main()
