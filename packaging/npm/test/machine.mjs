// A person's machine for one test: a home and a registry of its own, and nothing of the machine that runs the tests.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// What scripts/test-npm has put in place.
export const { TOOLS, DIST, VTEXID, SANDBOX } = process.env;

const LIMIT_MS = 120_000;

export class Machine {
  // With this Node and npm: `old` or `new`, and `npm11` or `npm12`.
  constructor(registry, node, npm = 'npm11') {
    this.root = mkdtempSync(join(tmpdir(), 'vtexid-npm-'));
    const bin = this.path('tools');
    mkdirSync(bin);
    const program = join(TOOLS, node, 'bin/node');
    symlinkSync(program, join(bin, 'node'));
    const modules = join(TOOLS, 'node_modules');
    for (const [name, file] of [
      ['npm', `${npm}/bin/npm-cli.js`],
      ['npx', `${npm}/bin/npx-cli.js`],
      ['pnpm', 'pnpm/bin/pnpm.mjs'],
      ['yarn', 'yarn/bin/yarn.js'],
      ['yarn4', '@yarnpkg/cli-dist/bin/yarn.js'],
    ]) {
      writeFileSync(join(bin, name), `#!/bin/sh\nexec '${program}' '${join(modules, file)}' "$@"\n`, { mode: 0o755 });
    }
    for (const name of ['home', 'work']) mkdirSync(this.path(name));
    this.work = this.path('work');
    this.prefix = this.path('prefix');
    this.env = {
      PATH: `${bin}:${this.prefix}/bin:/usr/bin:/bin`,
      HOME: this.path('home'),
      npm_config_prefix: this.prefix,
      YARN_NPM_REGISTRY_SERVER: registry.url,
      YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
      YARN_ENABLE_TELEMETRY: '0',
      YARN_REGISTRY: registry.url,
    };
    // The token lets `npm publish` in; the registry takes any.
    const host = registry.url.replace('http:', '');
    writeFileSync(this.path('home/.npmrc'), `registry=${registry.url}/\n${host}/:_authToken=none\naudit=false\nfund=false\nupdate-notifier=false\n`);
  }

  path(name) {
    return join(this.root, name);
  }

  start(program, args = [], options = {}) {
    const child = spawn(program, args, {
      cwd: this.work,
      detached: true,
      ...options,
      env: { ...this.env, ...options.env },
    });
    child.output = { stdout: [], stderr: [] };
    for (const name of ['stdout', 'stderr']) child[name].on('data', (data) => child.output[name].push(data));
    // A program that ends early does not read on.
    child.stdin.on('error', () => {});
    if (options.input !== 'open') child.stdin.end(options.input);
    const limit = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), LIMIT_MS);
    child.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        clearTimeout(limit);
        const bytes = Buffer.concat(child.output.stdout);
        resolve({ code, signal, bytes, stdout: bytes.toString(), stderr: Buffer.concat(child.output.stderr).toString() });
      });
    });
    return child;
  }

  run(program, args, options) {
    return this.start(program, args, options).ended;
  }

  // What a command line prints; it must succeed.
  async sh(line, options) {
    const { code, signal, stdout, stderr } = await this.run('/bin/sh', ['-ec', line], options);
    if (code !== 0) throw new Error(`\`${line}\` ended with ${code ?? signal}\n${stdout}${stderr}`);
    return stdout;
  }

  remove() {
    rmSync(this.root, { recursive: true, force: true });
  }
}
