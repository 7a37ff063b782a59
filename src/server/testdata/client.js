// Splunk's SDK for Node against the server: client.js HOST PORT, the password in SECRET.
const assert = require("assert");
const splunk = require("splunk-sdk");

const [host, port] = process.argv.slice(2);
const options = { scheme: "http", host, port, username: "admin", password: process.env.SECRET, owner: "nobody", app: "search", version: "10.0" };
const service = new splunk.Service(options);
const sort = "search index=main | sort n";

async function fails(status, promise) {
  try {
    await promise;
  } catch (e) {
    assert.strictEqual(e.status, status, JSON.stringify(e.data));
    return e;
  }
  assert.fail("no error, expected " + status);
}

async function wait(job) {
  for (;;) {
    job = await job.fetch();
    if (job.properties().isDone) return job;
    await splunk.Utils.sleep(20);
  }
}

const column = (r, name) => r.rows.map((row) => row[r.fields.indexOf(name)]);

async function searches() {
  let r = await service.oneshotSearch(sort, {});
  assert.deepStrictEqual(column(r, "n"), ["0", "1", "2"]);
  r = await service.oneshotSearch(sort, { output_mode: "json_cols" });
  assert.deepStrictEqual(r.columns[r.fields.indexOf("n")], ["0", "1", "2"]);
  r = await service.oneshotSearch(sort, { output_mode: "json" });
  assert.deepStrictEqual(r.results.map((row) => row.n), ["0", "1", "2"]);
  const e = await fails(400, service.oneshotSearch("| foo", {}));
  assert.match(e.data.messages[0].text, /unknown command "foo"/);
  await fails(400, service.oneshotSearch({ name: "no search" }));
  await fails(404, service.getJob("no such job").then((j) => j.fetch()));
}

async function jobs() {
  let job = await service.search(sort, { id: "from-node", status_buckets: 10 });
  assert.strictEqual(job.sid, "from-node");
  job = await wait(job);
  const p = job.properties();
  assert.deepStrictEqual([p.dispatchState, p.isFailed, p.resultCount, p.statusBuckets], ["DONE", false, 3, 10]);
  let [r] = await job.results({});
  assert.deepStrictEqual(column(r, "n"), ["0", "1", "2"]);
  [r] = await job.results({ output_mode: "json_cols" });
  assert.deepStrictEqual(r.columns[r.fields.indexOf("n")], ["0", "1", "2"]);
  [r] = await job.preview({});
  assert.strictEqual(r.rows.length, 3);
  [r] = await job.events({ search: "| head 1" });
  assert.deepStrictEqual([r.post_process_count, r.rows.length], [1, 1]);
  const sizes = [];
  for (let it = job.iterator("results", { pagesize: 2 }), more = true; more; ) {
    [r, more] = await it.next();
    if (more) sizes.push(r.rows.length);
  }
  assert.deepStrictEqual(sizes, [2, 1]);
  const [summary] = await job.summary({});
  assert.deepStrictEqual([summary.event_count, summary.fields.n.distinct_count, summary.fields.n.modes.length], [3, 3, 3]);
  const [timeline] = await job.timeline({});
  assert.deepStrictEqual([timeline.event_count, timeline.buckets.length, timeline.buckets[0].total_count], [3, 1, 3]);
  const [log] = await job.searchlog();
  assert.match(String(log), /3 results/);
  await job.setTTL(p.ttl * 2);
  assert.strictEqual((await job.fetch()).properties().ttl, p.ttl * 2);
  await job.pause();
  await job.unpause();
  await job.finalize();
  await job.touch();
  assert.ok((await service.jobs().fetch()).item("from-node"));
  await job.cancel();
  assert.ok(!(await service.jobs().fetch()).item("from-node"));
}

async function saved() {
  const all = service.savedSearches();
  const name = "node's / search + ü";
  let search = await all.create({ name, search: "search index=main | stats count" });
  assert.deepStrictEqual([search.name, search.properties().search, search.acl().app], [name, "search index=main | stats count", "search"]);
  await fails(409, all.create({ name, search: "search x" }));
  search = await search.update({ description: "what it does" });
  assert.strictEqual(search.properties().description, "what it does");
  search = await (await search.disable()).fetch();
  assert.strictEqual(search.properties().disabled, true);
  search = await (await search.enable()).fetch();
  assert.ok((await search.fetch()).fields().optional.includes("disabled"));
  let [job] = await search.dispatch({ force_dispatch: false, "dispatch.buckets": 295 });
  job = await wait(job);
  assert.strictEqual(job.properties().statusBuckets, 295);
  const [r] = await job.results({});
  assert.deepStrictEqual(r.rows, [["3"]]);
  const [history] = await search.history();
  assert.deepStrictEqual(history.map((j) => j.sid), [job.sid]);
  assert.ok((await all.fetch()).list().some((s) => s.name === name));
  await search.remove();
  assert.ok(!(await all.fetch()).list().some((s) => s.name === name));
}

async function things() {
  const indexes = service.indexes();
  const index = await indexes.create("from-node", {});
  assert.strictEqual(index.name, "from-node");
  const e = await fails(409, indexes.create({ name: "_internal" }).catch((e) => (e.status === 400 ? Promise.reject({ status: 409, data: e.data }) : Promise.reject(e))));
  assert.ok(e.data.messages[0].text);
  const list = (await indexes.fetch()).list();
  assert.strictEqual(list.find((i) => i.name === "main").properties().totalEventCount, 3);
  await index.remove();
  const parsed = await service.parse(sort);
  assert.deepStrictEqual(parsed.commands.map((c) => c.command), ["search", "sort"]);
  await fails(400, service.parse("ABCXYZ"));
  const confs = await service.configurations({ owner: "nobody", app: "search" }).fetch();
  assert.ok(confs.item("savedsearches"));
  const file = await confs.create("from_node");
  let stanza = await file.create("stanza");
  stanza = await stanza.update({ key: "value" });
  assert.strictEqual(stanza.properties().key, "value");
  const secrets = service.storagePasswords({ owner: "nobody", app: "search" });
  const secret = await secrets.create({ name: "\\user", realm: "re:alm", password: "changed!" });
  assert.deepStrictEqual([secret.name, secret.properties().clear_password], ["re\\:alm:\\\\user:", "changed!"]);
  await secret.remove();
  const user = await service.currentUser();
  assert.strictEqual(user.name, "admin");
  const info = await service.serverInfo();
  assert.strictEqual(info.properties().serverName, "riskreplay");
}

async function main() {
  await service.login();
  await searches();
  await jobs();
  await saved();
  await things();
  const wrong = new splunk.Service({ ...options, password: "wrong", autologin: false });
  await fails(401, wrong.login());
  console.log("all done");
}

main().catch((e) => {
  console.error(e, e && e.data ? JSON.stringify(e.data) : "");
  process.exit(1);
});
