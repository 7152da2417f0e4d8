#!/usr/bin/env python3
"""Say when each article will run out, and what to reorder this week.

Reads movements.csv (date;article;quantity, sales negative) and prints the articles
whose stock will be gone before a new delivery could arrive.
"""
import csv
import sys
from collections import defaultdict
from datetime import date, timedelta

LEAD_DAYS = {"RL-2140": 45, "RL-2260": 45, "RL-3100": 30, "RL-4402": 30}
DEFAULT_LEAD = 21
SAFETY = 1.25  # a quarter more than the average, because March is always worse


def read_movements(path):
    stock = defaultdict(int)
    sold = defaultdict(int)
    start = date.today() - timedelta(days=90)
    with open(path, encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle, delimiter=";"):
            quantity = int(row["quantity"])
            stock[row["article"]] += quantity
            if quantity < 0 and date.fromisoformat(row["date"]) >= start:
                sold[row["article"]] -= quantity
    return stock, sold


def days_left(stock, sold_in_90_days):
    """How many days the shelf lasts at the pace of the last three months."""
    if sold_in_90_days == 0:
        return None
    return stock / (sold_in_90_days * SAFETY / 90)


def main():
    stock, sold = read_movements(sys.argv[1] if len(sys.argv) > 1 else "movements.csv")
    for article in sorted(stock):
        left = days_left(stock[article], sold[article])
        lead = LEAD_DAYS.get(article, DEFAULT_LEAD)
        if left is not None and left < lead:
            missing = round((lead - left) * sold[article] / 90)
            print(f"{article}: {left:.0f} days left, order {missing} now")


if __name__ == "__main__":
    main()
