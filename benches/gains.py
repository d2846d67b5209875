"""What a plan's contacts truly bring in simulated shops, beside other ways of spending the same money on the same actions.

usage: gains.py RETAIN FOLDER [--seeds FIRST LAST] [--customers N] [--budget EUR]

For each seed a shop that contacts its customers is simulated (`retain simulate --contacts`), trained and scored as of 120 days
before its end with a budget and three actions (call, message, and an offer with an incentive of 5), nobody left alone as
control. The truth has each customer's hazard of leaving, who is still here, and what each action does to the hazard for 60
days (to a share of customers whom nobody can tell apart; the mean over them is taken); with the complaints, returns and contacts
that still weigh on the day, and those to be expected, it gives the margin of the coming 365 days with and without a contact, what
incentives are taken, and so the true expected net gain of each contact. All that customers spend is margin here. Two plans of `retain` are judged: with the rates of the default playbook, which are wrong
here, and with the rates that a perfect experiment on this list would measure. Beside them, each with the money that the plan with measured rates truly spends:

* the formula with these rates and the probabilities and values of the list, solved exactly but for rounding;
* the best rule in hindsight that is linear in the terms of the formula: what the list's own probabilities and values allow;
* the best with the true hazards and who is still here: what nobody can know;
* rankings of the same customers, each with whichever one action brings it most in truth.

All choose among the customers whom the list may contact: not opted out, not contacted lately, without an open complaint.
Needs numpy and polars; leaves its files in FOLDER.
"""

import argparse
import json
import subprocess
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl

DAY = datetime(2025, 3, 4)
YEAR, TAKE, INCENTIVE = 365, 0.4, 5.0
COMPLAINT_DAYS, RETURN_DAYS, EFFECT_DAYS = 56, 30, 60
WOKEN, HALF_LIFE_DAYS, GONE_BELOW = 1.0, 40.0, 0.12
# An order leads to a complaint that is handled badly with this probability, which adds so much to the hazard on average.
BAD_COMPLAINTS, COMPLAINT_EXCESS = 0.08 * 0.5, 8.0 * 1.65 / 2
ACTIONS = {"personal_call": (5.0, 0.0), "personal_message": (0.5, 0.0), "offer": (0.5, INCENTIVE)}
# Of the default playbook; winning back is another action there, for those who have more likely left than not.
ASSUMED = {"personal_call": (0.10, 0.0, 0.0), "personal_message": (0.05, 0.0, 0.0), "offer": (0.12, 0.0, 0.0)}
MORE = "\n[backtest]\nlast = 1\nbootstrap = 40\n\n[decide]\nplaybook = \"PLAYBOOK\"\nbudget = BUDGET\ncontrol_share = 0.0\nmin_gain = 0.0\n"


def run(retain, *arguments):
    done = subprocess.run([retain, *map(str, arguments), "--quiet"], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 4):
        raise SystemExit(f"{' '.join(map(str, arguments))}: {done.stderr[-900:]}")


def playbook(rates, take):
    """The three actions with rates of saving, winning back and waking."""
    text = ""
    for name, (cost, incentive) in ACTIONS.items():
        text += f'[[action]]\nname = "{name}"\nlevel = "{"financial" if incentive else "social"}"\ncontact_cost = {cost}\n'
        text += f"incentive = {incentive}\ntake_rate = {{ mean = {take:.6f} }}\n" if incentive else ""
        for rate, mean in zip(("save_rate", "winback_rate", "wake_rate"), rates[name]):
            text += f"{rate} = {{ mean = {max(mean, 1e-6):.6f} }}\n" if mean > 0 or rate == "save_rate" else ""
    return text


def scored(retain, shop, name, rates, budget):
    (shop / f"{name}.toml").write_text(playbook(*rates))
    config = shop / f"retain_{name}.toml"
    config.write_text((shop / "retain.toml").read_text() + MORE.replace("PLAYBOOK", f"{name}.toml").replace("BUDGET", str(budget)))
    out = shop / f"run_{name}"
    if not (out / "list.parquet").exists():
        run(retain, "score" if (shop / "models").exists() else "run", "--config", config, "--as-of", f"{DAY:%Y-%m-%d}", "--out", out)
    lists = [pl.read_parquet(out / f"{part}.parquet") for part in ("list", "winback")]
    return pl.concat(lists).sort("customer_id")


