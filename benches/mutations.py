"""Seeded mutations of the exports: is each read rightly, refused, warned about, or not noticed?

    python benches/mutations.py ../shared/cases/newcomer-generator.py [--retain target/release/retain] [--exports DIR]
        [--count 200] [--seed 18] [--seconds 600]

needs polars. Each export is drafted once (`exports.py`), and its config kept; then one of its purchase files is changed as
exports change between two nights (a column swapped, another form of dates or numbers, a new state, an overlap, ...), and
`retain check` runs with the kept config. Judged: right (customers, orders and revenue of the truth, which a mutation may
change: a second currency mixed in has no right total), refused (exit 2 or 3), warned (a finding that names the changed column
or is made for this kind of change), unread (what changed is not read, or is set apart before), or NOT NOTICED. Prints a table by kind and the list of those not noticed.
"""
import csv, io, json, random, re, shutil, sys, tempfile, time
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

import exports as door


class Table:
    """A purchase file as text cells: what a mutation changes."""

    def __init__(self, file, text=None):
        raw = file.read_bytes()
        self.file = file
        self.encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig" if raw[:3] == b"\xef\xbb\xbf" else "utf-8"
        try:
            text = raw.decode(self.encoding)
        except UnicodeDecodeError:
            self.encoding, text = "windows-1252", raw.decode("windows-1252")
        first = text.split("\n", 1)[0]
        self.delimiter = max(",;\t|", key=first.count)
        self.quoting = csv.QUOTE_NONE if file.suffix == ".txt" and self.encoding == "windows-1252" else csv.QUOTE_MINIMAL
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter, quoting=self.quoting))
        self.head, self.rows = rows[0], [row for row in rows[1:] if row]
        self.before, self.after, self.cut = [], [], 0

    def at(self, column):
        return self.head.index(column)

    def text(self):
        out = io.StringIO(newline="")
        if self.quoting == csv.QUOTE_NONE:
            out.write("".join(self.delimiter.join(row) + "\r\n" for row in [*self.before, self.head, *self.rows, *self.after]))
        else:
            csv.writer(out, delimiter=self.delimiter, lineterminator="\n").writerows([*self.before, self.head, *self.rows, *self.after])
        return out.getvalue()

    def write(self):
        data = self.text().encode(self.encoding, errors="replace")
        self.file.write_bytes(data[:-self.cut] if self.cut else data)


# What each export calls its columns: customer, time, amount, order, state (where it has one), currency (where it has one).
COLUMNS = {
    "01-shopify": ("Email", "Created at", "Lineitem price", "Name", "Financial Status", "Currency"),
    "02-woocommerce": ("billing_email", "order_date", "order_total", "order_id", "status", "order_currency"),
    "03-magento": ("Customer Email", "Purchase Date", "Grand Total (Base)", "ID", "Status", None),
    "04-stripe": ("Customer ID", "Created date (UTC)", "Amount", "id", "Status", "Currency"),
    "05-square": ("Customer ID", "Date", "Net Sales", "Transaction ID", "Event Type", None),
    "06-amazon": ("buyer-email", "purchase-date", "item-price", "amazon-order-id", None, "currency"),
    "07-sap": ("Auftraggeber", "Fakturadatum", "Nettowert", "Faktura", "FkArt", "Währg"),
    "08-b2b-excel": ("Customer No", "Invoice Date", "Line Total", "Invoice No", None, None),
    "09-olist": (None, None, "price", "order_id", None, None),
}
REFUNDS = {"05-square", "07-sap", "08-b2b-excel"}
FORMS = ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%m/%d/%Y %H:%M", "%b %d, %Y %I:%M:%S %p", "%d.%m.%Y"]


def moment(text):
    for form in FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=None)
        except ValueError:
            pass
    return datetime.fromtimestamp((float(text) - 25569) * 86400) if re.fullmatch(r"\d{5}(\.\d+)?", text) else None


def number(text, is_german):
    negative = text.strip().startswith(("-", "(")) or text.strip().endswith("-")
    digits = re.sub(r"[^0-9.,]", "", text)
    digits = digits.replace(".", "").replace(",", ".") if is_german else digits.replace(",", "")
    return (-1 if negative else 1) * float(digits) if digits else None


