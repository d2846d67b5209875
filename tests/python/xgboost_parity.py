"""Scores rows with PyPI xgboost: xgboost_parity.py MODEL.json ROWS.json

ROWS.json holds {"values": [[...]], "log_odds": [...]}, null where a value is missing. Exits with 1 if a probability
differs by more than 1e-6, and prints the largest differences.
"""

import json
import sys

import numpy as np
import xgboost

model, rows = sys.argv[1:]
with open(rows) as file:
    rows = json.load(file)
values = np.array([[np.nan if v is None else v for v in row] for row in rows["values"]], dtype=np.float32)
expected = np.array(rows["log_odds"])
booster = xgboost.Booster(model_file=model)
data = xgboost.DMatrix(values, feature_names=booster.feature_names, feature_types=booster.feature_types)
margin = booster.predict(data, output_margin=True)
probability = booster.predict(data)
apart = np.abs(probability - 1 / (1 + np.exp(-expected))).max()
print(f"xgboost {xgboost.__version__}: {len(expected)} rows, "
      f"log-odds within {np.abs(margin - expected).max():.1e}, probabilities within {apart:.1e}")
parts = booster.predict(data, pred_contribs=True)
ours = np.array(rows["contributions"])
print(f"contributions within {np.abs(parts[:, :-1] - ours).max():.1e}")
sys.exit(0 if apart <= 1e-6 and np.abs(parts[:, :-1] - ours).max() <= 1e-4 else 1)