def strains(shop, ids):
    """What is added to the hazard of each customer on each coming day by what happened before the day of the list, and what
    lowers it: complaints that were handled badly, returned lines, contacts. Whole days."""
    place = {customer: row for row, customer in enumerate(ids)}
    added, factor = np.zeros((len(ids), YEAR)), np.ones((len(ids), YEAR))

    def lasting(customer, since, days):
        row, left = place.get(customer), days - (DAY - since).total_seconds() / 86_400
        return (row, slice(0, int(np.ceil(left)))) if row is not None and since < DAY and left > 0 else (None, None)

    for one in pl.read_parquet(shop / "complaints.parquet").iter_rows(named=True):
        hours = lambda moment: (moment - one["opened_at"]).total_seconds() / 3_600
        wrong = [72.0] if one["first_response_at"] is None or hours(one["first_response_at"]) > 72 else []
        wrong += [14 * 24.0] if one["resolved_at"] is None else []
        wrong += [hours(one["reopened_at"])] if one["reopened_at"] is not None else []
        if wrong:
            since = datetime.fromtimestamp(one["opened_at"].timestamp() + min(wrong) * 3_600)
            row, days = lasting(one["customer_id"], since, COMPLAINT_DAYS)
            if row is not None:
                added[row, days] += 8.0 * one["severity"] / 2
    for one in pl.read_parquet(shop / "purchases.parquet").filter("is_return").iter_rows(named=True):
        row, days = lasting(one["customer_id"], one["purchased_at"], RETURN_DAYS)
        if row is not None:
            added[row, days] += 0.5
    truth = {one["customer_id"]: one for one in pl.read_parquet(shop / "truth.parquet").iter_rows(named=True)}
    for one in pl.read_parquet(shop / "contacts.parquet").filter(pl.col("arm") == "treated").iter_rows(named=True):
        row, days = lasting(one["customer_id"], one["contacted_at"], EFFECT_DAYS)
        effect = truth[one["customer_id"]]
        if row is not None and effect["contact_effect"] == "woken":
            added[row, days] += WOKEN
        elif row is not None:
            factor[row, days] *= effect[f"hazard_factor_{one['action']}"]
    return added, factor


class World:
    """What is true of the rows of a list."""

    def __init__(self, shop, rows):
        ids = rows["customer_id"].to_list()
        truth = rows.select("customer_id").join(pl.read_parquet(shop / "truth.parquet"), on="customer_id", how="left", maintain_order="left")
        number = lambda column: truth[column].to_numpy().astype(float)[:, None]
        days = np.arange(YEAR)[None, :]
        self.is_here = ~(truth["left_at"] < DAY).fill_null(False).to_numpy()
        self.truth, self.effect = truth, truth["contact_effect"].to_numpy()
        fading = ((DAY - truth["fades_from"]).dt.total_seconds() / 86_400).fill_null(-1e9).to_numpy()[:, None] + days
        pace = np.where(fading > 0, 0.5 ** (np.maximum(fading, 0.0) / HALF_LIFE_DAYS), 1.0)
        pace = np.where(pace < GONE_BELOW, 0.0, pace)
        self.rate = number("purchase_rate_per_day") * pace
        self.margin = self.net(shop) * number("mean_order_value") * self.rate
        self.base = number("hazard_per_day") + number("hazard_per_order") * self.rate
        added, self.factor = strains(shop, ids)
        to_come = BAD_COMPLAINTS * COMPLAINT_EXCESS * self.rate * np.minimum(days, COMPLAINT_DAYS)
        self.strained = 1.0 + added + (fading > 0) + to_come
        self.without = self.course(1.0, 0.0)
        self.actions = [self.of(name) for name in ACTIONS]

    @staticmethod
    def net(shop):
        """What orders bring, beside the mean order value of their customers: discounts and returns."""
        lines = pl.read_parquet(shop / "purchases.parquet")
        orders = lines.group_by("customer_id").agg(pl.col("amount").sum(), pl.col("order_id").filter(~pl.col("is_return")).n_unique())
        orders = orders.join(pl.read_parquet(shop / "truth.parquet"), on="customer_id")
        return orders["amount"].sum() / (orders["order_id"] * orders["mean_order_value"]).sum()

    def course(self, factor, added):
        """Probability of being here on each day, for hazards with these changes in the time of an effect."""
        in_effect = np.arange(YEAR)[None, :] < EFFECT_DAYS
        hazard = self.base * (self.strained + added * in_effect) * self.factor * np.where(in_effect, factor, 1.0)
        here = np.exp(-np.cumsum(hazard, axis=1))
        return self.is_here[:, None] * here

    def of(self, name):
        """For each customer, true expected net gain and cost of an action, and the probabilities of being kept and woken."""
        cost, incentive = ACTIONS[name]
        factor = self.truth.filter(pl.col("contact_effect") == "helped")[f"hazard_factor_{name}"][0]
        helped, woken = ((self.effect == word)[self.is_here].mean() for word in ("helped", "woken"))
        if_helped, if_woken = self.course(factor, 0.0), self.course(1.0, WOKEN)
        here = helped * if_helped + woken * if_woken + (1.0 - helped - woken) * self.without
        after = EFFECT_DAYS - 1
        kept, lost = helped * (if_helped - self.without)[:, after], woken * (self.without - if_woken)[:, after]
        gained = (self.margin * (here - self.without)).sum(axis=1)
        buys = 1.0 - np.exp(-(self.rate * self.without)[:, :EFFECT_DAYS].sum(axis=1))
        taken = TAKE * buys + (1.0 - TAKE) * kept
        spent = cost + taken * incentive
        return {"gain": gained - spent, "cost": spent, "kept": kept, "woken": lost, "taken": TAKE * buys}

    def mean_rates(self, rows, may):
        """The rates that an experiment of any size on these customers would measure."""
        leaving, _, remaining, staying, _ = (of[may].sum() for of in terms(rows))
        rates = lambda one: (one["kept"][may].sum() / leaving, 0.0, one["woken"][may].sum() / staying)
        return dict(zip(ACTIONS, map(rates, self.actions))), self.actions[0]["taken"][may].sum() / remaining


