/** A DNS server on loopback: enough of RFC 1035 to answer PTR, A and AAAA, to fail, and to say nothing at all. */
import { createSocket, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import ipaddr from 'ipaddr.js';

const TYPES: Readonly<Record<number, string>> = { 1: 'A', 12: 'PTR', 28: 'AAAA' };
const NXDOMAIN = 3;

/** Records by `TYPE name`: their data, an answer code such as 2 (SERVFAIL), or `silence`. What is not there is NXDOMAIN. */
export type Zone = Readonly<Record<string, readonly string[] | number | 'silence'>>;

export interface DnsServer {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  /** Questions so far, in order. */
  readonly asked: string[];
  close(): Promise<void>;
}

export async function startDns(zone: Zone): Promise<DnsServer> {
  const socket: Socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (message, from) => {
    const { name, end } = nameAt(message, 12);
    const type = TYPES[message.readUInt16BE(end)] ?? 'other';
    const question = `${type} ${name}`;
    asked.push(question);
    const records = zone[question] ?? NXDOMAIN;
    if (records === 'silence') return;
    const code = typeof records === 'number' ? records : 0;
    const data = typeof records === 'number' ? [] : records.map((each) => dataOf(type, each));
    const head = Buffer.alloc(12);
    message.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8180 | code, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(data.length, 6);
    const answers = data.map((each) => {
      const record = Buffer.alloc(12);
      // A pointer to the name of the question.
      record.writeUInt16BE(0xc00c, 0);
      message.copy(record, 2, end, end + 4);
      record.writeUInt32BE(60, 6);
      record.writeUInt16BE(each.length, 10);
      return Buffer.concat([record, each]);
    });
    socket.send(Buffer.concat([head, message.subarray(12, end + 4), ...answers]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port }: AddressInfo = socket.address();
  return {
    address: `127.0.0.1:${port}`,
    asked,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** @returns the name, and where it ends */
function nameAt(message: Buffer, from: number): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = from;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

function dataOf(type: string, text: string): Buffer {
  if (type !== 'PTR') return Buffer.from(ipaddr.parse(text).toByteArray());
  const labels = text
    .split('.')
    .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}
