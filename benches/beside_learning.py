"""Learning beside scikit-learn, LightGBM and CatBoost, one after the other on the same matrices.

usage: beside_learning.py FOLDER panel, or beside_learning.py FOLDER core ROWS COLUMNS
needs numpy, scikit-learn, lightgbm, catboost; FOLDER gets the matrices. Ours runs by `cargo bench --bench learning`.
"""

import json
import pathlib
import subprocess
import sys
import time

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

THREADS = 2


def ours(*arguments):
    command = ["cargo", "bench", "--locked", "--bench", "learning", "--", *arguments]
    found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])
    print("ours", {name: value for name, value in found.items() if name != "parameters"})
    return found


def timed(name, fit):
    begun = time.perf_counter()
    fit()
    seconds = time.perf_counter() - begun
    print(f"{name}: {seconds:.1f} s", flush=True)
    return seconds


def panel(folder):
    import lightgbm
    from catboost import CatBoostClassifier

    found = ours("panel", str(folder))
    shape = (found["rows"], found["columns"])
    x = np.fromfile(folder / "matrix.f32", dtype="<f4").reshape(shape)
    y = np.fromfile(folder / "churned.u8", dtype=np.uint8)

    def logistic():
        wide = x.astype(float)
        median = np.nan_to_num(np.nanmedian(wide, axis=0))
        filled = np.where(np.isfinite(wide), wide, median)
        tamed = np.sign(filled) * np.log1p(np.abs(filled))
        make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=3000)).fit(tamed, y)

    def boosting():
        settings = dict(n_estimators=300, learning_rate=0.03, num_leaves=15, min_child_samples=100, subsample=0.8)
        more = dict(subsample_freq=1, colsample_bytree=0.5, reg_lambda=5, verbose=-1, n_jobs=THREADS, random_state=0)
        lightgbm.LGBMClassifier(**settings, **more).fit(x, y)

    def catboost():
        settings = dict(iterations=600, learning_rate=0.03, depth=6, verbose=0, thread_count=THREADS, random_seed=0)
        settings["allow_writing_files"] = False
        CatBoostClassifier(**settings).fit(x, y)

    theirs = sum(timed(f.__name__, f) for f in (logistic, boosting, catboost))
    print(f"theirs, once each: {theirs:.1f} s, ours with settings chosen on four folds: {found['seconds']:.1f} s")


def core(folder, rows, columns):
    found = ours("core", str(folder), rows, columns)
    x = np.fromfile(folder / "core.f64", dtype="<f8").reshape(int(rows), int(columns))
    y = np.fromfile(folder / "core.u8", dtype=np.uint8)
    for solver, tolerance in (("lbfgs", 1e-4), ("lbfgs", 1e-8), ("newton-cholesky", 1e-8)):
        model = LogisticRegression(C=1 / found["penalty"], solver=solver, tol=tolerance, max_iter=3000)
        timed(f"{solver}, tol {tolerance}", lambda model=model: model.fit(x, y))
        theirs = np.append(model.coef_[0], model.intercept_)
        print(f"  largest difference of a parameter: {np.abs(theirs - found['parameters']).max():.1e}")


if __name__ == "__main__":
    folder, what = pathlib.Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    if what[0] == "panel":
        panel(folder)
    else:
        core(folder, what[1], what[2])
