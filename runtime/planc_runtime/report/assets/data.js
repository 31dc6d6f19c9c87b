// From the word in the page back to columns: base64, deflate where it is much, JSON, differences.

const MICRO = 1e6;
const OUTCOMES = ["ok", "fail", "unknown"];

const BRACE = "{".charCodeAt(0);

function bytesOf(word) {
  return Uint8Array.from(atob(word.trim()), (letter) => letter.charCodeAt(0));
}

// What is not deflated can be had at once; null for the rest.
function unpackNow(word) {
  const bytes = bytesOf(word);
  return bytes[0] === BRACE ? JSON.parse(new TextDecoder().decode(bytes)) : null;
}

async function unpack(word) {
  const bytes = bytesOf(word);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}

function summed(differences) {
  const values = new Float64Array(differences.length);
  let sum = 0;
  for (let i = 0; i < values.length; i++) values[i] = sum += differences[i];
  return values;
}

function operationsOf(packed) {
  const operations = {
    total: packed.total,
    size: packed.shown,
    complete: packed.total === packed.shown,
    words: packed.words,
    index: summed(packed.index),
    due: summed(packed.due).map((time) => time / MICRO),
    lag: Float64Array.from(packed.lag, (time) => time / MICRO),
    took: Float64Array.from(packed.took, (time) => (time < 0 ? -1 : time / MICRO)),
    outcome: Uint8Array.from(packed.outcome),
    process: packed.process,
    node: packed.node,
    call: packed.call,
    answer: packed.answer,
    workload: packed.workload,
  };
  operations.level = Float32Array.from(operations.took, (took) => Math.log10(Math.max(took, 1e-6)));
  operations.places = new Map(Array.from(operations.index, (index, place) => [index, place]));
  return operations;
}

// The first place whose time is not before `time`: the columns are in order of time.
function firstAt(times, time) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function operationText(operations, i) {
  const word = (column) => operations.words[operations[column][i]];
  const took = operations.took[i];
  const outcome = OUTCOMES[operations.outcome[i]];
  return {
    call: word("call"),
    answer: word("answer"),
    outcome,
    who: `process ${operations.process[i]}${word("node") ? ` → ${word("node")}` : ""}`,
    workload: word("workload"),
    due: operations.due[i],
    lag: operations.lag[i],
    took: took < 0 ? null : took,
    index: operations.index[i],
  };
}
