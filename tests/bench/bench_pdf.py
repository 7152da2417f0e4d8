#!/usr/bin/env python3
"""bench_pdf.py AKIN PDF...: what `akin extract` reads of PDFs, against plain pdftotext.

For each file the word types of pdftotext's output that akin's text has too, as a share, and the
pages whose own words (nine in ten of their types) stand on the same page of akin's text. Then the
processor time and the time on the clock that each of the two takes for all files, one after another.
"""
import json
import re
import resource
import subprocess
import sys
import time

words = re.compile(r"\w+")


def types(text):
    return set(words.findall(text.lower()))


def cost(command, files):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    for name in files:
        subprocess.run(command(name), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - start)


def main():
    akin, files = sys.argv[1], sys.argv[2:]
    n_types = n_found = n_pages = n_right = 0
    worst = []
    for name in files:
        plain = subprocess.run(["pdftotext", "-enc", "UTF-8", name, "-"], capture_output=True).stdout
        plain = plain.decode("utf-8", "replace")
        ours = subprocess.run([akin, "extract", "--json", name], capture_output=True).stdout
        doc = json.loads(ours) if ours else {"blocks": [], "pages": 0}
        pages = {}
        for block in doc["blocks"]:
            pages.setdefault(block["page"], set()).update(types(block["text"]))
        whole = set().union(*pages.values()) if pages else set()
        wanted = types(plain)
        n_types += len(wanted)
        n_found += len(wanted & whole)
        worst.append((len(wanted & whole) / max(len(wanted), 1), name, sorted(wanted - whole)[:8]))
        split = plain.split("\f")[:-1]
        if len(split) != (doc["pages"] or 0):
            print(f"# {name}: {doc['pages']} pages instead of {len(split)}")
        for number, text in enumerate(split, 1):
            wanted = types(text)
            n_pages += 1
            n_right += len(wanted & pages.get(number, set())) >= 0.9 * len(wanted)
    for share, name, lost in sorted(worst)[:5]:
        print(f"# {share:.4f} {name}: {' '.join(lost)}")
    print(f"files\t{len(files)}\t")
    print(f"word types found\t{n_found / max(n_types, 1):.5f}\tshare\tof {n_types}")
    print(f"pages right\t{n_right / max(n_pages, 1):.5f}\tshare\tof {n_pages}")
    times = [cost(lambda f: ["pdftotext", f, "-"], files), cost(lambda f: [akin, "extract", f], files)]
    times.append(cost(lambda f: ["pdftotext", f, "-"], files))
    alone = ((times[0][0] + times[2][0]) / 2, (times[0][1] + times[2][1]) / 2)
    print(f"pdftotext\t{alone[0]:.2f}\ts\tprocessor; {alone[1]:.2f} s on the clock")
    print(f"akin extract\t{times[1][0]:.2f}\ts\tprocessor; {times[1][1]:.2f} s on the clock")
    print(f"speed\t{alone[0] / times[1][0]:.2f}\tof pdftotext\tby processor time; {alone[1] / times[1][1]:.2f} by the clock")


main()
