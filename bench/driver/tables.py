"""From samples to medians, spread, ratios and verdicts, and to text."""

import statistics

from driver import targets


def quantile(values, q):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def column(row, index):
    return [sample[index] for sample in row["samples"]]


def ratio(ours, theirs, index):
    """Median over the rounds of ours / theirs: both were taken next to each other."""
    pairs = zip(column(ours, index), column(theirs, index))
    quotients = [a / b for a, b in pairs if b]
    return statistics.median(quotients) if quotients else None


def summarise(table):
    """Adds median, p10, p90 (per column) to each row and the verdicts to the table."""
    rows = {row["name"]: row for row in table["rows"]}
    for row in table["rows"]:
        if not row["samples"]:
            continue
        columns = [column(row, i) for i in range(len(table["columns"]))]
        row["median"] = [statistics.median(c) for c in columns]
        row["p10"] = [quantile(c, 0.1) for c in columns]
        row["p90"] = [quantile(c, 0.9) for c in columns]
    wanted = targets.of(table["workload"], table["variant"])
    table["targets"] = [verdict(table, rows, target) for target in wanted]
    return table


def verdict(table, rows, target):
    """met is None when one of the two rows was not measured."""
    out = {**target._asdict(), "reached": None, "met": None}
    ours, theirs = rows.get(target.row), rows.get(target.peer)
    if not ours or not ours["samples"]:
        return out
    if target.kind == "limit":
        out["reached"] = ours["median"][target.column]
        out["met"] = out["reached"] <= target.factor
        return out
    if not theirs or not theirs["samples"]:
        return out
    quotient = ratio(ours, theirs, target.column)
    if target.kind == "at_most":
        out["reached"] = quotient
        out["met"] = quotient <= target.factor
    else:
        out["reached"] = 1 / quotient if table["lower_is_better"] else quotient
        out["met"] = out["reached"] >= target.factor
    return out


def figure(value):
    if value is None:
        return "-"
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def row_text(table, row, yardstick, width):
    if "missing" in row:
        return f"  {row['name']:<{width}}  not installed: apt install {row['missing']}"
    if not row["samples"]:
        return f"  {row['name']:<{width}}  not measured"
    cells = [
        f"  {figure(m):>10}  {figure(a) + ' – ' + figure(b):>15}"
        for m, a, b in zip(row["median"], row["p10"], row["p90"])
    ]
    times = ratio(row, yardstick, 0) if yardstick and yardstick["samples"] else None
    note = f"  ({row['noisy']} noisy)" if row.get("noisy") else ""
    return f"  {row['name']:<{width}}{''.join(cells)}  {figure(times):>7} x{note}"


def target_text(target):
    words = {"at_most": "at most {f} x", "times_faster": "at least {f} x as fast as",
             "at_least": "at least {f} x", "limit": "at most {f}"}[target["kind"]].format(f=figure(target["factor"]))
    what = f"{target['row']}: {words} {target['peer'] or ''}".rstrip()
    if target["column"]:
        what += f" (column {target['column'] + 1})"
    if target["met"] is None:
        return f"  target  {what}: not measured"
    return f"  {'met   ' if target['met'] else 'MISSED'}  {what}: {figure(target['reached'])}"


def text(table):
    width = max(len(row["name"]) for row in table["rows"])
    measured = [row for row in table["rows"] if row["samples"] and "missing" not in row]
    yardstick = next((r for r in measured if not r["name"].startswith(("ensue", "floor"))),
                     measured[0] if measured else None)
    heads = "".join(f"  {c if c != 'value' else 'median':>10}  {'p10 – p90':>15}"
                    for c in table["columns"])
    lines = [f"{table['workload']}: {table['variant']} ({table['unit']}, "
             f"{'lower' if table['lower_is_better'] else 'higher'} is better)",
             f"  {'':<{width}}{heads}  {'ratio':>7}"]
    lines += [row_text(table, row, yardstick, width) for row in table["rows"]]
    lines += [target_text(target) for target in table["targets"]]
    return "\n".join(lines)
