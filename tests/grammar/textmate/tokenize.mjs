// Reads {grammar, texts} as JSON from standard input; writes for each text its lines as [word, [scope, ...]].
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const oniguruma = require('vscode-oniguruma');
const textmate = require('vscode-textmate');

let input = '';
for await (const chunk of process.stdin) input += chunk;
const { grammar, texts } = JSON.parse(input);

await oniguruma.loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer);
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async () => textmate.parseRawGrammar(JSON.stringify(grammar), 'plan.tmLanguage.json'),
});
const language = await registry.loadGrammar('source.plan');

const answers = texts.map((text) => {
  let stack = textmate.INITIAL;
  return text.split('\n').map((line) => {
    const { tokens, ruleStack } = language.tokenizeLine(line, stack);
    stack = ruleStack;
    return tokens.map((token) => [line.slice(token.startIndex, token.endIndex), token.scopes.slice(1)]);
  });
});
console.log(JSON.stringify(answers));
