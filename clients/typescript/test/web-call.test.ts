import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  BadRequest,
  ContentServiceDefinition,
  ListRequest,
  ListResponse,
  Status,
  SyncServiceDefinition,
} from '@foresync/protocol';
import type { WebCall } from '../src/web-call.js';
import { webCall, webStream, webUnary } from '../src/web-call.js';
import { bodyOf } from '../src/web-frames.js';
import { WEB_METHODS } from '../src/web-methods.js';
import { bytesOf } from './support/checkpoints.js';

const { list } = WEB_METHODS;
const REQUEST = ListRequest.create({ space: 's' });

describe('a call over grpc-web', () => {
  let server: Server;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  let call: WebCall;

  beforeEach(async () => {
    server = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const signal = new AbortController().signal;
    call = {
      endpoint: `http://127.0.0.1:${port}`,
      token: 'a token',
      headers: { 'foresync-session': 'x' },
      signal,
    };
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('goes to the methods that the contract names', () => {
    const { methods: sync } = SyncServiceDefinition;
    const { methods: content } = ContentServiceDefinition;
    for (const [name, { path, request, response }] of Object.entries(WEB_METHODS)) {
      const [service, method] = Object.hasOwn(sync, name)
        ? [SyncServiceDefinition, sync[name as keyof typeof sync]]
        : [ContentServiceDefinition, content[name as keyof typeof content]];
      assert.equal(path, `/${service.fullName}/${method.name}`);
      assert.deepEqual([request, response], [method.requestType, method.responseType]);
    }
  });

  it('sends its messages in one body, by whose right, and answers those that come', async () => {
    let sent: IncomingMessage | undefined;
    answer = (request, response) => {
      sent = request;
      const body = Buffer.concat([message('first'), message('second'), trailers('grpc-status: 0')]);
      // In pieces of which none is a frame.
      for (let at = 0; at < body.length; at += 3) response.write(body.subarray(at, at + 3));
      response.end();
    };
    const found = await collected(call, [REQUEST, REQUEST]);
    assert.deepEqual(found, ['first', 'second']);
    assert.equal(sent?.url, list.path);
    const {
      authorization,
      'content-type': type,
      'foresync-session': route,
      'x-grpc-web': web,
    } = sent.headers;
    assert.deepEqual(
      [authorization, type, route, web],
      ['Bearer a token', 'application/grpc-web+proto', 'x', '1'],
    );
    assert.equal(
      sent.headers['content-length'],
      String(2 * (5 + ListRequest.encode(REQUEST).finish().length)),
    );
  });

  it('fails as the status says, with its details, wherever that comes', async () => {
    const details = Status.encode({
      code: 3,
      message: 'prefix is too long – really',
      details: [
        {
          typeUrl: 'type.googleapis.com/google.rpc.BadRequest',
          value: BadRequest.encode(
            BadRequest.fromPartial({ fieldViolations: [{ field: 'prefix' }] }),
          ).finish(),
        },
      ],
    }).finish();
    const base64 = Buffer.from(details).toString('base64').replace(/=+$/, '');
    const wanted = {
      code: 'FIELD_INVALID',
      message: '[FIELD_INVALID] prefix is too long – really',
      field: 'prefix',
    };
    answer = (_, response) => {
      response.write(message('first'));
      response.end(trailers('grpc-status:3', 'grpc-message:plain', `grpc-status-details-bin:${base64}`));
    };
    assert.deepEqual(await failure(), wanted);
    answer = (_, response) => {
      response.writeHead(200, { 'grpc-status': '3', 'grpc-status-details-bin': base64 }).end();
    };
    assert.deepEqual(await failure(), wanted);
    answer = (_, response) => {
      response
        .writeHead(200, {
          'grpc-status': '5',
          'grpc-message': 'there is no 100%25',
          'grpc-status-details-bin': '%%',
        })
        .end();
    };
    assert.deepEqual(await failure(), {
      code: 'ITEM_UNKNOWN',
      message: '[ITEM_UNKNOWN] there is no 100%',
      field: undefined,
    });
  });

  it('fails as a proxy says that has no server', async () => {
    for (const [status, code] of [
      [503, 'UNAVAILABLE'],
      [401, 'UNAUTHENTICATED'],
      [403, 'FORBIDDEN'],
      [404, 'UNIMPLEMENTED'],
      [500, 'UNAVAILABLE'],
    ] as const) {
      answer = (_, response) => response.writeHead(status).end('no healthy upstream');
      assert.deepEqual(await failure(), {
        code,
        message: `[${code}] HTTP ${status}: no healthy upstream`,
        field: undefined,
      });
    }
  });

  it('fails as UNAVAILABLE when it is cut, before an answer or in the midst of one', async () => {
    answer = (_, response) => response.destroy();
    assert.match((await failure()).message, /^\[UNAVAILABLE\] the connection broke: /);
    answer = (_, response) => {
      response.write(message('first'), () => response.destroy());
    };
    assert.match((await failure()).message, /^\[UNAVAILABLE\] the connection broke: /);
    answer = (_, response) => response.end(message('first'));
    assert.equal((await failure()).message, '[UNAVAILABLE] the server ended the call without a word');
    for (const status of ['', 'nothing']) {
      answer = (_, response) => response.end(trailers(`grpc-status: ${status}`));
      assert.equal((await failure()).message, '[UNAVAILABLE] the server ended the call without a word');
    }
    server.close();
    server.closeAllConnections();
    assert.match((await failure()).message, /^\[UNAVAILABLE\] the connection broke: /);
  });

  it('fails as headers say, whatever comes behind them', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'grpc-status': '16' }).end('<!DOCTYPE html>');
    };
    assert.equal((await failure()).code, 'UNAUTHENTICATED');
  });

  it('reads no more of a page that came instead than it tells', async () => {
    let left = Promise.resolve<unknown>(undefined);
    answer = (request, response) => {
      left = once(request.socket, 'close');
      // It goes on for ever.
      response.writeHead(502).write('x'.repeat(2000));
    };
    assert.match((await failure()).message, /^\[UNAVAILABLE\] HTTP 502: x{1000}$/);
    await left;
  });

  it('does not take nothing for an answer', async () => {
    answer = (_, response) => response.end(trailers('grpc-status: 0'));
    await assert.rejects(webUnary(list, [REQUEST], call), { code: 'INTERNAL' });
  });

  it('ends by its deadline, by its caller, by its transport, and when nobody reads on', async () => {
    const closing = new AbortController();
    const caller = new AbortController();
    let left = Promise.resolve<unknown>(undefined);
    answer = (request, response) => {
      left = once(request.socket, 'close');
      response.write(message('first'));
    };
    const made = (timeoutMs: number, signal?: AbortSignal) =>
      webCall({ token: 't', timeoutMs, signal }, closing.signal, (ends) =>
        webUnary(list, [REQUEST], { ...call, signal: ends }),
      );
    await assert.rejects(made(50), { code: 'TIMEOUT', message: /50 ms/ });
    await left;
    const given = made(10_000, caller.signal);
    caller.abort();
    await assert.rejects(given, { code: 'CANCELLED' });
    await left;
    const open = made(10_000);
    closing.abort(new Error('the transport is closed'));
    await assert.rejects(open, /the transport is closed/);
    await left;
    for await (const response of webStream(list, [REQUEST], call)) {
      assert.equal(response.nextPageToken, 'first');
      break;
    }
    await left;
  });

  async function failure(): Promise<{ code: string; message: string; field: string | undefined }> {
    try {
      await webCall({ token: 't', timeoutMs: 10_000 }, new AbortController().signal, (signal) =>
        webUnary(list, [REQUEST], { ...call, signal }),
      );
    } catch (error) {
      // What every call throws.
      const {
        code,
        message: text,
        details,
      } = error as { code: string; message: string; details: { field?: string } };
      return { code, message: text, field: details.field };
    }
    throw new Error('it did not fail');
  }
});

async function collected(call: WebCall, requests: readonly ListRequest[]): Promise<string[]> {
  const found: string[] = [];
  for await (const { nextPageToken } of webStream(list, requests, call)) found.push(nextPageToken);
  return found;
}

function message(text: string): Uint8Array {
  return bodyOf([ListResponse.encode(ListResponse.create({ nextPageToken: text })).finish()]);
}

function trailers(...lines: readonly string[]): Uint8Array {
  const frame = bodyOf([bytesOf(lines.map((line) => `${line}\r\n`).join(''))]);
  frame[0] = 0x80;
  return frame;
}
