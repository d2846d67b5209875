"""Scores a feature table through an exported model: mlflow_parity.py EXPORT FEATURES.parquet CUSTOMER.json LIST.parquet...

EXPORT is loaded by MLflow as a python_function and by onnxruntime. Exits with 1 if a customer of the lists, which have four
digits, has another `churn_probability`, or none, or the customer that `retain explain` wrote one that differs by more than 1e-6.
"""

import json
import pathlib
import sys

import mlflow
import numpy as np
import onnxruntime
import pandas
import polars

export, features, customer, *lists = sys.argv[1:]
table = polars.read_parquet(features)
table = table.with_columns(cutoff_day=table["cutoff"].to_physical().cast(polars.Int64))
ours = polars.concat([polars.read_parquet(path, columns=["customer_id", "churn_probability"]) for path in lists])
table = table.join(ours, on="customer_id", how="left", maintain_order="left")
n_missing = table["churn_probability"].null_count()

session = onnxruntime.InferenceSession(f"{export}/model.onnx", providers=["CPUExecutionProvider"])
[scored] = session.run(None, {one.name: table[one.name].to_numpy() for one in session.get_inputs()})

model = mlflow.pyfunc.load_model(export)
frame = pandas.DataFrame({name: table[name].to_numpy() for name in model.metadata.get_input_schema().input_names()})
with_mlflow = model.predict(frame)["churn_probability"].to_numpy().ravel()

expected = table["churn_probability"].to_numpy()
apart = [np.abs(one - expected).max() for one in (scored, with_mlflow)]
explained = json.loads(pathlib.Path(customer).read_text())
[place] = np.flatnonzero((table["customer_id"] == explained["customer_id"]).to_numpy())
exact = [abs(one[place] - explained["churn_probability"]) for one in (scored, with_mlflow)]
print(f"{len(expected)} customers, {n_missing} on no list, {frame.shape[1]} inputs: onnxruntime {onnxruntime.__version__} within "
      f"{apart[0]:.1e} of the list and {exact[0]:.1e} of one explained, MLflow {mlflow.__version__} within {apart[1]:.1e} and {exact[1]:.1e}")
is_right = max(apart) <= 5e-5 + 1e-9 and max(exact) <= 1e-6
sys.exit(not (n_missing == 0 and len(expected) > 50 and expected.std() > 0.01 and is_right))
