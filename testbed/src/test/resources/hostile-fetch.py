#!/usr/bin/env python3
"""hostile-fetch.py: stands in for `bitbuilder fetch` after somebody took it over, with the rights of its unit.

Reads /srv/hostile.json: "write", paths it tries to write; "tip", the commit the tenant acme is to run; "plant", object ids
and what is put under them. What it could write is in objects/written.
"""

import json
import os
import pathlib
import subprocess
import zlib

OBJECTS = pathlib.Path("/var/lib/bitbuilder/objects")
STORE = OBJECTS / "tenants/acme.git"
wish = json.loads(pathlib.Path("/srv/hostile.json").read_text())


def could(path):
    try:
        pathlib.Path(path).write_text("hostile\n")
        return True
    except OSError:
        return False


(OBJECTS / "written").write_text("".join(path + "\n" for path in wish.get("write", []) if could(path)))

environment = {"GIT_DIR": str(STORE), "HOME": "/nonexistent", "PATH": "/usr/bin"}
if wish.get("from"):
    subprocess.run(
        ["git", "-c", "safe.directory=*", "fetch", "-q", wish["from"], "+refs/*:refs/hostile/*"],
        env=environment,
        check=True,
    )
for name, content in wish.get("plant", {}).items():
    # Loose objects hide nothing that is in a pack, so the pack is taken apart.
    for pack in STORE.glob("objects/pack/*.pack"):
        moved = STORE / pack.name
        pack.rename(moved)
        pack.with_suffix(".idx").unlink()
        with moved.open("rb") as stream:
            subprocess.run(["git", "unpack-objects", "-q"], stdin=stream, env=environment, check=True)
        moved.unlink()
    place = STORE / "objects" / name[:2] / name[2:]
    place.unlink(missing_ok=True)
    data = content.encode()
    place.write_bytes(zlib.compress(b"blob %d\0" % len(data) + data))

state = json.loads((OBJECTS / "state.json").read_text())
tip = wish.get("tip") or state["repositories"]["acme"]["tip"]
state["repositories"]["acme"]["tip"] = tip
(OBJECTS / "state.json").write_text(json.dumps(state))
(STORE / "refs/bitbuilder/tip").write_text(tip + "\n")
# A time before this run, which `bitbuilder sync` looks at, would be as good.
(OBJECTS / "changed").write_text("")
