#!/usr/bin/env python3
"""page_check.py AKIN DB QUERIES.tsv [K]: whether hits stand on the pages that they name.

Asks each question, and looks the evidence of its best K hits (1) up in the page of the file that
the hit names, as plain pdftotext gives that page. Of the evidence's words eight in ten have to
stand there, and no other page may have more of them.
"""
import functools
import json
import re
import subprocess
import sys

words = re.compile(r"\w+")


@functools.lru_cache(maxsize=None)
def pages(path):
    text = subprocess.run(["pdftotext", "-enc", "UTF-8", path, "-"], capture_output=True).stdout
    return [set(words.findall(p.lower())) for p in text.decode("utf-8", "replace").split("\f")[:-1]]


def main():
    akin, db, queries = sys.argv[1:4]
    k = sys.argv[4] if len(sys.argv) > 4 else "1"
    n = right = 0
    for line in open(queries, encoding="utf-8"):
        question = line.rstrip("\n").split("\t")[1]
        out = subprocess.run([akin, "search", "--db", db, "--json", "--full", "--min-score", "0", "-k", k, question],
                             capture_output=True).stdout
        for hit in json.loads(out)["hits"] if out else []:
            if hit["page"] is None:
                continue
            texts = [e["text"] for e in hit["evidence"]] or [hit["text"]]
            wanted = set(words.findall(" ".join(texts).lower()))
            shares = [len(wanted & page) for page in pages(hit["path"])]
            n += 1
            good = shares[hit["page"] - 1] >= 0.8 * len(wanted) and shares[hit["page"] - 1] >= max(shares) - 1
            right += good
            if not good:
                print(f"# {hit['path']} page {hit['page']}: {texts[0][:80]!r}")
    print(f"evidence on the page that the hit names\t{right / max(n, 1):.4f}\tshare\tof {n}")


main()
