"""Scores rows with onnxruntime: onnx_parity.py FOLDER

FOLDER has pairs NAME.onnx and NAME.json; a JSON file holds {"day": [...], "columns": {name: [...]}, "expected": [...]}, null
where a value is missing. Exits with 1 if a probability differs by more than 1e-6, or if a day that the graph does not know has
one.
"""

import json
import pathlib
import sys

import numpy as np
import onnxruntime

failed = False
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
    rows = json.loads(path.with_suffix(".json").read_text())
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    wanted = {one.name for one in session.get_inputs()} - {"cutoff_day"}
    feed = {
        name: np.array([np.nan if value is None else value for value in rows["columns"][name]], dtype=np.float32)
        for name in wanted
    }
    day = np.array(rows["day"], dtype=np.int64)
    [scored] = session.run(["churn_probability"], feed | {"cutoff_day": day})
    [before] = session.run(["churn_probability"], feed | {"cutoff_day": day * 0})
    apart = np.abs(scored - np.array(rows["expected"])).max()
    print(f"{path.stem}: {len(day)} rows, {len(wanted)} features, within {apart:.1e}")
    failed |= not apart <= 1e-6 or scored.std() == 0 or not np.isnan(before).all()
print(f"onnxruntime {onnxruntime.__version__}")
sys.exit(failed)
