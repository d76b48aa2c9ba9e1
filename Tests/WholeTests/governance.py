"""What two gateways over one database govern together: published policies, grants, and what a hostile writer in the database cannot do."""
import contextlib
import http.client
import json
import time

from stand import replaced

EXPERIMENT = "/mlflow/api/2.0/mlflow/experiments/get?experiment_id=1"


# For how long grants count without a word from the database, and how often gateways say there that they are up, in seconds.
STALE_AFTER = 15
HEARTBEAT = 5


def published(text):
    """The configuration with published policies and grants that stop soon."""
    return replaced(text, "mode: files", "mode: published") + f"\ngrants: {{ longest: 30d, stale-after: {STALE_AFTER}s }}\n"


def until(condition, seconds=300):
    """How long it took until it held, to a tenth; `None` when it never did, for which the limit is.

    The longer it takes, the less often it is asked: who is denied over and over is slowed down by the gateway.
    """
    began = time.monotonic()
    while (took := time.monotonic() - began) < seconds:
        if condition():
            return time.monotonic() - began
        time.sleep(min(0.25, took / 10))
    return None


def status(stand, name):
    return stand.get(EXPERIMENT, name=name)[0]


def told(seconds):
    return "not at all" if seconds is None else f"{seconds:.3f} s later"


def second_officer(stand):
    """Officers approve each other's; the demo's company has one, so another joins."""
    stand.directory("dn: cn=security-officers,ou=groups,dc=plant,dc=example\nchangetype: modify\nadd: member\nmember: uid=hugo,ou=people,dc=plant,dc=example\n")


def in_force(stand):
    return json.loads(stand.run("policy", "history", "--output", "json", name="eva", check=True).stdout)["inForce"]


def publishing(first, second, facts):
    work = first.folder / "work"
    first.run("policy", "diff", "--into", work, name="eva", check=True)
    base = in_force(first)["revision"]
    rules = work / "projects.cedar"
    rules.write_text(rules.read_text().replace('principal in Group::"press4-analysts",', 'principal in Group::"press-shop",', 1))
    tests = work / "tests/press4.yaml"
    kept = tests.read_text()
    refused = first.run("policy", "publish", "--policies", work, "--note", "analysts have to wait", name="eva")
    facts.hold("a revision whose policy tests fail is not even proposed", refused.returncode == 1 and "an analyst with the need-to-know reads" in refused.stderr, refused)
    tests.write_text(kept.replace("expect: allow\n    because: [PRJ-press4]", "expect: deny\n    because: []", 1))
    differs = first.run("policy", "diff", "--policies", work, name="eva")
    facts.hold("diff shows what is changed", differs.returncode == 1 and "projects.cedar" in differs.stdout and 'Group::"press-shop"' in differs.stdout, differs)
    facts.hold("analysts are let in at both", (status(first, "anna"), status(second, "anna")) == (200, 200))
    nobody = first.run("policy", "publish", "--policies", work, "--note", "mine", name="anna")
    facts.hold("an analyst publishes nothing", nobody.returncode == 1, nobody)
    proposed = first.run("policy", "publish", "--policies", work, "--note", "analysts have to wait", "--base", base, "--output", "json", name="eva", check=True)
    revision = json.loads(proposed.stdout)
    facts.hold("rules wait for a second person", revision["state"] == "waiting" and in_force(first)["revision"] == base, revision)
    own = first.run("policy", "approve", revision["revision"], name="eva")
    facts.hold("who proposed it cannot approve it", own.returncode == 1 and "somebody else" in own.stderr, own)
    seen = until(lambda: second.run("policy", "diff", revision["revision"], name="hugo").returncode == 1)
    facts.hold("the other gateway's officer sees what it changes", seen is not None)
    second.run("policy", "approve", revision["revision"], name="hugo", check=True)
    at_once = status(second, "anna")
    took = until(lambda: status(first, "anna") == 403)
    print(f"approved at one gateway, decided by it at the other {told(took)}")
    facts.hold("it counts at the gateway that took the approval, before its answer", at_once == 403, at_once)
    facts.hold("and at the other soon", took is not None, took)
    # One that began with what is not in force any more undoes nothing.
    stale = first.run("policy", "publish", "--policies", first.folder / "policies", "--note", "old", "--base", base, name="eva")
    facts.hold("who began with another revision is told", stale.returncode == 1 and "take that over" in stale.stderr, stale)
    back = second.run("policy", "rollback", base, "--note", "analysts were locked out", "--output", "json", name="eva", check=True)
    until(lambda: first.run("policy", "approve", json.loads(back.stdout)["revision"], name="hugo").returncode == 0)
    facts.hold("an earlier revision comes back", until(lambda: status(second, "anna") == 200) is not None and status(first, "anna") == 200)
    wanted = {"policy-proposed", "policy-approved", "policies-loaded"}
    facts.hold("each step stands in the log", until(lambda: wanted <= events(first) | events(second)) is not None, events(first) | events(second))


