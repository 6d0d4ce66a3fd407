// The npm packages, published, installed and used as people do.

import assert from 'node:assert/strict';
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { DIST, Machine, VTEXID } from './machine.mjs';
import { Registry } from './registry.mjs';

const repository = join(import.meta.dirname, '../../..');
const version = /^version = "(.*)"$/m.exec(readFileSync(join(repository, 'Cargo.toml'), 'utf8'))[1];
const says = `vtexid ${version}\n`;
const platform = `vtexid-${process.platform}-${process.arch}`;
const platforms = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-arm64', 'win32-x64'].map((name) => `vtexid-${name}`);

let registry;
before(async () => {
  registry = await Registry.start();
  const machine = new Machine(registry, 'new');
  await machine.sh(`'${repository}/scripts/publish-npm' '${DIST}'`);
  machine.remove();
});
after(() => registry?.stop());

// A machine that is gone after the test.
function machine(t, node, npm) {
  const machine = new Machine(registry, node, npm);
  t.after(() => machine.remove());
  return machine;
}

test('the platforms are published before vtexid, and nothing twice', async (t) => {
  assert.deepEqual(registry.published, [...platforms, 'vtexid']);
  await machine(t, 'new').sh(`'${repository}/scripts/publish-npm' '${DIST}'`);
  assert.deepEqual(registry.published, [...platforms, 'vtexid']);
});

test('the packages say what they are, and have no scripts', async () => {
  const exact = Object.fromEntries(platforms.map((name) => [name, version]));
  assert.deepEqual(registry.manifest('vtexid').optionalDependencies, exact);
  const pages = readdirSync(join(repository, 'man')).map((page) => `man/${page}`);
  for (const name of registry.published) {
    const manifest = registry.manifest(name);
    const [, os, cpu] = name.split('-');
    assert.deepEqual([manifest.os, manifest.cpu, manifest.libc], [os && [os], cpu && [cpu], undefined], name);
    const program = os ? `bin/vtexid${os === 'win32' ? '.exe' : ''}` : 'bin/vtexid.js';
    assert.deepEqual(manifest.bin, { vtexid: program });
    assert.deepEqual(manifest.man, pages);
    assert.equal(manifest.preferUnplugged, true);
    assert.equal(manifest.version, version);
    for (const field of ['scripts', 'dependencies', 'devDependencies', 'peerDependencies']) {
      assert.deepEqual(Object.keys(manifest[field] ?? {}), [], `${name}: ${field}`);
    }
  }
});

for (const [node, npm] of [['old', 'npm11'], ['new', 'npm11'], ['new', 'npm12']]) {
  test(`${npm} on the ${node} Node installs vtexid globally, and removes it`, async (t) => {
    const m = machine(t, node, npm);
    const { stderr } = await m.run('npm', ['install', '-g', 'vtexid']);
    assert.equal(stderr, '');
    assert.equal(await m.sh('vtexid --version'), says);
    const installed = join(m.prefix, 'lib/node_modules/vtexid');
    assert.deepEqual(readdirSync(join(installed, 'node_modules')).filter((name) => name.startsWith('vtexid')), [platform]);
    for (const file of ['completions/vtexid.bash', 'completions/_vtexid', 'completions/vtexid.fish', 'LICENSE']) {
      assert.ok(existsSync(join(installed, file)), file);
    }
    assert.deepEqual(readdirSync(join(installed, 'man')), readdirSync(join(repository, 'man')));
    // npm 12 no longer tells `man` of them.
    const page = join(m.prefix, 'share/man/man1/vtexid.1');
    assert.equal(existsSync(page), npm === 'npm11');
    if (npm === 'npm11') assert.equal(realpathSync(page), realpathSync(join(installed, 'man/vtexid.1')));

    await m.sh('npm rm -g vtexid');
    assert.ok(!existsSync(installed));
    for (const dir of ['bin', 'share/man/man1', 'lib/node_modules']) {
      const left = existsSync(join(m.prefix, dir)) ? readdirSync(join(m.prefix, dir)) : [];
      assert.deepEqual(left.filter((name) => !name.startsWith('.')), [], dir);
    }
  });

  test(`${npm} on the ${node} Node installs the program without Node in between`, async (t) => {
    const m = machine(t, node, npm);
    await m.sh('npm install -g vtexid');
    // Both have the command, and npm does not let one replace the other.
    const refused = await m.run('npm', ['install', '-g', platform]);
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /EEXIST/);

    await m.sh(`npm rm -g vtexid\nnpm install -g ${platform}`);
    const program = join(m.prefix, 'bin/vtexid');
    assert.ok(readFileSync(program).equals(readFileSync(VTEXID)));
    assert.equal(await m.sh('vtexid --version', { env: { PATH: `${m.prefix}/bin` } }), says);
    assert.ok(existsSync(join(m.prefix, `lib/node_modules/${platform}/man/vtexid.1`)));
  });

  test(`npx of ${npm} on the ${node} Node runs it without an installation`, async (t) => {
    const m = machine(t, node, npm);
    assert.equal(await m.sh('npx --yes vtexid --version'), says);
    assert.equal(await m.sh(`npx --yes vtexid@${version} --version`), says);
    assert.deepEqual(readdirSync(m.work), []);
  });

  test(`${npm} on the ${node} Node installs it in a project`, async (t) => {
    const m = machine(t, node, npm);
    writeFileSync(join(m.work, 'package.json'), JSON.stringify({ name: 'shop', scripts: { version: 'vtexid --version' } }));
    await m.sh('npm install --save-dev --ignore-scripts vtexid');
    assert.equal(await m.sh('npx vtexid --version'), says);
    assert.equal(await m.sh('npm run --silent version'), says);
    // From the lock file, on another machine.
    await m.sh('rm -r node_modules\nnpm ci');
    assert.equal(await m.sh('npx vtexid --version'), says);
    const lock = JSON.parse(readFileSync(join(m.work, 'package-lock.json')));
    for (const name of platforms) assert.ok(lock.packages[`node_modules/${name}`].optional, name);
  });

  test(`${npm} on the ${node} Node is told what to type where the program is missing`, async (t) => {
    const m = machine(t, node, npm);
    for (const [flag, run, leaveOut] of [
      ['', 'npx vtexid --version', 'npm install --omit=optional vtexid'],
      // A global installation has the program whatever is omitted.
      ['-g ', 'vtexid --version', `npm install -g --omit=optional vtexid\nrm -r '${m.prefix}/lib/node_modules/vtexid/node_modules'`],
    ]) {
      await m.sh(leaveOut);
      const failed = await m.run('/bin/sh', ['-c', run]);
      const line = `npm install --include=optional vtexid@${version}`;
      const words = `error: ${platform} is not installed: it contains the program for this machine\nhint: run \`${line}\` (with -g, if vtexid was installed with -g)\n`;
      assert.deepEqual([failed.code, failed.stdout], [1, '']);
      // npx of npm 12 has notes of its own before it.
      assert.ok(failed.stderr.endsWith(words), failed.stderr);
      await m.sh(line.replace('install ', `install ${flag}`));
      assert.equal(await m.sh(run), says);
    }
  });
}

