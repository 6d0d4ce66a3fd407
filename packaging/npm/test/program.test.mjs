// What vtexid does when it is started by way of npm's command: on a Node that can replace itself by the program, and on
// one that starts it and waits.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { DIST, Machine, SANDBOX, TOOLS, VTEXID } from './machine.mjs';
import { Registry } from './registry.mjs';

const NODES = ['old', 'new'];
const waiting = 'waiting for the browser';

let registry;
let sandbox;
let vtexidUrl;
let pair;
const machines = {};

before(async () => {
  registry = await Registry.start();
  for (const node of NODES) machines[node] = new Machine(registry, node);
  for (const name of [`vtexid-${process.platform}-${process.arch}`, 'vtexid']) await machines.new.sh(`npm publish '${DIST}/npm/'${name}-[0-9]*.tgz`);
  for (const m of Object.values(machines)) await m.sh('npm install -g vtexid');
  sandbox = machines.new.start(SANDBOX, [], { input: 'open' });
  const welcome = await shown(sandbox, 'stdout', 'The public key');
  const value = (name) => new RegExp(`${name}=(\\S+)`).exec(welcome)[1];
  vtexidUrl = value('VTEXID_URL');
  pair = { VTEX_APP_KEY: value('VTEX_APP_KEY'), VTEX_APP_TOKEN: value('VTEX_APP_TOKEN') };
});
after(async () => {
  sandbox?.kill();
  await sandbox?.ended;
  registry?.stop();
  for (const m of Object.values(machines)) m.remove();
});

// What a program has printed when these words are in it.
function shown(child, stream, words) {
  return new Promise((resolve, reject) => {
    const look = () => {
      const text = Buffer.concat(child.output[stream]).toString();
      if (text.includes(words)) resolve(text);
    };
    child[stream].on('data', look);
    child.ended.then(({ stderr }) => reject(new Error(`ended without ${words}: ${stderr}`)));
    look();
  });
}

// Starts npm's vtexid; `/bin/sh` is what finds it on the `PATH`.
function start(m, args, { env, ...options } = {}) {
  return m.start('/bin/sh', ['-c', 'exec vtexid "$@"', '-', ...args], { ...options, env: { VTEXID_URL: vtexidUrl, ...env } });
}

function token({ expires, note = '' }) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: 'dev@example.com', account: 'mystore', audience: 'admin', exp: expires, note };
  return [part({ alg: 'ES256', typ: 'JWT' }), part(claims), Buffer.alloc(64, 1).toString('base64url')].join('.');
}

for (const node of NODES) {
  test(`on the ${node} Node every exit code is the program's`, async () => {
    const m = machines[node];
    const expired = token({ expires: 1_000_000_000 });
    for (const [code, args, options] of [
      [0, ['apptoken'], { env: pair }],
      [1, ['inspect', 'not-a-token']],
      [2, ['no-such-command']],
      [3, ['inspect', '--check'], { input: expired }],
      [4, ['local', 'token']],
      [5, ['login', 'mystore']],
      [6, ['apptoken'], { env: { ...pair, VTEXID_URL: 'http://127.0.0.1:1' } }],
    ]) {
      const done = await start(m, args, options).ended;
      assert.deepEqual([done.code, done.signal], [code, null], `${args.join(' ')}: ${done.stderr}`);
      // Words and bytes are the same, too.
      if (code >= 1 && code <= 4) {
        const direct = spawnSync(VTEXID, args, { cwd: m.work, env: { ...m.env, VTEXID_URL: vtexidUrl }, input: options?.input ?? '' });
        assert.deepEqual([done.stdout, done.stderr], [direct.stdout.toString(), direct.stderr.toString()]);
      }
    }
  });

  // The signal goes to the process that npm's command is, or as from a terminal to all of its group.
  for (const [signal, of] of [['SIGTERM', 'process'], ['SIGHUP', 'process'], ['SIGINT', 'group'], ['SIGQUIT', 'group'], ['SIGHUP', 'group']]) {
    test(`on the ${node} Node ${signal} to the ${of} ends the program by it, and nothing is left running`, async () => {
      const child = start(machines[node], ['login', 'mystore', '--store', 'file', '--no-browser'], { input: 'open' });
      await shown(child, 'stderr', waiting);
      process.kill(of === 'group' ? -child.pid : child.pid, signal);
      const ended = await child.ended;
      assert.deepEqual([ended.code, ended.signal], [null, signal], ended.stderr);
      assert.throws(() => process.kill(-child.pid, 0), { code: 'ESRCH' });
    });
  }

  test(`on the ${node} Node a shell sees 130 after Ctrl-C`, async () => {
    const script = 'vtexid login mystore --store file --no-browser; echo "code $?"';
    const child = machines[node].start('/bin/sh', ['-c', `trap : INT; ${script}`], { input: 'open', env: { VTEXID_URL: vtexidUrl } });
    await shown(child, 'stderr', waiting);
    process.kill(-child.pid, 'SIGINT');
    assert.equal((await child.ended).stdout, 'code 130\n');
  });

  test(`on the ${node} Node 10 MB go in and come out byte for byte`, async () => {
    const m = machines[node];
    const notes = Array.from({ length: 2500 }, (_, n) => `${n} ação `.repeat(400));
    const input = notes.map((note) => `${token({ expires: 1_000_000_000, note })}\n`).join('');
    const args = ['inspect', '--json', '--claim', 'note'];
    const done = await start(m, args, { input }).ended;
    const direct = spawnSync(VTEXID, args, { cwd: m.work, env: m.env, input, maxBuffer: 100_000_000 });
    assert.equal(done.code, 0, done.stderr);
    assert.ok(done.bytes.length > 10_000_000, `${done.bytes.length}`);
    assert.ok(done.bytes.equals(direct.stdout));
  });
}

