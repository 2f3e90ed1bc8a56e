"""Studies fill tables of the book, a setting at a time: those that a table has already are not run again."""

import csv


def load(table):
    """The stored rows, as dicts of strings."""
    if not table.exists():
        return []
    with open(table, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def resume(table, columns, settings, found):
    """Add the rows that `found` has for each setting; the setting stands in front of them."""
    done = {tuple(row.values())[:len(settings[0])] for row in load(table)}
    if not done:
        table.write_text(",".join(columns) + "\n", encoding="utf-8")
    for setting in settings:
        if tuple(map(str, setting)) not in done:
            rows = [[*setting, *row] for row in found(setting)]
            with open(table, "a", newline="", encoding="utf-8") as file:  # all of a setting or nothing is stored
                csv.writer(file, lineterminator="\n").writerows(rows)
            print(*rows[-1], flush=True)
