"""The door: twelve exports as shops have them, from the raw files to the numbers, beside a count made by polars.

    python benches/exports.py ../shared/cases/newcomer-generator.py [--retain target/release/retain] [--only 01,07] [--run]

needs polars and numpy. For each export it drafts a config (`retain init`), fills in the currency, the zone and at most one
choice, runs `retain check`, and compares customers, orders and revenue with those of an independent count. With `--run` it
goes on to the list. Where a definition is open (with or without shipping; refunds netted or their orders set apart), each
reading that a shop may mean is counted, and the table names the one that was met. Prints a table in Markdown.
"""
import argparse, json, re, shutil, subprocess, sys, tempfile
from dataclasses import dataclass, field
from pathlib import Path

try:
    import polars as pl
except ImportError:
    sys.exit("skipped: polars is not installed")

MONEY = 0.011  # Sums of cents in floating point.


@dataclass
class Export:
    """What a newcomer has, what is right, and the little that has to be said by a person."""
    folder: str
    files: dict                       # table: glob in the folder
    currency: str = "EUR"
    timezone: str | None = None
    choice: tuple = ()                # (what it is, function of the draft's text), at most one
    truths: object = None             # function of the folder: {reading: (customers, orders, revenue)}
    refused: tuple = ()               # words of a refusal that is right
    extra: list = field(default_factory=list)


def read(files, **options):
    """All of it as text: nothing is to be guessed twice by the same library."""
    frames = [pl.read_csv(file, infer_schema=False, **options).fill_null("") for file in files]
    return pl.concat(frames)


def money(column):
    """`$1,234.50`, `-$3.00`, `(3.00)` as a number."""
    text = pl.col(column)
    sign = pl.when(text.str.contains(r"^[-(]|-$")).then(-1.0).otherwise(1.0)
    return pl.when(text == "").then(0.0).otherwise(text.str.replace_all(r"[^0-9.]", "").cast(pl.Float64, strict=False) * sign)


def german(column):
    text = pl.col(column)
    sign = pl.when(text.str.contains("-")).then(-1.0).otherwise(1.0)
    return text.str.replace_all(r"[.\-]", "").str.replace(",", ".").cast(pl.Float64) * sign


def mail(column):
    return pl.col(column).str.strip_chars().str.to_lowercase()


def counted(lines, customer, order, amount):
    """Customers and orders of what was bought, and what all lines sum to; lines of nobody are out."""
    lines = lines.select(customer.alias("c"), order.alias("o"), amount.alias("a")).filter(pl.col("c") != "")
    bought = lines.filter(pl.col("a") >= 0)
    return bought["c"].n_unique(), bought.select("c", "o").n_unique(), round(lines["a"].sum(), 2)


def readings(frame, wheres, customers, order, amounts):
    """Every combination of a set of rows, a customer column and an amount that a shop may mean."""
    found = {}
    for where, condition in wheres.items():
        for who, customer in customers.items():
            for what, amount in amounts.items():
                found[", ".join(part for part in (where, who, what) if part)] = counted(frame.filter(condition), customer, order, amount)
    return found


def shopify(folder):
    lines = read(sorted(folder.glob("orders_export_*.csv")))
    orders = lines.filter(pl.col("Financial Status") != "")
    test = mail("Email") == "test@myshop.example"
    live = (pl.col("Cancelled at") == "") & (pl.col("Financial Status") != "voided") & ~test
    settled = live & ~pl.col("Financial Status").is_in(["pending", "authorized"])
    wheres = {"orders that stand": live, "orders that are settled": settled,
              "orders that stand, refunded ones apart": live & (pl.col("Financial Status") != "refunded"),
              "orders that are settled, refunded ones apart": settled & (pl.col("Financial Status") != "refunded"),
              "paid orders": live & (pl.col("Financial Status") == "paid")}
    amounts = {f"{what} less refunds": money(what) - money("Refunded Amount") for what in ("Total", "Subtotal")}
    found = readings(orders, wheres, {"": mail("Email")}, pl.col("Name"), amounts)
    apart = {where: condition for where, condition in wheres.items() if "apart" in where or "paid" in where}
    found |= readings(orders, apart, {"": mail("Email")}, pl.col("Name"), {what: money(what) for what in ("Total", "Subtotal")})
    # Line by line: price times quantity, the orders chosen on their first lines.
    for where, condition in apart.items():
        chosen = orders.filter(condition).select("Name", pl.col("Email").alias("buyer"))
        joined = lines.drop("Email").join(chosen, on="Name", how="inner")
        found[f"{where}, price x quantity"] = counted(joined, mail("buyer"), pl.col("Name"), money("Lineitem price") * money("Lineitem quantity"))
    return found


