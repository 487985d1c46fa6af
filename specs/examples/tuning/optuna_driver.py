"""Lets Optuna tune the formula: `mtlc tune … --ask-tell` says what its suggestions are worth.

    pip install optuna
    python optuna_driver.py 60 mtlc tune feed.mtl --log log.csv.gz --request request_id --objective "ndcg@10(value)"
"""

import json
import subprocess
import sys

import optuna

trials, command = int(sys.argv[1]), [*sys.argv[2:], "--ask-tell"]
optuna.logging.set_verbosity(optuna.logging.WARNING)

with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as mtlc:
    problem = json.loads(mtlc.stdout.readline())
    study = optuna.create_study(
        directions=[objective["direction"] for objective in problem["objectives"]],
        sampler=optuna.samplers.TPESampler(seed=1),
    )
    for _ in range(trials):
        trial = study.ask()
        values = {p["name"]: trial.suggest_float(p["name"], p["low"], p["high"]) for p in problem["params"]}
        mtlc.stdin.write(json.dumps({"id": trial.number, "values": values}) + "\n")
        mtlc.stdin.flush()
        answer = json.loads(mtlc.stdout.readline())
        # A trial that breaks a guard is not a candidate.
        broken = answer["violation"] > 0
        study.tell(trial, None if broken else answer["objectives"], optuna.trial.TrialState.FAIL if broken else None)
    mtlc.stdin.close()
    result = json.loads(mtlc.stdout.readline())["result"]

for param in result["params"]:
    print(f"{param['name']}: {param['production']} -> {param['proposed']}")
print(result["patch"], end="")
