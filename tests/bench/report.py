#!/usr/bin/env python3
"""Joins what the languages measured into report.md, report.json and overview.svg.

    report.py MEASURED REPORT            what MEASURED (build/bench) holds, and of the other languages what REPORT held before
    report.py --plots REPORT FOLDER      a plot of each table of a report, drawn when somebody wants it

A section keeps the machine it was measured on, since no machine has every language.
"""
import json
import pathlib
import platform
import sys

import pictures
import ratios

TITLES = {"c": "C", "instructions": "C: instructions", "python": "Python", "node": "Node.js", "java": "Java", "go": "Go", "dotnet": ".NET"}


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


def size_table(rows):
    lines = ["| what | number | measured |", "|---|---:|---:|"]
    for row in rows:
        unit = next(unit for unit in ("bytes", "ms", "mib") if unit in row)
        lines.append(f"| {row['row']} | {int(row['subject']):,} | {number(row[unit])} {unit.replace('mib', 'MiB')} |")
    return lines


def section_of_rows(folder, language, wanted):
    """C and Python tell rows; the tables and ratios are made here."""
    rows = read_rows(folder / f"{language}.jsonl")
    text, tables = [f"## {TITLES[language]}: what it comes to", "", *ratios.table(rows, wanted)], {}
    for (table,), of_table in by(rows, "table").items():
        timed = [row for row in of_table if "ns" in row]
        lines = timed_table(timed) if timed else size_table(of_table)
        text += ["", f"## {table}", "", *lines]
        tables[table] = of_table
    return "\n".join(text), tables


def section_of_instructions(folder):
    rows = read_rows(folder / "instructions.jsonl")
    text = ["## C: instructions a call, by callgrind", "", "| what | resil | mutex twin |", "|---|---:|---:|"]
    for (what,), subjects in by(rows, "row").items():
        each = {row["subject"]: number(row["instructions"]) for row in subjects}
        text.append(f"| {what} | {each['resil']} | {each.get('mutex twin', '')} |")
    return "\n".join(text), {"C: instructions": rows}


def section_of_report(folder, language):
    """The other languages' harnesses write their own page and data."""
    text = (folder / f"{language}.md").read_text().strip()
    if not text.startswith("## "):
        text = f"## {TITLES[language]}\n\n{text}"
    return text, {TITLES[language]: json.loads((folder / f"{language}.json").read_text())}


def measured(folder):
    for language, title in TITLES.items():
        wanted = {"c": ratios.native, "python": ratios.python}.get(language)
        if (folder / f"{language}.jsonl").exists() and wanted:
            yield title, section_of_rows(folder, language, wanted)
        elif language == "instructions" and (folder / "instructions.jsonl").exists():
            yield title, section_of_instructions(folder)
        elif (folder / f"{language}.md").exists() and (folder / f"{language}.json").exists():
            yield title, section_of_report(folder, language)


def main(folder, report):
    report.mkdir(parents=True, exist_ok=True)
    data = report / "report.json"
    sections = json.loads(data.read_text())["sections"] if data.exists() else {}
    for title, (text, tables) in measured(folder):
        sections[title] = {"machine": machine(), "text": text, "tables": tables}
    text = ["# What resil costs, and what its peers do", "",
            "One run a table, subjects in turn; a ratio is to resil in the same rows. The times are those of the machine that a section "
            "names; instructions are the same everywhere. Made by `tests/bench/run`; `tests/bench/report.py --plots` draws every table.", "",
            "![What a healthy call costs over the bare call](overview.svg)"]
    for title in TITLES.values():
        if title in sections:
            text += ["", sections[title]["text"], "", f"Measured on {sections[title]['machine']}."]
    (report / "report.md").write_text("\n".join(text) + "\n")
    data.write_text(json.dumps({"sections": sections}, separators=(",", ":")) + "\n")
    (report / "overview.svg").write_text(pictures.overview(sections))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--plots"]:
        sections = json.loads((pathlib.Path(sys.argv[2]) / "report.json").read_text())["sections"]
        pictures.plots(sections, pathlib.Path(sys.argv[3]))
    else:
        main(*map(pathlib.Path, sys.argv[1:3]))