def woocommerce(folder):
    orders = read([folder / "order_export_2026-11-01.csv"])
    status = pl.col("status")
    wheres = {"completed and processing": status.is_in(["completed", "processing"]), "and on hold": status.is_in(["completed", "processing", "on-hold"]),
              "completed": status == "completed"}
    id_ = pl.when(pl.col("customer_id") == "0").then(pl.lit("")).otherwise(pl.col("customer_id"))
    return readings(orders, wheres, {"by e-mail": mail("billing_email"), "by number, guests out": id_}, pl.col("order_id"),
                    {what: money(what) for what in ("order_total", "order_subtotal")})


def magento(folder):
    orders = read([folder / "export.csv"])
    status = pl.col("Status")
    standing = ["Complete", "Processing"]
    kept = {"complete and processing": standing, "complete": ["Complete"], "and pending": [*standing, "Pending"]}
    with_refunds = {"and closed": [*standing, "Closed"], "closed and pending": [*standing, "Closed", "Pending"]}
    amounts = {what: money(what) for what in ("Grand Total (Base)", "Subtotal")}
    netted = {f"{what} less refunds": amount - money("Total Refunded") for what, amount in amounts.items()}
    of = lambda named, amounts: readings(orders, {where: status.is_in(words) for where, words in named.items()}, {"": mail("Customer Email")}, pl.col("ID"), amounts)
    return of(kept, amounts) | of(with_refunds, netted)


def stripe(folder):
    charges = read([folder / "unified_payments.csv"])
    live = (pl.col("Mode") == "Live") & (pl.col("Status") != "Failed")
    who = {"by number": pl.col("Customer ID"), "by e-mail": mail("Customer Email")}
    netted = {"less refunds": money("Amount") - money("Amount Refunded")}
    of = lambda where, condition, amounts: readings(charges, {where: condition}, who, pl.col("id"), amounts)
    return of("paid", live & (pl.col("Status") == "Paid"), {"Amount": money("Amount")}) | of("paid and refunded", live, netted)


def square(folder):
    lines = read(sorted(folder.glob("items-*.csv")))
    wheres = {"refunds netted": pl.lit(True), "payments alone": pl.col("Event Type") == "Payment"}
    return readings(lines, wheres, {"": pl.col("Customer ID")}, pl.col("Transaction ID"), {what: money(what) for what in ("Net Sales", "Gross Sales")})


def amazon(folder):
    lines = read([folder / "amazon-fulfilled-shipments.txt"], separator="\t", encoding="windows-1252", quote_char=None)
    price, tax, off = money("item-price"), money("item-tax"), money("item-promotion-discount")
    return readings(lines, {"": pl.lit(True)}, {"": mail("buyer-email")}, pl.col("amazon-order-id"),
                    {"item-price": price, "with tax": price + tax, "less promotion": price + off, "with tax less promotion": price + tax + off})


def sap(folder):
    lines = read([folder / "VF05_export.csv"], separator=";", encoding="windows-1252", has_header=True)
    standing = pl.col("Storniert") == ""
    wheres = {"credit notes netted": standing, "invoices alone": standing & (pl.col("FkArt") == "F2")}
    return readings(lines, wheres, {"": pl.col("Auftraggeber")}, pl.col("Faktura"), {"Nettowert": german("Nettowert")})