def events(stand):
    """The names of the events in a gateway's log, as its files have them."""
    names = set()
    for folder in ("state/log/journal", "state/log/tree/tile/entries"):
        for path in (stand.folder / folder).rglob("*"):
            # What was sealed meanwhile lies elsewhere, and is found there with the next look.
            with contextlib.suppress(FileNotFoundError, IsADirectoryError):
                data = path.read_bytes()
                for name in ("policy-proposed", "policy-approved", "policies-loaded", "grant-given", "grant-withdrawn", "announcement-refused"):
                    if f'"{name}"'.encode() in data:
                        names.add(name)
    return names


def granting(first, second, facts):
    facts.hold("ben lacks the need-to-know", (status(first, "ben"), status(second, "ben")) == (403, 403))
    for name, what in (("anna", "an analyst gives none"), ("alma", "nor an auditor")):
        done = first.run("grant", "give", "ben", "--resource", "press4-forces", "--hours", "1", "--reason", "why", name=name)
        facts.hold(what, done.returncode == 1, done)
    own = first.run("grant", "give", "otto", "--resource", "press4-forces", "--hours", "1", "--reason", "why", name="otto")
    facts.hold("nor an owner to themselves", own.returncode == 1 and "yourself" in own.stderr, own)
    wide = first.run("grant", "give", "ben", "--resource", "press4-forces", "--hours", "1", "--reason", "why", "--label", "strictly-confidential", name="otto")
    facts.hold("nor beyond the label", wide.returncode == 2 and "at most" in wide.stderr, wide)
    given = first.run("grant", "give", "ben", "--resource", "press4-forces", "--hours", "1", "--reason", "failure analysis", name="otto", check=True).stdout.strip()
    here = status(first, "ben")
    took = until(lambda: status(second, "ben") == 200)
    print(f"granted at one gateway, let in at the other {told(took)}")
    facts.hold("a grant opens at the gateway that gave it", here == 200, here)
    facts.hold("and at the other soon", took is not None, took)
    gina = status(first, "gina")
    facts.hold("and for nobody else", gina == 403, gina)
    found = [row.get("grant") for row in second.decisions("--person", "ben", "--decision", "allow")]
    facts.hold("records name it", given in found, found)
    second.run("grant", "withdraw", given, "--resource", "press4-forces", name="otto", check=True)
    here = status(second, "ben")
    took = until(lambda: status(first, "ben") == 403)
    print(f"taken back at one gateway, refused at the other {told(took)}")
    facts.hold("taken back it opens nothing", here == 403, here)
    facts.hold("nor, soon, at the other", took is not None, took)


def hostile(first, second, database, facts):
    """Somebody who can write into the database helps ben."""
    given = first.run("grant", "give", "ben", "--resource", "press4-forces", "--hours", "1", "--reason", "again", name="otto", check=True).stdout.strip()
    until(lambda: status(second, "ben") == 200)
    first.run("grant", "withdraw", given, "--resource", "press4-forces", name="otto", check=True)
    until(lambda: status(second, "ben") == 403)
    database.sql(
        "INSERT INTO stile_governance.announcements SELECT signer, (SELECT max(sequence) + 1 FROM stile_governance.announcements b WHERE b.signer = a.signer),"
        " time, kind, payload, signature FROM stile_governance.announcements a WHERE kind = 'grant-given' ORDER BY sequence DESC LIMIT 1;"
        " NOTIFY stile_announcements"
    )
    counted = until(lambda: refused(first) + refused(second) > 0)
    facts.hold("a grant that is played again is refused and counted", counted is not None)
    facts.hold("and opens nothing", (status(first, "ben"), status(second, "ben")) == (403, 403))
    mended = until(lambda: b"announcement" not in ready(first) and b"announcement" not in ready(second))
    facts.hold("and the gateway whose name it bears removes it", mended is not None, (ready(first), ready(second)))
    facts.hold("which stands in the log", until(lambda: "announcement-refused" in events(first) | events(second)) is not None)
    database.sql("DELETE FROM stile_governance.announcements WHERE kind = 'grant-withdrawn'; DELETE FROM stile_governance.policy_bundles; NOTIFY stile_announcements")
    facts.hold("a withdrawal that is removed stays one", (status(first, "ben"), status(second, "ben")) == (403, 403))
    second.process.terminate()
    second.process.wait()
    second.start()
    seen = status(second, "ben")
    facts.hold("also for a gateway that starts then: until it knows, grants are stopped", seen in (403, 503), seen)
    knows = until(lambda: status(second, "ben") == 403)
    print(f"what was removed was known again {told(knows)}")
    facts.hold("and then it knows, since the other puts its announcements back", knows is not None, knows)