def each(table, column, change):
    at = table.at(column)
    for row in table.rows:
        if at < len(row) and row[at] != "":
            row[at] = str(change(row[at]))


class Mutation:
    """One change of one export. Returns words that name its cause, or None where the export has no such thing."""

    def __init__(self, name, table, dice):
        self.name, self.table, self.dice = name, table, dice
        self.customer, self.time, self.amount, self.order, self.state, self.currency = COLUMNS[name]
        self.is_german = name == "07-sap"

    def _mapped(self, column):
        """The key of the mapping that reads a column; states are read by filters alone."""
        keys = {self.customer: "customer_id", self.time: "purchased_at", self.amount: "amount", self.order: "order_id"}
        return keys.get(column, f"`{column}`")

    def swapped_columns(self):
        """The names of two mapped columns change places."""
        known = [column for column in (self.customer, self.time, self.amount, self.order, self.state) if column]
        a, b = self.dice.sample(known, 2)
        head = self.table.head
        i, j = head.index(a), head.index(b)
        head[i], head[j] = head[j], head[i]
        return [a, b, self._mapped(a), self._mapped(b)]

    def moved_columns(self):
        """Columns in another order, names with them: nothing is wrong."""
        order = list(range(len(self.table.head)))
        self.dice.shuffle(order)
        put = lambda row: [row[i] if i < len(row) else "" for i in order]
        self.table.head, self.table.rows = put(self.table.head), [put(row) for row in self.table.rows]
        return ["moved"]

    def dates(self):
        if not self.time or any(moment(row[self.table.at(self.time)]) is None for row in self.table.rows[:50] if row[self.table.at(self.customer)]):
            return None
        form = self.dice.choice(["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%Y%m%d", "%d-%b-%Y", "%d.%m.%y", "%m/%d/%y", "epoch"])
        part = self.dice.choice([0.0, 0.5])
        at, start = self.table.at(self.time), int(len(self.table.rows) * part)
        for row in self.table.rows[start:]:
            when = moment(row[at]) if row[at] else None
            if when:
                row[at] = str(int(when.timestamp())) if form == "epoch" else when.strftime(form)
        self.note = f"{form}{' in the second half' if part else ''}"
        return [self.time, "purchased_at", "date", "time"]

    def numbers(self):
        style = self.dice.choice(["1234,56", "1.234,56", "1,234.56", "1 234,56", "1'234.56", "EUR 1234.56", "1234.56-"])
        def put(text):
            value = number(text, self.is_german)
            if value is None:
                return text
            us = f"{abs(value):,.2f}"
            sign = "-" if value < 0 else ""
            return {"1234,56": sign + us.replace(",", "").replace(".", ","), "1.234,56": sign + us.translate(str.maketrans(",.", ".,")), "1,234.56": sign + us,
                    "1 234,56": sign + us.translate(str.maketrans(",.", " ,")), "1'234.56": sign + us.replace(",", "'"),
                    "EUR 1234.56": f"EUR {sign}{us.replace(',', '')}", "1234.56-": us.replace(",", "") + sign}[style]
        each(self.table, self.amount, put)
        self.note = style
        return [self.amount, "amount"]

    def whole_numbers(self):
        """Amounts with a point between thousands and no cents: `1.299`."""
        each(self.table, self.amount, lambda text: f"{round((number(text, self.is_german) or 0) * 20):,}".replace(",", "."))
        return [self.amount, "amount"]

    def cents(self):
        each(self.table, self.amount, lambda text: round((number(text, self.is_german) or 0) * 100))
        return [self.amount, "amount"]

    def new_state(self):
        """A state that nobody has seen takes a twentieth of the orders."""
        if not self.state:
            return None
        word = self.dice.choice(["chargeback", "Cancelled by customer", "test", "lost", "annulliert"])
        order, state = self.table.at(self.order), self.table.at(self.state)
        for row in self.table.rows:
            if row[state] and self.dice.random() < 0.05:
                row[state] = word
        self.note = word
        return [f"`{self.state}`", word]

    def overlap(self):
        """The file and one of the same lines from the middle on."""
        second = self.table.file.with_name(self.table.file.stem + "_2" + self.table.file.suffix)
        keep, self.table.rows = self.table.rows, self.table.rows[len(self.table.rows) // 2:]
        file, self.table.file = self.table.file, second
        self.table.write()
        self.table.file, self.table.rows = file, keep
        self.second = second.name
        return ["duplicate", "overlap"]

    def appended(self):
        self.table.rows = self.table.rows + [list(row) for row in self.table.rows]
        return ["duplicate", "overlap", "twice", "repeat"]

    def second_currency(self):
        if not self.currency:
            return None
        each(self.table, self.currency, lambda text: self.dice.choice(["GBP", "JPY"]) if self.dice.random() < 0.1 else text)
        return [self.currency, "currenc"]

    def ids(self):
        if not self.customer:
            return None
        form = self.dice.choice(["lower", "upper", ".0", "blanks", "zeros", "scientific", "guest"])
        change = {"lower": str.lower, "upper": str.upper, ".0": lambda text: text + ".0", "blanks": lambda text: f"  {text} ", "zeros": lambda text: "000" + text,
                  "scientific": lambda text: f"{float(text):.2E}" if re.fullmatch(r"[\d.]+", text) else text + "E+12", "guest": lambda text: "guest"}[form]
        share = 0.15 if form == "guest" else self.dice.choice([0.5, 1.0])
        each(self.table, self.customer, lambda text: change(text) if self.dice.random() < share else text)
        self.note = f"{form}, {share:.0%}"
        return [self.customer, "customer_id", "ids"]

    def repeated_header(self):
        middle = len(self.table.rows) // 2
        self.table.rows.insert(middle, list(self.table.head))
        return ["header"]

    def encoding(self):
        self.table.encoding = self.dice.choice([e for e in ("windows-1252", "utf-16", "utf-8", "utf-8-sig") if e != self.table.encoding])
        self.note = self.table.encoding
        return ["encoding"]

    def truncated(self):
        """The last line is torn."""
        self.table.cut = self.dice.randrange(20, 60)
        return ["truncat", "ends", "column", "field", "torn", "cut"]

    def emptied(self):
        column = self.dice.choice([c for c in (self.customer, self.time, self.amount, self.order, self.state) if c])
        at, share = self.table.at(column), self.dice.choice([1.0, 0.3])
        for row in self.table.rows:
            if at < len(row) and self.dice.random() < share:
                row[at] = ""
        self.note = f"`{column}`, {share:.0%}"
        return [column, self._mapped(column)]

    def refunds_flipped(self):
        """Refunds without their minus."""
        if self.name not in REFUNDS:
            return None
        each(self.table, self.amount, lambda text: text.strip("-()").replace("-", ""))
        return [self.amount, "refund", "return", "credit"]

    def total_line(self):
        row = [""] * len(self.table.head)
        row[0] = self.dice.choice(["Total", "Summe", "Grand total"])
        total = sum(number(r[self.table.at(self.amount)], self.is_german) or 0 for r in self.table.rows)
        row[self.table.at(self.amount)] = f"{total:.2f}".replace(".", "," if self.is_german else ".")
        self.table.after.append(row)
        return ["total"]

    def title_lines(self):
        self.table.before = [["Orders of the shop"], ["Exported 2026-11-01"], []][: self.dice.choice([1, 2, 3])]
        return ["title", "skip_rows", "header"]

    def delimiter(self):
        self.table.quoting = csv.QUOTE_MINIMAL
        self.table.delimiter = self.dice.choice([d for d in ",;\t|" if d != self.table.delimiter])
        self.note = repr(self.table.delimiter)
        return ["delimiter"]


KINDS = [name for name in vars(Mutation) if not name.startswith("_")]
STANDS = {"moved_columns", "overlap", "appended", "dates", "numbers", "ids", "repeated_header", "encoding", "total_line", "title_lines", "delimiter", "truncated", "refunds_flipped"}


def size(finding):
    """How many rows, orders or customers a finding is about."""
    return finding.get("count") or 0


def judged(kind, truth, code, triple, findings, words, files):
    """The verdict. A finding that the export has without the mutation counts only where it is about a third more rows."""
    if code in (2, 3):
        return "refused"
    if code != 0:
        return f"FAILED (exit {code})"
    if kind in STANDS and door.is_met(truth, triple):
        return "right"
    if kind == "whole_numbers" and files == 1 and truth[:2] == triple[:2] and abs(triple[2] / truth[2] - 20) < 0.2:
        return "right"  # As many thousands as were written.
    told = " ".join(json.dumps(finding, ensure_ascii=False) for finding in findings).lower()
    if any(word.lower() in told for word in words):
        return "warned"
    return "unread" if door.is_met(truth, triple) else "NOT NOTICED"


def main():
    parser = door.arguments(__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=18)
    parser.add_argument("--seconds", type=float, default=1e9, help="stop after this many seconds")
    parser.add_argument("--log", default=None, help="one line of JSON a mutation")
    given = parser.parse_args()
    if not Path(given.generator).exists():
        sys.exit(f"skipped: {given.generator} is not here")
    retain, dice, began = door.Retain(given.retain), random.Random(given.seed), time.time()
    work = Path(tempfile.mkdtemp(prefix="mutations-"))
    made = door.generated(given.generator, Path(given.exports) if given.exports else work / "exports", [])
    bases = {}
    for export in door.EXPORTS:
        if export.folder not in COLUMNS:
            continue
        _, _, config, _ = door.drafted(retain, export, made, work / "bases")
        _, _, triple, findings = retain.totals(config)
        if triple:
            bases[export.folder] = (config, triple, {finding["rule"]: size(finding) for finding in findings})
    table, missed, done = defaultdict(Counter), [], 0
    deck = [kind for kind in KINDS for _ in range(given.count // len(KINDS) + 1)]
    dice.shuffle(deck)
    log = open(given.log, "w") if given.log else None
    while deck and done < given.count and time.time() - began < given.seconds:
        kind = deck.pop()
        name = dice.choice(sorted(bases))
        config, truth, usual = bases[name]
        folder = work / "one"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(config.parent, folder)
        text = (folder / "retain.toml").read_text()
        first = re.search(r'(?s)\[purchases\]\s*path = (\[.*?\]|".*?")', text).group(1)
        file = folder / dice.choice(re.findall(r'"([^"]+)"', first))
        mutation = Mutation(name, Table(file), dice)
        words = getattr(mutation, kind)()
        if words is None:
            deck.insert(dice.randrange(len(deck) + 1), kind)
            continue
        mutation.table.write()
        if hasattr(mutation, "second"):
            listed = re.findall(r'"([^"]+)"', first) + [mutation.second]
            text = text.replace(first, json.dumps(listed), 1)
            (folder / "retain.toml").write_text(text)
        code, said, triple, findings = retain.totals(folder / "retain.toml")
        fresh = [finding for finding in findings if finding["rule"] not in usual or size(finding) > 1.3 * usual[finding["rule"]]]
        verdict = judged(kind, truth, code, triple, fresh, words, first.count('"') // 2)
        table[kind][verdict] += 1
        done += 1
        about = f"{name}, {kind.replace('_', ' ')} {getattr(mutation, 'note', '') or ', '.join(words[:2] if kind == 'swapped_columns' else [])}".strip()
        if log:
            log.write(json.dumps({"n": done, "about": about, "file": file.name, "verdict": verdict, "code": code, "truth": truth, "found": triple,
                                  "rules": [finding.get("rule") for finding in fresh], "said": said[:1500]}, ensure_ascii=False) + "\n")
            log.flush()
        if verdict.startswith(("NOT", "FAILED")):
            missed.append(f"{about}: {door.shown(triple)} and not {door.shown(truth)}; new findings: {', '.join(sorted({f['rule'] for f in fresh})) or 'none'}")
    columns = sorted({verdict for counts in table.values() for verdict in counts})
    print(f"{done} mutations, seed {given.seed}\n\n| mutation | {' | '.join(columns)} |\n|---|{'--:|' * len(columns)}")
    for kind in KINDS:
        print(f"| {kind.replace('_', ' ')} | {' | '.join(str(table[kind][column]) for column in columns)} |")
    print(f"| all | {' | '.join(str(sum(counts[column] for counts in table.values())) for column in columns)} |")
    print("\nNot noticed:\n" + "\n".join(f"* {line}" for line in missed) if missed else "\nNone went unnoticed.")
    shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
