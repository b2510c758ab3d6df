// An MCP server by the official SDK that speaks 2026-07-28 and, where asked, the earlier revisions.
// Prints its port.
//
//   node server.mjs [PORT]

import { createServer } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { acceptedContent, createMcpHandler, inputRequired, McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod/v4';

const notes = new Map();
let calls = 0;

const text = value => ({ content: [{ type: 'text', text: value }] });
const reads = { readOnlyHint: true };

function build() {
  const server = new McpServer(
    { name: 'partner', version: '1.0.0', title: 'A partner of tests' },
    { instructions: 'Write a note, then read it.' },
  );
  server.registerTool('echo', { description: 'Says it again', inputSchema: z.object({ message: z.string() }), annotations: reads },
    async ({ message }) => ({ ...text(message), structuredContent: { message }, _meta: { 'example.com/mark': 7 } }));
  server.registerTool('get_note', { description: 'Reads a note', inputSchema: z.object({ name: z.string() }), annotations: reads },
    async ({ name }) => text(`${notes.get(name) ?? 'nothing'} (call ${++calls})`));
  server.registerTool('write_note', { description: 'Writes a note', inputSchema: z.object({ name: z.string(), body: z.string() }) },
    async ({ name, body }) => (notes.set(name, body), text('written')));
  server.registerTool('count', { description: 'Counts, with progress', inputSchema: z.object({ to: z.number() }) },
    async ({ to }, context) => {
      const token = context.mcpReq._meta?.progressToken;
      for (let at = 1; at <= to && token !== undefined; at++) {
        await context.mcpReq.notify({ method: 'notifications/progress', params: { progressToken: token, progress: at, total: to } });
      }
      return text(`counted to ${to}`);
    });
  server.registerTool('greet', { description: 'Asks for a name' }, async context => {
    const given = acceptedContent(context.mcpReq.inputResponses, 'who');
    if (given) {
      return text(`Hello, ${given.name}`);
    }
    return inputRequired({
      inputRequests: {
        who: inputRequired.elicit({
          message: 'Who are you?',
          requestedSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
        }),
      },
    });
  });
  server.registerTool('fail', { description: 'Fails' }, async () => ({ ...text('it failed'), isError: true }));
  server.registerResource('readme', 'test://readme', { title: 'Read me', mimeType: 'text/plain' },
    async uri => ({ contents: [{ uri: uri.href, mimeType: 'text/plain', text: 'what there is to read' }] }));
  server.registerPrompt('review', { description: 'Asks for a review', argsSchema: z.object({ code: z.string() }) },
    ({ code }) => ({ messages: [{ role: 'user', content: { type: 'text', text: `Review ${code}` } }] }));
  return server;
}

const listener = createServer(toNodeHandler(createMcpHandler(build)));
listener.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => console.log(`port ${listener.address().port}`));
