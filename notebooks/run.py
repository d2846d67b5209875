"""Runs the notebooks of this folder from a clean state, or checks that they are stored without outputs.

    python notebooks/run.py            run all of them, one after the other
    python notebooks/run.py --check    check that no outputs are stored
    python notebooks/run.py --show DIR run them, and write what each cell shows to a page in DIR

No Jupyter is needed: a cell is Python, and what its last line gives is what it shows. A chart is built as its
library builds it for a page, so that a wrong one fails here and not before a reader.
"""

import ast
import html
import json
import os
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
CHART = '<div id="{id}"></div><script>vegaEmbed("#{id}", {spec})</script>'
HEAD = "".join(
    f'<script src="https://cdn.jsdelivr.net/npm/{name}"></script>' for name in ("vega@6", "vega-lite@6", "vega-embed@7")
)


def cells(path, kind):
    """The cells of a kind, each with its place in the notebook."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [(place, cell) for place, cell in enumerate(notebook["cells"], 1) if cell["cell_type"] == kind]


def stored_outputs(path):
    """What of a notebook must not be stored."""
    return [f"{path.name}, cell {place}" for place, cell in cells(path, "code") if cell["outputs"] or cell["execution_count"]]


def shown(value, place):
    """What a cell shows, as HTML; building it tests it."""
    if hasattr(value, "to_dict") and hasattr(value, "mark_bar") or type(value).__name__.endswith("LayerChart"):
        return CHART.format(id=f"chart-{place}", spec=json.dumps(value.to_dict()))
    return value._repr_html_() if hasattr(value, "_repr_html_") else f"<pre>{html.escape(repr(value))}</pre>"


def run(path):
    """Runs the cells in their order in one namespace, and gives what they show."""
    page, names = [HEAD], {"__name__": "__main__"}
    notebook = json.loads(path.read_text(encoding="utf-8"))
    printed = []
    names["print"] = lambda *values, **_: printed.append(" ".join(map(str, values)))
    for place, cell in enumerate(notebook["cells"], 1):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            page.append(f"<pre style='font:15px/1.4 sans-serif'>{html.escape(source)}</pre>")
            continue
        tree = ast.parse(source, f"{path.name}, cell {place}")
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, f"{path.name}, cell {place}", "exec"), names)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), f"{path.name}, cell {place}", "eval"), names)
            if value is not None:
                printed.append(None)
                page.append(shown(value, place))
        page.extend(f"<pre>{html.escape(text)}</pre>" for text in printed if text is not None)
        printed.clear()
    return page


def main(arguments):
    notebooks = sorted(FOLDER.glob("*.ipynb"))
    dirty = [place for path in notebooks for place in stored_outputs(path)]
    if dirty:
        sys.exit("outputs are stored; clear them before the notebook is committed: " + "; ".join(dirty))
    if arguments == ["--check"]:
        return
    # Paths of the notebooks start at their folder, those of the caller where the caller is.
    for variable in [name for name in os.environ if name in ("RETAIN_RUN", "RETAIN_PURCHASES", "RETAIN_BACKTEST")]:
        os.environ[variable] = str(Path(os.environ[variable]).resolve())
    pages = Path(arguments[1]).resolve() if arguments[:1] == ["--show"] else None
    os.chdir(FOLDER)
    for path in notebooks:
        begin = time.monotonic()
        page = run(path)
        print(f"{path.name}: {len(cells(path, 'code'))} cells in {time.monotonic() - begin:.1f} s")
        if pages:
            (pages / f"{path.stem}.html").write_text("\n".join(page), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
