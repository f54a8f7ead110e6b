/** The YAML language server that editors start, spoken to as an editor does: JSON-RPC with headers over its streams. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Counted from 0. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Diagnostic {
  readonly range: { readonly start: Position; readonly end: Position };
  readonly message: string;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

export interface LanguageServer {
  /** Opens a document under the name of a file, which need not be there, and waits for what is said of it. */
  open(file: string, text: string): Promise<readonly Diagnostic[]>;
  /** Labels of what may be written there. */
  complete(file: string, position: Position): Promise<readonly string[]>;
  /** Markdown of what is said of the word there; '' for nothing. */
  hover(file: string, position: Position): Promise<string>;
  stop(): Promise<void>;
}

const require = createRequire(import.meta.url);
const BINARY = require.resolve('yaml-language-server/bin/yaml-language-server');

/**
 * Starts it with no network: schemas come from files alone.
 *
 * @param schemas  which files are checked by a schema, by its path, where they do not say so themselves
 */
export async function startLanguageServer(
  schemas: Readonly<Record<string, readonly string[]>> = {},
): Promise<LanguageServer> {
  const child = spawn(process.execPath, [BINARY, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const killed = (): unknown => child.kill('SIGKILL');
  process.once('exit', killed);
  const wire = wireOf(child, settingsWith(schemas));
  await wire.request('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: { textDocument: { completion: { completionItem: { snippetSupport: false } } } },
  });
  wire.notify('initialized', {});
  return {
    open: async (file, text) => {
      const uri = uriOf(file);
      const said = wire.next<{ uri: string; diagnostics: readonly Diagnostic[] }>(
        'textDocument/publishDiagnostics',
        (params) => params.uri === uri,
      );
      wire.notify('textDocument/didOpen', {
        textDocument: { uri, languageId: 'yaml', version: 1, text },
      });
      return (await said).diagnostics;
    },
    complete: async (file, position) => {
      const found = await wire.request<{ readonly items: readonly { readonly label: string }[] }>(
        'textDocument/completion',
        { textDocument: { uri: uriOf(file) }, position },
      );
      return found.items.map(({ label }) => label);
    },
    hover: async (file, position) => {
      const found = await wire.request<{ readonly contents: { readonly value: string } } | null>(
        'textDocument/hover',
        { textDocument: { uri: uriOf(file) }, position },
      );
      return found?.contents.value ?? '';
    },
    stop: async () => {
      process.off('exit', killed);
      const gone = once(child, 'close');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

const uriOf = (file: string): string => pathToFileURL(file).href;

type Settings = Readonly<Record<string, unknown>>;

/** Settings that an editor would send, without the list of schemas on the network. */
function settingsWith(schemas: Readonly<Record<string, readonly string[]>>): Settings {
  const byUri = Object.entries(schemas).map(([file, matches]) => [uriOf(file), matches]);
  return {
    yaml: {
      validate: true,
      hover: true,
      completion: true,
      schemaStore: { enable: false },
      schemas: Object.fromEntries(byUri),
    },
  };
}

interface Wire {
  request<T>(method: string, params: unknown): Promise<T>;
  notify(method: string, params: unknown): void;
  /** The next notification of a method that is wanted. */
  next<T>(method: string, isWanted: (params: T) => boolean): Promise<T>;
}

function wireOf(child: ChildProcess, settings: Settings): Wire {
  let lastId = 0;
  const open = new Map<number, (message: Message) => void>();
  const listeners = new Set<(message: Message) => void>();
  const send = (message: object): void => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  /** What the server asks of its editor: its settings, and to be told of changes. */
  const answer = (id: number, method: string, params: unknown): void => {
    const { items = [] } = (params ?? {}) as { items?: readonly { section: string }[] };
    send({
      id,
      result:
        method === 'workspace/configuration' ? items.map(({ section }) => settings[section] ?? {}) : null,
    });
  };
  readMessages(child, (message) => {
    const { id, method } = message;
    if (id !== undefined && method !== undefined) answer(id, method, message.params);
    else if (id !== undefined) open.get(id)?.(message);
    else for (const listener of listeners) listener(message);
  });
  return {
    request: (method, params) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        open.set(lastId, ({ error, result }) => {
          if (error !== undefined) reject(new Error(`${method}: ${error.message}`));
          else resolve(result as never);
        });
        send({ id: lastId, method, params });
      }),
    notify: (method, params) => send({ method, params }),
    next: (method, isWanted) =>
      new Promise((resolve) => {
        const listener = (message: Message): void => {
          if (message.method !== method || !isWanted(message.params as never)) return;
          listeners.delete(listener);
          resolve(message.params as never);
        };
        listeners.add(listener);
      }),
  };
}

const HEAD_END = '\r\n\r\n';

/** Cuts the stream into messages: a head with the length in bytes, an empty line, JSON. */
function readMessages(child: ChildProcess, take: (message: Message) => void): void {
  let bytes = Buffer.alloc(0);
  child.stdout?.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (;;) {
      const head = bytes.indexOf(HEAD_END);
      const length = Number(
        /Content-Length: (\d+)/.exec(bytes.toString('latin1', 0, Math.max(head, 0)))?.[1],
      );
      const start = head + HEAD_END.length;
      if (head < 0 || bytes.length < start + length) return;
      take(JSON.parse(bytes.toString('utf8', start, start + length)));
      bytes = bytes.subarray(start + length);
    }
  });
}
