; Made from grammar/planc_grammar/plan.lark: python -m planc_grammar.editors

(name) @variable
["allow" "client" "cluster" "fault" "let" "library" "machine" "mock" "plan" "scenario" "service" "use" "workload"] @keyword
["about" "args" "auth" "cases" "catches" "clients" "command" "covers" "cwd" "env" "file" "header" "hook" "initial" "keys" "links" "metrics" "mix" "needs" "nodes" "only" "operations" "owner" "param" "plant" "port" "ports" "rate" "ready" "retransmit" "role" "route" "seed" "set" "setup" "severity" "skip" "spare" "state" "status" "tags" "think" "timeout" "tls" "unknown" "values" "weight"] @property
["always" "at" "call" "eventually" "exec" "expect" "explore" "for" "heal" "http" "mark" "never" "over" "pick" "python" "repeat" "run" "stays" "together" "wait" "when"] @keyword
["bridge" "corrupt" "crash" "cut" "drift" "drop" "duplicate" "exhaust" "fail" "fill" "flap" "flip" "isolate" "jump" "limit" "lose" "make" "partition" "pause" "refuse" "reorder" "restart" "resume" "silence" "skew" "slow" "start" "stop" "throttle"] @keyword.exception
["acknowledged" "after" "all" "any" "as" "availability" "baseline" "before" "between" "binary" "bits" "body" "by" "case" "connections" "cpu" "disk" (measured_downtime) "during" "each" "equivocate" "error" "every" "except" "fails" "faults" "files" "from" "fsync" (measured_goodput) "growth" "has" "history" "ignoring" "illegal" "increase" "is" "join" "json" "lag" "latency" "lie" "line" "log" "loss" "lost" "max" "mean" "memory" "messages" "metric" "min" "module" "names" "no" "node" "of" "on" "one" "open" "outside" "package" "path" "peers" "per" "recovery" "refused" "replay" "requests" "returns" "schema" "send" "share" "size" "slower" "some" "steps" "tcp" "text" "than" "through" (measured_throughput) "time" "times" "to" "transition" "unique" "unsynced" "until" "wheel" "with" "within" "write" "writes" "zone"] @keyword
["and" "contains" "else" "if" "in" "matches" "not" "or" "then"] @keyword.operator
(comment) @comment
(content) @string
(content_lines) @string
(text ["\"" "\"\"\""] @string)
(escape) @string.escape
(interpolation ["{" "}"] @punctuation.special)
(number) @number
(quantity) @number
(percentile) @number
[(true) (false) (none) (others)] @constant.builtin
(comparison) @operator
["=" "->" "+" "-" "*" "/" ".." "+/-" "|"] @operator
["," ";" ":" "."] @punctuation.delimiter
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
(id) @constant
