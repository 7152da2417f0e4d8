#!/usr/bin/env python3
"""How long akin adds to a question: ask_latency.py BUILD [RUNS]

Each run is `akin ask` on the sample index, before the stand-in, which writes down when a
request has arrived and when the first delta left (CLOCK_MONOTONIC, as Python's). Prints, as
WHAT<TAB>VALUE<TAB>UNIT<TAB>NOTE: from the start of the process to the request, with a search
and without; from the first delta to the first byte on akin's standard output."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

build = os.path.abspath(sys.argv[1])
runs = int(sys.argv[2]) if len(sys.argv) > 2 else 31
top = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
question = "How long is the notice period of the flat?"


def quantiles(values):
    values = sorted(values)
    return values[len(values) // 2], values[int(len(values) * 0.95)]


def wait_for(path):
    for _ in range(500):
        if os.path.exists(path) and os.path.getsize(path):
            return open(path).read().strip()
        time.sleep(0.01)
    sys.exit("ask_latency: the stand-in does not start")


def times_of(path, number):
    """The line of a reply is written when its first delta leaves."""
    for _ in range(500):
        lines = open(path).read().splitlines() if os.path.exists(path) else []
        if len(lines) > number:
            line = json.loads(lines[number])
            return line["received_s"], line["first_delta_s"]
        time.sleep(0.01)
    sys.exit("ask_latency: no times of a reply")


def measure(akin, url, times, options, env):
    to_request, to_screen = [], []
    done = len(open(times).read().splitlines()) if os.path.exists(times) else 0
    for run in range(runs):
        start = time.monotonic()
        p = subprocess.Popen([akin, "ask", "-q", "--base-url", url] + options + [question],
                             stdout=subprocess.PIPE, env=env)
        os.read(p.stdout.fileno(), 1)
        shown = time.monotonic()
        p.stdout.read()
        if p.wait() != 0:
            sys.exit("ask_latency: akin ask failed")
        received, first = times_of(times, done + run)
        to_request.append((received - start) * 1e3)
        to_screen.append((shown - first) * 1e3)
    return to_request, to_screen


with tempfile.TemporaryDirectory() as work:
    env = dict(os.environ, OVHCLOUD_API_KEY="k", NO_PROXY="127.0.0.1", XDG_CONFIG_HOME=work, HOME=work)
    akin, db = build + "/akin", work + "/a.db"
    subprocess.run([akin, "index", "-q", "--db", db, "--model", "local/multilingual-e5-small",
                    top + "/data/docs"], check=True, env=env)
    with open(work + "/script", "w") as f:
        f.write('{"content": "Three months, as a rule, for the tenant.", "first_ms": 30, "delay_ms": 3}\n')
    standin = subprocess.Popen([build + "/standin", "--port-file", work + "/port", "--chat",
                                work + "/script", "--chat-times", work + "/times"],
                               stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{wait_for(work + '/port')}/v1"
        with_search, shown = measure(akin, url, work + "/times", ["--db", db], env)
        without, _ = measure(akin, url, work + "/times", ["--no-search"], env)
    finally:
        standin.send_signal(signal.SIGTERM)
        standin.wait()
    for what, values in (("start to request, with a search", with_search),
                         ("start to request, --no-search", without),
                         ("first delta to standard output", shown)):
        median, p95 = quantiles(values)
        print(f"{what}\t{median:.2f}\tms\tmedian of {runs}, p95 {p95:.2f}")
    print(f"what retrieval adds\t{quantiles(with_search)[0] - quantiles(without)[0]:.2f}\tms\tof the medians")
