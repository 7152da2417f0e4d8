#!/usr/bin/env python3
"""oneshot.py AKIN INDEX [ROUNDS]: whole processes of akin search --vector over an index that
make_vectors made, warm and with the index out of the page cache. Prints WHAT<TAB>VALUE<TAB>UNIT."""
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

DIM = 1024


def evict(paths):
    """Out of the page cache: of these files alone, since others use the machine."""
    for path in paths:
        with open(path, "rb") as f:
            os.fsync(f.fileno())
            os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def run(argv, cold=()):
    """Milliseconds of a whole process, those of the processors, and what it wrote."""
    with tempfile.TemporaryFile() as out:
        evict(cold)
        start = time.perf_counter()
        pid = os.posix_spawn(argv[0], argv, os.environ,
                             file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)])
        _, status, usage = os.wait4(pid, 0)
        ms = (time.perf_counter() - start) * 1000
        out.seek(0)
        text = out.read().decode()
    if status != 0:
        sys.exit(f"{' '.join(argv)[:300]} ended with status {status}")
    return ms, (usage.ru_utime + usage.ru_stime) * 1000, text


def resident_mb(argv):
    if not os.path.exists("/usr/bin/time"):
        return float("nan")
    done = subprocess.run(["/usr/bin/time", "-f", "%M", *argv], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, check=True)
    return int(done.stderr.split()[-1]) / 1000


class Questions:
    """A file for each of the questions beside an index."""

    def __init__(self, index, folder):
        with open(index + ".questions", "rb") as f:
            self.raw = [f.read(DIM * 4) for _ in range(200)]
        self.folder = folder

    def file(self, i):
        path = os.path.join(self.folder, f"question{i}.f32")
        if not os.path.exists(path):
            with open(path, "wb") as f:
                f.write(self.raw[i])
        return path


def akin_argv(akin, index, vector, *more):
    return [akin, "search", "--db", index, "--vector", vector, "--min-score", "0", "--jsonl", "-k", "10",
            *more]


def passages(text):
    return re.findall(r"passage n(\d+)", text)


def percentile(values, share):
    values = sorted(values)
    return values[round((len(values) - 1) * share)]


def recall(akin, index, questions, n, *more):
    found = wanted = 0
    for i in range(n):
        exact = set(passages(run(akin_argv(akin, index, questions.file(i), "--exact", *more))[2]))
        hits = set(passages(run(akin_argv(akin, index, questions.file(i), *more))[2]))
        wanted += len(exact)
        found += len(exact & hits)
    return found / max(wanted, 1), wanted / n


def main():
    akin, index = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 40
    with tempfile.TemporaryDirectory() as folder:
        questions = Questions(index, folder)
        argv = [akin_argv(akin, index, questions.file(i)) for i in range(200)]
        for i in range(3):
            run(argv[i])
        runs = [run(argv[i % 200]) for i in range(rounds)]
        warm, processor = [r[0] for r in runs], [r[1] for r in runs]
        exact = [run([*argv[i], "--exact"])[0] for i in range(5)]
        cold = [run(argv[i % 200], [index])[0] for i in range(min(rounds, 15))]
        share, wanted = recall(akin, index, questions, 20)
        size = os.path.getsize(index)
        print(f"warm\t{statistics.median(warm):.1f}\tms\t95 of 100: {percentile(warm, .95):.1f}, "
              f"of processors {statistics.median(processor):.1f}, {resident_mb(argv[0]):.0f} MB resident")
        print(f"cold\t{statistics.median(cold):.1f}\tms\t95 of 100: {percentile(cold, .95):.1f}")
        print(f"--exact, warm\t{statistics.median(exact):.1f}\tms")
        print(f"against --exact\t{share:.4f}\trecall@10\t{wanted:.1f} hits a question")
        print(f"index\t{size / 1e6:.0f}\tMB")


if __name__ == "__main__":
    main()
