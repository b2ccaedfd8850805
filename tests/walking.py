"""How many rows PostgreSQL walks through for a page: says the same on a busy machine as on a quiet
one, and tells a plan that goes row by row through everything from one that does not."""

import json
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def rows_walked(client: Any, address: str) -> int:
    """The rows that the page's costliest statement reads, joins or throws away."""
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    asked = [one["sql"] for one in found if one["sql"].startswith(("SELECT", "WITH", " "))]
    return max(_walked(sql) for sql in asked)


def _walked(sql: str) -> int:
    if not sql.lstrip().startswith(("SELECT", "WITH")):
        return 0
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + sql.replace("%", "%%"), [])
        (plan,) = cursor.fetchone()
    return _of_node((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])


def _of_node(node: dict[str, Any]) -> int:
    removed = (value for name, value in node.items() if name.startswith("Rows Removed"))
    here = round((node["Actual Rows"] + sum(removed)) * node["Actual Loops"])
    return here + sum(_of_node(one) for one in node.get("Plans", []))
