// An npm registry on 127.0.0.1 that holds what was published to it, in the order in which it came.

import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const LONG_AGO = '2020-01-01T00:00:00.000Z';

export class Registry {
  published = [];
  #versions = new Map();
  #tarballs = new Map();

  static async start() {
    const registry = new Registry();
    registry.server = createServer((request, response) => registry.#answer(request, response));
    await new Promise((resolve) => registry.server.listen(0, '127.0.0.1', resolve));
    registry.url = `http://127.0.0.1:${registry.server.address().port}`;
    return registry;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }

  manifest(name) {
    return this.#versions.get(name);
  }

  #answer(request, response) {
    const path = decodeURIComponent(new URL(request.url, this.url).pathname.slice(1));
    const send = (status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.method === 'PUT') {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        this.#publish(path, JSON.parse(Buffer.concat(chunks)));
        send(201, { ok: true });
      });
    } else if (this.#tarballs.has(path)) {
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(this.#tarballs.get(path));
    } else if (this.#versions.has(path)) {
      const manifest = this.#versions.get(path);
      send(200, {
        name: path,
        'dist-tags': { latest: manifest.version },
        versions: { [manifest.version]: manifest },
        // Old enough for package managers that wait before they take a new version.
        time: { created: LONG_AGO, modified: LONG_AGO, [manifest.version]: LONG_AGO },
      });
    } else {
      send(404, { error: 'not found' });
    }
  }

  #publish(name, body) {
    const [manifest] = Object.values(body.versions);
    const [{ data }] = Object.values(body._attachments);
    const tarball = Buffer.from(data, 'base64');
    const path = `${name}/-/${name}-${manifest.version}.tgz`;
    const hash = (algorithm, encoding) => createHash(algorithm).update(tarball).digest(encoding);
    manifest.dist = { tarball: `${this.url}/${path}`, shasum: hash('sha1', 'hex'), integrity: `sha512-${hash('sha512', 'base64')}` };
    this.#tarballs.set(path, tarball);
    this.#versions.set(name, manifest);
    this.published.push(name);
  }
}
