#!/usr/bin/env python3
"""What peers.sh does with the peers: `load` writes rows from the standard input, `loop` is the numpy
loop, `compare` runs all and prints ratios."""
import os
import shutil
import sqlite3
import statistics
import sys
import tempfile

import oneshot

DIM = oneshot.DIM
SCORED = 160  # what sqlite-vec scores again: 16 for each of the ten


def load(path):
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode=OFF")
    db.execute("CREATE TABLE vectors(id INTEGER PRIMARY KEY, vector BLOB NOT NULL)")

    def rows():
        i = 0
        while row := sys.stdin.buffer.read(DIM * 4):
            yield i, row
            i += 1

    db.executemany("INSERT INTO vectors VALUES(?, ?)", rows())
    db.commit()
    db.close()


def loop(path, question_file):
    """The obvious program: read every row, compare, keep the ten best."""
    import numpy
    question = numpy.fromfile(question_file, dtype=numpy.float32)
    best = []
    cursor = sqlite3.connect(path).execute("SELECT id, vector FROM vectors")
    while rows := cursor.fetchmany(4096):
        vectors = numpy.frombuffer(b"".join(r[1] for r in rows), dtype=numpy.float32).reshape(-1, DIM)
        scores = vectors @ question
        for i in numpy.argsort(scores)[-10:]:
            best.append((float(scores[i]), rows[i][0]))
        best = sorted(best)[-10:]
    print("\n".join(str(i) for _, i in reversed(best)))


def exact_sql(question):
    return f"SELECT rowid FROM v WHERE vector MATCH x'{question.hex()}' AND k = 10;"


def binary_sql(question):
    q = f"x'{question.hex()}'"
    return (f"WITH near AS (SELECT rowid, vector FROM v WHERE code MATCH vec_quantize_binary({q})"
            f" AND k = {SCORED}) SELECT rowid FROM near"
            f" ORDER BY vec_distance_cosine(vector, {q}) LIMIT 10;")


class Contender:
    def __init__(self, name, argv, hits, files):
        self.name, self.argv, self.hits, self.files = name, argv, hits, files
        self.warm, self.cold, self.processor, self.found = [], [], [], {}

    def once(self, i, cold=False):
        ms, processor_ms, text = oneshot.run(self.argv(i), self.files if cold else ())
        (self.cold if cold else self.warm).append(ms)
        if not cold:
            self.processor.append(processor_ms)
        self.found[i] = set(self.hits(text))

    def recall(self, exact):
        both = [i for i in self.found if i in exact.found]
        return sum(len(self.found[i] & exact.found[i]) for i in both) / (10 * max(len(both), 1))


def print_ratio(what, theirs, ours, wanted):
    median = statistics.median
    processors = median(theirs.processor) / median(ours.processor)
    print(f"{what}\t{median(theirs.warm) / median(ours.warm):.1f}\ttimes\t"
          f"of processors {processors:.1f}; wanted: {wanted}")


def compare(akin, index, rows, table, vec):
    sqlite = shutil.which("sqlite3")
    n = sqlite3.connect(rows).execute("SELECT max(id) + 1 FROM vectors").fetchone()[0]
    with tempfile.TemporaryDirectory() as folder:
        questions = oneshot.Questions(index, folder)

        def shell(sql):
            return lambda i: [sqlite, table, f".load {vec}", sql(questions.raw[i])]

        def akin_search(*more):
            return lambda i: oneshot.akin_argv(akin, index, questions.file(i), *more)

        ours = Contender("akin", akin_search(), oneshot.passages, [index])
        ours_exact = Contender("akin --exact", akin_search("--exact"), oneshot.passages, [index])
        binary = Contender("sqlite-vec, binary, 160 scored", shell(binary_sql), str.split, [table])
        exact = Contender("sqlite-vec, exact", shell(exact_sql), str.split, [table])
        numpy = Contender("numpy over rows", lambda i: [sys.executable, os.path.abspath(__file__), "loop", rows,
                                                        questions.file(i)], str.split, [rows])
        slow = 8 if n <= 200000 else 4
        times = [(ours, 5 * slow), (binary, 5 * slow), (ours_exact, slow), (exact, slow), (numpy, slow // 2)]
        for contender, _ in times:
            contender.once(0)
            contender.warm.clear()
            contender.processor.clear()
        for i in range(5 * slow):
            for contender, most in times:
                if i < most:
                    contender.once(i)
        for i in range(7):
            for contender in (ours, binary):
                contender.once(i, cold=True)
        report(n, index, table, ours, ours_exact, binary, exact, numpy)


def report(n, index, table, ours, ours_exact, binary, exact, numpy):
    median = statistics.median
    of = {ours: ours_exact, ours_exact: ours_exact, binary: exact, exact: exact, numpy: exact}
    for c, reference in of.items():
        cold = f", cold {median(c.cold):.0f} ms" if c.cold else ""
        print(f"{c.name}\t{median(c.warm):.1f}\tms\trecall@10 {c.recall(reference):.3f}, of processors "
              f"{median(c.processor):.1f} ms{cold}")
    print_ratio("sqlite-vec, exact / akin", exact, ours, 50 if n > 200000 else 40)
    print_ratio("sqlite-vec, binary / akin", binary, ours, "8 at a million")
    print(f"the same, cold\t{median(binary.cold) / median(ours.cold):.1f}\ttimes\twanted: 6 at a million")
    print_ratio("numpy over rows / akin", numpy, ours, "not said")
    print_ratio("sqlite-vec, exact / akin --exact", exact, ours_exact, "not said")
    print(f"bytes a vector\t{os.path.getsize(index) / n:.0f}\tB\tsqlite-vec {os.path.getsize(table) / n:.0f};"
          " akin's with its text")


if __name__ == "__main__":
    {"load": load, "loop": loop, "compare": compare}[sys.argv[1]](*sys.argv[2:])
