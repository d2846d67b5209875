"""The door: twelve exports as shops have them, from the raw files to the numbers, beside a count made by polars.

    python benches/exports.py ../shared/cases/newcomer-generator.py [--retain target/release/retain] [--exports DIR] [--only 01,07] [--run]

needs polars and numpy. For each export `retain inspect FILES...` drafts a config; a person fills in the currency where the
draft leaves it open, and the zone of the till; `retain check` has to end with 0 and with the customers (buyers), orders and
revenue of an independent count. One rule a shop, stated beside its count: no cancelled, failed, voided or test orders, guests
out, full refunds out (or netted, where they are lines of their own), an overlap once. With `--run` it goes on to the list.
Prints a table in Markdown.
"""
import argparse, json, re, shutil, subprocess, sys, tempfile
from dataclasses import dataclass
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
    files: tuple                      # globs in the folder
    truth: object = None              # function of the folder: (customers, orders, revenue); its first line states the rule
    currency: str = "EUR"             # where the draft leaves it open
    timezone: str | None = None       # of the till: no total depends on it
    refused: tuple = ()               # words of a refusal that is right


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


def counted(lines, customer, order, amount, bought=None):
    """Buyers and orders of what was bought, and what all lines sum to; lines of nobody are out."""
    lines = lines.select(customer.alias("c"), order.alias("o"), amount.alias("a"), (amount >= 0 if bought is None else bought).alias("b"))
    lines = lines.filter(pl.col("c") != "")
    bought = lines.filter("b")
    return bought["c"].n_unique(), bought.select("c", "o").n_unique(), round(lines["a"].sum(), 2)


def shopify(folder):
    """Price x quantity of lines; cancelled, voided, refunded and test orders out, guests out."""
    lines = read(sorted(folder.glob("orders_export_*.csv")))
    orders = lines.filter(pl.col("Financial Status") != "")
    test = mail("Email") == "test@myshop.example"
    chosen = orders.filter((pl.col("Cancelled at") == "") & ~pl.col("Financial Status").is_in(["voided", "refunded"]) & ~test)
    joined = lines.drop("Email").join(chosen.select("Name", "Email"), on="Name", how="inner")
    return counted(joined, mail("Email"), pl.col("Name"), money("Lineitem price") * money("Lineitem quantity"))


def woocommerce(folder):
    """Order totals; cancelled, failed and refunded orders out, customers by e-mail (guests give theirs)."""
    orders = read([folder / "order_export_2026-11-01.csv"]).filter(~pl.col("status").is_in(["cancelled", "failed", "refunded"]))
    return counted(orders, mail("billing_email"), pl.col("order_id"), money("order_total"))


def magento(folder):
    """Grand totals less partial refunds; cancelled, closed (refunded), suspected and unpaid (pending) orders out."""
    orders = read([folder / "export.csv"]).filter(pl.col("Status").is_in(["Complete", "Processing"]))
    return counted(orders, mail("Customer Email"), pl.col("ID"), money("Grand Total (Base)") - money("Total Refunded"))


def stripe(folder):
    """Charges less partial refunds; failed, refunded and test charges out, without a customer out."""
    charges = read([folder / "unified_payments.csv"]).filter((pl.col("Mode") == "Live") & (pl.col("Status") == "Paid"))
    return counted(charges, pl.col("Customer ID"), pl.col("id"), money("Amount") - money("Amount Refunded"))


def square(folder):
    """Net sales of lines, refunds netted, without a customer out."""
    lines = read(sorted(folder.glob("items-*.csv")))
    return counted(lines, pl.col("Customer ID"), pl.col("Transaction ID"), money("Net Sales"), pl.col("Event Type") == "Payment")


def amazon(folder):
    """Item prices of lines."""
    lines = read([folder / "amazon-fulfilled-shipments.txt"], separator="\t", encoding="windows-1252", quote_char=None)
    return counted(lines, mail("buyer-email"), pl.col("amazon-order-id"), money("item-price"))