def b2b(folder):
    text = (folder / "invoices_unicode.txt").read_bytes().decode("utf-16")
    lines = read([text.encode()], separator="\t")
    lines = lines.filter(pl.col("Customer No") != "")
    wheres = {"credit notes netted": pl.lit(True), "invoices alone": pl.col("Invoice No").str.starts_with("INV")}
    return readings(lines, wheres, {"": pl.col("Customer No")}, pl.col("Invoice No"), {"Line Total": money("Line Total")})


def b2b_sheet(folder):
    """The sheet has the first 3,000 lines of the same invoices."""
    text = (folder / "invoices_unicode.txt").read_bytes().decode("utf-16")
    lines = read([text.encode()], separator="\t").head(3000)
    wheres = {"credit notes netted": pl.lit(True), "invoices alone": pl.col("Invoice No").str.starts_with("INV")}
    return readings(lines, wheres, {"": pl.col("Customer No")}, pl.col("Invoice No"), {"Line Total": money("Line Total")})


def olist(folder):
    table = lambda name: read([folder / f"olist_{name}_dataset.csv"])
    lines = table("order_items").join(table("orders"), on="order_id").join(table("customers"), on="customer_id")
    status = pl.col("order_status")
    wheres = {"all but cancelled and unavailable": ~status.is_in(["canceled", "unavailable"]), "delivered": status == "delivered",
              "all but cancelled": status != "canceled", "delivered and shipped": status.is_in(["delivered", "shipped"])}
    price, freight = money("price"), money("freight_value")
    return readings(lines, wheres, {"": pl.col("customer_unique_id")}, pl.col("order_id"), {"price": price, "price and freight": price + freight})


def pos(folder):
    lines = read(sorted(folder.glob("bon_*.csv.gz")), separator="|")
    wheres = {"returns netted": pl.lit(True), "sales alone": pl.col("MENGE").cast(pl.Int64) > 0}
    return readings(lines, wheres, {"": pl.col("KARTEN_NR")}, pl.col("BON_NR"), {"cents as euros": pl.col("UMSATZ_CENT").cast(pl.Float64) / 100})


def without_comment(pattern, what=None):
    """The choice that a draft offers as a line behind a `#`: the first that matches is taken."""
    def take(text):
        return re.sub(rf"(?m)^#\s?({pattern}.*)$", r"\1", text, count=1)
    return (what or f"`#` before `{pattern}` removed", take)


EXPORTS = [
    Export("01-shopify", {"purchases": "orders_export_*.csv", "complaints": "gorgias_tickets.csv"}, timezone="Europe/Amsterdam", truths=shopify, choice=without_comment("filter = ")),
    Export("02-woocommerce", {"purchases": "order_export_2026-11-01.csv", "complaints": "hubspot_tickets.csv"}, "USD", truths=woocommerce, choice=without_comment("filter = ")),
    Export("03-magento", {"purchases": "export.csv", "complaints": "zendesk_tickets.csv"}, "USD", truths=magento, choice=without_comment("filter = ")),
    Export("04-stripe", {"purchases": "unified_payments.csv"}, "USD", truths=stripe, choice=without_comment("filter = ")),
    Export("05-square", {"purchases": "items-*.csv"}, "USD", "America/New_York", truths=square, choice=without_comment("filter = ")),
    Export("06-amazon", {"purchases": "amazon-fulfilled-shipments.txt"}, truths=amazon, choice=without_comment("filter = ")),
    Export("07-sap", {"purchases": "VF05_export.csv", "complaints": "Reklamationen.csv"}, timezone="Europe/Berlin", truths=sap, choice=without_comment("filter = ")),
    Export("08-b2b-excel", {"purchases": "invoices_unicode.txt", "customers": "customers.csv"}, "GBP", "Europe/London", truths=b2b, choice=without_comment("filter = ")),
    Export("08-b2b-excel (xlsx)", {"purchases": "invoices.xlsx", "customers": "customers.csv"}, "GBP", "Europe/London", truths=b2b_sheet, choice=without_comment("filter = ")),
    Export("09-olist", {"purchases": "olist_order_items_dataset.csv", "customers": "olist_customers_dataset.csv"}, "BRL", "America/Sao_Paulo", truths=olist, choice=without_comment("filter = "), extra=["olist_*_dataset.csv"]),
    Export("10-instacart", {"purchases": "orders.csv"}, "USD", refused=("purchased_at", "amount")),
    Export("11-telco", {"purchases": "WA_Fn-UseC_-Telco-Customer-Churn.csv"}, "USD", refused=("purchased_at",)),
    Export("12-pos-loyalty", {"purchases": "bon_*.csv.gz", "complaints": "freshdesk_tickets.csv"}, timezone="Europe/Berlin", truths=pos, choice=without_comment("filter = ")),
]