def refused(stand):
    for line in stand.metrics().splitlines():
        if line.startswith("stile_announcements_refused_total"):
            return int(line.split()[-1])
    return 0


def ready(stand):
    connection = http.client.HTTPConnection("127.0.0.1", stand.management, timeout=300)
    connection.request("GET", "/ready")
    return connection.getresponse().read()


def outage(first, second, database, facts):
    """Called while the database is up, left while it is: what was given stops, and everything else goes on."""
    until(lambda: b"gateway" not in ready(first))
    given = first.run("grant", "give", "ben", "--resource", "press4-forces", "--hours", "1", "--reason", "outage", name="otto", check=True).stdout.strip()
    until(lambda: status(second, "ben") == 200)
    halting = time.monotonic()
    database.halt()
    seen = status(second, "ben")
    # The last word was heard a moment before the database's end began. Where that took as long as grants count without it, they have stopped.
    facts.hold("a grant counts for a moment without the database", seen == 200 or time.monotonic() - halting >= STALE_AFTER - 2 * HEARTBEAT, seen)
    stopped = until(lambda: status(second, "ben") == 503)
    print(f"without the database grants stopped {told(stopped)}, the limit being {STALE_AFTER} s")
    facts.hold("and then stops", stopped is not None, stopped)
    code, _, body = second.get(EXPERIMENT, name="ben")
    facts.hold("the refusal says why", code == 503 and b"grant does not count" in body, body)
    facts.hold("and so does the readiness", b"grants do not count" in ready(second), ready(second))
    facts.hold("everybody else is served", {status(stand, "anna") for stand in (first, second)} == {200})
    done = first.run("policy", "publish", "--policies", first.folder / "policies", "--note", "now", name="eva")
    facts.hold("nothing is published meanwhile", done.returncode in (1, 3), done)
    revision = in_force(second)["revision"]
    second.process.terminate()
    second.process.wait()
    second.start()
    facts.hold("a gateway that starts without the database has the last revision", in_force(second)["revision"] == revision and status(second, "anna") == 200)
    database.start()
    again = until(lambda: status(second, "ben") == 200)
    facts.hold("grants count again when the database is back", again is not None)
    first.run("grant", "withdraw", given, "--resource", "press4-forces", name="otto", check=True)


def key_change(first, second, facts):
    """The first gateway gets another key; the second knows only the old one."""
    def stopped(*words):
        first.process.terminate()
        first.process.wait()
        done = first.run("log", *words, "--configuration", first.folder / "stile.yaml", check=True)
        first.start()
        return done

    stopped("rotate-key")
    until(lambda: b"gateway" not in ready(first) and b"gateway" not in ready(second))
    stopped("rotate-key", "--end")
    fresh = until(lambda: b"gateway" not in ready(first) and b"gateway" not in ready(second))
    facts.hold("after a change of keys both hear each other", fresh is not None, (ready(first), ready(second)))
    given = first.run("grant", "give", "ben", "--resource", "press4-forces", "--hours", "1", "--reason", "new key", name="otto", check=True).stdout.strip()
    took = until(lambda: status(second, "ben") == 200)
    facts.hold("what the new key announces counts", took is not None)
    first.run("grant", "withdraw", given, "--resource", "press4-forces", name="otto", check=True)
    first.get("/mlflow/after-rotation", name="otto")
    facts.hold("and the index goes on", len(first.decisions("--path", "after-rotation")) == 1)
