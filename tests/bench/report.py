"""Joins what the languages measured into report.md, report.json and one SVG a table.  usage: report.py FOLDER"""
import json
import pathlib
import platform
import sys

import matplotlib

import ratios

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402  (the backend comes first)


def machine():
    cpu = next((line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.processor())
    cores = pathlib.Path("/proc/cpuinfo").read_text().count("processor\t:")
    return f"{cores} cores of {cpu}, {platform.system()} {platform.release().split('-')[0]}, {platform.machine()}"


def read_rows(file):
    return [json.loads(line) for line in file.read_text().splitlines() if line.startswith("{")]


def by(rows, *keys):
    groups = {}
    for row in rows:
        groups.setdefault(tuple(row[key] for key in keys), []).append(row)
    return groups


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def timed_table(rows):
    """Subjects side by side; the ratio is to resil, the first subject whose name starts so."""
    lines = ["| what | threads | subject | ns, median | lowest to highest | × resil |", "|---|---:|---|---:|---:|---:|"]
    for (what, threads), subjects in by(rows, "row", "threads").items():
        ours = next((s["ns"] for s in subjects if s["subject"].startswith("resil")), None)
        for s in subjects:
            ratio = f"{s['ns'] / ours:.2f}" if ours else ""
            lines.append(f"| {what} | {threads} | {s['subject']} | {number(s['ns'])} | {number(s['low'])} to "
                         f"{number(s['high'])} | {ratio} |")
    return lines


def instruction_table(rows):
    lines = ["| what | " + " | ".join(dict.fromkeys(row["subject"] for row in rows)) + " |"]
    lines.append("|---|" + "---:|" * (lines[0].count("|") - 2))
    for (what,), subjects in by(rows, "row").items():
        lines.append(f"| {what} | " + " | ".join(number(s["instructions"]) for s in subjects) + " |")
    return lines


def size_table(rows):
    lines = ["| what | number | measured |", "|---|---:|---:|"]
    for row in rows:
        unit = next(unit for unit in ("bytes", "ms", "mib") if unit in row)
        lines.append(f"| {row['row']} | {int(row['subject']):,} | {number(row[unit])} {unit.replace('mib', 'MiB')} |")
    return lines


def of_language(language, data):
    """What a language's own harness measured, as rows like the native ones."""
    if language == "node":
        for name, row in data["rows"].items():
            kind, _, subject = name.partition(": ")
            yield {"table": "Node.js", "row": kind, "threads": 1, "subject": subject or "bare", **row}
        return
    for row in data["rows"] if language == "java" else data:
        threads = row.get("threads", row.get("goroutines"))
        yield {**row, "table": f"{language.capitalize()}: {row['table']}", "row": row["table"], "threads": threads,
               "subject": row.get("lib", row.get("row"))}


def slug(table):
    return "-".join("".join(c if c.isalnum() else " " for c in table.lower()).split())


def plot(table, rows, file):
    labels = [f"{r['row']}, {r['threads']} thr: {r['subject']}" for r in rows]
    colours = ["#2a6f97" if r["subject"].startswith("resil") else "#c9a227" if "floor" in r["subject"] else "#9aa5b1"
               for r in rows]
    figure, axes = plt.subplots(figsize=(11, 0.24 * len(rows) + 1))
    axes.barh(labels, [r["ns"] for r in rows], color=colours,
              xerr=[[r["ns"] - r["low"] for r in rows], [r["high"] - r["ns"] for r in rows]], ecolor="#555555")
    axes.set_xscale("log")
    axes.invert_yaxis()
    axes.set_xlabel("nanoseconds a call, median (lines: lowest to highest)")
    axes.set_title(table)
    axes.tick_params(labelsize=7)
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)


def main(folder):
    text = ["# What resil costs, and what its peers do", "", f"Measured on {machine()}. One run a table, subjects in turn; "
            "a ratio is to resil in the same rows. Made by `tests/bench/run`.", ""]
    report = {"machine": machine(), "tables": {}}
    for language, title, wanted in (("c", "C", ratios.native), ("python", "Python", ratios.python)):
        file = folder / f"{language}.jsonl"
        if not file.exists():
            continue
        text += [f"## {title}: what it comes to", "", *ratios.table(read_rows(file), wanted), ""]
        for (table,), rows in by(read_rows(file), "table").items():
            timed = [row for row in rows if "ns" in row]
            lines = timed_table(timed) if timed else instruction_table(rows) if "instructions" in rows[0] else size_table(rows)
            text += [f"## {table}", "", *lines, ""]
            report["tables"][table] = rows
            if timed:
                plot(table, timed, folder / f"{slug(table)}.svg")
                text += [f"![{table}]({slug(table)}.svg)", ""]
    for language, title in (("node", "Node.js"), ("java", "Java"), ("go", "Go")):
        file, data = folder / f"{language}.md", folder / f"{language}.json"
        if not file.exists():
            continue
        text += [f"## {title}", "", file.read_text().strip(), ""]
        report["tables"][title] = json.loads(data.read_text())
        for (table,), rows in by(of_language(language, report["tables"][title]), "table").items():
            plot(table, rows, folder / f"{slug(table)}.svg")
            text += [f"![{table}]({slug(table)}.svg)", ""]
    (folder / "report.md").write_text("\n".join(text))
    (folder / "report.json").write_text(json.dumps(report, indent=1) + "\n")


main(pathlib.Path(sys.argv[1]))