class Retain:
    """The binary, as a user calls it."""

    def __init__(self, binary):
        self.binary = str(Path(binary).resolve())

    def __call__(self, *arguments, cwd=None):
        done = subprocess.run([self.binary, *map(str, arguments), "--no-progress"], cwd=cwd, capture_output=True, text=True, errors="replace", timeout=1800)
        return done.returncode, done.stdout + done.stderr

    def totals(self, config, out, command="check"):
        """Customers, orders and revenue, the findings, the exit code and what was said."""
        shutil.rmtree(out, ignore_errors=True)
        code, said = self(command, "--config", config, "--out", out)
        manifest = Path(out) / "manifest.json"
        found = json.loads(manifest.read_text()) if code == 0 and manifest.exists() else {}
        totals = found.get("totals") or {}
        triple = (totals.get("customers"), totals.get("orders"), float(totals["revenue"])) if totals else None
        return code, said, triple, found.get("findings", [])


def met(truths, triple):
    """The reading that the numbers are those of."""
    if triple is None:
        return None
    for reading, (customers, orders, revenue) in truths.items():
        if (customers, orders) == triple[:2] and abs(revenue - triple[2]) < MONEY * max(1.0, abs(revenue) * 1e-9):
            return reading
    return None


def errors_of(said, most=3):
    lines = [line for line in said.splitlines() if re.match(r"error", line)]
    return "; ".join(lines[:most]) or said.strip()[-300:]


def filled(text, export, edits):
    """The draft with what a person has to say."""
    def put(pattern, line, what):
        nonlocal text
        if re.search(pattern, text, re.M):
            text = re.sub(pattern, line, text, count=1, flags=re.M)
            edits.append(what)
    if not re.search(rf'(?m)^currency = "{export.currency}"', text):
        put(r"^#? ?currency = .*$", f'currency = "{export.currency}"', "currency")
    if export.timezone and not re.search(rf'(?m)^timezone = "{export.timezone}"', text):
        put(r"^#? ?timezone = .*$", f'timezone = "{export.timezone}"', "timezone")
    put(r"^horizon_days = 0 .*$", "horizon_days = 90", "horizon")
    return text


def drafted(retain, export, folder, config, is_recognised):
    """Drafts a config: from the files alone where the binary takes them so, else table by table."""
    tables = {table: sorted(folder.glob(pattern)) for table, pattern in export.files.items()}
    files = sorted({file for group in tables.values() for file in group} | {file for pattern in export.extra for file in folder.glob(pattern)})
    if is_recognised:
        arguments = [*files]
    else:
        arguments = [part for table, group in tables.items() for part in (f"--{table}", *group)]
    shown = "retain init " + " ".join(patterns_of(export, is_recognised))
    code, said = retain("init", *arguments, "--out", config, "--force")
    return code, said, shown


