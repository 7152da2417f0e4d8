#!/usr/bin/env python3
"""How much of the known answers the passages of a search cover, and how much their
marked evidence.

    span_cover.py AKIN INDEX QUERIES SPANS DOCS [OPTION of akin search…]

QUERIES has lines qid<TAB>question; SPANS qid<TAB>document<TAB>start<TAB>end, in
characters of DOCS/document.md. Searches five passages for each question and prints
lines of WHAT<TAB>VALUE<TAB>UNIT: the mean share of an answer's characters that the
passages hold, and that their evidence marks; and how much was marked for that.
"""
import collections
import itertools
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


class Document:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.bytes = file.read()
        text = self.bytes.decode()
        lengths = (len(c.encode()) for c in text)
        self.byte_of = [0, *itertools.accumulate(lengths)]  # of each character, and the end


def read_spans(path, documents, folder):
    """{qid: {document: set of byte ranges}}"""
    spans = collections.defaultdict(lambda: collections.defaultdict(list))
    with open(path, encoding="utf-8") as file:
        for line in file:
            qid, name, start, end = line.rstrip("\n").split("\t")
            if name not in documents:
                documents[name] = Document(os.path.join(folder, name + ".md"))
            byte_of = documents[name].byte_of
            spans[qid][name].append((byte_of[int(start)], byte_of[int(end)]))
    return spans


def covered(answer, shown, documents):
    """The characters of the answer, and those of them that are shown."""
    total = seen = 0
    for name, ranges in answer.items():
        wanted = set(itertools.chain.from_iterable(range(*r) for r in ranges))
        got = set(itertools.chain.from_iterable(range(*r) for r in shown.get(name, [])))
        data = documents[name].bytes
        first = {i for i in wanted if data[i] & 0xC0 != 0x80}  # a character's first byte
        total += len(first)
        seen += len(first & got)
    return total, seen


def search(akin, index, question, options):
    command = [akin, "search", "--db", index, "--json", "-k", "5", "--per-doc", "5", *options,
               "--", question]
    done = subprocess.run(command, capture_output=True, timeout=120)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr.decode())
    return json.loads(done.stdout)["hits"]


def measure(hits, answer, documents):
    passages, evidence = collections.defaultdict(list), collections.defaultdict(list)
    marked = size = n_marked = 0
    for hit in hits:
        name = os.path.splitext(os.path.basename(hit["path"]))[0]
        passages[name].append((hit["byte_start"], hit["byte_end"]))
        size += hit["byte_end"] - hit["byte_start"]
        n_marked += bool(hit["evidence"])
        for e in hit["evidence"]:
            if e["start"] is None:
                sys.exit(f"{hit['path']}: its evidence has no place in the source")
            evidence[name].append((e["start"], e["end"]))
            marked += e["end"] - e["start"]
    total, in_passages = covered(answer, passages, documents)
    _, in_evidence = covered(answer, evidence, documents)
    return (in_passages / total, in_evidence / total, marked / size if size else 0,
            n_marked / len(hits) if hits else 0)


def main():
    if len(sys.argv) < 6:
        sys.exit(__doc__)
    akin, index, queries, span_file, folder, *options = sys.argv[1:]
    documents = {}
    spans = read_spans(span_file, documents, folder)
    with open(queries, encoding="utf-8") as file:
        questions = [line.rstrip("\n").split("\t") for line in file]

    def one(question):
        return measure(search(akin, index, question[1], options), spans[question[0]], documents)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(one, [q for q in questions if q[0] in spans]))
    names = ("answers in passages", "answers in evidence", "passages' bytes marked",
             "passages with evidence")
    for name, values in zip(names, zip(*results)):
        print(f"{name}\t{sum(values) / len(values):.4f}\tshare")
    print(f"questions\t{len(results)}\tquestions")


if __name__ == "__main__":
    main()
