"""The public audits of GraphQL over HTTP, from the npm package graphql-http, against a running server."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

FRONTEND = Path(__file__).parents[3] / "api/web/frontend"
AUDIT = """
import { serverAudits } from "graphql-http";
const found = [];
for (const audit of serverAudits({ url: process.argv[1], fetchFn: fetch })) {
  const result = await audit.fn();
  found.push({ id: audit.id, name: audit.name, status: result.status, reason: result.reason });
}
console.log(JSON.stringify(found));
"""


@pytest.mark.skipif(
    # in CI the package has to be there: the test fails without it
    "CI" not in os.environ
    and not (shutil.which("node") and (FRONTEND / "node_modules/graphql-http").is_dir()),
    reason="no graphql-http: `npm --prefix api/web/frontend ci`",
)
def test_every_audit_is_ok_warnings_included(address: str) -> None:
    done = subprocess.run(
        ["node", "--input-type=module", "-e", AUDIT, f"{address}/graphql"],
        capture_output=True, text=True, cwd=FRONTEND, timeout=120, check=True,
    )  # fmt: skip

    found = json.loads(done.stdout)
    assert [each for each in found if each["status"] != "ok"] == []
    assert len(found) == 61
