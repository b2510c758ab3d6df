// Speaks to the gateway by an official SDK, and prints what became of each call as a line of JSON.
//
//   node client.mjs openai|anthropic URL KEY < calls
//
// calls: a JSON array of {call, params, retries, reply}.
// call: a method of the client, such as messages.create or chat.completions.stream; or tools, the
// SDK's own loop of tools. params: what the method takes first, or a list of all that it takes.
// retries: how often the SDK may try again by itself, 0 if it is not said. reply: the result of the
// tool that a chat completion calls; the message is given back as it came.
//
// A line is {result, headers, events, fetches} or {error, headers, fetches}.

import OpenAI from 'openai';
import Anthropic from '@anthropic-ai/sdk';
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';

const [sdk, url, key] = process.argv.slice(2);

let fetches = 0;
let last;
const counted = async (input, init) => {
  fetches++;
  last = await fetch(input, init);
  return last;
};

function client(call) {
  const settings = { apiKey: key, maxRetries: call.retries ?? 0, fetch: counted };
  return sdk === 'openai' ? new OpenAI({ ...settings, baseURL: url }) : new Anthropic({ ...settings, baseURL: url });
}

const weather = {
  name: 'weather',
  description: 'The weather of a city',
  schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

/** The SDK calls the tool and asks again, until there is an answer without a call. */
async function tools(client, params) {
  const asked = [];
  const run = input => {
    asked.push(input);
    return 'sunny';
  };
  const { name, description, schema } = weather;
  if (sdk === 'openai') {
    const fn = { name, description, parameters: schema, parse: JSON.parse, function: run };
    const runner = client.chat.completions.runTools({ ...params, tools: [{ type: 'function', function: fn }] });
    const result = await runner.finalChatCompletion();
    return { result, messages: runner.messages, asked };
  }
  const tool = betaTool({ name, description, inputSchema: schema, run });
  const runner = client.beta.messages.toolRunner({ ...params, tools: [tool] });
  let result;
  for await (const turn of runner) result = params.stream ? await turn.finalMessage() : turn;
  return { result, messages: runner.params.messages, asked };
}

async function answered(call) {
  const line = await made(call);
  if (call.reply === undefined) return line;
  const { message } = line.result.choices[0];
  const reply = { role: 'tool', tool_call_id: message.tool_calls[0].id, content: call.reply };
  return made({ ...call, params: { ...call.params, messages: [...call.params.messages, message, reply] } });
}

async function made(call) {
  const target = client(call);
  if (call.call === 'tools') return tools(target, call.params);
  const path = call.call.split('.');
  const method = path.pop();
  const owner = path.reduce((at, name) => at[name], target);
  if (method === 'stream') {
    const stream = owner.stream(call.params);
    const events = [];
    for await (const event of stream) events.push(event);
    const final = stream.finalChatCompletion ?? stream.finalResponse ?? stream.finalMessage;
    return { result: await final.call(stream), events };
  }
  const { data, response } = await owner[method](...[call.params].flat()).withResponse();
  const headers = Object.fromEntries(response.headers);
  if (typeof data[Symbol.asyncIterator] !== 'function') return { result: data, headers };
  const events = [];
  for await (const event of data) events.push(event);
  return { events, headers };
}

function told(error) {
  const { status, type, code, param, requestID, message } = error;
  return { class: error.constructor.name, status, type, code, param, requestID, message };
}

let input = '';
for await (const chunk of process.stdin) input += chunk;
for (const call of JSON.parse(input)) {
  fetches = 0;
  last = undefined;
  let line;
  try {
    line = await answered(call);
  } catch (error) {
    line = { error: told(error) };
  }
  line.headers ??= last && Object.fromEntries(last.headers);
  process.stdout.write(JSON.stringify({ ...line, fetches }) + '\n');
}
