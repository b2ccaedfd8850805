"""Tables of people for tests of the import, and hands that send them."""

import csv
import io

from django.test import Client

from people.importing.checking import digest_of, plan_for
from people.importing.plans import Options
from people.importing.reading import read_text

HEADER = ("Staff number", "Name")


def csv_of(*rows, header=HEADER, delimiter=","):
    """A table as text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def table_of(*rows, header=HEADER):
    return read_text(csv_of(*rows, header=header))


def planned(importer, *rows, header=HEADER, **options):
    """(plan, table, options, digest) of a dry run."""
    table, options = table_of(*rows, header=header), Options(**options)
    plan = plan_for(importer, table, options)
    return plan, table, options, digest_of(table, options, plan)


def faults_of(plan):
    return [(row.number, fault.column, fault.what) for row in plan.rows for fault in row.faults]


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def upload(client, data, name="people.csv", **fields):
    """Send a file; the answer to the first step."""
    file = io.BytesIO(data)
    file.name = name
    return client.post("/people/import/", {"file": file, "absent": "keep"} | fields)


def seen_in(client, address):
    return client.get(address).context["seen"]


def take(client, address):
    """Take in what the dry run at this address shows now."""
    return client.post(address, {"act": "take", "seen": seen_in(client, address)})