def terms(rows):
    """The parts of the formula: value of those leaving, gone, staying; and shares of those who remain and stay."""
    number = lambda column: rows[column].cast(pl.Float64).fill_null(0.0).to_numpy()
    leaving, gone, quiet, value = map(number, ("leaving_probability", "gone_probability", "quiet_probability", "value_at_stake"))
    remaining = np.maximum(1.0 - leaving - gone, 0.0)
    return leaving, gone, remaining, np.maximum(remaining - quiet, 0.0), value


def formula(rows, rates, take):
    """Net gains and costs of each action by the formula of `retain`."""
    leaving, gone, remaining, staying, value = terms(rows)
    gains, costs = [], []
    for name, (cost, incentive) in ACTIONS.items():
        save, winback, wake = rates[name]
        taken = leaving * save + gone * winback + remaining * (take if incentive else 0.0)
        costs.append(cost + taken * incentive)
        gains.append((leaving * save + gone * winback - staying * wake) * value - costs[-1])
    return np.array(gains), np.array(costs)


def hindsight(rows, world, may):
    """The best gains that are linear in the terms of the formula, by least squares on the truth."""
    leaving, gone, remaining, staying, value = terms(rows)
    columns = np.column_stack([leaving * value, gone * value, remaining * value, staying * value, value, remaining, np.ones(len(rows))])
    fitted = [columns @ np.linalg.lstsq(columns[may], one["gain"][may], rcond=None)[0] for one in world.actions]
    return np.array(fitted)


def solved(gains, costs, may, true_costs, money):
    """One action or none for each customer: the dual of the budget, halved down to where the money is spent."""
    def chosen(price):
        reduced = np.vstack([np.zeros(gains.shape[1]), gains - price * costs])
        return np.where(may, reduced.argmax(axis=0), 0) - 1
    spent = lambda choice: true_costs[choice, np.arange(len(choice))][choice >= 0].sum()
    low, high = 0.0, 1e3
    if spent(chosen(0.0)) <= money:
        return chosen(0.0)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if spent(chosen(middle)) > money else (low, middle)
    return chosen(high)


def down(score, may, gains, costs, money):
    """What a ranking brings with the best one action, down to where the money is spent."""
    order = np.argsort(-score, kind="stable")
    order = order[may[order]]
    fits = lambda action: order[np.cumsum(costs[action, order]) <= money]
    return max(gains[action, fits(action)].sum() for action in range(len(gains)))