// A folder that is all a process sees: Node, npm, a shell, and the libraries they need.
function bareRoot(t) {
  const root = mkdtempSync(join(tmpdir(), 'vtexid-bare-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const node = join(TOOLS, 'new/bin/node');
  const put = (from, to = from) => {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    copyFileSync(from, join(root, to));
    chmodSync(join(root, to), 0o755);
  };
  put(node, '/bin/node');
  put('/bin/sh');
  put('/usr/bin/env');
  for (const program of [node, '/bin/sh', '/usr/bin/env', VTEXID]) {
    const { stdout } = spawnSync('ldd', [program]);
    for (const [library] of stdout.toString().matchAll(/\/\S+/g)) if (existsSync(library)) put(library);
  }
  cpSync(join(TOOLS, 'node_modules/npm12'), join(root, 'npm'), { recursive: true });
  mkdirSync(join(root, 'tmp'));
  return root;
}

test('without Rust, curl or a home directory npm installs a vtexid that works', async (t) => {
  const m = machines.new;
  if (process.platform !== 'linux') return t.skip('for Linux');
  const can = await m.run('unshare', ['-r', '--root=/', 'true']);
  if (can.code !== 0 && !process.env.CI) return t.skip('no program can be given a root directory of its own here');
  const root = bareRoot(t);
  const { url } = registry;
  const script = [
    // npm ends where it cannot find out a home's name; there is none at that one.
    `HOME=/nonexistent node /npm/bin/npm-cli.js install -g --prefix /opt --cache /tmp/npm --registry ${url} --no-audit --no-fund --loglevel error vtexid`,
    'vtexid --version',
    'vtexid apptoken >/tmp/token',
    'vtexid inspect --claim account </tmp/token',
  ].join('\n');
  const env = ['PATH=/opt/bin:/bin', `VTEXID_URL=${vtexidUrl}`, `VTEX_APP_KEY=${pair.VTEX_APP_KEY}`, `VTEX_APP_TOKEN=${pair.VTEX_APP_TOKEN}`];
  const done = await m.run('unshare', ['-r', `--root=${root}`, '/usr/bin/env', '-i', ...env, '/bin/sh', '-ec', script]);
  assert.equal(done.code, 0, done.stdout + done.stderr);
  assert.match(done.stdout, /\nvtexid \d.*\nmystore\n$/);
  for (const program of ['curl', 'cargo', 'rustc']) assert.ok(!existsSync(join(root, 'bin', program)));
  assert.ok(!existsSync(join(root, 'root')) && !existsSync(join(root, 'home')) && !existsSync(join(root, 'nonexistent')));
  assert.deepEqual(readdirSync(join(root, 'opt/lib/node_modules')), ['vtexid']);
});
