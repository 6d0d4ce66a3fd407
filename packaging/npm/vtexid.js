#!/usr/bin/env node
// Only starts the program in this platform's own package: every call waits for this file.
'use strict';
const { version, optionalDependencies } = require('../package.json');
const windows = process.platform === 'win32';
const name = `vtexid-${process.platform}-${process.arch}`;
const fail = (message, hint) => {
  process.stderr.write(`error: ${message}\nhint: ${hint}\n`);
  process.exit(1);
};
let program;
try {
  program = require.resolve(`${name}/bin/vtexid${windows ? '.exe' : ''}`);
} catch {
  const line = `npm install --include=optional vtexid@${version}`;
  if (name in optionalDependencies) fail(`${name} is not installed: it contains the program for this machine`, `run \`${line}\` (with -g, if vtexid was installed with -g)`);
  fail(`there is no npm package of vtexid for ${process.platform}-${process.arch}`, 'build it with Rust: `cargo install vtexid --locked`');
}
try {
  // Reports a program that cannot run; a failing `execve` would end with a stack trace.
  require('fs').accessSync(program, require('fs').constants.X_OK);
} catch (error) {
  fail(`could not run ${program}: ${error.message}`, 'install vtexid again, in a folder where programs may run');
}
const args = process.argv.slice(2);
if (process.execve && !windows) process.execve(program, [program, ...args]);

// Set up before the program starts, so that no signal ends only this process. Ctrl-C reaches both processes, so it is not
// forwarded. On Windows, forwarding a signal would kill the program.
let child;
for (const signal of windows ? [] : ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
for (const signal of windows ? ['SIGINT', 'SIGBREAK'] : ['SIGINT', 'SIGQUIT']) process.on(signal, () => {});
child = require('child_process').spawn(program, args, { stdio: 'inherit' });
child.on('error', (error) => fail(`could not run ${program}: ${error.message}`, 'install vtexid again'));
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code);
  // In case Node ignores the signal.
  process.exitCode = 128 + require('os').constants.signals[signal];
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
