// Reads a JSON list of diagrams from standard input; writes for each its type, or what is wrong with it.
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('');
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import('mermaid');

let text = '';
for await (const chunk of process.stdin) text += chunk;
const answers = [];
for (const diagram of JSON.parse(text)) {
  try {
    answers.push({ type: (await mermaid.parse(diagram)).diagramType });
  } catch (error) {
    answers.push({ error: String(error.message) });
  }
}
console.log(JSON.stringify(answers));