def sap(folder):
    """Net value of lines; cancelled invoices out, credit notes netted and no orders."""
    lines = read([folder / "VF05_export.csv"], separator=";", encoding="windows-1252").filter(pl.col("Storniert") == "")
    return counted(lines, pl.col("Auftraggeber"), pl.col("Faktura"), german("Nettowert"), pl.col("FkArt") == "F2")


def b2b(folder, most=None):
    """Line totals, credit notes netted and no orders, the total line out."""
    text = (folder / "invoices_unicode.txt").read_bytes().decode("utf-16")
    lines = read([text.encode()], separator="\t")
    lines = lines.head(most) if most else lines
    return counted(lines, pl.col("Customer No"), pl.col("Invoice No"), money("Line Total"), pl.col("Invoice No").str.starts_with("INV"))


def b2b_sheet(folder):
    """The sheet has the first 3,000 lines of the same invoices."""
    return b2b(folder, 3000)


def olist(folder):
    """Prices of items without freight; cancelled and unavailable orders out, one person over all his customer ids."""
    table = lambda name: read([folder / f"olist_{name}_dataset.csv"])
    lines = table("order_items").join(table("orders"), on="order_id").join(table("customers"), on="customer_id")
    lines = lines.filter(~pl.col("order_status").is_in(["canceled", "unavailable"]))
    return counted(lines, pl.col("customer_unique_id"), pl.col("order_id"), money("price"))


def pos(folder):
    """Cents as euros, returned lines netted."""
    lines = read(sorted(folder.glob("bon_*.csv.gz")), separator="|")
    return counted(lines, pl.col("KARTEN_NR"), pl.col("BON_NR"), pl.col("UMSATZ_CENT").cast(pl.Float64) / 100)


EXPORTS = [
    Export("01-shopify", ("orders_export_*.csv", "gorgias_tickets.csv"), shopify, timezone="Europe/Amsterdam"),
    Export("02-woocommerce", ("order_export_2026-11-01.csv", "hubspot_tickets.csv"), woocommerce, "USD"),
    Export("03-magento", ("export.csv", "zendesk_tickets.csv"), magento, "USD"),
    Export("04-stripe", ("unified_payments.csv",), stripe, "USD"),
    Export("05-square", ("items-*.csv",), square, "USD"),
    Export("06-amazon", ("amazon-fulfilled-shipments.txt",), amazon),
    Export("07-sap", ("VF05_export.csv", "Reklamationen.csv"), sap),
    Export("08-b2b-excel", ("invoices_unicode.txt", "customers.csv"), b2b, "GBP"),
    Export("08-b2b-excel (xlsx)", ("invoices.xlsx", "customers.csv"), b2b_sheet, "GBP"),
    Export("09-olist", ("olist_*_dataset.csv",), olist, "BRL"),
    Export("10-instacart", ("orders.csv", "order_products.csv"), currency="USD", refused=("purchased_at", "amount")),
    Export("11-telco", ("WA_Fn-UseC_-Telco-Customer-Churn.csv",), currency="USD", refused=("purchase",)),
    Export("12-pos-loyalty", ("bon_*.csv.gz", "freshdesk_tickets.csv"), pos),
]


class Retain:
    """The binary, as a user calls it."""

    def __init__(self, binary):
        self.binary = str(Path(binary).resolve())

    def __call__(self, *arguments, cwd=None):
        done = subprocess.run([self.binary, *map(str, arguments), "--no-progress"], cwd=cwd, capture_output=True, text=True, errors="replace", timeout=1800)
        return done.returncode, done.stdout + done.stderr

    def totals(self, config):
        """The exit code, what was said, customers with orders and revenue, and the findings."""
        code, said = self("check", "--config", config)
        found = [json.loads(file.read_text()) for file in (Path(config).parent / "data").rglob("manifest.json")] if code == 0 else []
        shutil.rmtree(Path(config).parent / "data", ignore_errors=True)
        totals = found[0].get("totals") if found else None
        triple = (totals["customers"], totals["orders"], float(totals["revenue"])) if totals else None
        return code, said, triple, found[0].get("findings", []) if found else []


