[
  (plan_header) (service) (cluster) (client) (workload) (mock) (machine)
  (scenario) (block) (record) (list) (arguments)
] @indent.begin

["}" "]" ")"] @indent.branch @indent.end

(text) @indent.ignore
(comment) @indent.auto