def measured(retain, folder, seed, customers, budget):
    shop = folder / f"gains_{seed}"
    if not (shop / "retain.toml").exists():
        run(retain, "simulate", "--contacts", "--customers", customers, "--seed", seed, "--format", "parquet", "--out", shop)
        text = (shop / "retain.toml").read_text().replace("margin_share = 0.3", "margin_share = 1.0")
        (shop / "retain.toml").write_text(text + '\n[models]\ndir = "models"\n')
    rows = scored(retain, shop, "assumed", (ASSUMED, TAKE), budget)
    world = World(shop, rows)
    blocked = ["opted_out", "cool_down", "no_action_fits"]
    word = "suppressed_code" if "suppressed_code" in rows.columns else "suppressed_because"
    may = ~rows[word].fill_null("").is_in(blocked).to_numpy() & (rows["open_complaints"].fill_null(0) == 0).to_numpy()
    rates = world.mean_rates(rows, may)
    informed = scored(retain, shop, "informed", rates, budget)
    gains, costs = (np.array([one[key] for one in world.actions]) for key in ("gain", "cost"))
    names = list(ACTIONS)

    def plan(rows):
        treated = (rows["group"] == "treat").to_numpy()
        return np.array([names.index(action) if is_treated else -1 for action, is_treated in zip(rows["recommended_action"], treated)])

    def true(choice, of=gains):
        return of[choice, np.arange(len(choice))][choice >= 0].sum()

    money = true(plan(informed), costs)
    number = lambda column: rows[column].cast(pl.Float64).to_numpy()
    by = {
        "churn probability": number("churn_probability"),
        "value at stake": number("value_at_stake"),
        "churn probability x value (expected loss)": number("churn_probability") * number("value_at_stake"),
        "recency, the longest silence": number("days_since_last_order"),
        "recency, the shortest silence": -number("days_since_last_order"),
    }
    found = {
        "the list, rates of the default playbook": true(plan(rows)),
        "the list, measured rates": true(plan(informed)),
        "the formula, measured rates": true(solved(*formula(rows, *rates), may, costs, money)),
        "the best linear in the formula's terms": true(solved(hindsight(rows, world, may), formula(rows, *rates)[1], may, costs, money)),
        "the best with the whole truth": true(solved(gains, costs, may, costs, money)),
        **{name: down(score, may, gains, costs, money) for name, score in by.items()},
    }
    about = {
        "rows": len(rows), "may": int(may.sum()), "gone": 1 - world.is_here[may].mean(), "money": money,
        "money_assumed": true(plan(rows), costs), "contacted": int((plan(rows) >= 0).sum()),
        "expected": float(rows.filter(pl.col("group") == "treat")["expected_net_gain"].sum()),
        "expected_informed": float(informed.filter(pl.col("group") == "treat")["expected_net_gain"].sum()),
        "rates": rates, "leaves": float((world.is_here - world.without[:, EFFECT_DAYS - 1])[may].mean()),
        "leaving": float(number("leaving_probability")[may].mean()), "gone_said": float(number("gone_probability")[may].mean()),
        "value": float((world.margin * world.without).sum(axis=1)[may & world.is_here].mean()),
        "value_said": float(number("value_at_stake")[may & world.is_here].mean()),
        "actions": {name: int((plan(rows) == place).sum()) for place, name in enumerate(names)},
    }
    return found, about


def interval(values):
    values, random = np.array(values), np.random.default_rng(1)
    means = random.choice(values, (4000, len(values))).mean(axis=1)
    return values.mean(), np.quantile(means, 0.025), np.quantile(means, 0.975)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("retain")
    parser.add_argument("folder", type=lambda path: Path(path).resolve())
    parser.add_argument("--customers", type=int, default=8_000)
    parser.add_argument("--seeds", type=int, nargs=2, default=[5001, 5020])
    parser.add_argument("--budget", type=float, default=600.0)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    all_found, all_about = [], []
    for seed in range(arguments.seeds[0], arguments.seeds[1] + 1):
        found, about = measured(arguments.retain, arguments.folder, seed, arguments.customers, arguments.budget)
        all_found.append(found)
        all_about.append(about)
        print(f"seed {seed}: {json.dumps(about)}\n   {json.dumps({name: round(gain, 1) for name, gain in found.items()})}", flush=True)
    for key in ("rows", "may", "gone", "gone_said", "leaves", "leaving", "value", "value_said", "contacted", "money", "expected", "expected_informed"):
        print(f"{key}: {np.mean([about[key] for about in all_about]):.4g}")
    reference = "the formula, measured rates"
    print(f"\n{len(all_found)} shops; true net gain in EUR a shop, and each as a share of `{reference}`\n")
    print("| who is contacted, with what | true net gain | share of the formula with measured rates | the list less this |\n|---|---|---|---|")
    first = "the list, measured rates"
    for name in all_found[0]:
        mean, low, high = interval([found[name] for found in all_found])
        ratio = sum(found[name] for found in all_found) / sum(found[reference] for found in all_found)
        ratios = interval([found[name] / found[reference] for found in all_found])
        less, less_low, less_high = interval([found[first] - found[name] for found in all_found])
        paired = "" if name == first else f"{less:+.0f} [{less_low:+.0f}, {less_high:+.0f}]"
        print(f"| {name} | {mean:.0f} [{low:.0f}, {high:.0f}] | {ratio:.3f} [{ratios[1]:.3f}, {ratios[2]:.3f}] | {paired} |")


if __name__ == "__main__":
    main()