def is_met(truth, triple):
    return triple is not None and truth[:2] == triple[:2] and abs(truth[2] - triple[2]) < MONEY * max(1.0, abs(truth[2]) * 1e-9)


def shown(triple):
    return f"{triple[0]:,} customers, {triple[1]:,} orders, {triple[2]:,.2f}" if triple else "nothing"


def errors_of(said, most=3):
    lines = [line for line in said.splitlines() if re.match(r"error", line)]
    return "; ".join(lines[:most]) or said.strip()[-300:]


def drafted(retain, export, exports, work):
    """A folder of its own with the raw files and the draft of `inspect`, its text with the currency filled in, and the edits."""
    source, folder = exports / export.folder.split(" ")[0], work / export.folder.replace(" ", "-")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for pattern in export.files:
        for file in source.glob(pattern):
            shutil.copy(file, folder)
    config = folder / "retain.toml"
    code, said = retain("inspect", *sorted(file.name for file in folder.iterdir()), cwd=folder)
    if not config.exists():
        return code, said, config, []
    text, edits = config.read_text(), []
    mended = re.sub(r'(?m)^currency = "".*$', f'currency = "{export.currency}"', text)
    if mended != text:
        edits.append(f"`currency = \"{export.currency}\"`")
    if export.timezone:
        mended = re.sub(r'(?m)^#? ?timezone = "UTC".*$', f'timezone = "{export.timezone}"', mended)
        edits.append(f"`timezone = \"{export.timezone}\"`")
    config.write_text(mended)
    return code, said, config, edits


def row(retain, export, exports, work, with_list):
    """Goes through the door with one export: edits, result, retain's figures, those of polars."""
    code, said, config, edits = drafted(retain, export, exports, work)
    if config.exists():
        code, said, triple, findings = retain.totals(config)
    else:
        code, triple, findings = code or 2, None, []
    if export.refused:
        is_right = code in (2, 3) and all(word in said for word in export.refused)
        return edits, "refused, rightly" if is_right else f"NOT REFUSED AS IT SHOULD (exit {code})", errors_of(said), ""
    truth = export.truth(exports / export.folder.split(" ")[0])
    if is_met(truth, triple) and with_list:
        code, said = retain("run", "--config", config)
        is_listed = any((config.parent / "data").rglob("list.csv"))
        return edits, "right, list" if is_listed else f"right, NO LIST (exit {code})", shown(triple), shown(truth)
    if is_met(truth, triple):
        return edits, "right", shown(triple), shown(truth)
    if code != 0:
        return edits, f"refused (exit {code})", errors_of(said), shown(truth)
    warned = sorted({finding["rule"] for finding in findings})
    return edits, f"WRONG; findings: {', '.join(warned) or 'none'}", shown(triple), shown(truth)


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
    work = Path(given.work or tempfile.mkdtemp(prefix="exports-"))
    work.mkdir(parents=True, exist_ok=True)
    exports = generated(given.generator, Path(given.exports) if given.exports else work / "exports", [])
    print("| export | `retain inspect`, then `retain check` | edits | result | retain, or what it said | polars |\n|---|---|---|---|---|---|")
    for export in EXPORTS:
        if given.only and not any(export.folder.startswith(only) for only in given.only.split(",")):
            continue
        edits, result, why, truth = row(retain, export, exports, work, given.run)
        print(f"| {export.folder} | `{' '.join(export.files)}` | {', '.join(edits) or 'none'} | {result} | {why.replace('|', '/')} | {truth} |", flush=True)


if __name__ == "__main__":
    main()
