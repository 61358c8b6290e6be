"""The report's one picture, and on demand a plot of each table (these need matplotlib)."""
import math
from xml.sax.saxutils import escape


def rows_of(tables, table, **wanted):
    return [row for row in tables.get(table, [])
            if all(row.get(key) == value for key, value in wanted.items())]


def native(tables):
    for threads, row in ((1, "trip on consecutive failures"), (2, "trip on consecutive failures, one endpoint"),
                         (1, "trip on totals")):
        label = {"trip on totals": "C, a rate"}.get(row, "C" if threads == 1 else "C, two threads")
        yield label, [(row["subject"], row["ns"]) for row in rows_of(tables, "C: healthy pair", row=row, threads=threads)
                      if row["subject"] in ("resil", "mutex twin")]


def python(tables):
    for what, label, subjects in (("healthy no-op", "Python", ("resil call", "pybreaker call")),
                                  ("healthy no-op, asyncio", "Python, asyncio", ("resil acall", "aiobreaker call_async"))):
        yield label, [(row["subject"], row["ns"]) for row in rows_of(tables, "Python: over the bare call", row=what)
                      if row["subject"] in subjects]


def node(tables):
    rows = tables["Node.js"]["rows"]
    for label, names in (("Node.js", ("resil breaker", "cockatiel breaker")),
                         ("Node.js, a rate", ("resil rate breaker", "cockatiel sampling breaker"))):
        yield label, [(name, rows[f"await: {name}"]["added"]) for name in names if f"await: {name}" in rows]


def java(tables):
    wanted = {"resilCall": "resil call", "resilience4jSynchronized": "resilience4j"}
    yield "Java", [(wanted[row["row"]], row["cost"]) for row in tables["Java"]["rows"]
                   if row["table"] == "HealthyCall" and row["threads"] == 1 and row["row"] in wanted]


def go(tables):
    healthy = {row["lib"]: row["ns"] for row in tables["Go"] if row["table"] == "Healthy" and row["goroutines"] == 1}
    yield "Go", [(name, healthy[name] - healthy["bare"]) for name in ("resil", "gobreaker-v2") if name in healthy]


def dotnet(tables):
    for label, pair in tables[".NET"].get("overview", {}).items():
        yield label, [(name, ns) for name, ns in pair]


PAIRS = {"C": native, "Python": python, "Node.js": node, "Java": java, "Go": go, ".NET": dotnet}


def overview(sections):
    """Bars on a logarithmic axis, ours and the peer's beside each other, as an SVG without any tool."""
    groups = [(label, pair) for title, pairs in PAIRS.items() if title in sections
              for label, pair in pairs(sections[title]["tables"]) if len(pair) == 2]
    left, width, bar, gap = 130, 520, 15, 12
    top, height = 46, len(groups) * (2 * bar + gap)

    def x(ns):  # 0.1 ns to 100 us
        return left + width * (math.log10(min(max(ns, 0.1), 1e5)) + 1) / 6

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 190} {top + height + 34}" '
           'font-family="sans-serif" font-size="12">', '<rect width="100%" height="100%" fill="#ffffff"/>',
           f'<text x="{left}" y="20" font-size="15">What a healthy call costs over the bare call, nanoseconds (logarithmic)</text>']
    for power in range(-1, 6):
        at = x(10.0 ** power)
        out.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{top - 8}" y2="{top + height}" stroke="#dddddd"/>'
                   f'<text x="{at:.1f}" y="{top + height + 18}" text-anchor="middle" fill="#555555">{10.0 ** power:g}</text>')
    y = top
    for label, pair in groups:
        out.append(f'<text x="{left - 8}" y="{y + bar + 4}" text-anchor="end">{escape(label)}</text>')
        for name, ns in pair:
            colour = "#2a6f97" if name.split()[0] == "resil" else "#9aa5b1"
            out.append(f'<rect x="{left}" y="{y}" width="{max(1.0, x(ns) - left):.1f}" height="{bar - 2}" fill="{colour}"/>'
                       f'<text x="{x(ns) + 6:.1f}" y="{y + bar - 4}">{escape(name)} {ns:,.3g}</text>')
            y += bar
        y += gap
    return "\n".join([*out, "</svg>"]) + "\n"


def table_rows(title, tables):
    """A language's own tables as rows like the native ones: what, threads, subject, ns and its spread."""
    for table, data in tables.items():
        if title == "Node.js":
            for name, row in data["rows"].items():
                kind, _, subject = name.partition(": ")
                yield {**row, "table": "Node.js", "row": kind, "threads": 1, "subject": subject or "bare"}
        elif title in ("Java", "Go", ".NET"):
            for row in data["rows"] if isinstance(data, dict) else data:
                yield {**row, "table": f"{title}: {row['table']}", "row": row["table"],
                       "threads": row.get("threads", row.get("goroutines", 1)), "subject": row.get("lib", row.get("row"))}
        else:
            yield from (row for row in data if "ns" in row)


def plots(sections, folder):
    import matplotlib  # Debian: python3-matplotlib
    matplotlib.use("svg")
    import matplotlib.pyplot as plt
    folder.mkdir(parents=True, exist_ok=True)
    grouped = {}
    for title, section in sections.items():
        for row in table_rows(title, section["tables"]):
            grouped.setdefault(row["table"], []).append(row)
    for table, rows in grouped.items():
        labels = [f"{r['row']}, {r['threads']} thr: {r['subject']}" for r in rows]
        colours = ["#2a6f97" if r["subject"].startswith("resil") else "#c9a227" if "floor" in r["subject"] else "#9aa5b1" for r in rows]
        figure, axes = plt.subplots(figsize=(11, 0.24 * len(rows) + 1))
        axes.barh(labels, [r["ns"] for r in rows], color=colours, ecolor="#555555",
                  xerr=[[max(0, r["ns"] - r["low"]) for r in rows], [max(0, r["high"] - r["ns"]) for r in rows]])
        axes.set(xscale="log", title=table, xlabel="nanoseconds a call, median (lines: the spread)")
        axes.invert_yaxis()
        axes.tick_params(labelsize=7)
        figure.tight_layout()
        name = "-".join("".join(c if c.isalnum() else " " for c in table.lower()).split())
        figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
        plt.close(figure)
        print(folder / f"{name}.svg")
