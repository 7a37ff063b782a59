"""Splunk's SDK for Python against the server: client.py HOST PORT, the password in SECRET."""
import os
import sys
import time

from splunklib import client, results

s = client.connect(scheme="http", host=sys.argv[1], port=int(sys.argv[2]), username="admin", password=os.environ["SECRET"], app="search", owner="nobody")


def same(got, want):
    assert got == want, "got %r, want %r" % (got, want)


def fails(status, what, *args, **kwargs):
    try:
        what(*args, **kwargs)
    except client.HTTPError as e:
        same(e.status, status)
        return str(e)
    except KeyError:
        same(404, status)
        return ""
    raise AssertionError("no error, expected %d" % status)


def rows(stream):
    return [dict(r) for r in results.JSONResultsReader(stream) if isinstance(r, dict)]


def wait(job):
    while not job.is_done():
        time.sleep(0.02)
    job.refresh()
    return job


sort = "search index=main | sort n"
numbers = ["0", "1", "2"]

# oneshot and export
same([r["n"] for r in rows(s.jobs.oneshot(sort, output_mode="json"))], numbers)
same([r["n"] for r in results.ResultsReader(s.jobs.oneshot(sort)) if isinstance(r, dict)], numbers)
same([r["n"] for r in rows(s.jobs.export(sort, output_mode="json"))], numbers)
same([r["n"] for r in results.ResultsReader(s.jobs.export(sort)) if isinstance(r, dict)], numbers)
same(rows(s.jobs.export("search index=nothing", output_mode="json")), [])
assert "foo" in fails(400, s.jobs.oneshot, "| foo")
assert "asdaf" in fails(400, s.jobs.export, "asdaf;lkj2r23=")
fails(400, s.jobs.create, "invalid query", output_mode="json")

# a job's life
j = s.jobs.create("search index=main | stats count by n | sort n", status_buckets=10)
wait(j)
same([(j["isDone"], j["isFailed"], j["dispatchState"], j["resultCount"], j["eventCount"])], [("1", "0", "DONE", "3", "3")])
same(j.state.title, "search index=main | stats count by n | sort n")
same(j["eventSearch"], "| search index=main")
same(rows(j.results(output_mode="json")), [{"n": n, "count": "1"} for n in numbers])
same(rows(j.results(output_mode="json", count=1, offset=1)), [{"n": "1", "count": "1"}])
same(rows(j.preview(output_mode="json", search="| head 1")), [{"n": "0", "count": "1"}])
same(sorted(r["n"] for r in rows(j.events(output_mode="json"))), numbers)
assert b"<bucket c='3'" in j.timeline().read()
assert b"<field k='n' c='3' nc='3' dc='3'" in j.summary().read()
assert b"3 results" in j.searchlog().read()
assert j.sid in s.jobs
j.set_ttl(1600).set_priority(3).pause().touch()
j.refresh()
same((j["ttl"], j["priority"], j["isPaused"]), ("1600", "3", "1"))
j.unpause().enable_preview().disable_preview().finalize()
j.refresh()
same((j["isPaused"], j["isPreviewEnabled"], j["isFinalized"]), ("0", "0", "1"))
j.cancel()
j.cancel()
assert j.sid not in s.jobs

# saved searches
name = "My search/1 + ü"
saved = s.saved_searches.create(name, "search index=main | stats count", **{"dispatch.earliest_time": "0", "description": "a\nb"})
same((saved.name, saved["search"], saved["description"], saved["is_scheduled"]), (name, "search index=main | stats count", "a\nb", "0"))
same(saved.access.app, "search")
fails(409, s.saved_searches.create, name, "search x")
fails(400, saved.update, cron_schedule="not a cron")
saved.update(cron_schedule="*/5 * * * *", is_scheduled=True, is_visible=False).refresh()
same((saved["is_scheduled"], saved["is_visible"], saved["cron_schedule"]), ("1", "0", "*/5 * * * *"))
times = saved.scheduled_times()
assert len(times) == 12 and all((b - a).total_seconds() == 300 for a, b in zip(times, times[1:])), times
job = wait(saved.dispatch())
same(rows(job.results(output_mode="json")), [{"count": "3"}])
same([h.sid for h in saved.history()], [job.sid])
saved.suppress(100)
assert 0 < saved.suppressed <= 100
saved.unsuppress()
same(saved.suppressed, 0)
saved.disable().refresh()
same(saved["disabled"], "1")
saved.enable().refresh()
same(saved["disabled"], "0")
saved.acl_update(sharing="app", owner="admin", **{"perms.read": "admin, nobody"})
same((saved.access["owner"], saved.access["perms"]["read"]), ("admin", ["admin", "nobody"]))
assert name in s.saved_searches
s.saved_searches.delete(name)
assert name not in s.saved_searches
fails(404, s.saved_searches.delete, name)
same([x.name for x in s.saved_searches], ["A/b ü"])
same([x.name for x in s.saved_searches.list(search="cron_schedule=0*", sort_key="name")], ["A/b ü"])

# indexes
index = s.indexes.create("fresh-1")
same((index.name, index["totalEventCount"], index["disabled"]), ("fresh-1", "0", "0"))
fails(409, s.indexes.create, "fresh-1")
fails(400, s.indexes.create, "Not Allowed")
main = s.indexes["main"]
same((main["totalEventCount"], main["minTime"], main["maxTime"]), ("3", "2026-11-18T11:06:40+0000", "2026-11-18T11:06:40+0000"))
same(s.indexes.get_default(), "main")
main.clean(timeout=10)
same(main["totalEventCount"], "0")
same(rows(s.jobs.oneshot("search index=main | stats count", output_mode="json")), [{"count": "0"}])
s.indexes.delete("fresh-1")
assert "fresh-1" not in s.indexes

# .conf files, macros, passwords
assert "savedsearches" in s.confs and "nothing" not in s.confs
conf = s.confs.create("mine")
stanza = conf.create("a stanza")
stanza.submit({"key": "value = x", "other": "2"}).refresh()
same((stanza["key"], len(stanza)), ("value = x", 2))
same([x.name for x in s.confs["mine"]], ["a stanza"])
conf.delete("a stanza")
same(len(conf), 0)
s.macros.create("twice(1)", "eval n=2*$x$", args="x")
same(rows(s.jobs.oneshot("| makeresults | eval n=4 | `twice(n)` | table n", output_mode="json")), [{"n": "8"}])
p = s.storage_passwords.create("changeme", "/us:er", "re\\alm")
same((p.name, p.realm, p.username, p.clear_password), ("re\\\\alm:/us\\:er:", "re\\alm", "/us:er", "changeme"))
p.update(password="other").refresh()
same(p.clear_password, "other")
p.delete()
same(len(s.storage_passwords), 0)

# the rest
same(([a.name for a in s.apps], s.info["serverName"]), (["search"], "riskreplay"))
same(s.parse("search index=main | stats count").status, 200)
s.logout()
try:
    s.jobs.list()
    raise AssertionError("the session goes on")
except Exception as e:
    assert "401" in str(e) or "log" in str(e).lower(), e
print("all done")
