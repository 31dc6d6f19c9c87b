"""Services that are programs, on real processes: commands, files, set-up, probes, exec, mocks."""

from __future__ import annotations

import sys
from typing import Any

from planc_runtime.history.summary import ScenarioVerdict

SCRIPT = """
import http.server, json, os, sys
name, port, greeting = sys.argv[1:4]
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        made = open(os.path.join(sys.argv[4], "made")).read()
        conf = open(os.path.join(sys.argv[4], "conf/a.ini")).read()
        known = {"name": name, "greeting": greeting, "env": os.environ["GREETING"], "made": made,
                 "conf": conf, "cwd": os.path.basename(os.getcwd()), "peers": os.environ["PEERS"]}
        text = json.dumps(known).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
    def log_message(self, *_): pass
print(f"{name} is here", flush=True)
http.server.ThreadingHTTPServer((sys.argv[5], int(port)), Handler).serve_forever()
"""
HEAD = """
import planc_runtime.api as planc

PLAN = planc.plan("Programs", source="plans/demo/tiny.plan")  # tiny.plan:1

node = planc.var("node")
web = planc.service(
    "web",
    folder="plans/demo/systems",
    command=planc.text(
        PYTHON, " -u web.py ", node["name"], " ", planc.var("port")["http"],
        " ", planc.var("param")["greeting"], ' "', node["data"], '" ', node["ip"],
    ),
    cwd=".",
    env={
        "GREETING": planc.text("<", planc.var("param")["greeting"], ">"),
        "PEERS": planc.peers(planc.text(planc.var("name"), planc.var("index")), "+"),
    },
    files={"conf/a.ini": planc.text("me = ", node["name"])},
    params={"greeting": "it's \\"quoted\\" and $HOME"},
    ports={"http": 8000},
    setup=planc.text(PYTHON, " -c ", MAKE, " ", node["data"]),
    ready=planc.ready(planc.log_line("^n. is here$"), within=10.0),
    status=planc.status(planc.http("GET", "/", port="http")),
    stop=planc.stop("SIGTERM", kill_after=2.0),
)  # tiny.plan:2

store = planc.cluster("store", planc.nodes(2, web))  # tiny.plan:3
billing = planc.mock("billing", [planc.route("GET", "/", planc.reply(200, text="paid"))])
"""
BODY = """
@planc.scenario(PLAN, "it", clusters=[store], mocks=[billing])  # tiny.plan:10
async def test_it_works(s: planc.Scenario) -> None:
    one = planc.node(store, "n1")["status"]
    await s.expect(one["greeting"] == "it's \\"quoted\\" and $HOME")  # tiny.plan:11
    await s.expect(one["env"] == "<it's \\"quoted\\" and $HOME>")  # tiny.plan:12
    await s.expect(one["made"] == "once")  # tiny.plan:13
    await s.expect(one["conf"] == "me = n1")  # tiny.plan:14
    await s.expect(one["cwd"] == "systems")  # tiny.plan:15
    await s.expect(one["peers"] == "n11+n22")  # tiny.plan:16
    done = await s.exec(planc.text(PYTHON, " -c ", CODE, node["name"]), on=planc.node(store, "n2"))
    await s.expect(done["exit"] == 3)  # tiny.plan:18
    await s.expect(planc.contains(done["output"], "n2"))  # tiny.plan:19
    price = await s.http("GET", planc.url(billing))
    await s.expect(price["text"] == "paid")  # tiny.plan:20
    await s.do(planc.restart(planc.each(store)))  # tiny.plan:21
    await s.eventually(planc.count(store["status"]) == 2, within=5.0)  # tiny.plan:22
    await s.expect(planc.count(billing["requests"]) == 1)  # tiny.plan:23
    await s.exec(planc.text(PYTHON, " -c ", "'raise SystemExit(4)'"))  # tiny.plan:24
"""


def test_a_program_gets_what_its_service_says(project: Any) -> None:
    (project.plans / "systems" / "web.py").write_text(SCRIPT)
    make = '\'import sys; open(sys.argv[1] + "/made", "x").write("once")\''
    code = "'import sys; print(sys.argv[1]); raise SystemExit(3)' "
    names = f"PYTHON = {sys.executable!r}\nMAKE = {make!r}\nCODE = {code!r}\n"
    path = project.module(BODY, names + HEAD)
    summary = project.run(path, backend="local")
    failed = [e for e in summary.expectations if e.result.value != "passed"]
    assert [(e.line, e.measured.partition(":")[0]) for e in failed] == [
        ("tiny.plan:24", f"{sys.executable} ended with 4")
    ], summary.because
    assert summary.verdict is ScenarioVerdict.FAILED
    assert len(summary.expectations) == 12
