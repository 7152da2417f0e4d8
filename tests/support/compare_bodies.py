"""Compares request bodies, a line of JSON each: compare_bodies.py FIRST SECOND

Prints every difference, a line each: the number of the request and the place of the field,
and what the two have there. The order of an object's fields is none.
"""

import json
import sys


def show(value):
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 80 else text[:80] + "…"


def compare(place, a, b):
    if isinstance(a, dict) and isinstance(b, dict):
        for name in sorted(a.keys() | b.keys()):
            here = f"{place}.{name}"
            if name not in b:
                print(f"{here}: only the first, {show(a[name])}")
            elif name not in a:
                print(f"{here}: only the second, {show(b[name])}")
            else:
                compare(here, a[name], b[name])
    elif isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            print(f"{place}: {len(a)} and {len(b)} items")
        for i, (x, y) in enumerate(zip(a, b)):
            compare(f"{place}[{i}]", x, y)
    elif a != b or type(a) is not type(b):
        print(f"{place}: {show(a)} and {show(b)}")


def bodies(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


first, second = bodies(sys.argv[1]), bodies(sys.argv[2])
if not first or len(first) != len(second):
    print(f"{len(first)} and {len(second)} requests")
for i, (a, b) in enumerate(zip(first, second)):
    compare(str(i + 1), a, b)