for (const node of ['old', 'new']) {
  // pnpm needs a newer Node.
  if (node === 'new') {
    test(`pnpm on the ${node} Node installs it in a project`, async (t) => {
      const m = machine(t, node);
      writeFileSync(join(m.work, 'package.json'), '{}');
      await m.sh('pnpm add --save-dev vtexid');
      assert.equal(await m.sh('pnpm exec vtexid --version'), says);
      assert.equal(await m.sh('node_modules/.bin/vtexid --version'), says);
    });
  }

  test(`yarn classic on the ${node} Node installs it in a project`, async (t) => {
    const m = machine(t, node);
    writeFileSync(join(m.work, 'package.json'), '{"license":"MIT"}');
    await m.sh('yarn add --silent --dev vtexid');
    assert.equal(await m.sh('yarn --silent vtexid --version'), says);
    assert.equal(await m.sh('node_modules/.bin/vtexid --version'), says);
  });

  test(`yarn with Plug'n'Play on the ${node} Node installs it in a project`, async (t) => {
    const m = machine(t, node);
    writeFileSync(join(m.work, 'package.json'), '{"name":"shop"}');
    writeFileSync(join(m.work, '.yarnrc.yml'), 'nodeLinker: pnp\n');
    writeFileSync(join(m.work, 'yarn.lock'), '');
    await m.sh('yarn4 add --dev vtexid');
    assert.ok(!existsSync(join(m.work, 'node_modules')));
    assert.equal(await m.sh('yarn4 vtexid --version'), says);
  });
}

test('a platform without a package is told to build it', async (t) => {
  const m = machine(t, 'new');
  await m.sh('npm install -g vtexid');
  writeFileSync(m.path('elsewhere.js'), "Object.defineProperty(process, 'arch', { value: 'riscv64' });");
  const failed = await m.run('/bin/sh', ['-c', 'vtexid --version'], { env: { NODE_OPTIONS: `--require ${m.path('elsewhere.js')}` } });
  const words = `error: there is no npm package of vtexid for ${process.platform}-riscv64\nhint: build it with Rust: \`cargo install vtexid --locked\`\n`;
  assert.deepEqual([failed.code, failed.stdout, failed.stderr], [1, '', words]);
});

test('a program that may not be run is named', async (t) => {
  const m = machine(t, 'new');
  await m.sh('npm install -g vtexid');
  const program = join(m.prefix, `lib/node_modules/vtexid/node_modules/${platform}/bin/vtexid`);
  assert.ok(lstatSync(program).mode & 0o100);
  await m.sh(`chmod 644 '${program}'`);
  const failed = await m.run('/bin/sh', ['-c', 'vtexid --version']);
  assert.deepEqual([failed.code, failed.stdout], [1, '']);
  assert.match(failed.stderr, /^error: could not run .*\/bin\/vtexid: EACCES: permission denied.*\nhint: install vtexid again, in a folder where programs may run\n$/);
});