def patterns_of(export, is_recognised):
    if is_recognised:
        return sorted({*export.files.values(), *export.extra})
    return [part for table, pattern in export.files.items() for part in (f"--{table}", pattern)]


def row(retain, export, exports, work, is_recognised, with_list):
    """Goes through the door with one export."""
    folder = exports / export.folder.split(" ")[0]
    config, edits = work / f"{export.folder.replace(' ', '-')}.toml", []
    code, said, shown = drafted(retain, export, folder, config, is_recognised)
    if code != 0:
        right = bool(export.refused) and all(word in said for word in export.refused)
        return shown, edits, "refused, rightly" if right else "refused at `init`", errors_of(said)
    draft = filled(config.read_text(), export, edits)
    config.write_text(draft)
    truths = export.truths(folder) if export.truths else {}
    code, said, triple, findings = retain.totals(config, work / "check")
    reading = met(truths, triple)
    if export.choice and reading is None:
        chosen = export.choice[1](draft)
        if chosen != draft:
            config.write_text(chosen)
            again = retain.totals(config, work / "check")
            if met(truths, again[2]) or again[0] <= code:
                code, said, triple, findings = again
                reading = met(truths, triple)
                edits.append(export.choice[0])
    if export.refused:
        right = code in (2, 3) and all(word in said for word in export.refused)
        return shown, edits, "refused, rightly" if right else f"NOT REFUSED AS IT SHOULD (exit {code})", errors_of(said)
    if reading and with_list:
        code, said = retain("run", "--config", config, "--out", work / "run")
        listed = (work / "run" / "list.csv").exists()
        return shown, edits, "right" + (", list" if listed else f", NO LIST (exit {code})"), reading if listed else errors_of(said)
    if reading:
        return shown, edits, "right", f"{reading}: {triple[0]:,} customers, {triple[1]:,} orders, {triple[2]:,.2f}"
    if code != 0:
        return shown, edits, f"refused (exit {code})", errors_of(said)
    first = next(iter(truths.values()))
    warned = sorted({finding["rule"] for finding in findings})
    return shown, edits, "WRONG" if not warned else "WRONG, warned", f"{triple} and not {first}; findings: {', '.join(warned) or 'none'}"


def generated(generator, work, names):
    """The exports, made by the generator or found where an earlier run made them."""
    if work.exists() and any(work.iterdir()):
        return work
    work.mkdir(parents=True)
    subprocess.run([sys.executable, str(Path(generator).resolve()), *names], cwd=work, check=True, stdout=subprocess.DEVNULL)
    return work


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("generator", help="newcomer-generator.py")
    parser.add_argument("--retain", default="target/release/retain")
    parser.add_argument("--exports", default=None, help="folder with exports that were made before")
    return parser


def main():
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("--only", default="")
    parser.add_argument("--run", action="store_true", help="go on to the list")
    parser.add_argument("--work", default=None, help="keep drafts here")
    given = parser.parse_args()
    if not Path(given.generator).exists():
        sys.exit(f"skipped: {given.generator} is not here")
    retain = Retain(given.retain)
    is_recognised = "--purchases <PURCHASES>..." not in retain("init", "--help")[1].split("Options:")[0]
    work = Path(given.work or tempfile.mkdtemp(prefix="exports-"))
    work.mkdir(parents=True, exist_ok=True)
    exports = generated(given.generator, Path(given.exports) if given.exports else work / "exports", [])
    print("| export | commands | edits | result | figures, or what was said |\n|---|---|---|---|---|")
    for export in EXPORTS:
        if given.only and not any(export.folder.startswith(only) for only in given.only.split(",")):
            continue
        shown, edits, result, why = row(retain, export, exports, work, is_recognised, given.run)
        print(f"| {export.folder} | `{shown}` | {', '.join(edits) or 'none'} | {result} | {why.replace('|', '/')} |", flush=True)


if __name__ == "__main__":
    main()
