// Speaks to an MCP server by an official client, and prints each result as a line of JSON.
//
//   node client.mjs v1|v2 legacy|auto URL < requests
//
// URL: or stdio: and the words of a command as a JSON array, whose environment is this one's.
// requests: a JSON array of {method, params}. KEY: sent as a bearer token, if set. Elicitations are
// accepted with {"name": "Ada"}.

const [sdk, mode, url] = process.argv.slice(2);
const headers = process.env.KEY ? { authorization: `Bearer ${process.env.KEY}` } : {};
const info = { name: 'tollgate-test-client', version: '1.0.0' };
const capabilities = { elicitation: { form: {} } };
const answer = async () => ({ action: 'accept', content: { name: 'Ada' } });

const command = url.startsWith('stdio:') ? JSON.parse(url.slice('stdio:'.length)) : null;

function child(Transport) {
  const [program, ...args] = command;
  return new Transport({ command: program, args, env: process.env, stderr: 'ignore' });
}

async function v1() {
  const { Client } = await import('@modelcontextprotocol/sdk/client/index.js');
  const { StdioClientTransport } = await import('@modelcontextprotocol/sdk/client/stdio.js');
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  const types = await import('@modelcontextprotocol/sdk/types.js');
  const client = new Client(info, { capabilities });
  client.setRequestHandler(types.ElicitRequestSchema, answer);
  const transport = command
    ? child(StdioClientTransport)
    : new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
  await client.connect(transport);
  return {
    client,
    transport,
    request: (request, onprogress) => client.request(request, types.ResultSchema, { onprogress }),
  };
}

async function v2() {
  const { StdioClientTransport } = await import('@modelcontextprotocol/client/stdio');
  const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
  const client = new Client(info, { capabilities, versionNegotiation: { mode } });
  client.setRequestHandler('elicitation/create', answer);
  const transport = command
    ? child(StdioClientTransport)
    : new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
  await client.connect(transport);
  return { client, transport, request: (request, onprogress) => client.request(request, { onprogress }) };
}

const { client, transport, request } = await (sdk === 'v1' ? v1() : v2());
const say = line => process.stdout.write(JSON.stringify(line) + '\n');
say({ server: client.getServerVersion(), capabilities: client.getServerCapabilities(), instructions: client.getInstructions() });

let input = '';
for await (const chunk of process.stdin) input += chunk;
for (const each of JSON.parse(input)) {
  const progress = [];
  try {
    const result = await request(each, update => progress.push(update));
    say(progress.length > 0 ? { result, progress } : { result });
  } catch (error) {
    say({ error: { code: error.code, message: error.message, data: error.data } });
  }
}
await transport.terminateSession?.();
await client.close();
process.exit(0);
